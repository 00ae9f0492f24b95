#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/domain/lifecycle.h"

/// What the transitions of the lifecycle are written with; nobody else includes it.
namespace salam::lifecycle {

inline constexpr std::array registration_reasons{AttentionReason::uncertain, AttentionReason::refused, AttentionReason::unclear,
                                                 AttentionReason::poison,    AttentionReason::by_hand, AttentionReason::review};
inline constexpr std::array contact_reasons{AttentionReason::no_contact, AttentionReason::undelivered};
inline constexpr std::array amendment_reasons{AttentionReason::amend};
inline constexpr std::array overdue_reasons{AttentionReason::overdue};
inline constexpr std::string_view the_gateway = "gateway";

inline Error overtaken() { return {"overtaken", "the request has moved on meanwhile"}; }
inline Error version_mismatch() { return {"version_mismatch", "the request has changed since it was read"}; }

/// A change under construction. Lives no longer than the policy and the moment it is made with.
class Draft {
 public:
  using Details = std::vector<std::pair<std::string, std::string>>;

  Draft(const Record& record, const Policy& policy, const Moment& moment);
  /// Of a request that is not stored yet.
  Draft(Request fresh, const Policy& policy, const Moment& moment);

  [[nodiscard]] Request& request() { return change_.after; }
  [[nodiscard]] Registration& registration() { return change_.after.registration; }
  [[nodiscard]] Case& handling() { return change_.after.handling; }
  [[nodiscard]] bool told() const { return change_.after.told.has_value(); }
  [[nodiscard]] Change take();

  /// Before the first event.
  void acted(Actor actor) { actor_ = std::move(actor); }
  void event(EventType type, Details details = {});

  void registration_task(Milliseconds wait, bool retry = true);
  void no_registration_task() { change_.done.push_back({.lane = lane_of(registration().system), .request = request().key}); }
  /// The task that is carried out now was the clock's: it is set anew, or removed.
  void clock_struck() { clock_task_ = Timestamp::max(); }
  void message_task(std::int64_t message, Lane lane, Milliseconds wait, bool retry = false);
  void no_message_task(std::int64_t message) { change_.done.push_back({.lane = Lane::sms, .request = request().key, .message = message}); }
  void follow_up_task(Milliseconds wait);
  void no_follow_up_task() { change_.done.push_back({.lane = status_lane_of(registration().system), .request = request().key}); }
  void amendment_task(Milliseconds wait, bool retry);
  void no_amendment_task();
  /// Nothing but tasks is written.
  void tasks_only() { change_.tasks_only = true; }

  void raise(AttentionReason reason, Milliseconds due, std::string_view detail);
  template <class Reasons>
  void settle(const Reasons& reasons, std::string_view by, std::string_view note) {
    for (const auto reason : reasons) settle(reason, by, note);
  }

  void tell(ToldBy by, std::string code, std::string person = {});
  /// The event of `told`, which is set.
  void say_told();
  /// Where the gateway's code is all there is to tell.
  void write_holding();
  /// The same, unless the citizen has it on a slip, or a text with a code was written before.
  void write_holding_once();
  void write_registered();
  void write_progress(const MessageTemplate& text);
  void write_answer(const Sensitive<std::string>& text);
  /// To a citizen whose number is known.
  void write_invitation(const std::string& text);
  void message(Message changed) { change_.messages.push_back(std::move(changed)); }
  /// To be sent by whichever provider can, after that wait.
  void queue_message(Message message, std::string_view why, Milliseconds wait);
  void fail_message(Message message, std::string_view why);
  /// The number that it goes to is not the citizen's any more.
  void drop_message(Message message);

  void become_registered(std::string_view code, std::string_view by, std::string_view note);
  void become_held(AttentionReason reason, std::string_view why);
  void become_uncertain(std::string_view why);
  void leave_to_a_person(std::string_view why);
  void become_waiting(System system, Milliseconds wait, std::string_view why, bool retry);
  void become_in_review(std::string_view why);
  /// To where the rules say, or to review first.
  void go_by_route(Milliseconds wait = Milliseconds{0});
  void become_closed(CloseReason reason, std::string twin = {});
  /// What 137 cannot take goes to the desk, by itself or by the officer's decision.
  void to_desk(std::string_view why);

  /// The officer decided, or nobody did in time.
  void end_review(std::string_view note);

  /// Its system is to be told, at once or when it is registered.
  void amend(Fields changed);
  /// The same, of attachments.
  void attach();
  /// What was under way stands there now; what changed since is sent next.
  void amendment_made();
  /// What was under way needs no telling; the same.
  void amendment_left_out();
  /// Its system gets its content anew: what of that had changed needs no amendment.
  void sent_as_it_stands();

  /// The working group gave it another day, or none any more.
  void due_anew();

  /// One more try that settled nothing.
  Milliseconds back_off(std::optional<Milliseconds> at_least);

 private:
  [[nodiscard]] std::string_view doer() const { return actor_.name.empty() ? the_gateway : std::string_view(actor_.name); }
  void settle(AttentionReason reason, std::string_view by, std::string_view note);
  void write_template(MessageKind kind, const MessageTemplate& text, std::string code, const std::string& code_for_people);
  void write_message(MessageKind kind, Sensitive<std::string> text, std::string code);
  void keep_due();
  void set_clock();
  /// What changed since, which is told next.
  Fields end_amendment();

  Change change_;
  Actor actor_;
  const Policy& policy_;
  const Moment& moment_;
  bool texted_ = false;                  ///< A text with a code was written to the citizen.
  std::optional<Timestamp> clock_task_;  ///< When the stored one strikes.
};

/// When the clock is to strike next; nothing: no more. `texted`: a text with a code was written to the citizen.
std::optional<Timestamp> clock_strikes(const Request& request, bool texted, const Policy& policy);

inline const Message* find_message(const Record& record, std::int64_t id) {
  const auto found = std::ranges::find(record.messages, id, &Message::id);
  return found == record.messages.end() ? nullptr : &*found;
}

/// An answer tells none, nor does an invitation.
inline bool was_texted_a_code(const Record& record) {
  return std::ranges::any_of(record.messages, [](const Message& message) { return !message.code.empty(); });
}

/// The code was on the form's slip: nobody needs to be texted it.
inline bool kept_a_slip(const Request& request) { return request.told && request.told->by == ToldBy::slip; }

/// It goes to the number that the citizen has now.
inline bool reaches_the_citizen(const Message& message, const Request& request) { return request.content.citizen.mobile == message.mobile; }

/// Some call, or an officer who copies it, may have brought it to a system with the content that it had then.
bool may_be_known(const Registration& registration);

/// Of what is to be told, what one amendment tells: attachments go alone, after the rest. What is wrong with them holds nothing else up.
Fields told_together(Fields fields);

}  // namespace salam::lifecycle
