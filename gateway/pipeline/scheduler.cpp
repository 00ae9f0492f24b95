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
  auto& [queue, more_in_store] = backlog(task);
  queue.insert(task);
  known_[place_of(task)] = {.task = task};
  if (queue.size() > lane(task.lane).settings.memory) {
    const auto last = std::prev(queue.end());
    known_.erase(place_of(*last));
    queue.erase(last);
    more_in_store = true;
  }
}

void Scheduler::added(const Task& task) {
  const auto found = known_.find(place_of(task));
  if (found != known_.end()) {
    if (found->second.in_flight) {
      found->second.successor = task;
      return;
    }
    backlog(found->second.task).queue.erase(found->second.task);
    known_.erase(found);
  }
  const auto& [queue, more_in_store] = backlog(task);
  // Behind what waits in the store, it waits there too.
  if (more_in_store && (queue.empty() || task.due > queue.rbegin()->due)) return;
  enqueue(task);
}

void Scheduler::loaded(const Load& asked, const std::vector<Task>& tasks) {
  lane(asked.lane).backlogs[asked.retries ? 1 : 0].more_in_store = tasks.size() >= asked.limit;
  for (const auto& task : tasks) {
    if (!known_.contains(place_of(task))) enqueue(task);
  }
}

bool Scheduler::judge(LaneData& data, RequestKey request, Health health, std::optional<Milliseconds> pause, double jitter, const Now& now) {
  if (health == Health::none) return false;
  const auto before = data.troubled.find(request);
  const bool first_since_a_pass = before == data.troubled.end() || before->second.passes < data.passes;
  // It met with the same before, and others passed since.
  const bool alone = before != data.troubled.end() && first_since_a_pass && before->second.health == health;
  const auto rest = [&](Milliseconds wait) { data.resume_at = std::max(data.resume_at, now.steady + wait); };
  const auto trip = [&] {
    data.breaker = Breaker::open;
    data.trips += 1;
    rest(data.settings.breaker_wait.wait(data.trips, jitter));
  };
  if (health == Health::ok && !pause) {
    data.troubled.erase(request);
    data.passes += 1;
    data.failures = 0;
    data.trips = 0;
    data.breaker = Breaker::closed;
    return false;
  }
  data.troubled[request] = {.health = health, .passes = data.passes};
  if (pause) rest(alone ? std::min(*pause, data.settings.breaker_wait.cap) : *pause);
  if (health == Health::ok) return false;
  if (health == Health::misconfigured && alone) return true;
  if (first_since_a_pass) data.failures += 1;
  const bool enough = health == Health::misconfigured || data.failures >= data.settings.breaker_failures;
  // What was under way when the breaker opened says nothing new.
  if (data.breaker == Breaker::half_open || (data.breaker == Breaker::closed && enough)) trip();
  return false;
}

bool Scheduler::finished(const Task& task, Health health, std::optional<Milliseconds> pause, double jitter, const Now& now) {
  auto& data = lane(task.lane);
  data.in_flight -= 1;
  const auto found = known_.find(place_of(task));
  const bool poison = judge(data, found == known_.end() ? task.request : found->second.asked_for, health, pause, jitter, now);
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

bool Scheduler::blocked(const LaneData& data, const Now& now) { return data.in_flight >= limit(data) || now.steady < data.resume_at; }

/// The newest that is due, and did not fail since anything passed: what fails for a reason of its own must not keep the breaker open, and
/// the oldest are the likeliest to have one.
std::optional<Task> Scheduler::probe(const LaneData& data, const Now& now) {
  for (const auto& [queue, more_in_store] : data.backlogs) {
    auto task = queue.lower_bound(Task{.due = now.wall + Milliseconds{1}});
    while (task != queue.begin()) {
      --task;
      const auto found = data.troubled.find(task->request);
      if (found == data.troubled.end() || found->second.passes < data.passes) return *task;
    }
  }
  return std::nullopt;
}

std::optional<Task> Scheduler::next(const LaneData& data, const Now& now) {
  if (data.breaker != Breaker::closed) {
    if (const auto task = probe(data, now)) return task;
  }
  for (const bool retries : {data.retry_is_next, !data.retry_is_next}) {
    const auto& queue = data.backlogs[retries ? 1 : 0].queue;
    if (!queue.empty() && queue.begin()->due <= now.wall) return *queue.begin();
  }
  return std::nullopt;
}

Start Scheduler::start(Lane which, LaneData& data, const Now& now) {
  Start start{.lane = which, .tasks = {}};
  const auto most = data.breaker == Breaker::closed ? data.settings.batch : 1;
  while (start.tasks.size() < most) {
    const auto task = next(data, now);
    if (!task) break;
    backlog(data, *task).queue.erase(*task);
    data.retry_is_next = !task->retry;
    start.tasks.push_back(*task);
    auto& known = known_[place_of(*task)];
    known.in_flight = true;
    known.asked_for = start.tasks.front().request;
  }
  return start;
}

std::vector<Action> Scheduler::advance(const Now& now) {
  std::vector<Action> actions;
  for (std::size_t i = 0; i < lane_count; ++i) {
    const auto which = static_cast<Lane>(i);
    auto& data = lanes_[i];
    refill(data, now);
    while (data.tokens >= 1 && !blocked(data, now)) {
      auto started = start(which, data, now);
      if (started.tasks.empty()) break;
      if (data.breaker == Breaker::open) data.breaker = Breaker::half_open;
      data.tokens -= 1;
      data.in_flight += static_cast<int>(started.tasks.size());
      actions.emplace_back(std::move(started));
    }
    for (const bool retries : {false, true}) {
      const auto& [queue, more_in_store] = data.backlogs[retries ? 1 : 0];
      if (more_in_store && queue.size() <= data.settings.memory / 2) {
        actions.emplace_back(Load{.lane = which, .retries = retries, .limit = data.settings.memory - queue.size()});
      }
    }
  }
  return actions;
}

std::optional<Milliseconds> Scheduler::next_wake(const Now& now) const {
  std::optional<Milliseconds> soonest;
  for (const auto& data : lanes_) {
    if (data.in_flight >= limit(data)) continue;
    auto at_least = std::max(Milliseconds{0}, std::chrono::ceil<Milliseconds>(data.resume_at - now.steady));
    if (data.tokens < 1) {
      at_least = std::max(at_least, Milliseconds{1 + static_cast<std::int64_t>((1 - data.tokens) / data.settings.rate * 1000)});
    }
    for (const auto& [queue, more_in_store] : data.backlogs) {
      if (queue.empty()) continue;
      const auto wait = std::max(at_least, queue.begin()->due - now.wall);
      if (!soonest || wait < *soonest) soonest = wait;
    }
  }
  return soonest;
}

std::set<std::int64_t> Scheduler::known(Lane which) const {
  std::set<std::int64_t> ids;
  for (const auto& [place, known] : known_) {
    if (known.task.lane == which || known.in_flight) ids.insert(known.task.id);
  }
  return ids;
}

LaneView Scheduler::view(Lane which) const {
  const auto& data = lane(which);
  return {.breaker = data.breaker,
          .queued = data.backlogs[0].queue.size() + data.backlogs[1].queue.size(),
          .in_flight = data.in_flight,
          .more_in_store = data.backlogs[0].more_in_store || data.backlogs[1].more_in_store,
          .failures = data.failures};
}

}  // namespace salam::pipeline
