#include "gateway/domain/amendments.h"

#include <algorithm>
#include <utility>

#include "gateway/domain/draft.h"

namespace salam::lifecycle {
namespace {

constexpr std::string_view by_hand = "its system can only be told by hand";
constexpr std::string_view attachments_by_hand = "it has new attachments, and its system can only be told by hand";

bool in(const Record& record, AmendmentState state) {
  return record.request.registration.state == RegistrationState::registered && record.request.handling.amendment.state == state;
}

/// From then on no call that was under way can act any more. Until then it might undo what a later one says.
Timestamp acts_no_more(Amendment& amendment, const AmendmentPower& power, Timestamp now) {
  auto& intent_at = amendment.intent_at;
  if (intent_at && *intent_at > now) intent_at = now;  // The clock was set back: the time is counted anew.
  return intent_at ? *intent_at + power.believable_after : now;
}

void again(Draft& draft, std::string_view why, std::optional<Milliseconds> after, const Policy& policy, const Moment& moment) {
  auto& amendment = draft.handling().amendment;
  amendment.attempts += 1;
  amendment.reason = why;
  draft.amendment_task(std::max(policy.backoff.wait(amendment.attempts, moment.jitter), after.value_or(Milliseconds{0})), true);
}

/// All that is to be told. A number that was sent once is not used for something else.
Fields gather(Amendment& amendment) {
  if (amendment.under_way.any() && amendment.fields.any()) amendment.number += 1;
  return std::exchange(amendment.fields, {}) | std::exchange(amendment.under_way, {});
}

void hold(Draft& draft, std::string_view why, const Policy& policy) {
  auto& amendment = draft.handling().amendment;
  amendment.fields = gather(amendment);
  amendment.state = AmendmentState::held;
  amendment.reason = why;
  draft.no_amendment_task();
  draft.raise(AttentionReason::amend, policy.attention_due, why);
}

/// Attachments that may stand there are told again as they were, under their number: under another they would stand there twice. Not for
/// ever: they may be why there is no answer, and the rest waits for them.
bool is_told_again(const Amendment& amendment) {
  const bool may_stand_there = amendment.intent_at || amendment.attempts > 0;
  return may_stand_there && amendment.under_way.test(static_cast<std::size_t>(Field::attachments)) &&
         amendment.attempts < most_calls_for_attachments;
}

/// What is told next, and under which number.
void choose(Amendment& amendment, int attachments) {
  const auto all = amendment.under_way | amendment.fields;
  const auto now = told_together(all);
  const bool is_else = now != amendment.under_way || (now & amendment.fields).any();
  if (amendment.under_way.any() && is_else) amendment.number += 1;
  amendment.under_way = now;
  amendment.fields = all & ~now;
  amendment.attachments = attachments;
}

void call(Draft& draft, const Moment& moment) {
  auto& amendment = draft.handling().amendment;
  if (!is_told_again(amendment)) choose(amendment, draft.request().attachments);
  amendment.state = AmendmentState::calling;
  amendment.intent_at = moment.now;
}

/// A system that has no place for attachments is not bothered with them. Whether anything is left to tell.
bool leave_attachments_out(Draft& draft) {
  auto& amendment = draft.handling().amendment;
  const Fields attachments(bit(Field::attachments));
  draft.handling().attachments_told = draft.request().attachments;
  amendment.under_way &= ~attachments;
  amendment.fields &= ~attachments;
  if ((amendment.under_way | amendment.fields).any()) return true;
  amendment = {.number = amendment.number - 1};
  draft.no_amendment_task();
  return false;
}

/// Until it is known whether it was made; where that can never be known, a person sees to it.
void doubt(Draft& draft, std::string_view why, const AmendmentPower& power, const Policy& policy, const Moment& moment) {
  auto& amendment = draft.handling().amendment;
  amendment.intent_at = moment.now;  // By now the call has surely gone out.
  if (!power.sets_values && !power.lookup) return hold(draft, why, policy);
  amendment.state = AmendmentState::uncertain;
  const auto wait = power.sets_values ? acts_no_more(amendment, power, moment.now) - moment.now : Milliseconds{0};
  again(draft, why, wait, policy, moment);
}

/// Calls, once nothing can undo it.
void call_when_alone(Draft& draft, const AmendmentPower& power, const Moment& moment) {
  auto& amendment = draft.handling().amendment;
  if (const auto from = acts_no_more(amendment, power, moment.now); from > moment.now) {
    return draft.amendment_task(from - moment.now, true);
  }
  call(draft, moment);
}

}  // namespace

Result<Change> begin_amendment(const Record& record, const AmendmentPower& power, const Policy& policy, const Moment& moment) {
  Draft draft(record, policy, moment);
  if (in(record, AmendmentState::waiting)) {
    if (!power.possible) {
      const auto& fields = record.request.handling.amendment.fields;
      hold(draft, fields.test(static_cast<std::size_t>(Field::attachments)) ? attachments_by_hand : by_hand, policy);
    } else if (power.attachments || leave_attachments_out(draft)) {
      call_when_alone(draft, power, moment);
    }
    return draft.take();
  }
  if (!in(record, AmendmentState::calling) && !in(record, AmendmentState::uncertain)) return overtaken();
  if (!power.possible) {
    hold(draft, record.request.handling.amendment.reason, policy);
  } else if (in(record, AmendmentState::uncertain) && power.sets_values) {
    call_when_alone(draft, power, moment);
  } else if (in(record, AmendmentState::uncertain) && power.lookup) {
    return Error{"look_up", "it may have been made"};
  } else {
    doubt(draft, "the gateway ended during the call", power, policy, moment);
  }
  return draft.take();
}

Result<Change> amendment_left_out(const Record& record, const Policy& policy, const Moment& moment) {
  if (!in(record, AmendmentState::calling)) return overtaken();
  Draft draft(record, policy, moment);
  draft.amendment_left_out();
  return draft.take();
}

Result<Change> amendment_done(const Record& record, const Policy& policy, const Moment& moment) {
  if (!in(record, AmendmentState::calling)) return overtaken();
  Draft draft(record, policy, moment);
  draft.amendment_made();
  return draft.take();
}

Result<Change> amendment_later(const Record& record, std::string_view why, std::optional<Milliseconds> after, const Policy& policy,
                               const Moment& moment) {
  if (!in(record, AmendmentState::calling)) return overtaken();
  Draft draft(record, policy, moment);
  auto& amendment = draft.handling().amendment;
  amendment.state = AmendmentState::waiting;
  amendment.intent_at.reset();
  again(draft, why, after, policy, moment);
  return draft.take();
}

Result<Change> amendment_uncertain(const Record& record, std::string_view why, const AmendmentPower& power, const Policy& policy,
                                   const Moment& moment) {
  if (!in(record, AmendmentState::calling)) return overtaken();
  Draft draft(record, policy, moment);
  doubt(draft, why, power, policy, moment);
  return draft.take();
}

Result<Change> amendment_held(const Record& record, std::string_view why, const Policy& policy, const Moment& moment) {
  if (!in(record, AmendmentState::calling) && !in(record, AmendmentState::waiting) && !in(record, AmendmentState::uncertain)) {
    return overtaken();
  }
  Draft draft(record, policy, moment);
  if (in(record, AmendmentState::calling)) draft.handling().amendment.intent_at.reset();
  hold(draft, why, policy);
  return draft.take();
}

Result<Change> amendment_found(const Record& record, const Policy& policy, const Moment& moment) {
  if (!in(record, AmendmentState::uncertain)) return overtaken();
  Draft draft(record, policy, moment);
  draft.amendment_made();
  return draft.take();
}

Result<Change> amendment_absent(const Record& record, Timestamp asked_at, const AmendmentPower& power, const Policy& policy,
                                const Moment& moment) {
  if (!in(record, AmendmentState::uncertain)) return overtaken();
  Draft draft(record, policy, moment);
  auto& amendment = draft.handling().amendment;
  const auto believable_at = acts_no_more(amendment, power, moment.now);
  if (asked_at < believable_at) {
    again(draft, amendment.reason, believable_at - moment.now, policy, moment);
  } else if (!power.proved) {
    hold(draft, "it is not found there, but the lookup has not yet proved that it finds what is", policy);
  } else {
    amendment.state = AmendmentState::waiting;
    amendment.intent_at.reset();
    amendment.attempts = 0;
    draft.amendment_task(Milliseconds{0}, true);
  }
  return draft.take();
}

Result<Change> amendment_lookup_failed(const Record& record, std::string_view why, std::optional<Milliseconds> after, const Policy& policy,
                                       const Moment& moment) {
  if (!in(record, AmendmentState::uncertain)) return overtaken();
  Draft draft(record, policy, moment);
  again(draft, why, after, policy, moment);
  return draft.take();
}

}  // namespace salam::lifecycle
