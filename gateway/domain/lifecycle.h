#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/domain/calendar.h"
#include "gateway/domain/change.h"
#include "gateway/domain/invitation.h"
#include "gateway/domain/quiet_hours.h"
#include "gateway/domain/request.h"
#include "gateway/domain/result.h"
#include "gateway/domain/templates.h"

/// The lifecycle of a request as pure transitions from a stored record to a change. Each checks that the record still is where the
/// transition starts from; where a person or another task was faster it answers `overtaken`, and nothing is written.
namespace salam::lifecycle {

/// Exponential backoff with full jitter.
struct Backoff {
  Milliseconds first{5'000};
  Milliseconds cap{30 * 60'000};

  /// The wait after `attempts` failed ones (from 1): uniform in (0, min(cap, first·2^(attempts−1))], but at least a tenth of it. `jitter`
  /// in [0, 1).
  [[nodiscard]] Milliseconds wait(int attempts, double jitter) const;
};

/// How often one system is asked what has become of a request.
struct FollowUpPolicy {
  bool asked = false;             ///< Otherwise it is reported by callback, or not at all.
  Milliseconds first{3'600'000};  ///< After the registration; then ever rarer, as the request grows old.
  Milliseconds longest{12 * 3'600'000};
  Milliseconds after_end{30 * 86'400'000LL};  ///< For so long a request that has come to its end is still looked at: it may be reopened.
};

struct Policy {
  Backoff backoff;
  Milliseconds holding_after{2 * 3'600'000};  ///< Then the citizen is texted the gateway's code.
  Milliseconds poll_every{60'000};            ///< A pending registration's token; backs off to the cap.
  Milliseconds delivery_first_poll{10'000};   ///< After a message was sent.
  Milliseconds delivery_poll_cap{30 * 60'000};
  Milliseconds delivery_gives_up{47 * 3'600'000};         ///< Without a report by then, a person is asked.
  Milliseconds attention_due{24 * 3'600'000};             ///< For what holds up a registration.
  Milliseconds contact_due{7 * 24 * 3'600'000LL};         ///< For a code that must be handed over.
  Milliseconds wait_for_attachments{0};                   ///< Between acceptance and the first call, so that scans may come before it.
  QuietHours quiet_hours;                                 ///< For texts that carry no first code.
  bool desk_after_review = false;                         ///< What 137 cannot take waits for the special follow-up officer.
  bool desk_when_review_missed = false;                   ///< It goes to the desk by itself where nobody decided in time.
  Milliseconds approaching_before{2 * 24 * 3'600'000LL};  ///< So long before a deadline it is announced.
  Milliseconds reopened_due{14 * 24 * 3'600'000LL};       ///< At least so long to answer what was opened again.
  /// The days off as they are known now. From any thread.
  std::function<std::shared_ptr<const Calendar>()> calendar = [] { return std::make_shared<const Calendar>(); };
  std::array<FollowUpPolicy, 2> follow_ups;  ///< By system.
  MessageTemplates texts137 = MessageTemplates::defaults(System::system137);
  MessageTemplates texts_desk = MessageTemplates::defaults(System::service_desk);
  std::array<std::optional<MessageTemplate>, progress_count> progress_texts;  ///< For the steps of which the citizen is told.
  InvitationTemplate invitation = InvitationTemplate::standard();             ///< Where the invitation brings no text of its own.

  [[nodiscard]] const FollowUpPolicy& follow_up(System system) const { return follow_ups[static_cast<std::size_t>(system)]; }
  [[nodiscard]] const MessageTemplates& texts(System system) const { return system == System::system137 ? texts137 : texts_desk; }
};

/// By when the citizen must be answered, or had to be.
Timestamp answer_due(const Request& request, const Policy& policy);

/// What a transition knows besides the record.
struct Moment {
  Timestamp now;
  double jitter = 0;              ///< [0, 1).
  std::uint64_t random_bits = 0;  ///< For a new message's id.
  std::optional<Attempt> attempt;
  /// When the store was put back from a backup, if ever: a request received before may have been sent anywhere without its knowing.
  std::optional<Timestamp> restored_at{};
};

/// The change that goes with acceptance: received, first registration task or review, clock, and the missing contact where there is none.
/// Where `told` is set already, it was a printed form: the citizen went home with the request's code on the slip. `awaits_attachments`:
/// false where none will come.
Change received(Request request, const Policy& policy, const Moment& moment, bool awaits_attachments = true);

/// The clock struck: the citizen is texted a first code, a review or an answer is overdue or will be soon.
Result<Change> clock_due(const Record& record, const Policy& policy, const Moment& moment);

// --- registration -------------------------------------------------------------------------------------------------

/// What an upstream allows.
struct LookupPower {
  bool possible = false;             ///< It has a lookup and `settle_after` is set.
  bool proved = false;               ///< Since the start it has found a code known to be registered.
  Milliseconds believable_after{0};  ///< `settle_after` plus call deadline, from when the call had surely gone out.
};

/// Commits the intent of a call. Errors that say what to do instead: `look_up` (uncertain), `poll` (pending), `overtaken`. A request found
/// in `calling` was left so by a process that died, and becomes uncertain. An uncertain one that cannot be looked up goes to a person.
Result<Change> begin_call(const Record& record, const LookupPower& power, const Policy& policy, const Moment& moment);

/// It got one more attachment. That goes along with its registration; where a call for that may have gone out without it, the system that
/// comes to hold the request is told of it. `complete`: all are there that were announced, so that the first call waits no longer. Error:
/// `unchanged`.
Result<Change> attached(const Record& record, bool complete, const Policy& policy, const Moment& moment);

Result<Change> call_registered(const Record& record, std::string_view code, const Policy& policy, const Moment& moment);
Result<Change> call_pending(const Record& record, std::string_view token, const Policy& policy, const Moment& moment);
Result<Change> call_by_hand(const Record& record, const Policy& policy, const Moment& moment);
/// 137's refusal sends it to the desk, where it is looked up first if it may have been sent there before a restore; the desk's to a person.
Result<Change> call_refused(const Record& record, std::string_view why, const Policy& policy, const Moment& moment);
Result<Change> call_later(const Record& record, std::string_view why, std::optional<Milliseconds> after, const Policy& policy,
                          const Moment& moment);
Result<Change> call_uncertain(const Record& record, std::string_view why, const LookupPower& power, const Policy& policy,
                              const Moment& moment);
Result<Change> call_unclear(const Record& record, std::string_view why, const Policy& policy, const Moment& moment);
/// It fails where another request passes.
Result<Change> poisonous(const Record& record, std::string_view why, const Policy& policy, const Moment& moment);

Result<Change> lookup_found(const Record& record, std::string_view code, const Policy& policy, const Moment& moment);
/// `asked_at`: when the lookup went out. Sent again only where that was late enough and the lookup has proved itself.
Result<Change> lookup_absent(const Record& record, Timestamp asked_at, const LookupPower& power, const Policy& policy,
                             const Moment& moment);
Result<Change> lookup_failed(const Record& record, std::string_view why, std::optional<Milliseconds> after, const Policy& policy,
                             const Moment& moment);

/// It answered, but so that nothing can be concluded: asked again, and a person is told.
Result<Change> lookup_unclear(const Record& record, std::string_view why, const Policy& policy, const Moment& moment);

Result<Change> poll_registered(const Record& record, std::string_view code, const Policy& policy, const Moment& moment);
Result<Change> poll_again(const Record& record, std::optional<Milliseconds> after, const Policy& policy, const Moment& moment);
/// As `lookup_unclear`: its token is asked after again, and a person is told, who may settle it meanwhile.
Result<Change> poll_unclear(const Record& record, std::string_view why, const Policy& policy, const Moment& moment);

/// What became of a text, in the provider's words where it failed.
struct DeliveryReport {
  Delivery delivery = Delivery::unknown;
  std::string provider_id;
  std::string reason;
};

// --- messages -----------------------------------------------------------------------------------------------------

/// The citizen is invited by this text, at the number that the request has now. Error: `no_mobile`.
Result<Change> invite(const Record& record, const std::string& text, const Policy& policy, const Moment& moment);
/// Commits the intent of a send by that provider.
Result<Change> message_sending(const Record& record, std::int64_t message, std::string_view provider, const Policy& policy,
                               const Moment& moment);
/// Queued for what the provider says of itself, not of the message: another provider takes it at once.
Result<Change> message_to_another(const Record& record, std::int64_t message, std::string_view why, const Policy& policy,
                                  const Moment& moment);
/// Tried again with backoff, or where it is uncertain, asked after again.
Result<Change> message_later(const Record& record, std::int64_t message, std::string_view why, std::optional<Milliseconds> after,
                             const Policy& policy, const Moment& moment);
/// It is not urgent, and these are quiet hours.
Result<Change> message_held(const Record& record, std::int64_t message, const Policy& policy, const Moment& moment);
/// `delivery_first_poll`: when to ask whether it arrived.
Result<Change> message_sent(const Record& record, std::int64_t message, std::string_view provider, std::string_view provider_id,
                            Milliseconds delivery_first_poll, const Policy& policy, const Moment& moment);
/// For good: a person must tell the citizen, but for an invitation, which is only counted.
Result<Change> message_failed(const Record& record, std::int64_t message, std::string_view why, const Policy& policy, const Moment& moment);
Result<Change> message_delivered(const Record& record, std::int64_t message, const Policy& policy, const Moment& moment);
/// No news yet. `polled`: the provider can be asked again; otherwise the report comes by itself, or never.
Result<Change> message_on_the_way(const Record& record, std::int64_t message, bool polled, const Policy& policy, const Moment& moment);

/// Its provider says what became of it, of its own accord: reports may repeat and come out of order. Error: `unchanged`.
Result<Change> message_reported(const Record& record, std::int64_t message, std::string_view provider, const DeliveryReport& report,
                                const Policy& policy, const Moment& moment);
/// Its provider says that there is news: it is asked at once. Error: `unchanged`.
Result<Change> message_news(const Record& record, std::int64_t message, const Moment& moment);

/// It may have been sent. `look_after`: when its provider can first say.
Result<Change> message_uncertain(const Record& record, std::int64_t message, std::string_view why, Milliseconds look_after,
                                 const Policy& policy, const Moment& moment);
/// Its provider does not know it. Believed, and so sent again, only where that was asked `believable_after` its send.
Result<Change> message_absent(const Record& record, std::int64_t message, Timestamp asked_at, Milliseconds believable_after,
                              const Policy& policy, const Moment& moment);
/// Nothing more can be learnt of it: it is sent once more, for a text that comes twice is the lesser harm; the second time a person is
/// asked.
Result<Change> message_once_more(const Record& record, std::int64_t message, const Policy& policy, const Moment& moment);

// --- follow-up ----------------------------------------------------------------------------------------------------

/// The system that holds it was asked, or reported by itself. Reports may repeat and come out of order: an older one changes nothing.
/// Without one, only the next time to ask is set.
Result<Change> followed_up(const Record& record, const std::optional<ProgressReport>& report, const Policy& policy, const Moment& moment);
/// Somebody says that there is news: it is asked for at once. Error: `unchanged` where its system cannot be asked.
Result<Change> follow_up_now(const Record& record, const Policy& policy, const Moment& moment);

// --- after a restore ----------------------------------------------------------------------------------------------

/// What is known of a request's time after the backup was taken.
struct SinceBackup {
  struct Registered {
    System system;
    std::string code;
  };
  std::optional<Registered> registered;  ///< Its `registered` event was published.
  bool texts_deduplicated = false;       ///< The provider sends no text twice under one id that it may have got since.
};
/// For every request of a backup, before anything is done with it. What is neither registered nor closed may have been registered since: it
/// becomes uncertain, or where it stands with a person, that person is warned. So may a text that was not yet sent have been sent. Errors:
/// `unchanged`.
Result<Change> after_restore(const Record& record, const SinceBackup& since, const Policy& policy, const Moment& moment);

// --- what a person does -------------------------------------------------------------------------------------------

struct Settlement {
  SettleAction action = SettleAction::registered;
  std::string by;
  std::string key;               ///< The name of the API key it came with.
  std::optional<System> system;  ///< Where it stands, or where to send it; else where it is.
  std::string code;              ///< The upstream's, for `registered`.
  std::string note;
  /// Of the request as that person saw it: a call made since then may have acted, and "it is not there" may have become wrong.
  std::optional<std::int64_t> version{};
};
/// Errors: `not_settleable` with what would be; `version_mismatch`.
Result<Change> settle(const Record& record, const Settlement& settlement, const Policy& policy, const Moment& moment);

}  // namespace salam::lifecycle
