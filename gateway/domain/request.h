#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/domain/attachment.h"
#include "gateway/domain/case.h"
#include "gateway/domain/region.h"
#include "gateway/domain/routing.h"
#include "gateway/domain/sensitive.h"
#include "gateway/domain/time.h"
#include "gateway/domain/tracking_code.h"
#include "gateway/domain/uuid.h"

namespace salam {

/// What makes a request itself, whichever app sends it: a form may hold several.
struct FormItem {
  std::string meeting;
  std::string form;  ///< As printed on the paper, Latin digits; `[A-Za-z0-9._/-]{1,32}`.
  int item = 1;      ///< 1–99.

  friend bool operator==(const FormItem&, const FormItem&) = default;
};

struct Citizen {
  Sensitive<std::string> name;
  Sensitive<std::string> mobile_as_written;
  std::optional<Sensitive<std::string>> mobile;  ///< E.164; absent where nothing usable was written.
  Sensitive<std::string> national_id;            ///< Ten digits, or empty.

  friend bool operator==(const Citizen&, const Citizen&) = default;
};

/// WGS 84 degrees.
struct Coordinates {
  double latitude = 0;
  double longitude = 0;

  friend bool operator==(const Coordinates&, const Coordinates&) = default;
};

/// What the citizen asks, normalised.
struct Content {
  Region region;  ///< Where the matter lies.
  Kind kind = Kind::request;
  std::string category;
  Sensitive<std::string> subject;
  Sensitive<std::string> description;
  Citizen citizen;
  Sensitive<std::string> address;
  std::optional<Coordinates> coordinates;

