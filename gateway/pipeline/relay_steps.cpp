#include "gateway/pipeline/relay_steps.h"

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include <spdlog/spdlog.h>

namespace salam::pipeline {
namespace {

using Kind = EventLogError::Kind;

/// How many events from the first on go into one transaction: those before `end`, within the bytes, at least one where any is before `end`.
std::size_t run_length(const std::vector<OutboxEvent>& events, std::optional<std::int64_t> end, std::size_t max_bytes) {
  std::size_t count = 0;
  std::size_t bytes = 0;
  for (const auto& event : events) {
    bytes += event.data.size();
    if ((end && event.position >= *end) || (count > 0 && bytes > max_bytes)) break;
    ++count;
  }
  return count;
}

}  // namespace

std::string_view to_string(RelayState state) {
  switch (state) {
    case RelayState::starting:
      return "starting";
    case RelayState::running:
      return "running";
    case RelayState::backing_off:
      return "backing_off";
    case RelayState::refused:
      return "refused";
    case RelayState::stopped:
      return "stopped";
  }
  return "unknown";
}

RelaySteps::RelaySteps(store::Store& store, EventLog& log, const Clock& clock, RelaySettings settings,
                       std::function<void(RelayStatus)> on_status)
    : store_(store), log_(log), clock_(clock), settings_(settings), on_status_(std::move(on_status)) {
  status_.since = clock_.now();
}

RelaySteps::Next RelaySteps::step() {
  if (!open_ && !open()) return back_off();
  return publish();
}

RelaySteps::Next RelaySteps::publish() {
  take_decision();
  const auto events = store_.outbox(position_, settings_.max_events);
  if (events.empty()) return {Until::events, settings_.look_again};
  const auto length = run_length(events, refused_, settings_.max_bytes);
  if (length == 0) return {Until::decided, {}};
  if (const auto published = log_.publish(std::span(events).first(length)); !published) return failed(published.error(), events.front());
  advance(events[length - 1].position);
  if (!refused_) enter(RelayState::running, {});
  // A transaction costs several round trips, however few its events are.
  if (std::cmp_less(events.size(), settings_.max_events)) return {Until::rested, settings_.rest};
  return {};
}

bool RelaySteps::open() {
  const auto committed = log_.open();
  if (!committed) {
    fail(committed.error().message);
    return false;
  }
  const auto outbox = store_.outbox_state();
  if (*committed && **committed > outbox.last) {
    fail("the event log has committed position " + std::to_string(**committed) + ", but the store ends at " + std::to_string(outbox.last) +
         ": the database was put back without `restore`");
    return false;
  }
  set_position(std::max({position_, outbox.published, committed->value_or(0)}));
  store_.mark_published(position_);
  open_ = true;
  if (!refused_) enter(RelayState::running, {});
  return true;
}

RelaySteps::Next RelaySteps::failed(const EventLogError& error, const OutboxEvent& first) {
  if (error.kind == Kind::refused) {
    refused_ = std::max(error.position, first.position);
    enter(RelayState::refused, error.message);
    return {};
  }
  open_ = open_ && error.kind != Kind::fatal;
  fail(error.message);
  return back_off();
}

/// A refusal stays what the status shows: it needs a person, other failures need none.
void RelaySteps::fail(const std::string& message) {
  if (refused_)
    spdlog::warn("relay: {}", message);
  else
    enter(RelayState::backing_off, message);
}

RelaySteps::Next RelaySteps::back_off() {
  auto wait = settings_.first_backoff;
  for (int i = 0; i < failures_ && wait < settings_.max_backoff; ++i) wait *= 2;
  ++failures_;
  return {Until::backed_off, std::min(wait, settings_.max_backoff)};
}

void RelaySteps::advance(std::int64_t position) {
  failures_ = 0;
  set_position(position);
  store_.mark_published(position);
}

void RelaySteps::set_position(std::int64_t position) {
  position_ = position;
  const std::lock_guard lock(mutex_);
  status_.position = position;
}

void RelaySteps::take_decision() {
  const auto decision = [this] {
    const std::lock_guard lock(mutex_);
    return decision_;
  }();
  // Skipped only when all before it is in the log: the position is one number.
  if (decision == Decision::none || (decision == Decision::skip && !next_is_refused())) return;
  if (decision == Decision::skip) advance(*refused_);
  refused_.reset();
  {
    const std::lock_guard lock(mutex_);
    decision_ = Decision::none;
  }
  enter(RelayState::running, {});
}

bool RelaySteps::next_is_refused() {
  const auto next = store_.outbox(position_, 1);
  return next.empty() || next.front().position >= *refused_;
}

Result<void> RelaySteps::decide(std::int64_t position, bool skip) {
  const std::lock_guard lock(mutex_);
  if (status_.refused_position != position)
    return Error{"relay_not_refused", "The relay does not stand before an event at position " + std::to_string(position)};
  decision_ = skip ? Decision::skip : Decision::release;
  return {};
}

bool RelaySteps::decided() const {
  const std::lock_guard lock(mutex_);
  return decision_ != Decision::none;
}

RelayStatus RelaySteps::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

RelayHealth RelaySteps::health() const {
  const auto outbox = store_.outbox_state();
  RelayHealth health{status(), 0, {}};
  health.lag = std::max<std::int64_t>(outbox.last - std::max(health.status.position, outbox.published), 0);
  if (health.lag > 0) health.oldest_unpublished = outbox.oldest_unpublished;
  return health;
}

void RelaySteps::enter(RelayState state, const std::string& error) {
  RelayStatus told;
  {
    const std::lock_guard lock(mutex_);
    const auto now = clock_.now();
    if (!error.empty()) {
      if (error != status_.last_error || state != status_.state) spdlog::error("relay: {}", error);
      status_.last_error = error;
      status_.last_error_at = now;
    }
    status_.refused_position = state == RelayState::stopped ? std::nullopt : refused_;
    if (state == status_.state) return;
    spdlog::info("relay: {} at position {}", to_string(state), status_.position);
    status_.state = state;
    status_.since = now;
    told = status_;
  }
  if (on_status_) on_status_(std::move(told));
}

}  // namespace salam::pipeline
