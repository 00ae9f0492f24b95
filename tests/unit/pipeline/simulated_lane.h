#pragma once

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "gateway/pipeline/scheduler.h"

namespace salam::pipeline {

/// One lane's scheduler between a store and an upstream, both of them simulated, in virtual time. What does not pass is put back as a
/// retry, due after the pipeline's own backoff.
class SimulatedLane {
 public:
  struct Answer {
    Health health = Health::ok;
    bool passes = true;  ///< Done with; else tried again later.
    Milliseconds took{100};
    std::optional<Milliseconds> pause{};
  };
  struct Arrival {
    Milliseconds at;
    RequestKey request;
  };
  using Upstream = std::function<Answer(RequestKey request, Milliseconds at)>;

  SimulatedLane(const LaneSettings& settings, Upstream upstream) : settings_(settings), upstream_(std::move(upstream)) {
    std::array<LaneSettings, lane_count> all;
    all.fill(settings);
    scheduler_.emplace(all);
  }

  /// Stands in the store when the gateway starts.
  void waits(RequestKey request, Milliseconds due, bool retry = false) { put(request, due, retry); }
  /// Comes in now.
  void comes_in(RequestKey request) { scheduler_->added(put(request, time_, false)); }

  void run_until(Milliseconds end) {
    while (true) {
      advance();
      auto next = end;
      if (!under_way_.empty()) next = std::min(next, under_way_.begin()->first);
      if (const auto wake = scheduler_->next_wake(now())) next = std::min(next, time_ + std::max(*wake, Milliseconds{1}));
      time_ = next;
      if (time_ >= end) return;
      while (!under_way_.empty() && under_way_.begin()->first <= time_) {
        const auto finish = std::move(under_way_.begin()->second);
        under_way_.erase(under_way_.begin());
        finish();
      }
    }
  }

  [[nodiscard]] LaneView view() const { return scheduler_->view(Lane::system137); }
  [[nodiscard]] Milliseconds time() const { return time_; }
  [[nodiscard]] const std::vector<Arrival>& arrivals() const { return arrivals_; }
  [[nodiscard]] const std::map<RequestKey, Milliseconds>& passed() const { return passed_; }
  [[nodiscard]] const std::vector<RequestKey>& poisonous() const { return poisonous_; }
  [[nodiscard]] int most_in_flight() const { return most_in_flight_; }
  [[nodiscard]] int most_probes_at_a_time() const { return most_probes_; }
  [[nodiscard]] std::size_t most_in_memory() const { return most_in_memory_; }
  /// The most that arrived within any span of that length from `from` on.
  [[nodiscard]] std::size_t most_within(Milliseconds span, Milliseconds from = Milliseconds{0}) const {
    std::size_t most = 0;
    for (auto first = arrivals_.begin(), last = first; last != arrivals_.end(); ++last) {
      if (last->at < from) {
        first = std::next(last);
        continue;
      }
      while (last->at - first->at >= span) ++first;
      most = std::max(most, static_cast<std::size_t>(last - first) + 1);
    }
    return most;
  }

 private:
  struct ByDue {
    bool operator()(const Task& a, const Task& b) const { return a.due != b.due ? a.due < b.due : a.id < b.id; }
  };

  [[nodiscard]] Now now() const { return {.wall = start + time_, .steady = Clock::Steady{} + std::chrono::hours(1'000) + time_}; }

  const Task& put(RequestKey request, Milliseconds due, bool retry) {
    remove(request);
    const Task task{.id = request, .lane = Lane::system137, .due = start + due, .request = request, .message = 0, .retry = retry};
    stored_.at(retry ? 1 : 0).insert(task);
    return tasks_[request] = task;
  }
  void remove(RequestKey request) {
    const auto found = tasks_.find(request);
    if (found == tasks_.end()) return;
    stored_.at(found->second.retry ? 1 : 0).erase(found->second);
    tasks_.erase(found);
  }

  void advance() {
    for (bool loaded = true; loaded;) {
      loaded = false;
      for (const auto& action : scheduler_->advance(now())) {
        if (const auto* start = std::get_if<Start>(&action)) {
          for (const auto& task : start->tasks) call(task);
        } else {
          load(std::get<Load>(action));
          loaded = true;
        }
      }
      most_in_memory_ = std::max(most_in_memory_, view().queued);
    }
  }

  void load(const Load& wanted) {
    std::vector<Task> tasks;
    if (wanted.lane == Lane::system137) {
      const auto known = scheduler_->known(Lane::system137);
      for (const auto& task : stored_.at(wanted.retries ? 1 : 0)) {
        if (tasks.size() == wanted.limit) break;
        if (!known.contains(task.id)) tasks.push_back(task);
      }
    }
    scheduler_->loaded(wanted, tasks);
  }

  void call(const Task& task) {
    arrivals_.push_back({time_, task.request});
    ++in_flight_;
    most_in_flight_ = std::max(most_in_flight_, in_flight_);
    if (view().breaker != Breaker::closed) most_probes_ = std::max(most_probes_, in_flight_);
    const auto answer = upstream_(task.request, time_);
    under_way_.emplace(time_ + answer.took, [this, task, answer] {
      --in_flight_;
      const bool poison = scheduler_->finished(task, answer.health, answer.pause, 0.9, now());
      if (poison) poisonous_.push_back(task.request);
      if (answer.passes || poison) {
        remove(task.request);
        if (answer.passes) passed_[task.request] = time_;
      } else {
        const auto wait = std::max(backoff_.wait(++tries_[task.request], 0.9), answer.pause.value_or(Milliseconds{0}));
        scheduler_->added(put(task.request, time_ + wait, true));
      }
    });
  }

  static constexpr Timestamp start{std::chrono::hours(500'000)};
  LaneSettings settings_;
  Upstream upstream_;
  lifecycle::Backoff backoff_;
  std::optional<Scheduler> scheduler_;
  Milliseconds time_{0};
  std::array<std::set<Task, ByDue>, 2> stored_;
  std::unordered_map<RequestKey, Task> tasks_;
  std::unordered_map<RequestKey, int> tries_;
  std::multimap<Milliseconds, std::function<void()>> under_way_;
  std::vector<Arrival> arrivals_;
  std::map<RequestKey, Milliseconds> passed_;
  std::vector<RequestKey> poisonous_;
  int in_flight_ = 0;
  int most_in_flight_ = 0;
  int most_probes_ = 0;
  std::size_t most_in_memory_ = 0;
};

}  // namespace salam::pipeline
