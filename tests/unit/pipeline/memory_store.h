#pragma once

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <stdexcept>
#include <unordered_map>
#include <utility>
#include <vector>

#include "gateway/store/rows.h"
#include "gateway/store/store.h"

namespace salam::pipeline {

/// What the driver needs of a store, in memory and on the caller's thread; all else throws.
class MemoryStore final : public store::Store {
 public:
  /// As `accept` would write it, with the next free key; its tasks with their ids.
  std::vector<Task> add(const std::function<Change(Request)>& first_change, Request fresh) {
    fresh.key = static_cast<RequestKey>(records_.size()) + 1;
    const auto key = fresh.key;
    auto& record = records_.emplace(key, Record{.request = fresh, .messages = {}}).first->second;
    return write(record, first_change(std::move(fresh)));
  }
  [[nodiscard]] const Request& request(RequestKey key) const { return records_.at(key).request; }
  [[nodiscard]] std::size_t size() const { return records_.size(); }

  void update(RequestKey key, Transition transition, std::function<void(store::UpdateOutcome)> handler) override {
    auto& record = records_.at(key);
    auto change = transition(record);
    if (!change) return handler(change.error());
    auto tasks = write(record, std::move(change).value());
    handler(store::Updated{record, std::move(tasks)});
  }
  std::optional<Record> find(RequestKey key) override { return records_.at(key); }
  std::vector<Task> tasks(Lane lane, bool retries, const std::set<std::int64_t>& except, int limit) override {
    std::vector<Task> found;
    for (const auto& task : queue(lane, retries)) {
      if (std::cmp_equal(found.size(), limit)) break;
      if (!except.contains(task.id)) found.push_back(task);
    }
    return found;
  }

  void accept(store::Intake, std::function<void(store::AcceptOutcome)>) override { none(); }
  void update_once(RequestKey, Transition, store::IdempotentAnswer,
                   std::function<store::IdempotentAnswer(store::IdempotentAnswer, const store::Updated&)>,
                   std::function<void(store::UpdateOutcome)>) override {
    none();
  }
  void put_meeting(Meeting, std::function<void(Result<bool>)>) override { none(); }
  void mark_published(std::int64_t) override { none(); }
  void note_attempt(RequestKey, Attempt) override { none(); }
  void attach(store::NewAttachment, std::function<void(store::AttachOutcome)>) override { none(); }
  void on_events(std::function<void()>) override { none(); }
  void close() override { none(); }
  std::optional<Meeting> meeting(std::string_view) override { none(); }
  std::optional<Record> find(const Uuid&) override { none(); }
  std::optional<Message> message(RequestKey, std::int64_t) override { none(); }
  std::vector<Record> find_by_code(std::string_view) override { none(); }
  std::string original(RequestKey) override { none(); }
  std::vector<Record> list(const store::RequestFilter&, RequestKey, int) override { none(); }
  std::vector<store::HistoryEntry> history(RequestKey, std::int64_t, int) override { none(); }
  std::vector<Attempt> attempts(RequestKey, int) override { none(); }
  std::vector<store::AttentionItem> attention(std::optional<AttentionReason>, std::optional<Region>, std::int64_t, int) override { none(); }
  std::vector<OutboxEvent> outbox(std::int64_t, int) override { none(); }
  store::OutboxState outbox_state() override { none(); }
  std::optional<store::IdempotentAnswer> answered(std::string_view, std::string_view) override { none(); }
  store::Counts counts() override { none(); }
  [[nodiscard]] const std::string& incarnation() const override { none(); }
  [[nodiscard]] std::string keyed_hash(std::string_view, std::string_view) const override { none(); }
  [[nodiscard]] std::size_t queued() const override { none(); }
  [[nodiscard]] std::uint64_t disk_free() const override { none(); }

 private:
  struct ByDue {
    bool operator()(const Task& a, const Task& b) const { return a.due != b.due ? a.due < b.due : a.id < b.id; }
  };
  using Slot = std::pair<RequestKey, std::int64_t>;

  [[noreturn]] static void none() { throw std::logic_error("this store has records and tasks only"); }
  static Slot slot(const Task& task) { return {task.request, slot_of(task)}; }
  std::set<Task, ByDue>& queue(Lane lane, bool retries) { return queues_.at(2 * static_cast<std::size_t>(lane) + (retries ? 1 : 0)); }

  std::vector<Task> write(Record& record, Change change) {
    record.request = std::move(change.after);
    for (auto& message : change.messages) record.messages.push_back(std::move(message));
    for (auto& done : change.done) {
      done.request = record.request.key;
      remove(slot(done));
    }
    for (auto& task : change.tasks) {
      task.request = record.request.key;
      const auto id = remove(slot(task));
      task.id = id != 0 ? id : ++last_task_;
      queue(task.lane, task.retry).insert(task);
      tasks_[slot(task)] = task;
    }
    return std::move(change.tasks);
  }
  /// The id that the task there had; 0 where there was none.
  std::int64_t remove(const Slot& slot) {
    const auto found = tasks_.find(slot);
    if (found == tasks_.end()) return 0;
    const auto task = found->second;
    queue(task.lane, task.retry).erase(task);
    tasks_.erase(found);
    return task.id;
  }

  std::unordered_map<RequestKey, Record> records_;
  std::map<Slot, Task> tasks_;
  std::array<std::set<Task, ByDue>, 2 * lane_count> queues_;
  std::int64_t last_task_ = 0;
};

}  // namespace salam::pipeline
