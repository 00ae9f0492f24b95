#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "gateway/domain/result.h"

namespace salam {

/// One row of the outbox, ready for the wire.
struct OutboxEvent {
  std::int64_t position = 0;  ///< In the outbox: rising, never reused.
  std::string aggregate;      ///< The request's or meeting's id: the record's key.
  std::int64_t sequence = 0;  ///< Of the aggregate's events, from 1, without a gap.
  std::string type;           ///< CloudEvents `type`.
  std::string time;           ///< RFC 3339.
  std::string traceparent;    ///< May be empty.
  std::string data;           ///< JSON.
};

struct EventLogError {
  enum class Kind {
    retriable,  ///< Try again later with the same log.
    fatal,      ///< `open` again before the next publish.
    refused,    ///< The broker refuses this event for good (too large, not authorised): a person decides.
  };
  Kind kind = Kind::retriable;
  std::string message;
  std::int64_t position = 0;  ///< Of the refused event.
};

/// Where events are published once and in order. Every call blocks, with a deadline of its own, and belongs to the relay's thread.
class EventLog {
 public:
  virtual ~EventLog() = default;
  /// Fences whatever a former process still has in the network, then says which outbox position the log has committed, if any.
  virtual Result<std::optional<std::int64_t>, EventLogError> open() = 0;
  /// All of a contiguous run and its position in one transaction, or nothing.
  virtual Result<void, EventLogError> publish(std::span<const OutboxEvent> run) = 0;
};

}  // namespace salam
