#include "tests/simulation/sim_log.h"

#include <algorithm>
#include <utility>

namespace salam::simulation {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Kind = EventLogError::Kind;

}  // namespace

std::optional<EventLogError> SimLog::opening_fails() {
  took_ += world_.dice.delay(milliseconds(30), seconds(10));
  if (!trouble()) return {};
  world_.counts.add(Happened::log_not_open);
  return EventLogError{Kind::retriable, "no broker answers", 0};
}

Result<std::optional<std::int64_t>, EventLogError> SimLog::open() {
  if (auto failed = opening_fails()) return std::move(*failed);
  producer_ = ++epoch_;
  return committed_;
}

Result<std::optional<std::int64_t>, EventLogError> SimLog::open_without_fencing() {
  if (auto failed = opening_fails()) return std::move(*failed);
  return committed_;
}

Result<void, EventLogError> SimLog::publish(std::span<const OutboxEvent> run) {
  took_ += world_.dice.delay(milliseconds(30), seconds(2));
  std::vector<OutboxEvent> copy(run.begin(), run.end());
  if (producer_ != epoch_) return EventLogError{Kind::fatal, "fenced", 0};
  const auto refused = std::ranges::find_if(run, [&](const OutboxEvent& event) { return refuses_.contains(event.position); });
  if (refused != run.end()) return EventLogError{Kind::refused, "too large", refused->position};
  if (trouble()) return stumble(std::move(copy));
  commit(copy);
  return {};
}

EventLogError SimLog::stumble(std::vector<OutboxEvent> run) {
  switch (world_.dice.below(6)) {
    case 0:
      world_.counts.add(Happened::log_retriable);
      return {Kind::retriable, "brokers away", 0};
    case 1:
      world_.counts.add(Happened::log_fatal);
      commit_late(std::move(run));
      return {Kind::fatal, "the commit timed out", 0};
    case 2:
      world_.counts.add(Happened::log_ack_lost);
      commit(run);
      return {Kind::fatal, "the commit timed out", 0};
    case 3: {
      world_.counts.add(Happened::log_refused);
      const auto which = static_cast<std::size_t>(world_.dice.below(static_cast<std::int64_t>(run.size())));
      refuses_.insert(run[which].position);
      return {Kind::refused, "too large", run[which].position};
    }
    case 4:
      world_.counts.add(Happened::crash_in_publish);
      commit_late(std::move(run));
      throw Killed{};
    default:
      world_.counts.add(Happened::crash_in_publish);
      if (world_.dice.chance(0.5)) commit(run);
      throw Killed{};
  }
}

void SimLog::commit_late(std::vector<OutboxEvent> run) {
  world_.counts.add(Happened::log_late_bytes);
  world_.after(world_.dice.delay(seconds(1), std::chrono::minutes(10)), outside, [this, run = std::move(run), epoch = epoch_] {
    if (epoch != epoch_) {
      world_.counts.add(Happened::log_fenced);
      return;
    }
    commit(run);
  });
}

void SimLog::commit(const std::vector<OutboxEvent>& run) {
  for (const auto& event : run) {
    world_.tell("log: {} {} {}", event.aggregate, event.sequence, event.type);
    topic_.push_back({.aggregate = event.aggregate, .sequence = event.sequence, .type = event.type, .data = event.data});
  }
  committed_ = run.back().position;
}

}  // namespace salam::simulation
