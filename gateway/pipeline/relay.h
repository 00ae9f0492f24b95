#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/domain/result.h"
#include "gateway/domain/time.h"
#include "gateway/ports/clock.h"
#include "gateway/ports/event_log.h"
#include "gateway/store/store.h"

namespace salam::pipeline {

struct RelaySettings {
  int max_events = 1'000;               ///< In one transaction.
  std::size_t max_bytes = 1024 * 1024;  ///< Of event data in one transaction; one event always goes, whatever its size.
  Milliseconds rest{20};                ///< After a transaction that took all there was: what comes meanwhile shares the next one.
  Milliseconds first_backoff{100};
  Milliseconds max_backoff{30'000};
  Milliseconds look_again{60'000};  ///< The outbox is read this often even where nobody says that there is something new.
};

enum class RelayState {
  starting,     ///< The log has not been opened yet.
  running,      ///< Published all there is, or is about to.
  backing_off,  ///< The log cannot be reached or used; tried again.
  refused,      ///< Stands before an event that the log refuses for good, until a person releases or skips it.
  stopped,
};
std::string_view to_string(RelayState state);

struct RelayStatus {
  RelayState state = RelayState::starting;
  Timestamp since;         ///< In this state.
  std::string last_error;  ///< Kept after recovery.
  std::optional<Timestamp> last_error_at;
  std::int64_t position = 0;                     ///< All events up to here are in the log.
  std::optional<std::int64_t> refused_position;  ///< Set exactly while refused.
};

struct RelayHealth {
  RelayStatus status;
  std::int64_t lag = 0;                         ///< Events that wait.
  std::optional<Timestamp> oldest_unpublished;  ///< As the store's own mark has it.
};

/// Carries events from the outbox to the event log on a thread of its own, in the outbox's order, each once: it goes on from the later of
/// the store's mark and the position that the log itself has committed.
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