  friend bool operator==(const Content&, const Content&) = default;
};

/// The part of the lifecycle that ends in exactly one registration.
enum class RegistrationState {
  waiting,     ///< Will be sent when its task is due.
  in_review,   ///< An officer decides where it goes.
  calling,     ///< The intent is committed; a call may be under way, or was when the process died.
  pending,     ///< The upstream gave a token; polled, never sent again.
  by_hand,     ///< An officer registers it in the system's own page.
  uncertain,   ///< May have been registered; looked up before it is sent again.
  held,        ///< Stopped for a person's decision: refused by the last system, unclear, or poison.
  registered,  ///< The upstream's code is known.
  closed,      ///< By a named person, without a registration.
};
std::string_view to_string(RegistrationState state);
/// `در انتظار ثبت`.
std::string_view name_for_people(RegistrationState state);
std::optional<RegistrationState> parse_registration_state(std::string_view text);

struct Registration {
  RegistrationState state = RegistrationState::waiting;
  System system = System::system137;   ///< Where it goes, or stands.
  std::string code;                    ///< The upstream's; set exactly when registered.
  std::string token;                   ///< Set while pending.
  std::optional<Timestamp> intent_at;  ///< When the last call's intent was committed; once uncertain, when its call had surely gone out.
  std::optional<Timestamp> registered_at;
  int attempts = 0;    ///< Calls in a row that did not settle it; drives the backoff.
  std::string reason;  ///< Why it waits, is held or went elsewhere: for officers.
};

/// What has become of a registered request in the system that holds it.
enum class Progress {
  open,
  in_progress,
  answered,
  resolved,
  cannot_be_done,
  reopened,
};
inline constexpr std::size_t progress_count = 6;
std::string_view to_string(Progress progress);
std::optional<Progress> parse_progress(std::string_view text);
/// `در حال پیگیری`.
std::string_view name_for_people(Progress progress);
/// Nothing more is expected; a system may reopen it all the same.
bool is_final(Progress progress);

struct FollowUp {
  Progress progress = Progress::open;
  std::string words;                    ///< The system's own, for officers; may hold personal data.
  std::optional<Timestamp> changed_at;  ///< As the system says it, or when it was learnt; unset: nothing was reported yet.
};

enum class ToldBy { sms, slip, person };
std::string_view to_string(ToldBy by);

/// That the citizen was told a code that `/v1/track` answers.
struct Told {
  ToldBy by = ToldBy::sms;
  std::string code;
  Timestamp at;
  std::string person;  ///< Who handed it over; empty otherwise.
};

/// What a person must do. Ordered by urgency.
enum class AttentionReason {
  overdue,      ///< The time to review or to answer it has run out.
  uncertain,    ///< May be registered; nobody but a person can find out.
  refused,      ///< The last system refused it.
  unclear,      ///< An answer that no rule in the configuration explains.
  poison,       ///< Fails where other requests pass.
  by_hand,      ///< To be registered in the system's own page.
  review,       ///< 137 cannot take it: the special follow-up officer decides where it goes.
  no_contact,   ///< No usable mobile number: the code must be handed over.
  undelivered,  ///< The text message did not reach the citizen.
  declined,     ///< The system that holds it says that it is not its own, or a double: it never changes system by itself.
  amend,        ///< The system that holds it must be told of a change by hand.
};
std::string_view to_string(AttentionReason reason);
std::optional<AttentionReason> parse_attention_reason(std::string_view text);

/// What settles an item.
enum class SettleAction {
  registered,   ///< It stands in the system under this code.
  send_again,   ///< It does not; send it (again).
  handed_over,  ///< The citizen was told the code by this person.
  dealt_with,   ///< This person saw to it, by whatever way the note says.
};
std::string_view to_string(SettleAction action);
std::optional<SettleAction> parse_settle_action(std::string_view text);
std::vector<SettleAction> actions_for(AttentionReason reason);

/// The store's own key of a request: small, local, never shown.
using RequestKey = std::int64_t;

struct Request {
  RequestKey key = 0;
  Uuid id;  ///< Version 7.
  TrackingCode code;
  FormItem form_item;
  Date meeting_date{std::chrono::year{1970} / 1 / 1};  ///< Of the meeting at which it was handed in.
  Timestamp received_at;
  std::string received_from;  ///< The API key's name.
  Content content;
  RoutingDecision route;
  Registration registration;
  FollowUp follow_up;
  Case handling;
  std::optional<Timestamp> due;  ///< When the citizen must have been answered; unset once that is done.
  DueStage due_stage = DueStage::ahead;
  std::optional<Told> told;
  std::set<AttentionReason> attention;  ///< The open ones.
  std::string citizen_hash;             ///< Keyed hash of the mobile, hex; empty without one.
  std::string traceparent;              ///< W3C, of the call that brought it; may be empty.
  std::int64_t version = 0;             ///< Raised by each change.
  std::int64_t sequence = 0;            ///< Of its last event.
  int attachments = 0;                  ///< So many it has; only the store counts them.
  std::vector<std::string> media_urls;  ///< Where attachments can be fetched; those that a call hands on, filled in for it, else empty.
  std::vector<MediaFile> files;         ///< Those that go along with a call, which is told of them only then; else empty.
};

/// The citizen has an answer: from a person, or from the system that holds it, or asks for none any more.
bool is_answered(const Request& request);

/// The API's one word for where a request stands, derived from its parts.
std::string_view state_of(const Request& request);

enum class MessageKind {
  registered,  ///< Carries the upstream's code.
  holding,     ///< Carries the gateway's code while the upstream stays away.
  progress,    ///< Says how far the system that holds it has come.
  answer,      ///< What an officer answers; carries no code.
  invitation,  ///< To the session where the meeting's results are shown, once to each number; carries no code.
};
std::string_view to_string(MessageKind kind);

enum class MessageState {
  queued,
  sending,  ///< The intent is committed; a call may be under way, or was when the process died.
  sent,
  delivered,
  failed,
  uncertain,  ///< May have been sent: its provider is asked, or it is sent once more.
  handed_over,
};
std::string_view to_string(MessageState state);

/// What a provider says of a text it took.
enum class Delivery { on_the_way, delivered, failed, unknown };

/// One text message to one citizen.
struct Message {
  std::int64_t id = 0;  ///< 63 random bits: the provider's `localid`. A counter would repeat after a restore.
  MessageKind kind = MessageKind::registered;
  std::string code;  ///< The code it carries.
  Sensitive<std::string> mobile;
  Sensitive<std::string> text;
  int parts = 0;
  bool urgent = true;  ///< Carries the first code that the citizen is told: quiet hours do not hold it back.
  MessageState state = MessageState::queued;
  std::string provider;     ///< The one that sends it or sent it, by its name in the configuration; empty while any may.
  std::string provider_id;  ///< What that one calls it.
  int attempts = 0;
  Timestamp created_at;
  std::optional<Timestamp> sent_at;
  std::optional<Timestamp> uncertain_at;  ///< Since when it may have been sent; set exactly while uncertain.
  bool sent_twice = false;                ///< After it stayed uncertain: once more, never again.
  std::string reason;
};

/// A request with all that transitions look at.
struct Record {
  Request request;
  std::vector<Message> messages;  ///< Oldest first.
};

}  // namespace salam
