#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/domain/calendar.h"
#include "gateway/domain/case.h"
#include "gateway/domain/meeting.h"

/// What the by-law wants done after a meeting as a whole, and until when.
namespace salam {

enum class MeetingStep {
  registered,         ///< Next day: every request stands in 137 or the desk.
  sorted,             ///< One week: the working group sorted, explained, timed and assigned every request.
  letter_sent,        ///< One week: the table of all requests went to the policy members by official letter.
  progress_reported,  ///< One month: to the policy council.
  results_shown,      ///< Three months: to the applicants, in the same mosque.
};
inline constexpr std::array meeting_steps{MeetingStep::registered, MeetingStep::sorted, MeetingStep::letter_sent,
                                          MeetingStep::progress_reported, MeetingStep::results_shown};
std::string_view to_string(MeetingStep step);
std::optional<MeetingStep> parse_meeting_step(std::string_view text);
/// `ارسال نامهٔ رسمی جدول درخواست‌ها`.
std::string_view name_for_people(MeetingStep step);
/// Whom the by-law makes responsible: `مدیر منطقه`.
std::string_view responsible_for(MeetingStep step);
/// The responsible officer by name; empty where none is known.
std::string officer_for(MeetingStep step, const Meeting& meeting);

/// By-law: the last day for it.
Date last_day(MeetingStep step, Date meeting, const Calendar& calendar);
/// The last millisecond of the last day in Tehran: from then on it is too late.
Timestamp due_of(MeetingStep step, const Meeting& meeting, const Calendar& calendar);

/// That a person did what was to be done.
struct DeadlineMet {
  std::string by;
  Timestamp at;
  std::string note{};

  friend bool operator==(const DeadlineMet&, const DeadlineMet&) = default;
};

enum class DeadlineState { open, met, missed };
std::string_view to_string(DeadlineState state);
std::optional<DeadlineState> parse_deadline_state(std::string_view text);

struct Deadline {
  MeetingStep step = MeetingStep::registered;
  Timestamp due;
  DueStage announced = DueStage::ahead;
  std::optional<DeadlineMet> met{};

  friend bool operator==(const Deadline&, const Deadline&) = default;
};
DeadlineState state_of(const Deadline& deadline, Timestamp now);
/// It was met, but too late.
bool is_late(const Deadline& deadline);

/// How far the time has run: what there is to announce of a deadline that is not met.
DueStage stage_of(Timestamp due, Timestamp now, Milliseconds approaching_before);
/// Due at another time, by another date or calendar. What was announced stays so where it is still true, so that nothing is said twice.
Deadline moved(Deadline deadline, Timestamp due, Timestamp now, Milliseconds approaching_before);

}  // namespace salam
