#include "gateway/pipeline/relay.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <span>
#include <thread>
#include <utility>
#include <vector>

#include <spdlog/spdlog.h>

namespace salam::pipeline {
namespace {

using Steady = std::chrono::steady_clock;
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

/// Shared with the store's listener, which may outlive the relay.
class Relay::Worker {
 public:
  Worker(store::Store& store, EventLog& log, const Clock& clock, RelaySettings settings, std::function<void(RelayStatus)> on_status)
      : store_(store), log_(log), clock_(clock), settings_(settings), on_status_(std::move(on_status)) {
    status_.since = clock_.now();
  }

  void start() {
    thread_ = std::thread([this] { run(); });
  }

  bool stop(Milliseconds drain) {
    {
      const std::lock_guard lock(mutex_);
      stop_at_ = Steady::now() + drain;
    }
    woken_.notify_all();
    if (thread_.joinable()) thread_.join();
    return drained_;
  }

  void wake() {
    {
      const std::lock_guard lock(mutex_);
      new_events_ = true;
    }
    woken_.notify_all();
  }

  Result<void> decide(std::int64_t position, bool skip) {
    {
      const std::lock_guard lock(mutex_);
      if (status_.refused_position != position)
        return Error{"relay_not_refused", "The relay does not stand before an event at position " + std::to_string(position)};
      decision_ = skip ? Decision::skip : Decision::release;
    }
    woken_.notify_all();
    return {};
  }

  RelayStatus status() const {
    const std::lock_guard lock(mutex_);
    return status_;
  }

  RelayHealth health() const {
    const auto outbox = store_.outbox_state();
    RelayHealth health{status(), 0, {}};
    health.lag = std::max<std::int64_t>(outbox.last - std::max(health.status.position, outbox.published), 0);
    if (health.lag > 0) health.oldest_unpublished = outbox.oldest_unpublished;
    return health;
  }

 private:
  enum class Decision { none, release, skip };

  void run() {
    while (!stopping_now()) {
      if (!open_ && !open()) {
        if (!back_off()) break;
      } else if (!step()) {
        break;
      }
    }
    enter(RelayState::stopped, {});
  }

  /// False: nothing more to do, the thread ends.
  bool step() {
    take_decision();
    forget_new_events();
    const auto events = store_.outbox(position_, settings_.max_events);
    if (events.empty()) {
      drained_ = stopping();
      return !drained_ && wait_for_events();
    }
    const auto length = run_length(events, refused_, settings_.max_bytes);
    if (length == 0) return wait_for_decision();
    if (const auto published = log_.publish(std::span(events).first(length)); !published) return failed(published.error(), events.front());
    advance(events[length - 1].position);
    if (!refused_) enter(RelayState::running, {});
    if (std::cmp_less(events.size(), settings_.max_events)) rest();
    return true;
  }

  bool open() {
    const auto committed = log_.open();
    if (!committed) {
      fail(committed.error().message);
      return false;
    }
    const auto outbox = store_.outbox_state();
    if (*committed && **committed > outbox.last) {
      fail("the event log has committed position " + std::to_string(**committed) + ", but the store ends at " +
           std::to_string(outbox.last) + ": the database was put back without `restore`");
      return false;
    }
    set_position(std::max({position_, outbox.published, committed->value_or(0)}));
    store_.mark_published(position_);
    open_ = true;
    if (!refused_) enter(RelayState::running, {});
    return true;
  }

  bool failed(const EventLogError& error, const OutboxEvent& first) {
    if (error.kind == Kind::refused) {
      refused_ = std::max(error.position, first.position);
      enter(RelayState::refused, error.message);
      return true;
    }
    open_ = open_ && error.kind != Kind::fatal;
    fail(error.message);
    return back_off();
  }

  /// A refusal stays what the status shows: it needs a person, other failures need none.
  void fail(const std::string& message) {
    if (refused_)
      spdlog::warn("relay: {}", message);
    else
      enter(RelayState::backing_off, message);
  }

