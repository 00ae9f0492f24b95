#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/domain/lifecycle.h"
#include "gateway/domain/text.h"

/// What the transitions of the lifecycle are written with; nobody else includes it.
namespace salam::lifecycle {

inline constexpr std::array registration_reasons{AttentionReason::uncertain, AttentionReason::refused, AttentionReason::unclear,
                                                 AttentionReason::poison, AttentionReason::by_hand};
inline constexpr std::array contact_reasons{AttentionReason::no_contact, AttentionReason::undelivered};
inline constexpr std::string_view the_gateway = "gateway";
inline constexpr std::string_view a_person = "person";

inline Error overtaken() { return {"overtaken", "the request has moved on meanwhile"}; }

/// A code of digits in Persian ones; one with letters as its system writes it, which reads wrong when mixed.
inline std::string code_for_people(std::string_view code) {
  const bool digits_only = std::ranges::all_of(code, [](char c) { return c >= '0' && c <= '9'; });
  return digits_only ? persian_digits(code) : std::string(code);
}

/// A change under construction.
class Draft {
 public:
  Draft(const Record& record, const Policy& policy, const Moment& moment) : Draft(record.request, policy, moment) {}
  Draft(Request before, const Policy& policy, const Moment& moment)
      : change_{.after = std::move(before)}, policy_(policy), moment_(moment) {
    change_.attempt = moment.attempt;
  }

  [[nodiscard]] Request& request() { return change_.after; }
  [[nodiscard]] Registration& registration() { return change_.after.registration; }
  [[nodiscard]] Change take() { return std::move(change_); }

  /// Before the first event.
  void acted(const Settlement& settlement) { actor_ = {.name = settlement.by, .key = settlement.key, .note = settlement.note}; }
  void event(EventType type, std::vector<std::pair<std::string, std::string>> details = {}) {
    change_.events.push_back({.type = type, .at = moment_.now, .details = std::move(details), .actor = actor_});
  }

  void registration_task(Milliseconds wait, bool retry = true) {
    change_.tasks.push_back({.lane = lane_of(registration().system), .due = moment_.now + wait, .request = request().key, .retry = retry});
  }
  void no_registration_task() { change_.done.push_back({.lane = lane_of(registration().system), .request = request().key}); }
  void clock(Milliseconds wait) { change_.tasks.push_back({.lane = Lane::clock, .due = moment_.now + wait, .request = request().key}); }
  void no_clock() { change_.done.push_back({.lane = Lane::clock, .request = request().key}); }
  void message_task(std::int64_t message, Lane lane, Milliseconds wait, bool retry = false) {
    change_.tasks.push_back({.lane = lane, .due = moment_.now + wait, .request = request().key, .message = message, .retry = retry});
  }
  void no_message_task(std::int64_t message) { change_.done.push_back({.lane = Lane::sms, .request = request().key, .message = message}); }

  void raise(AttentionReason reason, Milliseconds due, std::string_view detail) {
    if (!request().attention.insert(reason).second) return;
    change_.raised.push_back({.reason = reason, .due = moment_.now + due, .detail = std::string(detail)});
    event(EventType::attention_raised, {{"reason", std::string(to_string(reason))}});
  }
  template <class Reasons>
  void settle(const Reasons& reasons, std::string_view by, std::string_view note) {
    for (const auto reason : reasons) {
      if (request().attention.erase(reason) == 0) continue;
      change_.settled.push_back({.reason = reason, .at = moment_.now, .by = std::string(by), .note = std::string(note)});
      event(EventType::attention_settled,
            {{"reason", std::string(to_string(reason))}, {"by", std::string(actor_.name.empty() ? the_gateway : a_person)}});
    }
  }

  void tell(ToldBy by, std::string code, std::string person = {}) {
    if (request().told) return;
    request().told = Told{.by = by, .code = std::move(code), .at = moment_.now, .person = std::move(person)};
    event(EventType::told, {{"by", std::string(to_string(by))}, {"code", request().told->code}});
  }

  void write_message(MessageKind kind, const MessageTemplate& text, std::string code, const std::string& code_for_people) {
    const auto& mobile = request().content.citizen.mobile;
    if (!mobile) return;
    Message message{.id = static_cast<std::int64_t>(moment_.random_bits >> 1), .kind = kind, .code = std::move(code), .mobile = *mobile};
    message.text = Sensitive<std::string>(text.render(
        {.code = code_for_people, .system = name_for_people(registration().system), .date = jalali_date(tehran_date(moment_.now))}));
    message.parts = static_cast<int>(sms_parts(message.text.reveal()));
    message.created_at = moment_.now;
    message.urgent = !request().told;
    message_task(message.id, Lane::sms, message.urgent ? Milliseconds{0} : policy_.quiet_hours.left(moment_.now));
    change_.messages.push_back(std::move(message));
  }
  void message(Message changed) { change_.messages.push_back(std::move(changed)); }
  /// To be sent by whichever provider can, after that wait.
  void queue_message(Message message, std::string_view why, Milliseconds wait) {
    message.state = MessageState::queued;
    message.provider.clear();
    message.uncertain_at.reset();
    message.reason = why;
    message_task(message.id, Lane::sms, wait, true);
    change_.messages.push_back(std::move(message));
  }
  void fail_message(Message message, std::string_view why) {
    message.state = MessageState::failed;
    message.reason = why;
    no_message_task(message.id);
    event(EventType::message_failed, {{"message_kind", std::string(to_string(message.kind))}});
    raise(AttentionReason::undelivered, policy_.contact_due, why);
    change_.messages.push_back(std::move(message));
  }

  void become_registered(std::string_view code, std::string_view by, std::string_view note) {
    auto& registration = this->registration();
    registration.state = RegistrationState::registered;
    registration.code = code;
    registration.token.clear();
    registration.registered_at = moment_.now;
    registration.attempts = 0;
    registration.reason.clear();
    no_registration_task();
    no_clock();
    settle(registration_reasons, by, note);
    event(EventType::registered, {{"system", std::string(to_string(registration.system))}, {"code", registration.code}});
    write_message(MessageKind::registered, policy_.texts(registration.system).registered, registration.code, code_for_people(code));
  }

  void become_held(AttentionReason reason, std::string_view why) {
    registration().state = RegistrationState::held;
    registration().reason = why;
    no_registration_task();
    raise(reason, policy_.attention_due, why);
  }

  void become_uncertain(std::string_view why) {
    registration().state = RegistrationState::uncertain;
    registration().intent_at = moment_.now;
    registration().reason = why;
    registration().attempts = 0;
  }

  void leave_to_a_person(std::string_view why) {
    no_registration_task();
    raise(AttentionReason::uncertain, policy_.attention_due, why);
  }

  void become_waiting(System system, Milliseconds wait, std::string_view why, bool retry) {
    registration().state = RegistrationState::waiting;
    registration().system = system;
    registration().reason = why;
    registration_task(wait, retry);
  }

  /// One more try that settled nothing.
  Milliseconds back_off(std::optional<Milliseconds> at_least) {
    registration().attempts += 1;
    return std::max(policy_.backoff.wait(registration().attempts, moment_.jitter), at_least.value_or(Milliseconds{0}));
  }

 private:
  Change change_;
  Actor actor_;
  const Policy& policy_;
  const Moment& moment_;
};

inline const Message* find_message(const Record& record, std::int64_t id) {
  const auto found = std::ranges::find(record.messages, id, &Message::id);
  return found == record.messages.end() ? nullptr : &*found;
}

}  // namespace salam::lifecycle
