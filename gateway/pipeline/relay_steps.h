#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/domain/result.h"
#include "gateway/domain/time.h"
#include "gateway/ports/clock.h"
#include "gateway/ports/event_log.h"
#include "gateway/store/store.h"

/// What the relay does, one step after another, without a thread or a wait of its own: a thread walks through it, or a simulation.
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

/// Carries events from the outbox to the event log in the outbox's order, each once: it goes on from the later of the store's mark and the
/// position that the log itself has committed.
class RelaySteps {
 public:
  /// What comes before the next step. Whoever walks may end every wait sooner, except that a refused event waits for a decision.
  enum class Until { now, events, rested, backed_off, decided };
  struct Next {
    Until until = Until::now;
    Milliseconds at_most{0};  ///< Of `events`, `rested`, `backed_off`.
  };

  /// `on_status` is told in a step whenever the state changes. Store, log and clock outlive the steps.
  RelaySteps(store::Store& store, EventLog& log, const Clock& clock, RelaySettings settings, std::function<void(RelayStatus)> on_status);

  /// Opens the log, publishes one transaction, or finds nothing to do. Blocks for as long as the log does. One thread's.
  Next step();
  /// No step follows.
  void ended() { enter(RelayState::stopped, {}); }

  // From any thread.
  /// A person's decision about the refused event. Errors: `relay_not_refused`.
  Result<void> decide(std::int64_t position, bool skip);
  [[nodiscard]] bool decided() const;
  [[nodiscard]] RelayStatus status() const;
  [[nodiscard]] RelayHealth health() const;

 private:
  enum class Decision { none, release, skip };

  bool open();
  Next publish();
  Next failed(const EventLogError& error, const OutboxEvent& first);
  void fail(const std::string& message);
  Next back_off();
  void advance(std::int64_t position);
  void set_position(std::int64_t position);
  void take_decision();
  bool next_is_refused();
  void enter(RelayState state, const std::string& error);

  store::Store& store_;
  EventLog& log_;
  const Clock& clock_;
  const RelaySettings settings_;
  const std::function<void(RelayStatus)> on_status_;

  bool open_ = false;
  int failures_ = 0;
  std::int64_t position_ = 0;
  std::optional<std::int64_t> refused_;

  mutable std::mutex mutex_;
  Decision decision_ = Decision::none;
  RelayStatus status_;
};

}  // namespace salam::pipeline