  void advance(std::int64_t position) {
    failures_ = 0;
    set_position(position);
    store_.mark_published(position);
  }

  void set_position(std::int64_t position) {
    position_ = position;
    const std::lock_guard lock(mutex_);
    status_.position = position;
  }

  void take_decision() {
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

  bool next_is_refused() {
    const auto next = store_.outbox(position_, 1);
    return next.empty() || next.front().position >= *refused_;
  }

  // --- waiting: each returns false where the thread is to end -------------------------------------------------------

  bool wait_for_events() {
    std::unique_lock lock(mutex_);
    woken_.wait_for(lock, settings_.look_again, [this] { return new_events_ || stop_at_.has_value(); });
    return true;
  }

  /// A transaction costs several round trips, however few its events are.
  void rest() {
    std::unique_lock lock(mutex_);
    woken_.wait_for(lock, settings_.rest, [this] { return stop_at_.has_value(); });
  }

  bool wait_for_decision() {
    std::unique_lock lock(mutex_);
    woken_.wait(lock, [this] { return decision_ != Decision::none || stop_at_.has_value(); });
    return decision_ != Decision::none;
  }

  /// What waits is safe in the outbox, so a failure ends a drain.
  bool back_off() {
    auto wait = settings_.first_backoff;
    for (int i = 0; i < failures_ && wait < settings_.max_backoff; ++i) wait *= 2;
    ++failures_;
    std::unique_lock lock(mutex_);
    return !woken_.wait_for(lock, std::min(wait, settings_.max_backoff), [this] { return stop_at_.has_value(); });
  }

  // --- state shared with other threads ------------------------------------------------------------------------------

  bool stopping() const {
    const std::lock_guard lock(mutex_);
    return stop_at_.has_value();
  }
  bool stopping_now() const {
    const std::lock_guard lock(mutex_);
    return stop_at_ && Steady::now() >= *stop_at_;
  }
  void forget_new_events() {
    const std::lock_guard lock(mutex_);
    new_events_ = false;
  }

  void enter(RelayState state, const std::string& error) {
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

  store::Store& store_;
  EventLog& log_;
  const Clock& clock_;
  const RelaySettings settings_;
  const std::function<void(RelayStatus)> on_status_;

  // The thread's own.
  bool open_ = false;
  bool drained_ = false;
  int failures_ = 0;
  std::int64_t position_ = 0;
  std::optional<std::int64_t> refused_;

  mutable std::mutex mutex_;
  std::condition_variable woken_;
  bool new_events_ = false;
  std::optional<Steady::time_point> stop_at_;
  Decision decision_ = Decision::none;
  RelayStatus status_;

  std::thread thread_;
};

Relay::Relay(store::Store& store, EventLog& log, const Clock& clock, RelaySettings settings, std::function<void(RelayStatus)> on_status)
    : worker_(std::make_shared<Worker>(store, log, clock, settings, std::move(on_status))) {
  store.on_events([worker = std::weak_ptr(worker_)] {
    if (const auto alive = worker.lock()) alive->wake();
  });
}

Relay::~Relay() { stop(Milliseconds{0}); }

void Relay::start() { worker_->start(); }

bool Relay::stop(Milliseconds drain) { return worker_->stop(drain); }

Result<void> Relay::release(std::int64_t position, std::string_view by) {
  auto done = worker_->decide(position, false);
  if (done) spdlog::warn("relay: the refused event at position {} is released by {}", position, by);
  return done;
}

Result<void> Relay::skip(std::int64_t position, std::string_view by) {
  auto done = worker_->decide(position, true);
  if (done) spdlog::warn("relay: the refused event at position {} is skipped by {}", position, by);
  return done;
}

RelayStatus Relay::status() const { return worker_->status(); }

RelayHealth Relay::health() const { return worker_->health(); }

}  // namespace salam::pipeline
