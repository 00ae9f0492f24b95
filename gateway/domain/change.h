#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/domain/request.h"
#include "gateway/domain/result.h"

namespace salam {

/// Who carries a task out; each lane has its own rate, breaker and number in flight.
enum class Lane {
  system137,
  service_desk,
  sms,
  sms_status,  ///< Whether texts have arrived.
  clock,
  status137,  ///< What has become of registered requests, as all below.
  desk_status,
};
inline constexpr std::size_t lane_count = 7;
std::string_view to_string(Lane lane);
Lane lane_of(System system);
Lane status_lane_of(System system);

/// Something to be done at a time. What exactly follows from the state of the request (or message) when it is done, so a task can never be
/// stale. A request has at most one task for each (lane group, message): its registration, what changed since, each message, its clock, its
/// follow-up.
struct Task {
  std::int64_t id = 0;  ///< The store's.
  Lane lane = Lane::system137;
  Timestamp due;
  RequestKey request = 0;
  std::int64_t message = 0;  ///< 0: the registration, or the clock.
  bool amendment = false;    ///< In its system's lane: not the registration, but what changed since.
  bool retry = false;        ///< It was tried before: new ones do not queue up behind it.
};

/// Where a task stands among its request's, of which at most one is in each slot: its message's id, or one of these.
inline constexpr std::int64_t registration_slot = -1;
inline constexpr std::int64_t clock_slot = -2;
inline constexpr std::int64_t follow_up_slot = -3;
inline constexpr std::int64_t amendment_slot = -4;
std::int64_t slot_of(const Task& task);

enum class EventType {
  received,
  registered,
  redirected,        ///< 137 refused it; it goes to the desk.
  attention_raised,  ///< A person must act.
  attention_settled,
  message_sent,
  message_delivered,
  message_failed,
  progressed,  ///< The system that holds it has come further with it.
  told,
  in_review,  ///< 137 cannot take it: it waits for the special follow-up officer.
  reviewed,
  corrected,
  assigned,
  answered,              ///< By a person.
  closed,                ///< By a person: answered without a registration, twin of another, withdrawn.
  amended,               ///< Its system was told of what changed.
  deadline_approaching,  ///< The last day to answer it comes near.
  deadline_missed,       ///< To answer it, or to review it; or of a meeting's step, as above.
  deadline_met,          ///< A meeting's step was done.
  invitation_approved,   ///< A meeting's applicants are invited to the session where its results are shown.
};
/// The CloudEvents type: `ir.isfahan.mardomsalam.request.registered.v1`.
std::string_view cloud_event_type(EventType type);

/// The person behind what happened, for the history alone.
struct Actor {
  std::string name;
  std::string key;  ///< The API key's name.
  std::string note;
};

/// What happened to a request. The store numbers it and freezes its data together with the request as it stands after the change.
struct Event {
  EventType type = EventType::received;
  Timestamp at;
  std::vector<std::pair<std::string, std::string>> details;  ///< Members of the event's data, in order; never personal data.
  Actor actor;                                               ///< Without a name where the gateway acted.
};

/// One call to an outside system and what came back, for operators.
struct Attempt {
  std::string target;  ///< `137`, `service_desk`, `sms`.
  std::string action;  ///< `register`, `look_up`, `amend`, `poll`, `send`, `status`.
  Timestamp at;
  Milliseconds took{0};
  std::string outcome;  ///< `registered`, `refused`, `uncertain`, …
  std::string detail;   ///< Shortened, personal data out.
};

struct AttentionRaised {
  AttentionReason reason;
  Timestamp due;
  std::string detail;
};
struct AttentionSettled {
  AttentionReason reason;
  Timestamp at;
  std::string by;  ///< A person's name, or `gateway` where the matter settled itself.
  std::string note;
};

/// What one transition writes, all of it in one transaction. The store raises version and sequence.
struct Change {
  Request after;
  std::vector<Message> messages;  ///< New or changed.
  std::vector<Task> tasks;        ///< Put: replaces the request's task of the same kind (registration, clock, or that message's).
  std::vector<Task> done;         ///< Removed: only lane group and message are looked at.
  std::vector<Event> events;
  std::vector<AttentionRaised> raised;
  std::vector<AttentionSettled> settled;
  std::optional<Attempt> attempt;
  bool tasks_only = false;  ///< The request stays as it is, and so does its version: nobody who read it has read it too early.
};

/// What the system that holds a request says about it.
struct ProgressReport {
  std::string code;                  ///< That system's.
  std::optional<Progress> progress;  ///< Absent where its words tell nothing of that.
  bool declined = false;             ///< It says that the request is not its own, or a double.
  std::string words;
  std::optional<Timestamp> at;  ///< Since when, as that system says.
};

/// A pure function from what is stored to what shall be: run on the store's thread inside the transaction, so it never sees a stale record.
/// An error leaves everything as it was and goes back to the caller.
using Transition = std::function<Result<Change>(const Record&)>;

}  // namespace salam
