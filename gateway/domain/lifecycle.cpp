#include "gateway/domain/lifecycle.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "gateway/domain/text.h"

namespace salam::lifecycle {
namespace {

constexpr std::array registration_reasons{AttentionReason::uncertain, AttentionReason::refused, AttentionReason::unclear,
                                          AttentionReason::poison, AttentionReason::by_hand};
constexpr std::array contact_reasons{AttentionReason::no_contact, AttentionReason::undelivered};
constexpr std::string_view the_gateway = "gateway";
constexpr std::string_view a_person = "person";

Error overtaken() { return {"overtaken", "the request has moved on meanwhile"}; }

/// A code of digits in Persian ones; one with letters as its system writes it, which reads wrong when mixed.
std::string code_for_people(std::string_view code) {
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
    message_task(message.id, Lane::sms, Milliseconds{0});
    change_.messages.push_back(std::move(message));
  }
  void message(Message changed) { change_.messages.push_back(std::move(changed)); }
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
    const auto& text = registration.system == System::system137 ? policy_.templates.registered_137 : policy_.templates.registered_desk;
    write_message(MessageKind::registered, text, registration.code, code_for_people(code));
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

const Message* find_message(const Record& record, std::int64_t id) {
  const auto found = std::ranges::find(record.messages, id, &Message::id);
  return found == record.messages.end() ? nullptr : &*found;
}

bool in(const Record& record, RegistrationState state) { return record.request.registration.state == state; }

}  // namespace

Milliseconds Backoff::wait(int attempts, double jitter) const {
  const double ceiling =
      std::min(static_cast<double>(cap.count()), static_cast<double>(first.count()) * std::exp2(std::clamp(attempts - 1, 0, 30)));
  return Milliseconds(static_cast<std::int64_t>(std::max(ceiling / 10, ceiling * jitter)));
}

Change received(Request request, const Policy& policy, Timestamp now) {
  const Moment moment{.now = now};
  Draft draft(std::move(request), policy, moment);
  draft.registration().state = RegistrationState::waiting;
  draft.registration().system = draft.request().route.system;
  if (draft.registration().intent_at) draft.become_uncertain("entered again after a restore: it may have been registered before");
  draft.event(EventType::received);
  draft.registration_task(Milliseconds{0}, false);
  const auto& citizen = draft.request().content.citizen;
  if (citizen.mobile) {
    draft.clock(policy.holding_after);
  } else {
    draft.raise(AttentionReason::no_contact, policy.contact_due,
                citizen.mobile_as_written.empty() ? "no mobile number on the form" : "the number on the form is no Iranian mobile");
  }
  return draft.take();
}

Result<Change> begin_call(const Record& record, const LookupPower& power, const Policy& policy, const Moment& moment) {
  switch (record.request.registration.state) {
    case RegistrationState::waiting: {
      Draft draft(record, policy, moment);
      draft.registration().state = RegistrationState::calling;
      draft.registration().intent_at = moment.now;
      return draft.take();
    }
    case RegistrationState::calling:
      return call_uncertain(record, "the gateway ended during the call", power, policy, moment);
    case RegistrationState::uncertain: {
      if (power.possible) return Error{"look_up", "the request may be registered"};
      Draft draft(record, policy, moment);
      draft.leave_to_a_person(record.request.registration.reason);
      return draft.take();
    }
    case RegistrationState::pending:
      return Error{"poll", "the request has a token"};
    default:
      return overtaken();
  }
}

Result<Change> call_registered(const Record& record, std::string_view code, const Policy& policy, const Moment& moment) {
  if (!in(record, RegistrationState::calling)) return overtaken();
  Draft draft(record, policy, moment);
  draft.become_registered(code, the_gateway, "");
  return draft.take();
}

Result<Change> call_pending(const Record& record, std::string_view token, const Policy& policy, const Moment& moment) {
  if (!in(record, RegistrationState::calling)) return overtaken();
  Draft draft(record, policy, moment);
  draft.registration().state = RegistrationState::pending;
  draft.registration().token = token;
  draft.registration().attempts = 0;
  draft.registration_task(policy.poll_every);
  return draft.take();
}

Result<Change> call_by_hand(const Record& record, const Policy& policy, const Moment& moment) {
  if (!in(record, RegistrationState::calling)) return overtaken();
  Draft draft(record, policy, moment);
  draft.registration().state = RegistrationState::by_hand;
  draft.no_registration_task();
  draft.raise(AttentionReason::by_hand, policy.attention_due, "");
  return draft.take();
}

Result<Change> call_refused(const Record& record, std::string_view why, const Policy& policy, const Moment& moment) {
  if (!in(record, RegistrationState::calling)) return overtaken();
  Draft draft(record, policy, moment);
  draft.registration().attempts = 0;
  if (record.request.registration.system == System::system137) {
    draft.become_waiting(System::service_desk, Milliseconds{0}, why, false);
    if (moment.restored_at && record.request.received_at <= *moment.restored_at) draft.become_uncertain(why);
    draft.event(EventType::redirected, {{"from", "137"}, {"to", "service_desk"}});
  } else {
    draft.become_held(AttentionReason::refused, why);
  }
  return draft.take();
}

Result<Change> call_later(const Record& record, std::string_view why, std::optional<Milliseconds> after, const Policy& policy,
                          const Moment& moment) {
  if (!in(record, RegistrationState::calling)) return overtaken();
  Draft draft(record, policy, moment);
  const auto wait = draft.back_off(after);
  draft.become_waiting(record.request.registration.system, wait, why, true);
  return draft.take();
}

Result<Change> call_uncertain(const Record& record, std::string_view why, const LookupPower& power, const Policy& policy,
                              const Moment& moment) {
  if (!in(record, RegistrationState::calling)) return overtaken();
  Draft draft(record, policy, moment);
  draft.become_uncertain(why);
  if (power.possible) {
    draft.registration_task(draft.back_off({}));
  } else {
    draft.leave_to_a_person(why);
  }
  return draft.take();
}

Result<Change> call_unclear(const Record& record, std::string_view why, const Policy& policy, const Moment& moment) {
  if (!in(record, RegistrationState::calling)) return overtaken();
  Draft draft(record, policy, moment);
  draft.become_held(AttentionReason::unclear, why);
  return draft.take();
}

Result<Change> poisonous(const Record& record, std::string_view why, const Policy& policy, const Moment& moment) {
  if (!in(record, RegistrationState::waiting)) return overtaken();
  Draft draft(record, policy, moment);
  draft.become_held(AttentionReason::poison, why);
  return draft.take();
}

Result<Change> lookup_found(const Record& record, std::string_view code, const Policy& policy, const Moment& moment) {
  if (!in(record, RegistrationState::uncertain)) return overtaken();
  Draft draft(record, policy, moment);
  draft.become_registered(code, the_gateway, "found by lookup");
  return draft.take();
}

Result<Change> lookup_absent(const Record& record, Timestamp asked_at, const LookupPower& power, const Policy& policy,
                             const Moment& moment) {
  if (!in(record, RegistrationState::uncertain)) return overtaken();
  Draft draft(record, policy, moment);
  auto& intent_at = draft.registration().intent_at;
  if (intent_at && *intent_at > moment.now) intent_at = moment.now;  // The clock was set back: the time is counted anew.
  const auto believable_at = intent_at.value_or(asked_at) + power.believable_after;
  if (asked_at < believable_at) {
    draft.registration_task(std::max(believable_at - moment.now, draft.back_off({})));
  } else if (!power.proved) {
    draft.registration_task(draft.back_off({}));
    draft.raise(AttentionReason::uncertain, policy.attention_due,
                "the lookup finds nothing, but has not yet proved that it finds what is there");
  } else {
    draft.registration().attempts = 0;
    draft.settle(registration_reasons, the_gateway, "absent: sent again");
    draft.become_waiting(record.request.registration.system, Milliseconds{0}, "absent after an uncertain call", true);
  }
  return draft.take();
}

Result<Change> lookup_failed(const Record& record, std::string_view why, std::optional<Milliseconds> after, const Policy& policy,
                             const Moment& moment) {
  if (!in(record, RegistrationState::uncertain)) return overtaken();
  Draft draft(record, policy, moment);
  draft.registration().reason = why;
  draft.registration_task(draft.back_off(after));
  return draft.take();
}

Result<Change> lookup_unclear(const Record& record, std::string_view why, const Policy& policy, const Moment& moment) {
  if (!in(record, RegistrationState::uncertain)) return overtaken();
  Draft draft(record, policy, moment);
  draft.registration().reason = why;
  draft.registration_task(draft.back_off({}));
  draft.raise(AttentionReason::uncertain, policy.attention_due, why);
  return draft.take();
}

Result<Change> poll_registered(const Record& record, std::string_view code, const Policy& policy, const Moment& moment) {
  if (!in(record, RegistrationState::pending)) return overtaken();
  Draft draft(record, policy, moment);
  draft.become_registered(code, the_gateway, "");
  return draft.take();
}

Result<Change> poll_again(const Record& record, std::optional<Milliseconds> after, const Policy& policy, const Moment& moment) {
  if (!in(record, RegistrationState::pending)) return overtaken();
  Draft draft(record, policy, moment);
  draft.registration_task(std::max(policy.poll_every, draft.back_off(after)));
  return draft.take();
}

Result<Change> holding_due(const Record& record, const Policy& policy, const Moment& moment) {
  Draft draft(record, policy, moment);
  draft.no_clock();
  const auto state = record.request.registration.state;
  if (state != RegistrationState::registered && state != RegistrationState::closed && record.messages.empty()) {
    draft.write_message(MessageKind::holding, policy.templates.holding, record.request.code.digits(), record.request.code.for_people());
  }
  return draft.take();
}

Result<Change> message_sending(const Record& record, std::int64_t id, bool deduplicates, const Policy& policy, const Moment& moment) {
  const auto* message = find_message(record, id);
  if (message == nullptr) return overtaken();
  if (message->state == MessageState::sending && !deduplicates) {
    return message_failed(record, id, "the gateway ended while it was sent; it may have arrived", policy, moment);
  }
  if (message->state != MessageState::queued && message->state != MessageState::sending) return overtaken();
  Draft draft(record, policy, moment);
  auto changed = *message;
  changed.state = MessageState::sending;
  changed.attempts += 1;
  draft.message(std::move(changed));
  return draft.take();
}

Result<Change> message_sent(const Record& record, std::int64_t id, std::string_view provider_id, const Policy& policy,
                            const Moment& moment) {
  const auto* message = find_message(record, id);
  if (message == nullptr || (message->state != MessageState::sending && message->state != MessageState::queued)) return overtaken();
  Draft draft(record, policy, moment);
  auto changed = *message;
  changed.state = MessageState::sent;
  changed.provider_id = provider_id;
  changed.sent_at = moment.now;
  changed.attempts = 0;
  changed.reason.clear();
  draft.message_task(id, Lane::sms_status, policy.delivery_first_poll);
  draft.event(EventType::message_sent, {{"message_kind", std::string(to_string(changed.kind))}, {"code", changed.code}});
  draft.message(std::move(changed));
  return draft.take();
}

Result<Change> message_later(const Record& record, std::int64_t id, std::string_view why, std::optional<Milliseconds> after,
                             const Policy& policy, const Moment& moment) {
  const auto* message = find_message(record, id);
  if (message == nullptr || (message->state != MessageState::sending && message->state != MessageState::queued)) return overtaken();
  Draft draft(record, policy, moment);
  auto changed = *message;
  if (changed.state == MessageState::queued) changed.attempts += 1;
  changed.state = MessageState::queued;
  changed.reason = why;
  const auto wait = std::max(policy.backoff.wait(changed.attempts, moment.jitter), after.value_or(Milliseconds{0}));
  draft.message_task(id, Lane::sms, wait, true);
  draft.message(std::move(changed));
  return draft.take();
}

Result<Change> message_failed(const Record& record, std::int64_t id, std::string_view why, const Policy& policy, const Moment& moment) {
  const auto* message = find_message(record, id);
  if (message == nullptr || message->state == MessageState::delivered || message->state == MessageState::failed) return overtaken();
  Draft draft(record, policy, moment);
  draft.fail_message(*message, why);
  return draft.take();
}

Result<Change> message_delivered(const Record& record, std::int64_t id, const Moment& moment) {
  const auto* message = find_message(record, id);
  if (message == nullptr || message->state == MessageState::delivered) return overtaken();
  static const Policy unused;
  Draft draft(record, unused, moment);
  auto changed = *message;
  changed.state = MessageState::delivered;
  changed.reason.clear();
  draft.no_message_task(id);
  draft.event(EventType::message_delivered, {{"message_kind", std::string(to_string(changed.kind))}, {"code", changed.code}});
  draft.tell(ToldBy::sms, changed.code);
  draft.settle(contact_reasons, the_gateway, "delivered");
  draft.message(std::move(changed));
  return draft.take();
}

Result<Change> message_on_the_way(const Record& record, std::int64_t id, const Policy& policy, const Moment& moment) {
  const auto* message = find_message(record, id);
  if (message == nullptr || message->state != MessageState::sent) return overtaken();
  const auto age = moment.now - message->sent_at.value_or(message->created_at);
  if (age > policy.delivery_gives_up) return message_failed(record, id, "no delivery report", policy, moment);
  Draft draft(record, policy, moment);
  draft.message_task(id, Lane::sms_status, std::clamp(age, policy.delivery_first_poll, policy.delivery_poll_cap), true);
  return draft.take();
}

Result<Change> after_restore(const Record& record, const SinceBackup& since, const Policy& policy, const Moment& moment) {
  static constexpr std::string_view why = "restored from a backup: it may have been registered after that was taken";
  const auto state = record.request.registration.state;
  bool changed = state != RegistrationState::registered && state != RegistrationState::closed;
  Draft draft(record, policy, moment);
  if (changed && since.registered) {
    draft.registration().system = since.registered->system;
    draft.become_registered(since.registered->code, the_gateway, "registered after the backup was taken");
  } else {
    switch (state) {
      case RegistrationState::waiting:
      case RegistrationState::calling:
      case RegistrationState::uncertain:
        draft.become_uncertain(why);
        draft.registration_task(Milliseconds{0});
        break;
      case RegistrationState::in_review:
      case RegistrationState::by_hand:
      case RegistrationState::held:
        draft.raise(AttentionReason::uncertain, policy.attention_due, why);
        break;
      case RegistrationState::pending:  // Its token leads to what became of it.
      case RegistrationState::registered:
      case RegistrationState::closed:
        changed = false;
        break;
    }
  }
  for (const auto& message : record.messages) {
    if (since.texts_deduplicated || (message.state != MessageState::queued && message.state != MessageState::sending)) continue;
    draft.fail_message(message, "restored from a backup: it may have been sent after that was taken");
    changed = true;
  }
  if (!changed) return Error{"unchanged", "nothing about it is uncertain"};
  return draft.take();
}

Result<Change> settle(const Record& record, const Settlement& settlement, const Policy& policy, const Moment& moment) {
  const auto& request = record.request;
  const auto state = request.registration.state;
  if (settlement.version && *settlement.version != request.version) {
    return Error{"version_mismatch", "the request has changed since it was read"};
  }
  const bool with_a_person =
      state == RegistrationState::uncertain || state == RegistrationState::held || state == RegistrationState::by_hand;
  Draft draft(record, policy, moment);
  draft.acted(settlement);
  switch (settlement.action) {
    case SettleAction::registered:
      if (!with_a_person) break;
      draft.registration().system = settlement.system.value_or(request.registration.system);
      draft.become_registered(settlement.code, settlement.by, settlement.note);
      return draft.take();
    case SettleAction::send_again:
      if (!with_a_person) break;
      draft.registration().attempts = 0;
      draft.settle(registration_reasons, settlement.by, settlement.note);
      draft.become_waiting(settlement.system.value_or(request.registration.system), Milliseconds{0}, "sent again by " + settlement.by,
                           false);
      return draft.take();
    case SettleAction::handed_over: {
      if (request.told && !request.attention.contains(AttentionReason::undelivered)) break;
      const auto& code = request.registration.code.empty() ? request.code.digits() : request.registration.code;
      draft.tell(ToldBy::person, code, settlement.by);
      draft.settle(contact_reasons, settlement.by, settlement.note);
      return draft.take();
    }
  }
  return Error{"not_settleable", "the request is `" + std::string(state_of(request)) + "`" +
                                     (request.told ? ", and the citizen was told its code" : "") + ": `" +
                                     std::string(to_string(settlement.action)) + "` settles nothing there"};
}

}  // namespace salam::lifecycle
