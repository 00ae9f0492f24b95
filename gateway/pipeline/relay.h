#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "gateway/domain/result.h"
#include "gateway/domain/time.h"
#include "gateway/pipeline/relay_steps.h"
#include "gateway/ports/clock.h"
#include "gateway/ports/event_log.h"
#include "gateway/store/store.h"

namespace salam::pipeline {

/// Walks through `RelaySteps` on a thread of its own.
class Relay {
 public:
  /// `on_status` is told on the relay's thread whenever the state changes; it posts elsewhere and returns. Store, log and clock outlive the
  /// relay. Takes the store's `on_events` listener.
  Relay(store::Store& store, EventLog& log, const Clock& clock, RelaySettings settings, std::function<void(RelayStatus)> on_status);
  ~Relay();
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  void start();
  /// Publishes what is committed for as long as `drain` lasts and nothing fails, then ends the thread. Blocks for as long as a call of the
  /// log that is under way. Says whether all was published; what was not stays in the outbox.
  bool stop(Milliseconds drain);

  /// A person's decision about the refused event: try it again, or leave it out of the log for good. Both are logged with the name. Errors:
  /// `relay_not_refused` where the relay does not stand before an event at that position.
  Result<void> release(std::int64_t position, std::string_view by);
  Result<void> skip(std::int64_t position, std::string_view by);

  /// From any thread.
  [[nodiscard]] RelayStatus status() const;
  [[nodiscard]] RelayHealth health() const;

 private:
  class Worker;
  std::shared_ptr<Worker> worker_;
};

}  // namespace salam::pipeline
