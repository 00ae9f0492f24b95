#include "gateway/domain/deadlines.h"

#include <algorithm>

namespace salam {
namespace {

constexpr std::string_view manager_of_region = "مدیر منطقه";

struct StepWords {
  MeetingStep step;
  std::string_view wire;
  std::string_view name;
  std::string_view responsible;
};

constexpr std::array<StepWords, meeting_steps.size()> step_words{{
    {MeetingStep::registered, "registered", "ثبت همهٔ درخواست‌ها در سامانهٔ ۱۳۷ یا میز خدمت",
     "اداره کل ارتباطات و امور بین‌الملل، و مسئول پیگیری ویژهٔ دفتر شهردار"},
    {MeetingStep::sorted, "sorted",
     "دسته‌بندی، تشریح، زمان‌بندی و تعیین مسئول همهٔ درخواست‌ها در کارگروه",
     manager_of_region},
    {MeetingStep::letter_sent, "letter_sent",
     "ارسال جدول درخواست‌ها با نامهٔ رسمی به اعضای سیاست‌گذاری", manager_of_region},
    {MeetingStep::progress_reported, "progress_reported",
     "گزارش پیشرفت همهٔ درخواست‌ها به شورای سیاست‌گذاری", manager_of_region},
    {MeetingStep::results_shown, "results_shown", "نمایش نتایج به متقاضیان در همان مسجد", manager_of_region},
}};

constexpr std::array<std::pair<DeadlineState, std::string_view>, 3> states{{
    {DeadlineState::open, "open"},
    {DeadlineState::met, "met"},
    {DeadlineState::missed, "missed"},
}};

constexpr StepWords words_of(MeetingStep step) {
  const auto* const found = std::ranges::find(step_words, step, &StepWords::step);
  return found == step_words.end() ? StepWords{} : *found;
}

}  // namespace

std::string_view to_string(MeetingStep step) { return words_of(step).wire; }
std::optional<MeetingStep> parse_meeting_step(std::string_view text) {
  const auto* const found = std::ranges::find(step_words, text, &StepWords::wire);
  return found == step_words.end() ? std::nullopt : std::optional(found->step);
}
std::string_view name_for_people(MeetingStep step) { return words_of(step).name; }
std::string_view responsible_for(MeetingStep step) { return words_of(step).responsible; }

std::string officer_for(MeetingStep step, const Meeting& meeting) {
  return responsible_for(step) == manager_of_region ? meeting.manager.value_or("") : "";
}

std::string_view to_string(DeadlineState state) {
  const auto* const found = std::ranges::find(states, state, &std::pair<DeadlineState, std::string_view>::first);
  return found == states.end() ? std::string_view{} : found->second;
}
std::optional<DeadlineState> parse_deadline_state(std::string_view text) {
  const auto* const found = std::ranges::find(states, text, &std::pair<DeadlineState, std::string_view>::second);
  return found == states.end() ? std::nullopt : std::optional(found->first);
}

Date last_day(MeetingStep step, Date meeting, const Calendar& calendar) {
  switch (step) {
    case MeetingStep::registered:
      return calendar.days_after(meeting, 1);
    case MeetingStep::sorted:
    case MeetingStep::letter_sent:
      return calendar.days_after(meeting, 7);
    case MeetingStep::progress_reported:
      return calendar.months_after(meeting, 1);
    case MeetingStep::results_shown:
      break;
  }
  return calendar.months_after(meeting, 3);
}

Timestamp due_of(MeetingStep step, const Meeting& meeting, const Calendar& calendar) {
  return tehran_end(last_day(step, meeting.date, calendar));
}

DeadlineState state_of(const Deadline& deadline, Timestamp now) {
  if (deadline.met) return DeadlineState::met;
  return now < deadline.due ? DeadlineState::open : DeadlineState::missed;
}

bool is_late(const Deadline& deadline) { return deadline.met && deadline.met->at >= deadline.due; }

DueStage stage_of(Timestamp due, Timestamp now, Milliseconds approaching_before) {
  if (now >= due) return DueStage::missed;
  return now >= due - approaching_before ? DueStage::approaching : DueStage::ahead;
}

Deadline moved(Deadline deadline, Timestamp due, Timestamp now, Milliseconds approaching_before) {
  deadline.due = due;
  deadline.announced = std::min(deadline.announced, stage_of(due, now, approaching_before));
  return deadline;
}

}  // namespace salam
