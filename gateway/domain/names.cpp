#include <algorithm>
#include <array>
#include <utility>

#include "gateway/domain/change.h"
#include "gateway/domain/request.h"
#include "gateway/domain/routing.h"

// The words that stand for enumerators on the wire and in the store.
namespace salam {
namespace {

template <class Enum, std::size_t size>
using Names = std::array<std::pair<Enum, std::string_view>, size>;

template <class Enum, std::size_t size>
constexpr std::string_view name_in(const Names<Enum, size>& names, Enum value) {
  const auto* const found = std::ranges::find(names, value, &std::pair<Enum, std::string_view>::first);
  return found == names.end() ? std::string_view{} : found->second;
}

template <class Enum, std::size_t size>
constexpr std::optional<Enum> value_in(const Names<Enum, size>& names, std::string_view name) {
  const auto* const found = std::ranges::find(names, name, &std::pair<Enum, std::string_view>::second);
  return found == names.end() ? std::nullopt : std::optional(found->first);
}

constexpr Names<System, 2> systems{{
    {System::system137, "137"},
    {System::service_desk, "service_desk"},
}};

constexpr Names<System, 2> systems_for_people{{
    {System::system137, "سامانه ۱۳۷"},
    {System::service_desk, "میز خدمت اصفهان من"},
}};

constexpr Names<Kind, 5> kinds_for_people{{
    {Kind::request, "درخواست"},
    {Kind::complaint, "شکایت"},
    {Kind::suggestion, "پیشنهاد"},
    {Kind::criticism, "انتقاد"},
    {Kind::thanks, "قدردانی"},
}};
constexpr Names<Kind, 5> kinds{{
    {Kind::request, "request"},
    {Kind::complaint, "complaint"},
    {Kind::suggestion, "suggestion"},
    {Kind::criticism, "criticism"},
    {Kind::thanks, "thanks"},
}};

constexpr Names<RegistrationState, 9> registration_states{{
    {RegistrationState::waiting, "waiting"},
    {RegistrationState::in_review, "in_review"},
    {RegistrationState::calling, "registering"},
    {RegistrationState::pending, "pending"},
    {RegistrationState::by_hand, "by_hand"},
    {RegistrationState::uncertain, "uncertain"},
    {RegistrationState::held, "needs_decision"},
    {RegistrationState::registered, "registered"},
    {RegistrationState::closed, "closed"},
}};

constexpr Names<RegistrationState, 9> registration_states_for_people{{
    {RegistrationState::waiting, "در انتظار ثبت"},
    {RegistrationState::in_review, "در حال بررسی"},
    {RegistrationState::calling, "در حال ثبت"},
    {RegistrationState::pending, "در انتظار کد سامانه"},
    {RegistrationState::by_hand, "ثبت دستی"},
    {RegistrationState::uncertain, "نیازمند استعلام"},
    {RegistrationState::held, "نیازمند تصمیم"},
    {RegistrationState::registered, "ثبت‌شده"},
    {RegistrationState::closed, "بسته‌شده"},
}};

constexpr Names<Progress, 6> progresses{{
    {Progress::open, "open"},
    {Progress::in_progress, "in_progress"},
    {Progress::answered, "answered"},
    {Progress::resolved, "resolved"},
    {Progress::cannot_be_done, "cannot_be_done"},
    {Progress::reopened, "reopened"},
}};

constexpr Names<Progress, 6> progresses_for_people{{
    {Progress::open, "ثبت‌شده"},
    {Progress::in_progress, "در حال پیگیری"},
    {Progress::answered, "پاسخ داده‌شده"},
    {Progress::resolved, "انجام‌شده"},
    {Progress::cannot_be_done, "غیر قابل انجام"},
    {Progress::reopened, "بازگشایی‌شده"},
}};

constexpr Names<ToldBy, 3> told_by{{
    {ToldBy::sms, "sms"},
    {ToldBy::slip, "slip"},
    {ToldBy::person, "person"},
}};

constexpr Names<AnswerChannel, 3> answer_channels{{
    {AnswerChannel::phone, "phone"},
    {AnswerChannel::in_person, "in_person"},
    {AnswerChannel::sms, "sms"},
}};

constexpr Names<CloseReason, 3> close_reasons{{
    {CloseReason::answered, "answered"},
    {CloseReason::twin, "twin"},
    {CloseReason::withdrawn, "withdrawn"},
}};

constexpr Names<ReviewDecision, 4> review_decisions{{
    {ReviewDecision::to_desk, "to_desk"},
    {ReviewDecision::to_137, "to_137"},
    {ReviewDecision::answered, "answered"},
    {ReviewDecision::twin, "twin"},
}};

constexpr Names<Field, field_count> fields{{
    {Field::region, "region"},
    {Field::kind, "kind"},
    {Field::category, "category"},
    {Field::subject, "subject"},
    {Field::description, "description"},
    {Field::name, "name"},
    {Field::mobile, "mobile"},
    {Field::national_id, "national_id"},
    {Field::address, "address"},
    {Field::coordinates, "coordinates"},
    {Field::unit, "unit"},
    {Field::due, "due"},
    {Field::explanation, "explanation"},
    {Field::answer, "answer"},
    {Field::withdrawn, "withdrawn"},
    {Field::attachments, "attachments"},
}};

constexpr Names<Field, field_count> fields_for_people{{
    {Field::region, "منطقه"},
    {Field::kind, "نوع"},
    {Field::category, "دسته"},
    {Field::subject, "موضوع"},
    {Field::description, "شرح"},
    {Field::name, "نام"},
    {Field::mobile, "تلفن همراه"},
    {Field::national_id, "کد ملی"},
    {Field::address, "نشانی"},
    {Field::coordinates, "مختصات"},
    {Field::unit, "واحد مسئول"},
    {Field::due, "مهلت"},
    {Field::explanation, "تشریح"},
    {Field::answer, "پاسخ"},
    {Field::withdrawn, "انصراف"},
    {Field::attachments, "پیوست"},
}};

constexpr Names<AmendmentState, 5> amendment_states{{
    {AmendmentState::none, "none"},
    {AmendmentState::waiting, "waiting"},
    {AmendmentState::calling, "calling"},
    {AmendmentState::uncertain, "uncertain"},
    {AmendmentState::held, "held"},
}};

constexpr Names<DueStage, 3> due_stages{{
    {DueStage::ahead, "ahead"},
    {DueStage::approaching, "approaching"},
    {DueStage::missed, "missed"},
}};

constexpr Names<AttentionReason, 11> attention_reasons{{
    {AttentionReason::overdue, "overdue"},
    {AttentionReason::uncertain, "uncertain"},
    {AttentionReason::refused, "refused"},
    {AttentionReason::unclear, "unclear"},
    {AttentionReason::poison, "poison"},
    {AttentionReason::by_hand, "by_hand"},
    {AttentionReason::review, "review"},
    {AttentionReason::no_contact, "no_contact"},
    {AttentionReason::undelivered, "undelivered"},
    {AttentionReason::declined, "declined"},
    {AttentionReason::amend, "amend"},
}};

constexpr Names<SettleAction, 4> settle_actions{{
    {SettleAction::registered, "registered"},
    {SettleAction::send_again, "send_again"},
    {SettleAction::handed_over, "handed_over"},
    {SettleAction::dealt_with, "dealt_with"},
}};

constexpr Names<MessageKind, 5> message_kinds{{
    {MessageKind::registered, "registered"},
    {MessageKind::holding, "holding"},
    {MessageKind::progress, "progress"},
    {MessageKind::answer, "answer"},
    {MessageKind::invitation, "invitation"},
}};

constexpr Names<MessageState, 7> message_states{{
    {MessageState::queued, "queued"},
    {MessageState::sending, "sending"},
    {MessageState::sent, "sent"},
    {MessageState::delivered, "delivered"},
    {MessageState::failed, "failed"},
    {MessageState::uncertain, "uncertain"},
    {MessageState::handed_over, "handed_over"},
}};

constexpr Names<Lane, lane_count> lanes{{
    {Lane::system137, "137"},
    {Lane::service_desk, "service_desk"},
    {Lane::sms, "sms"},
    {Lane::sms_status, "sms_status"},
    {Lane::clock, "clock"},
    {Lane::status137, "137_status"},
    {Lane::desk_status, "service_desk_status"},
}};

constexpr Names<EventType, 21> event_types{{
    {EventType::received, "ir.isfahan.mardomsalam.request.received.v1"},
    {EventType::registered, "ir.isfahan.mardomsalam.request.registered.v1"},
    {EventType::redirected, "ir.isfahan.mardomsalam.request.redirected.v1"},
    {EventType::attention_raised, "ir.isfahan.mardomsalam.request.attention_raised.v1"},
    {EventType::attention_settled, "ir.isfahan.mardomsalam.request.attention_settled.v1"},
    {EventType::message_sent, "ir.isfahan.mardomsalam.request.message_sent.v1"},
    {EventType::message_delivered, "ir.isfahan.mardomsalam.request.message_delivered.v1"},
    {EventType::message_failed, "ir.isfahan.mardomsalam.request.message_failed.v1"},
    {EventType::progressed, "ir.isfahan.mardomsalam.request.progressed.v1"},
    {EventType::told, "ir.isfahan.mardomsalam.request.told.v1"},
    {EventType::in_review, "ir.isfahan.mardomsalam.request.in_review.v1"},
    {EventType::reviewed, "ir.isfahan.mardomsalam.request.reviewed.v1"},
    {EventType::corrected, "ir.isfahan.mardomsalam.request.corrected.v1"},
    {EventType::assigned, "ir.isfahan.mardomsalam.request.assigned.v1"},
    {EventType::answered, "ir.isfahan.mardomsalam.request.answered.v1"},
    {EventType::closed, "ir.isfahan.mardomsalam.request.closed.v1"},
    {EventType::amended, "ir.isfahan.mardomsalam.request.amended.v1"},
    {EventType::deadline_approaching, "ir.isfahan.mardomsalam.deadline.approaching.v1"},
    {EventType::deadline_missed, "ir.isfahan.mardomsalam.deadline.missed.v1"},
    {EventType::deadline_met, "ir.isfahan.mardomsalam.meeting.deadline_met.v1"},
    {EventType::invitation_approved, "ir.isfahan.mardomsalam.meeting.invitation_approved.v1"},
}};

}  // namespace

std::string_view to_string(System system) { return name_in(systems, system); }
std::optional<System> parse_system(std::string_view text) { return value_in(systems, text); }
std::string_view name_for_people(System system) { return name_in(systems_for_people, system); }

std::string_view to_string(Kind kind) { return name_in(kinds, kind); }
std::optional<Kind> parse_kind(std::string_view text) { return value_in(kinds, text); }
std::string_view name_for_people(Kind kind) { return name_in(kinds_for_people, kind); }

std::string_view to_string(RegistrationState state) { return name_in(registration_states, state); }
std::string_view name_for_people(RegistrationState state) { return name_in(registration_states_for_people, state); }
std::optional<RegistrationState> parse_registration_state(std::string_view text) { return value_in(registration_states, text); }
std::string_view state_of(const Request& request) { return to_string(request.registration.state); }

std::string_view to_string(Progress progress) { return name_in(progresses, progress); }
std::optional<Progress> parse_progress(std::string_view text) { return value_in(progresses, text); }
std::string_view name_for_people(Progress progress) { return name_in(progresses_for_people, progress); }
bool is_final(Progress progress) { return progress == Progress::resolved || progress == Progress::cannot_be_done; }

std::string_view to_string(ToldBy by) { return name_in(told_by, by); }

std::string_view to_string(AnswerChannel channel) { return name_in(answer_channels, channel); }
std::optional<AnswerChannel> parse_answer_channel(std::string_view text) { return value_in(answer_channels, text); }

std::string_view to_string(CloseReason reason) { return name_in(close_reasons, reason); }

std::string_view to_string(ReviewDecision decision) { return name_in(review_decisions, decision); }
std::optional<ReviewDecision> parse_review_decision(std::string_view text) { return value_in(review_decisions, text); }

std::string_view to_string(Field field) { return name_in(fields, field); }
std::string_view name_for_people(Field field) { return name_in(fields_for_people, field); }

std::string_view to_string(AmendmentState state) { return name_in(amendment_states, state); }
std::string_view to_string(DueStage stage) { return name_in(due_stages, stage); }

bool is_answered(const Request& request) {
  const auto& handling = request.handling;
  if (handling.closure) return true;
  const auto& [progress, words, changed_at] = request.follow_up;
  if (progress == Progress::reopened) return handling.answer && handling.answer->at > changed_at.value_or(Timestamp{});
  return handling.answer || is_final(progress) || progress == Progress::answered;
}

std::string_view to_string(AttentionReason reason) { return name_in(attention_reasons, reason); }
std::optional<AttentionReason> parse_attention_reason(std::string_view text) { return value_in(attention_reasons, text); }

std::string_view to_string(SettleAction action) { return name_in(settle_actions, action); }
std::optional<SettleAction> parse_settle_action(std::string_view text) { return value_in(settle_actions, text); }

std::vector<SettleAction> actions_for(AttentionReason reason) {
  switch (reason) {
    case AttentionReason::uncertain:
    case AttentionReason::refused:
    case AttentionReason::unclear:
    case AttentionReason::poison:
    case AttentionReason::by_hand:
      return {SettleAction::registered, SettleAction::send_again};
    case AttentionReason::no_contact:
    case AttentionReason::undelivered:
      return {SettleAction::handed_over};
    case AttentionReason::declined:
      return {SettleAction::dealt_with};
    case AttentionReason::amend:
      return {SettleAction::dealt_with, SettleAction::send_again};
    case AttentionReason::overdue:
    case AttentionReason::review:
      return {};
  }
  return {};
}

std::string_view to_string(MessageKind kind) { return name_in(message_kinds, kind); }
std::string_view to_string(MessageState state) { return name_in(message_states, state); }

std::string_view to_string(Lane lane) { return name_in(lanes, lane); }
Lane lane_of(System system) { return system == System::system137 ? Lane::system137 : Lane::service_desk; }
Lane status_lane_of(System system) { return system == System::system137 ? Lane::status137 : Lane::desk_status; }

std::string_view cloud_event_type(EventType type) { return name_in(event_types, type); }

}  // namespace salam
