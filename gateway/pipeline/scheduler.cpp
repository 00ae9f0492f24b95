#include "gateway/pipeline/scheduler.h"

#include <algorithm>

namespace salam::pipeline {

std::string_view to_string(Breaker breaker) {
  switch (breaker) {
    case Breaker::closed:
      return "closed";
    case Breaker::open:
      return "open";
    case Breaker::half_open:
      return "half_open";
  }
  return "";
}

Scheduler::Scheduler(const std::array<LaneSettings, lane_count>& settings) {
  for (std::size_t i = 0; i < lane_count; ++i) lanes_[i].settings = settings[i];
}

void Scheduler::enqueue(const Task& task) {
  auto& data = lane(task.lane);
  data.queue.insert(task);
  known_[task.id] = {.task = task};
  if (data.queue.size() > data.settings.memory) {
    const auto last = std::prev(data.queue.end());
    known_.erase(last->id);
    data.queue.erase(last);
    data.more_in_store = true;
  }
}

void Scheduler::added(const Task& task) {
  const auto found = known_.find(task.id);
  if (found != known_.end()) {
    if (found->second.in_flight) {
      found->second.successor = task;
      return;
    }
    lane(found->second.task.lane).queue.erase(found->second.task);
    known_.erase(found);
  }
  auto& data = lane(task.lane);
  // Behind what waits in the store, it waits there too.
  if (data.more_in_store && (data.queue.empty() || task.due > data.queue.rbegin()->due)) return;
  enqueue(task);
}

void Scheduler::loaded(const Load& asked, const std::vector<Task>& tasks) {
  lane(asked.lane).more_in_store = tasks.size() >= asked.limit;
  for (const auto& task : tasks) {
    if (!known_.contains(task.id)) enqueue(task);
  }
}

bool Scheduler::judge(LaneData& data, const Task& task, Health health, double jitter, const Now& now) {
  const auto trip = [&] {
    data.breaker = Breaker::open;
    data.trips += 1;
    data.resume_at = std::max(data.resume_at, now.steady + data.settings.breaker_wait.wait(data.trips, jitter));
  };
  switch (health) {
    case Health::none:
      return false;
    case Health::ok:
      data.failures = 0;
      data.trips = 0;
      data.breaker = Breaker::closed;
      if (task.request == data.suspect) {
        data.suspect = 0;
      } else {
        data.passed_since_suspect = true;
      }
      return false;
    case Health::failed:
      data.failures += 1;
      if (data.breaker == Breaker::half_open || data.failures >= data.settings.breaker_failures) trip();
      return false;
    case Health::misconfigured:
      if (task.request == data.suspect && data.passed_since_suspect) {
        data.suspect = 0;
        return true;
      }
      data.suspect = task.request;
      data.passed_since_suspect = false;
      data.failures += 1;
      trip();
      return false;
  }
  return false;
}

bool Scheduler::finished(const Task& task, Health health, std::optional<Milliseconds> pause, double jitter, const Now& now) {
  auto& data = lane(task.lane);
  data.in_flight -= 1;
  const bool poison = judge(data, task, health, jitter, now);
  if (pause) data.resume_at = std::max(data.resume_at, now.steady + *pause);
  const auto found = known_.find(task.id);
  if (found == known_.end()) return poison;
  const auto successor = found->second.successor;
  known_.erase(found);
  if (successor) added(*successor);
  return poison;
}

void Scheduler::refill(LaneData& data, const Now& now) {
  const double elapsed = std::chrono::duration<double>(now.steady - data.filled_at).count();
  // A burst of a tenth of a second keeps a timer's coarseness from costing rate.
  const double most = std::max(1.0, data.settings.rate / 10);
  data.tokens = std::min(most, data.tokens + elapsed * data.settings.rate);
  data.filled_at = now.steady;
}

bool Scheduler::blocked(const LaneData& data, const Now& now) {
  const int limit = data.breaker == Breaker::closed ? data.settings.in_flight : 1;
  return data.in_flight >= limit || now.steady < data.resume_at;
}

std::set<Task, Scheduler::ByDue>::iterator Scheduler::pick(LaneData& data, const Now& now) {
  const auto first = data.queue.begin();
  if (data.breaker == Breaker::closed || first->request != data.suspect) return first;
  // The probe after a misconfiguration goes out with another request, if one is due.
  const auto second = std::next(first);
  return second != data.queue.end() && second->due <= now.wall ? second : first;
}

std::vector<Action> Scheduler::advance(const Now& now) {
  std::vector<Action> actions;
  for (std::size_t i = 0; i < lane_count; ++i) {
    const auto which = static_cast<Lane>(i);
    auto& data = lanes_[i];
    refill(data, now);
    while (!data.queue.empty() && data.tokens >= 1 && !blocked(data, now)) {
      Start start{.lane = which, .tasks = {}};
      const auto probing = data.breaker != Breaker::closed;
      while (!data.queue.empty() && start.tasks.size() < (probing ? 1 : data.settings.batch)) {
        const auto next = pick(data, now);
        if (next->due > now.wall) break;
        known_[next->id].in_flight = true;
        start.tasks.push_back(*next);
        data.queue.erase(next);
      }
      if (start.tasks.empty()) break;
      if (probing) data.breaker = Breaker::half_open;
      data.tokens -= 1;
      data.in_flight += static_cast<int>(start.tasks.size());
      actions.emplace_back(std::move(start));
    }
    if (data.more_in_store && data.queue.size() <= data.settings.memory / 2) {
      actions.emplace_back(Load{.lane = which, .limit = data.settings.memory - data.queue.size()});
    }
  }
  return actions;
}

std::optional<Milliseconds> Scheduler::next_wake(const Now& now) const {
  std::optional<Milliseconds> soonest;
  for (const auto& data : lanes_) {
    const int limit = data.breaker == Breaker::closed ? data.settings.in_flight : 1;
    if (data.queue.empty() || data.in_flight >= limit) continue;
    auto wait = std::max(Milliseconds{0}, data.queue.begin()->due - now.wall);
    wait = std::max(wait, std::chrono::ceil<Milliseconds>(data.resume_at - now.steady));
    if (data.tokens < 1) {
      wait = std::max(wait, Milliseconds{1 + static_cast<std::int64_t>((1 - data.tokens) / data.settings.rate * 1000)});
    }
    if (!soonest || wait < *soonest) soonest = wait;
  }
  return soonest;
}

std::set<std::int64_t> Scheduler::known(Lane which) const {
  std::set<std::int64_t> ids;
  for (const auto& [id, known] : known_) {
    if (known.task.lane == which || known.in_flight) ids.insert(id);
  }
  return ids;
}

LaneView Scheduler::view(Lane which) const {
  const auto& data = lane(which);
  return {.breaker = data.breaker,
          .queued = data.queue.size(),
          .in_flight = data.in_flight,
          .more_in_store = data.more_in_store,
          .failures = data.failures};
}

}  // namespace salam::pipeline
