#include "gateway/pipeline/engine.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <variant>

#include <spdlog/spdlog.h>

#include "gateway/domain/text.h"

namespace salam::pipeline {
namespace {

// How long the pipeline trusts a computed wait.
constexpr Milliseconds longest_sleep{60'000};
constexpr Milliseconds put_off_by{1'000};
constexpr std::size_t detail_limit = 300;

std::string_view target_of(Lane lane) {
  switch (lane) {
    case Lane::system137:
      return "137";
    case Lane::service_desk:
      return "service_desk";
    case Lane::sms:
    case Lane::sms_status:
      return "sms";
    case Lane::clock:
      break;
  }
  return "";
}

bool cannot_write_now(const store::UpdateOutcome& outcome) {
  return !outcome && (outcome.error().code == "overloaded" || outcome.error().code == "storage_full");
}

}  // namespace

Health health_of(const outcome::TryLater& later) { return later.reachable && later.after ? Health::ok : Health::failed; }

Engine::Engine(const std::array<LaneSettings, lane_count>& lanes, const lifecycle::Policy& policy, World world, Hooks hooks,
               prometheus::Registry& metrics)
    : policy_(policy), world_(world), hooks_(std::move(hooks)), time_(world_.clock), scheduler_(lanes), metrics_(metrics) {}

void Engine::added(std::vector<Task> tasks) {
  world_.executor.post([this, tasks = std::move(tasks)] {
    for (const auto& task : tasks) scheduler_.added(time_.reckoned(task));
    advance();
  });
}

void Engine::drain() {
  draining_ = true;
  if (in_flight_ == 0) hooks_.drained();
}

LaneStatus Engine::status(Lane lane) const {
  const auto& state = lane_states_[static_cast<std::size_t>(lane)];
  return {.view = scheduler_.view(lane),
          .last_error = state.last_error,
          .last_error_at = state.last_error_at,
          .healthy = state.healthy,
          .since = state.since};
}

lifecycle::Moment Engine::moment(std::optional<Attempt> attempt) {
  return {.now = world_.clock.now(),
          .jitter = world_.random.fraction(),
          .random_bits = world_.random.bits(),
          .attempt = std::move(attempt),
          .restored_at = world_.store.restored_at()};
}

lifecycle::Moment Engine::moment(Lane lane, std::string_view action, Timestamp at, Milliseconds took, std::string_view outcome,
                                 const std::string& detail) {
  metrics_.called(lane, action, outcome, took);
  return moment(Attempt{.target = std::string(target_of(lane)),
                        .action = std::string(action),
                        .at = at,
                        .took = took,
                        .outcome = std::string(outcome),
                        .detail = shortened(detail, detail_limit)});
}

void Engine::advance() {
  if (draining_) return;
  bool loaded = true;
  while (loaded) {
    loaded = false;
    for (const auto& action : scheduler_.advance(time_.now())) {
      if (const auto* const wanted = std::get_if<Load>(&action)) {
        load(*wanted);
        loaded = true;
      } else {
        const auto& start = std::get<Start>(action);
        in_flight_ += start.tasks.size();
        hooks_.run(start);
      }
    }
  }
  for (std::size_t i = 0; i < lane_count; ++i) {
    const auto view = scheduler_.view(static_cast<Lane>(i));
    metrics_.lane(static_cast<Lane>(i), view);
  }
  arm(std::clamp(scheduler_.next_wake(time_.now()).value_or(longest_sleep), Milliseconds{1}, longest_sleep));
}

void Engine::arm(Milliseconds wait) {
  const auto at = world_.clock.steady() + wait;
  if (armed_ && *armed_ <= at) return;
  armed_ = at;
  world_.executor.call_after(wait, [this, at] {
    // One that an earlier timer overtook does nothing: were it to arm another, timers would multiply for as long as the gateway runs.
    if (armed_ != at) return;
    armed_.reset();
    advance();
  });
}

void Engine::load(const Load& wanted) {
  auto tasks = world_.store.tasks(wanted.lane, wanted.retries, scheduler_.known(wanted.lane), static_cast<int>(wanted.limit));
  for (auto& task : tasks) task = time_.stored(task);
  scheduler_.loaded(wanted, tasks);
}

void Engine::finish(const Task& task, Health health, std::optional<Milliseconds> pause) {
  in_flight_ -= 1;
  if (scheduler_.finished(task, health, pause, world_.random.fraction(), time_.now())) hooks_.fails_alone(task);
  if (is_drained()) hooks_.drained();
}

void Engine::put_off(Task task) {
  finish(task, Health::none);
  task.due = world_.clock.now() + put_off_by;
  scheduler_.added(time_.reckoned(task));
  advance();
}

void Engine::close(const Task& task, const std::vector<Task>& next) {
  finish(task, Health::none);
  for (const auto& one : next) scheduler_.added(time_.reckoned(one));
  advance();
}

void Engine::begin(const Task& task, Transition transition, std::function<void(store::UpdateOutcome)> go_on) {
  world_.store.update(task.request, std::move(transition), [this, task, go_on = std::move(go_on)](store::UpdateOutcome outcome) {
    world_.executor.post([this, task, go_on, outcome = std::move(outcome)]() mutable {
      if (cannot_write_now(outcome)) return put_off(task);
      go_on(std::move(outcome));
    });
  });
}

void Engine::note(Lane lane, const Verdict& verdict) {
  auto& lane_state = lane_states_[static_cast<std::size_t>(lane)];
  const auto at = world_.clock.now();
  const bool healthy = verdict.health == Health::ok && !verdict.pause;
  if (verdict.health != Health::none && lane_state.healthy != healthy) {
    lane_state.healthy = healthy;
    lane_state.since = at;
    if (healthy) {
      spdlog::info("{} answers", to_string(lane));
    } else {
      spdlog::warn("{} fails: {}", to_string(lane), verdict.error);
    }
  }
  if (verdict.error.empty()) return;
  lane_state.last_error = verdict.error;
  lane_state.last_error_at = at;
}

void Engine::commit(const Task& task, Verdict verdict) {
  auto shared = std::make_shared<Verdict>(std::move(verdict));
  world_.store.update(task.request, shared->transition, [this, task, shared](store::UpdateOutcome outcome) {
    world_.executor.post([this, task, shared, outcome = std::move(outcome)] { committed(task, *shared, outcome); });
  });
}

void Engine::committed(const Task& task, const Verdict& verdict, const store::UpdateOutcome& outcome) {
  if (cannot_write_now(outcome)) {
    // The other side has acted already, so what it said is kept here until it can be written.
    world_.executor.call_after(put_off_by, [this, task, verdict] { commit(task, verdict); });
    return;
  }
  note(task.lane, verdict);
  finish(task, verdict.health, verdict.pause);
  if (outcome) {
    for (const auto& next : outcome->tasks) scheduler_.added(time_.reckoned(next));
    hooks_.committed(outcome->record);
  }
  advance();
}

}  // namespace salam::pipeline
