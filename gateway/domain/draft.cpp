#include "gateway/domain/draft.h"

#include "gateway/domain/deadlines.h"
#include "gateway/domain/text.h"

namespace salam::lifecycle {
namespace {

constexpr std::string_view a_person = "person";

/// A code of digits in Persian ones; one with letters as its system writes it, which reads wrong when mixed.
std::string code_for_people(std::string_view code) {
  const bool digits_only = std::ranges::all_of(code, [](char c) { return c >= '0' && c <= '9'; });
  return digits_only ? persian_digits(code) : std::string(code);
}

}  // namespace

std::optional<Timestamp> clock_strikes(const Request& request, bool texted, const Policy& policy) {
  std::optional<Timestamp> next;
  const auto at = [&next](Timestamp time) { next = std::min(next.value_or(time), time); };
  const auto state = request.registration.state;
  const bool must_be_told = !texted && !kept_a_slip(request) && request.content.citizen.mobile;
  if (state < RegistrationState::registered && must_be_told) at(request.received_at + policy.holding_after);
  if (const auto& review = request.handling.review_due; review && !request.attention.contains(AttentionReason::overdue)) at(*review);
  if (request.due && request.due_stage == DueStage::ahead) at(*request.due - policy.approaching_before);
  if (request.due && request.due_stage == DueStage::approaching) at(*request.due);
  return next;
}

bool may_be_known(const Registration& registration) {
  switch (registration.state) {
    case RegistrationState::calling:
    case RegistrationState::pending:
    case RegistrationState::uncertain:
    case RegistrationState::by_hand:
    case RegistrationState::held:
    case RegistrationState::registered:
      return true;
    case RegistrationState::waiting:
    case RegistrationState::in_review:
    case RegistrationState::closed:
      break;
  }
  return false;
}

Fields told_together(Fields fields) {
  const auto others = fields & ~Fields(bit(Field::attachments));
  return others.any() ? others : fields;
}

Timestamp answer_due(const Request& request, const Policy& policy) {
  const auto& assignment = request.handling.assignment;
  const auto by_law = [&] { return last_day(MeetingStep::results_shown, request.meeting_date, *policy.calendar()); };
  const auto due = tehran_end(assignment && assignment->due ? *assignment->due : by_law());
  const auto& [progress, words, changed_at] = request.follow_up;
  return progress == Progress::reopened && changed_at ? std::max(due, *changed_at + policy.reopened_due) : due;
}

Draft::Draft(const Record& record, const Policy& policy, const Moment& moment) : Draft(record.request, policy, moment) {
  texted_ = was_texted_a_code(record);
  clock_task_ = clock_strikes(record.request, texted_, policy);
}

Draft::Draft(Request fresh, const Policy& policy, const Moment& moment)
    : change_{.after = std::move(fresh)}, policy_(policy), moment_(moment) {
  change_.attempt = moment.attempt;
}

Change Draft::take() {
  if (!change_.tasks_only) {
    keep_due();
    set_clock();
  }
  return std::move(change_);
}

void Draft::keep_due() {
  auto& request = this->request();
  if (is_answered(request)) {
    request.due.reset();
    request.due_stage = DueStage::ahead;
    const auto& review = handling().review_due;
    if (!review || moment_.now < *review) settle(overdue_reasons, doer(), "answered");
  } else if (!request.due) {
    request.due = answer_due(request, policy_);
  }
}

void Draft::set_clock() {
  const auto next = clock_strikes(request(), texted_, policy_);
  if (next == clock_task_) return;
  if (next) {
    change_.tasks.push_back({.lane = Lane::clock, .due = *next, .request = request().key});
  } else {
    change_.done.push_back({.lane = Lane::clock, .request = request().key});
  }
}

void Draft::event(EventType type, Details details) {
  change_.events.push_back({.type = type, .at = moment_.now, .details = std::move(details), .actor = actor_});
}

void Draft::registration_task(Milliseconds wait, bool retry) {
  change_.tasks.push_back({.lane = lane_of(registration().system), .due = moment_.now + wait, .request = request().key, .retry = retry});
}

void Draft::message_task(std::int64_t message, Lane lane, Milliseconds wait, bool retry) {
  change_.tasks.push_back({.lane = lane, .due = moment_.now + wait, .request = request().key, .message = message, .retry = retry});
}

void Draft::follow_up_task(Milliseconds wait) {
  change_.tasks.push_back(
      {.lane = status_lane_of(registration().system), .due = moment_.now + wait, .request = request().key, .retry = false});
}

void Draft::amendment_task(Milliseconds wait, bool retry) {
  change_.tasks.push_back(
      {.lane = lane_of(registration().system), .due = moment_.now + wait, .request = request().key, .amendment = true, .retry = retry});
}

void Draft::no_amendment_task() {
  change_.done.push_back({.lane = lane_of(registration().system), .request = request().key, .amendment = true});
}

void Draft::raise(AttentionReason reason, Milliseconds due, std::string_view detail) {
  if (!request().attention.insert(reason).second) return;
  change_.raised.push_back({.reason = reason, .due = moment_.now + due, .detail = std::string(detail)});
  event(EventType::attention_raised, {{"reason", std::string(to_string(reason))}});
}

void Draft::settle(AttentionReason reason, std::string_view by, std::string_view note) {
  if (request().attention.erase(reason) == 0) return;
  change_.settled.push_back({.reason = reason, .at = moment_.now, .by = std::string(by), .note = std::string(note)});
  event(EventType::attention_settled,
        {{"reason", std::string(to_string(reason))}, {"by", std::string(actor_.name.empty() ? the_gateway : a_person)}});
}

void Draft::tell(ToldBy by, std::string code, std::string person) {
  if (request().told) return;
  request().told = Told{.by = by, .code = std::move(code), .at = moment_.now, .person = std::move(person)};
  say_told();
}

void Draft::say_told() {
  const auto& told = *request().told;
  event(EventType::told, {{"by", std::string(to_string(told.by))}, {"code", told.code}});
}

void Draft::write_holding_once() {
  if (!texted_ && !kept_a_slip(request())) write_holding();
}

void Draft::write_holding() {
  const auto& code = request().code;
  write_template(MessageKind::holding, policy_.texts(registration().system).holding, code.digits(), code.for_people());
}

void Draft::write_registered() {
  const auto& code = registration().code;
  write_template(MessageKind::registered, policy_.texts(registration().system).registered, code, code_for_people(code));
}

void Draft::write_progress(const MessageTemplate& text) {
  const auto& code = registration().code;
  write_template(MessageKind::progress, text, code, code_for_people(code));
}

void Draft::write_answer(const Sensitive<std::string>& text) { write_message(MessageKind::answer, text, {}); }

void Draft::write_invitation(const std::string& text) { write_message(MessageKind::invitation, Sensitive(text), {}); }

void Draft::write_template(MessageKind kind, const MessageTemplate& text, std::string code, const std::string& code_for_people) {
  if (!request().content.citizen.mobile) return;
  write_message(
      kind,
      Sensitive(text.render(
          {.code = code_for_people, .system = name_for_people(registration().system), .date = jalali_date(tehran_date(moment_.now))})),
      std::move(code));
}

void Draft::write_message(MessageKind kind, Sensitive<std::string> text, std::string code) {
  // Each of a change has an id of its own.
  const auto bits = (moment_.random_bits >> 1) ^ change_.messages.size();
  Message message{
      .id = static_cast<std::int64_t>(bits), .kind = kind, .code = std::move(code), .mobile = *request().content.citizen.mobile};
  message.text = std::move(text);
  message.parts = static_cast<int>(sms_parts(message.text.reveal()));
  message.created_at = moment_.now;
  message.urgent = !request().told && !message.code.empty();
  message_task(message.id, Lane::sms, message.urgent ? Milliseconds{0} : policy_.quiet_hours.left(moment_.now));
  change_.messages.push_back(std::move(message));
  texted_ |= !change_.messages.back().code.empty();
}

void Draft::queue_message(Message message, std::string_view why, Milliseconds wait) {
  if (!reaches_the_citizen(message, request())) return drop_message(std::move(message));
  message.state = MessageState::queued;
  message.provider.clear();
  message.uncertain_at.reset();
  message.reason = why;
  message_task(message.id, Lane::sms, wait, true);
  change_.messages.push_back(std::move(message));
}

void Draft::fail_message(Message message, std::string_view why) {
  message.state = MessageState::failed;
  message.reason = why;
  no_message_task(message.id);
  event(EventType::message_failed, {{"message_kind", std::string(to_string(message.kind))}});
  const bool leaves_untold = message.kind != MessageKind::invitation && reaches_the_citizen(message, request());
  if (leaves_untold) raise(AttentionReason::undelivered, policy_.contact_due, why);
  change_.messages.push_back(std::move(message));
}

void Draft::drop_message(Message message) {
  message.state = MessageState::failed;
  message.reason = "the number was corrected";
  no_message_task(message.id);
  change_.messages.push_back(std::move(message));
}

void Draft::become_registered(std::string_view code, std::string_view by, std::string_view note) {
  auto& registration = this->registration();
  registration.state = RegistrationState::registered;
  registration.code = code;
  registration.token.clear();
  registration.registered_at = moment_.now;
  registration.attempts = 0;
  registration.reason.clear();
  no_registration_task();
  request().follow_up = {};
  if (const auto& follow_up = policy_.follow_up(registration.system); follow_up.asked) follow_up_task(follow_up.first);
  settle(registration_reasons, by, note);
  event(EventType::registered, {{"system", std::string(to_string(registration.system))}, {"code", registration.code}});
  write_registered();
  if (handling().amendment.state == AmendmentState::waiting) amendment_task(Milliseconds{0}, false);
}

void Draft::become_held(AttentionReason reason, std::string_view why) {
  registration().state = RegistrationState::held;
  registration().reason = why;
  no_registration_task();
  raise(reason, policy_.attention_due, why);
}

void Draft::become_uncertain(std::string_view why) {
  registration().state = RegistrationState::uncertain;
  registration().intent_at = moment_.now;
  registration().reason = why;
  registration().attempts = 0;
}

void Draft::leave_to_a_person(std::string_view why) {
  no_registration_task();
  raise(AttentionReason::uncertain, policy_.attention_due, why);
}

void Draft::become_waiting(System system, Milliseconds wait, std::string_view why, bool retry) {
  registration().state = RegistrationState::waiting;
  registration().system = system;
  registration().reason = why;
  registration_task(wait, retry);
}

void Draft::become_in_review(std::string_view why) {
  no_registration_task();
  registration().state = RegistrationState::in_review;
  registration().system = System::service_desk;
  registration().reason = why;
  const auto due = tehran_end(policy_.calendar()->days_after(tehran_date(moment_.now), 1));
  handling().review_due = due;
  event(EventType::in_review, {{"due", to_rfc3339(due)}});
  raise(AttentionReason::review, due - moment_.now, why);
  write_holding_once();
}

void Draft::go_by_route(Milliseconds wait) {
  const auto system = request().route.system;
  if (system == System::service_desk && policy_.desk_after_review) return become_in_review("");
  become_waiting(system, wait, "", false);
}

void Draft::to_desk(std::string_view why) {
  become_waiting(System::service_desk, Milliseconds{0}, why, false);
  if (moment_.restored_at && request().received_at <= *moment_.restored_at) become_uncertain(why);
}

void Draft::end_review(std::string_view note) {
  handling().review_due.reset();
  settle(AttentionReason::review, doer(), note);
  if (request().due_stage != DueStage::missed) settle(AttentionReason::overdue, doer(), note);
}

void Draft::become_closed(CloseReason reason, std::string twin) {
  handling().closure = Closure{.reason = reason, .twin = std::move(twin), .by = actor_.name, .at = moment_.now};
  event(EventType::closed, {{"reason", std::string(to_string(reason))}});
  if (registration().state == RegistrationState::registered) return;
  no_registration_task();
  registration().state = RegistrationState::closed;
  registration().token.clear();
  handling().amendment = {.number = handling().amendment.number};
  settle(registration_reasons, doer(), actor_.note);
  write_holding_once();
}

void Draft::amend(Fields changed) {
  auto& amendment = handling().amendment;
  amendment.fields |= changed;
  if (amendment.state == AmendmentState::calling || amendment.state == AmendmentState::uncertain) return;
  if (amendment.state != AmendmentState::waiting) {
    amendment.state = AmendmentState::waiting;
    amendment.number += 1;
    amendment.attempts = 0;
    settle(amendment_reasons, doer(), "changed again");
  }
  if (registration().state == RegistrationState::registered) amendment_task(Milliseconds{0}, false);
}

void Draft::attach() {
  auto& amendment = handling().amendment;
  if (amendment.state != AmendmentState::held) return amend(bit(Field::attachments));
  // Whoever tells the system by hand sees them too; under the former number less may stand there.
  amendment.fields |= bit(Field::attachments);
  amendment.number += 1;
}

Fields Draft::end_amendment() {
  auto& amendment = handling().amendment;
  if (amendment.under_way.test(static_cast<std::size_t>(Field::attachments))) handling().attachments_told = amendment.attachments;
  const auto rest = amendment.fields;
  amendment = {.number = amendment.number};
  no_amendment_task();
  return rest;
}

void Draft::amendment_made() {
  const auto rest = end_amendment();
  event(EventType::amended, {{"amendment", std::to_string(handling().amendment.number)}});
  settle(amendment_reasons, doer(), "made");
  if (rest.any()) amend(rest);
}

void Draft::amendment_left_out() {
  if (const auto rest = end_amendment(); rest.any()) amend(rest);
}

void Draft::sent_as_it_stands() {
  auto& amendment = handling().amendment;
  handling().attachments_told = request().attachments;
  amendment.fields &= not_content;
  if (amendment.fields.none()) amendment.state = AmendmentState::none;
}

void Draft::due_anew() {
  auto& request = this->request();
  if (!request.due) return;
  request.due = answer_due(request, policy_);
  if (*request.due <= moment_.now) return;
  request.due_stage = DueStage::ahead;
  if (!handling().review_due) settle(overdue_reasons, doer(), "given more time");
}

Milliseconds Draft::back_off(std::optional<Milliseconds> at_least) {
  registration().attempts += 1;
  return std::max(policy_.backoff.wait(registration().attempts, moment_.jitter), at_least.value_or(Milliseconds{0}));
}

}  // namespace salam::lifecycle
