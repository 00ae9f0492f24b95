#include "gateway/domain/decisions.h"

#include <utility>

#include "gateway/domain/draft.h"

namespace salam::lifecycle {
namespace {

Error already_closed() { return {"already_closed", "the request was closed by a person"}; }

bool stale(const Record& record, const Decider& decider) { return decider.version && *decider.version != record.request.version; }

Draft begin(const Record& record, const Decider& decider, const Policy& policy, const Moment& moment) {
  Draft draft(record, policy, moment);
  draft.acted({.name = decider.by, .key = decider.key, .note = decider.note});
  return draft;
}

Fields only(Field field) { return bit(field); }

bool cannot_be_texted(const Record& record, const GivenAnswer& given) {
  return given.channel == AnswerChannel::sms && !record.request.content.citizen.mobile;
}

Error no_mobile() { return {"no_mobile", "no usable mobile number is known: answer by phone or in person, or correct the number"}; }

void give(Draft& draft, const GivenAnswer& given, const Decider& decider, const Moment& moment) {
  draft.handling().answer = Answer{.channel = given.channel, .text = given.text, .by = decider.by, .at = moment.now};
  draft.event(EventType::answered, {{"channel", std::string(to_string(given.channel))}});
  if (given.channel == AnswerChannel::sms) draft.write_answer(given.text);
}

/// To the new number at once, the answer too where that was a text; what still waits for the old one is not sent.
void tell_corrected_contact(Draft& draft, const Record& record, const Policy& policy) {
  for (const auto& message : record.messages) {
    if (message.state == MessageState::queued || message.state == MessageState::uncertain) draft.drop_message(message);
  }
  auto& request = draft.request();
  if (request.told && request.told->by == ToldBy::sms) request.told.reset();
  draft.settle(contact_reasons, the_gateway, "the number was corrected");
  const auto& answer = request.handling.answer;
  const bool answered_by_text = answer && answer->channel == AnswerChannel::sms;
  if (!request.content.citizen.mobile) {
    if (request.told && !answered_by_text) return;
    return draft.raise(AttentionReason::no_contact, policy.contact_due, "the corrected number is no Iranian mobile");
  }
  if (request.registration.state == RegistrationState::registered) {
    draft.write_registered();
  } else {
    draft.write_holding();
  }
  if (answered_by_text) draft.write_answer(answer->text);
}

bool may_stand_somewhere(const Request& request) {
  switch (request.registration.state) {
    case RegistrationState::calling:
    case RegistrationState::pending:
    case RegistrationState::uncertain:
      return true;
    default:
      return request.attention.contains(AttentionReason::unclear) || request.attention.contains(AttentionReason::uncertain);
  }
}

bool never_sent(const Registration& registration) {
  return registration.state == RegistrationState::waiting && !registration.intent_at && registration.attempts == 0;
}

void route_anew(Draft& draft, const RuleSet& rules) {
  auto& request = draft.request();
  const auto& content = request.content;
  auto route = rules.decide({.region = content.region,
                             .kind = content.kind,
                             .category = content.category,
                             .subject = content.subject.reveal(),
                             .description = content.description.reveal()});
  if (route.system == request.registration.system) {
    request.route = std::move(route);
  } else if (never_sent(request.registration)) {
    request.route = std::move(route);
    draft.go_by_route();
  } else {
    request.route.category = std::move(route.category);
  }
}

}  // namespace

Fields changed_fields(const Content& one, const Content& other) {
  Fields changed;
  const auto mark = [&changed](Field field, bool differs) { changed.set(static_cast<std::size_t>(field), differs); };
  const auto& citizen = one.citizen;
  mark(Field::region, one.region != other.region);
  mark(Field::kind, one.kind != other.kind);
  mark(Field::category, one.category != other.category);
  mark(Field::subject, one.subject != other.subject);
  mark(Field::description, one.description != other.description);
  mark(Field::name, citizen.name != other.citizen.name);
  mark(Field::mobile, citizen.mobile != other.citizen.mobile || citizen.mobile_as_written != other.citizen.mobile_as_written);
  mark(Field::national_id, citizen.national_id != other.citizen.national_id);
  mark(Field::address, one.address != other.address);
  mark(Field::coordinates, one.coordinates != other.coordinates);
  return changed;
}

Result<Change> answer(const Record& record, const GivenAnswer& given, const Decider& decider, const Policy& policy, const Moment& moment) {
  const auto& request = record.request;
  if (stale(record, decider)) return version_mismatch();
  if (request.handling.closure) return already_closed();
  if (request.handling.answer && is_answered(request)) return Error{"already_answered", "a person has answered it"};
  if (cannot_be_texted(record, given)) return no_mobile();
  auto draft = begin(record, decider, policy, moment);
  give(draft, given, decider, moment);
  draft.amend(only(Field::answer));
  return draft.take();
}

Result<Change> review(const Record& record, const ReviewVerdict& verdict, const Decider& decider, const Policy& policy,
                      const Moment& moment) {
  if (stale(record, decider)) return version_mismatch();
  if (record.request.registration.state != RegistrationState::in_review) return Error{"not_in_review", "it does not wait for a review"};
  if (verdict.decision == ReviewDecision::answered && cannot_be_texted(record, verdict.answer)) return no_mobile();
  auto draft = begin(record, decider, policy, moment);
  draft.handling().review = Review{.decision = verdict.decision, .by = decider.by, .at = moment.now};
  draft.event(EventType::reviewed, {{"decision", std::string(to_string(verdict.decision))}});
  draft.end_review(decider.note);
  switch (verdict.decision) {
    case ReviewDecision::to_desk:
      draft.to_desk(decider.note);
      break;
    case ReviewDecision::to_137:
      if (!verdict.category.empty()) {
        draft.request().content.category = verdict.category;
        draft.request().route.category = verdict.category;
      }
      draft.become_waiting(System::system137, Milliseconds{0}, decider.note, false);
      break;
    case ReviewDecision::answered:
      give(draft, verdict.answer, decider, moment);
      draft.become_closed(CloseReason::answered);
      break;
    case ReviewDecision::twin:
      draft.become_closed(CloseReason::twin, verdict.twin);
      break;
  }
  return draft.take();
}

Result<Change> correct(const Record& record, const Correction& correction, const Decider& decider, const Policy& policy,
                       const Moment& moment) {
  const auto& request = record.request;
  if (stale(record, decider)) return version_mismatch();
  if (request.handling.closure) return already_closed();
  const auto changed = changed_fields(request.content, correction.content);
  if (changed.none()) return Error{"unchanged", "it says so already"};
  auto draft = begin(record, decider, policy, moment);
  auto& after = draft.request();
  after.content = correction.content;
  after.citizen_hash = correction.citizen_hash;
  std::string names;
  for (std::size_t field = 0; field < field_count; ++field) {
    if (!changed.test(field)) continue;
    if (!names.empty()) names += ' ';
    names += to_string(static_cast<Field>(field));
  }
  draft.event(EventType::corrected, {{"fields", names}});
  if (correction.rules != nullptr) route_anew(draft, *correction.rules);
  if (changed.test(static_cast<std::size_t>(Field::mobile))) tell_corrected_contact(draft, record, policy);
  if (may_be_known(request.registration)) draft.amend(changed);
  return draft.take();
}

Result<Change> assign(const Record& record, const Assigning& assigning, const Decider& decider, const Policy& policy,
                      const Moment& moment) {
  const auto& request = record.request;
  const auto& wanted = assigning.assignment;
  if (stale(record, decider)) return version_mismatch();
  if (request.handling.closure) return already_closed();
  if (wanted.due && *wanted.due < request.meeting_date) return Error{"due_before_meeting", "it is due before its meeting was held"};
  const auto known = request.handling.assignment.value_or(Assignment{});
  Fields changed;
  changed.set(static_cast<std::size_t>(Field::unit), wanted.unit != known.unit);
  changed.set(static_cast<std::size_t>(Field::due), wanted.due != known.due);
  changed.set(static_cast<std::size_t>(Field::explanation), wanted.explanation != known.explanation);
  changed.set(static_cast<std::size_t>(Field::category), !assigning.category.empty() && assigning.category != request.content.category);
  if (changed.none() && wanted.note == known.note) return Error{"unchanged", "it is assigned so already"};
  auto draft = begin(record, decider, policy, moment);
  auto& after = draft.request();
  after.handling.assignment = wanted;
  after.handling.assignment->by = decider.by;
  after.handling.assignment->at = moment.now;
  if (changed.test(static_cast<std::size_t>(Field::category))) after.content.category = after.route.category = assigning.category;
  Draft::Details details{{"unit", wanted.unit}};
  if (wanted.due) details.emplace_back("due", to_string(*wanted.due));
  draft.event(EventType::assigned, std::move(details));
  draft.due_anew();
  // What its registration carries goes with that, where it is still to come.
  if (!may_be_known(request.registration)) changed &= not_content;
  if (changed.any()) draft.amend(changed);
  return draft.take();
}

Result<Change> withdraw(const Record& record, const Decider& decider, const Policy& policy, const Moment& moment) {
  const auto& request = record.request;
  if (stale(record, decider)) return version_mismatch();
  if (request.handling.closure) return already_closed();
  if (request.registration.state != RegistrationState::registered && may_stand_somewhere(request)) {
    return Error{"registration_under_way", "it may be registered: try again when that is settled"};
  }
  auto draft = begin(record, decider, policy, moment);
  if (request.registration.state == RegistrationState::in_review) draft.end_review(decider.note);
  draft.become_closed(CloseReason::withdrawn);
  if (request.registration.state == RegistrationState::registered) draft.amend(only(Field::withdrawn));
  return draft.take();
}

}  // namespace salam::lifecycle
