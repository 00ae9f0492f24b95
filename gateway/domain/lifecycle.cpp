#include "gateway/domain/lifecycle.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "gateway/domain/deadlines.h"
#include "gateway/domain/draft.h"

namespace salam::lifecycle {
namespace {

bool in(const Record& record, RegistrationState state) { return record.request.registration.state == state; }

/// Whether a person may say where it stands.
bool is_with_a_person(const Request& request) {
  switch (request.registration.state) {
    case RegistrationState::uncertain:
    case RegistrationState::held:
    case RegistrationState::by_hand:
      return true;
    case RegistrationState::pending:
      return request.attention.contains(AttentionReason::unclear);
    default:
      return false;
  }
}

bool has_contact_item(const Request& request) {
  return std::ranges::any_of(contact_reasons, [&](AttentionReason reason) { return request.attention.contains(reason); });
}

void missed(Draft& draft, std::string_view what, Timestamp due, const Moment& moment) {
  draft.event(EventType::deadline_missed, {{"what", std::string(what)}, {"due", to_rfc3339(due)}});
  draft.raise(AttentionReason::overdue, due - moment.now, what);
}

void miss_review(Draft& draft, Timestamp due, const Policy& policy, const Moment& moment) {
  if (draft.request().attention.contains(AttentionReason::overdue)) return;
  missed(draft, "review", due, moment);
  if (!policy.desk_when_review_missed) return;
  draft.end_review("nobody reviewed it in time");
  draft.to_desk("nobody reviewed it in time");
}

void announce_due(Draft& draft, const Policy& policy, const Moment& moment) {
  auto& request = draft.request();
  // Closures are announced at short notice: what was reckoned then may have moved.
  request.due = answer_due(request, policy);
  const auto stage = stage_of(*request.due, moment.now, policy.approaching_before);
  if (stage <= request.due_stage) return;
  request.due_stage = stage;
  if (stage == DueStage::missed) return missed(draft, "answer", *request.due, moment);
  draft.event(EventType::deadline_approaching, {{"what", "answer"}, {"due", to_rfc3339(*request.due)}});
}

}  // namespace

Milliseconds Backoff::wait(int attempts, double jitter) const {
  const double ceiling =
      std::min(static_cast<double>(cap.count()), static_cast<double>(first.count()) * std::exp2(std::clamp(attempts - 1, 0, 30)));
  return Milliseconds(static_cast<std::int64_t>(std::max(ceiling / 10, ceiling * jitter)));
}

Change received(Request request, const Policy& policy, const Moment& moment, bool awaits_attachments) {
  Draft draft(std::move(request), policy, moment);
  draft.event(EventType::received);
  if (draft.request().told) draft.say_told();
  if (draft.registration().intent_at) {
    draft.registration().system = draft.request().route.system;
    draft.become_uncertain("entered again after a restore: it may have been registered before");
    draft.registration_task(Milliseconds{0}, false);
  } else {
    draft.go_by_route(awaits_attachments ? policy.wait_for_attachments : Milliseconds{0});
  }
  const auto& citizen = draft.request().content.citizen;
  if (!citizen.mobile && !draft.request().told) {
    draft.raise(AttentionReason::no_contact, policy.contact_due,
                citizen.mobile_as_written.empty() ? "no mobile number on the form" : "the number on the form is no Iranian mobile");
  }
  return draft.take();
}

Result<Change> clock_due(const Record& record, const Policy& policy, const Moment& moment) {
  Draft draft(record, policy, moment);
  draft.clock_struck();
  auto& request = draft.request();
  const auto now = moment.now;
  const bool unregistered = request.registration.state < RegistrationState::registered;
  if (unregistered && now >= request.received_at + policy.holding_after) draft.write_holding_once();
  if (const auto review = request.handling.review_due; review && now >= *review) miss_review(draft, *review, policy, moment);
  if (request.due) announce_due(draft, policy, moment);
  return draft.take();
}

Result<Change> begin_call(const Record& record, const LookupPower& power, const Policy& policy, const Moment& moment) {
  switch (record.request.registration.state) {
    case RegistrationState::waiting: {
      Draft draft(record, policy, moment);
      draft.registration().state = RegistrationState::calling;
      draft.registration().intent_at = moment.now;
      draft.sent_as_it_stands();
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

Result<Change> attached(const Record& record, bool complete, const Policy& policy, const Moment& moment) {
  const auto& registration = record.request.registration;
  Draft draft(record, policy, moment);
  if (may_be_known(registration) && !record.request.handling.closure) {
    draft.attach();
    return draft.take();
  }
  const bool called_before = registration.intent_at || registration.attempts > 0 || !registration.reason.empty();
  if (!complete || registration.state != RegistrationState::waiting || called_before) {
    return Error{"unchanged", "it goes along where the request goes"};
  }
  draft.tasks_only();
  draft.registration_task(Milliseconds{0}, false);
  return draft.take();
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
    draft.event(EventType::redirected, {{"from", "137"}, {"to", "service_desk"}});
    if (policy.desk_after_review) {
      draft.become_in_review(why);
    } else {
      draft.to_desk(why);
    }
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

Result<Change> poll_unclear(const Record& record, std::string_view why, const Policy& policy, const Moment& moment) {
  if (!in(record, RegistrationState::pending)) return overtaken();
  Draft draft(record, policy, moment);
  draft.registration().reason = why;
  draft.registration_task(std::max(policy.poll_every, draft.back_off({})));
  draft.raise(AttentionReason::unclear, policy.attention_due, why);
  return draft.take();
}

Result<Change> after_restore(const Record& record, const SinceBackup& since, const Policy& policy, const Moment& moment) {
  static constexpr std::string_view why = "restored from a backup: it may have been registered after that was taken";
  const auto state = record.request.registration.state;
  bool changed = state != RegistrationState::registered && state != RegistrationState::closed;
  Draft draft(record, policy, moment);
  // A call made since took along what was there.
  if (!may_be_known(record.request.registration)) draft.handling().attachments_told = record.request.attachments;
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
  if (auto& amendment = draft.handling().amendment;
      state == RegistrationState::registered &&
      (amendment.state == AmendmentState::waiting || amendment.state == AmendmentState::calling)) {
    const auto all = amendment.under_way | amendment.fields;
    amendment.state = AmendmentState::uncertain;
    amendment.under_way = told_together(all);
    amendment.fields = all & ~amendment.under_way;
    amendment.attachments = record.request.attachments;
    amendment.intent_at = moment.now;
    amendment.reason = why;
    changed = true;
  }
  if (!changed) return Error{"unchanged", "nothing about it is uncertain"};
  return draft.take();
}

Result<Change> settle(const Record& record, const Settlement& settlement, const Policy& policy, const Moment& moment) {
  const auto& request = record.request;
  if (settlement.version && *settlement.version != request.version) return version_mismatch();
  Draft draft(record, policy, moment);
  draft.acted({.name = settlement.by, .key = settlement.key, .note = settlement.note});
  switch (settlement.action) {
    case SettleAction::registered:
      if (!is_with_a_person(request)) break;
      draft.registration().system = settlement.system.value_or(request.registration.system);
      draft.become_registered(settlement.code, settlement.by, settlement.note);
      return draft.take();
    case SettleAction::send_again:
      if (request.attention.contains(AttentionReason::amend)) {
        draft.amend({});
        return draft.take();
      }
      if (!is_with_a_person(request)) break;
      draft.registration().attempts = 0;
      draft.registration().token.clear();
      draft.settle(registration_reasons, settlement.by, settlement.note);
      draft.become_waiting(settlement.system.value_or(request.registration.system), Milliseconds{0}, "sent again by " + settlement.by,
                           false);
      return draft.take();
    case SettleAction::handed_over: {
      if (request.told && !has_contact_item(request)) break;
      const auto& code = request.registration.code.empty() ? request.code.digits() : request.registration.code;
      draft.tell(ToldBy::person, code, settlement.by);
      draft.settle(contact_reasons, settlement.by, settlement.note);
      return draft.take();
    }
    case SettleAction::dealt_with:
      if (request.attention.contains(AttentionReason::amend)) {
        draft.handling().amendment.fields.reset();
        draft.handling().attachments_told = request.attachments;
        draft.amendment_made();
      } else if (!request.attention.contains(AttentionReason::declined)) {
        break;
      }
      draft.settle(std::array{AttentionReason::declined}, settlement.by, settlement.note);
      return draft.take();
  }
  return Error{"not_settleable", "the request is `" + std::string(state_of(request)) + "`" +
                                     (request.told ? ", and the citizen was told its code" : "") + ": `" +
                                     std::string(to_string(settlement.action)) + "` settles nothing there"};
}

}  // namespace salam::lifecycle
