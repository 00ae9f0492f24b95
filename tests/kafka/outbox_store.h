#pragma once

#include <algorithm>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "gateway/store/store.h"

namespace salam::test {

/// A store that has nothing but an outbox, in memory; all else throws.
class OutboxStore final : public store::Store {
 public:
  /// Commits an event at that position and tells the listener.
  void add(OutboxEvent event) {
    std::function<void()> listener;
    {
      const std::lock_guard lock(mutex_);
      events_.push_back(std::move(event));
      listener = listener_;
    }
    if (listener) listener();
  }
  std::int64_t mark() const {
    const std::lock_guard lock(mutex_);
    return mark_;
  }

  void mark_published(std::int64_t position) override {
    const std::lock_guard lock(mutex_);
    mark_ = std::max(mark_, position);
  }
  void on_events(std::function<void()> listener) override {
    const std::lock_guard lock(mutex_);
    listener_ = std::move(listener);
  }
  std::vector<OutboxEvent> outbox(std::int64_t after, int limit) override {
    const std::lock_guard lock(mutex_);
    std::vector<OutboxEvent> rows;
    for (const auto& event : events_)
      if (event.position > after && rows.size() < static_cast<std::size_t>(limit)) rows.push_back(event);
    return rows;
  }
  store::OutboxState outbox_state() override {
    const std::lock_guard lock(mutex_);
    store::OutboxState state{events_.empty() ? 0 : events_.back().position, mark_, {}};
    if (state.last > mark_) state.oldest_unpublished = Timestamp{};
    return state;
  }

  void accept(store::Intake, std::function<void(store::AcceptOutcome)>) override { none(); }
  void update(RequestKey, Transition, std::function<void(store::UpdateOutcome)>) override { none(); }
  void update_once(RequestKey, Transition, store::IdempotentAnswer,
                   std::function<store::IdempotentAnswer(store::IdempotentAnswer, const store::Updated&)>,
                   std::function<void(store::UpdateOutcome)>) override {
    none();
  }
  void put_meeting(Meeting, std::function<void(Result<bool>)>) override { none(); }
  void note_attempt(RequestKey, Attempt) override { none(); }
  void attach(store::NewAttachment, std::function<void(store::AttachOutcome)>) override { none(); }
  void close() override {}
  std::optional<Meeting> meeting(std::string_view) override { none(); }
  std::optional<Record> find(const Uuid&) override { none(); }
  std::optional<Record> find(RequestKey) override { none(); }
  std::optional<Message> message(RequestKey, std::int64_t) override { none(); }
  std::vector<Record> find_by_code(std::string_view) override { none(); }
  std::string original(RequestKey) override { none(); }
  std::vector<Record> list(const store::RequestFilter&, RequestKey, int) override { none(); }
  std::vector<store::HistoryEntry> history(RequestKey, std::int64_t, int) override { none(); }
  std::vector<Attempt> attempts(RequestKey, int) override { none(); }
  std::vector<store::AttentionItem> attention(std::optional<AttentionReason>, std::optional<Region>, std::int64_t, int) override { none(); }
  std::vector<Task> tasks(Lane, bool, const std::set<std::int64_t>&, int) override { none(); }
  std::optional<store::IdempotentAnswer> answered(std::string_view, std::string_view) override { none(); }
  store::Counts counts() override { none(); }
  const std::string& incarnation() const override { none(); }
  std::string keyed_hash(std::string_view, std::string_view) const override { none(); }
  std::size_t queued() const override { return 0; }
  std::uint64_t disk_free() const override { none(); }

 private:
  [[noreturn]] static void none() { throw std::logic_error("OutboxStore has only an outbox"); }

  mutable std::mutex mutex_;
  std::vector<OutboxEvent> events_;
  std::int64_t mark_ = 0;
  std::function<void()> listener_;
};

/// The n-th event of an aggregate.
inline OutboxEvent event(std::int64_t position, std::string aggregate, std::int64_t sequence, std::string data = "{}") {
  return {position, std::move(aggregate), sequence, "ir.isfahan.mardomsalam.request.received.v1", "2026-11-24T18:30:00.000+03:30",
          "",       std::move(data)};
}

}  // namespace salam::test
