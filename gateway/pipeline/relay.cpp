#include "gateway/pipeline/relay.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include <spdlog/spdlog.h>

namespace salam::pipeline {

using Steady = std::chrono::steady_clock;

/// Shared with the store's listener, which may outlive the relay.
class Relay::Worker {
 public:
  Worker(store::Store& store, EventLog& log, const Clock& clock, RelaySettings settings, std::function<void(RelayStatus)> on_status)
      : steps_(store, log, clock, settings, std::move(on_status)) {}

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
    auto done = steps_.decide(position, skip);
    // With the lock, so that a thread about to wait for it cannot miss it.
    const std::lock_guard lock(mutex_);
    woken_.notify_all();
    return done;
  }

  RelayStatus status() const { return steps_.status(); }
  RelayHealth health() const { return steps_.health(); }

 private:
  using Until = RelaySteps::Until;

  void run() {
    while (!stopping_now()) {
      forget_new_events();
      if (!wait(steps_.step())) break;
    }
    steps_.ended();
  }

  /// False where the thread is to end.
  bool wait(const RelaySteps::Next& next) {
    std::unique_lock lock(mutex_);
    switch (next.until) {
      case Until::now:
        return true;
      case Until::events:
        drained_ = stop_at_.has_value();
        if (drained_) return false;
        woken_.wait_for(lock, next.at_most, [this] { return new_events_ || stop_at_.has_value(); });
        return true;
      case Until::rested:
        woken_.wait_for(lock, next.at_most, [this] { return stop_at_.has_value(); });
        return true;
      case Until::backed_off:
        // What waits is safe in the outbox, so a failure ends a drain.
        return !woken_.wait_for(lock, next.at_most, [this] { return stop_at_.has_value(); });
      case Until::decided:
        woken_.wait(lock, [this] { return steps_.decided() || stop_at_.has_value(); });
        return steps_.decided();
    }
    return true;
  }

  bool stopping_now() const {
    const std::lock_guard lock(mutex_);
    return stop_at_ && Steady::now() >= *stop_at_;
  }
  void forget_new_events() {
    const std::lock_guard lock(mutex_);
    new_events_ = false;
  }

  RelaySteps steps_;
  bool drained_ = false;  ///< The thread's own, until it has ended.

  mutable std::mutex mutex_;
  std::condition_variable woken_;
  bool new_events_ = false;
  std::optional<Steady::time_point> stop_at_;

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
