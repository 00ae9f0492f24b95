#include "gateway/domain/deadlines.h"

#include <gtest/gtest.h>

namespace salam {
namespace {

using namespace std::chrono_literals;

Date day(std::string_view text) { return parse_day(text).value(); }

Meeting meeting_on(std::string_view date) {
  return {.id = "m", .region = Region::from_number(3).value(), .mosque = "مسجد جامع", .date = day(date), .manager = "زهرا احمدی"};
}

std::string last_day(MeetingStep step, std::string_view date, const Calendar& calendar = {}) {
  return jalali_date_time(due_of(step, meeting_on(date), calendar) - 1ms);
}

TEST(Deadlines, AreThoseOfTheByLaw) {
  EXPECT_EQ(last_day(MeetingStep::registered, "1405/09/03"), "۱۴۰۵/۰۹/۰۴ ۲۳:۵۹");
  EXPECT_EQ(last_day(MeetingStep::sorted, "1405/09/03"), "۱۴۰۵/۰۹/۱۰ ۲۳:۵۹");
  EXPECT_EQ(last_day(MeetingStep::letter_sent, "1405/09/03"), "۱۴۰۵/۰۹/۱۰ ۲۳:۵۹");
  EXPECT_EQ(last_day(MeetingStep::progress_reported, "1405/09/03"), "۱۴۰۵/۱۰/۰۳ ۲۳:۵۹");
  EXPECT_EQ(last_day(MeetingStep::results_shown, "1405/09/03"), "۱۴۰۵/۱۲/۰۳ ۲۳:۵۹");
}

TEST(Deadlines, EndWithTheirDayInTehran) {
  EXPECT_EQ(to_rfc3339(due_of(MeetingStep::registered, meeting_on("1405/09/03"), {})), "2026-11-25T23:59:59.999+03:30");
}

TEST(Deadlines, PassOverClosuresWhereWorkingDaysCount) {
  Calendar calendar{.count = Calendar::Count::working_days};
  calendar.closed.insert(std::chrono::sys_days(day("1405/09/04")));
  EXPECT_EQ(last_day(MeetingStep::registered, "1405/09/03", calendar), "۱۴۰۵/۰۹/۰۵ ۲۳:۵۹");
  EXPECT_EQ(last_day(MeetingStep::sorted, "1405/09/03", calendar), "۱۴۰۵/۰۹/۱۲ ۲۳:۵۹");
}

TEST(Deadlines, AreOpenUntilTheirDayHasEnded) {
  const auto due = tehran_end(day("1405/09/04"));
  Deadline deadline{.step = MeetingStep::registered, .due = due};
  EXPECT_EQ(state_of(deadline, due - 1ms), DeadlineState::open);
  EXPECT_EQ(state_of(deadline, due), DeadlineState::missed);
  deadline.met = DeadlineMet{.by = "x", .at = due - 1ms};
  EXPECT_EQ(state_of(deadline, due + 1h), DeadlineState::met);
  EXPECT_FALSE(is_late(deadline));
  deadline.met->at = due;
  EXPECT_EQ(state_of(deadline, due + 1h), DeadlineState::met);
  EXPECT_TRUE(is_late(deadline));
}

TEST(Deadlines, ApproachForATimeBeforeTheyAreMissed) {
  const auto due = tehran_end(day("1405/09/04"));
  EXPECT_EQ(stage_of(due, due - 48h - 1ms, 48h), DueStage::ahead);
  EXPECT_EQ(stage_of(due, due - 48h, 48h), DueStage::approaching);
  EXPECT_EQ(stage_of(due, due - 1ms, 48h), DueStage::approaching);
  EXPECT_EQ(stage_of(due, due, 48h), DueStage::missed);
}

TEST(Deadlines, ThatMoveKeepWhatWasAnnouncedWhileItIsTrue) {
  const auto due = tehran_end(day("1405/09/04"));
  const Deadline missed{.step = MeetingStep::sorted, .due = due, .announced = DueStage::missed};
  EXPECT_EQ(moved(missed, due + 24h, due + 48h, 48h).announced, DueStage::missed);
  EXPECT_EQ(moved(missed, due + 24h, due + 1h, 48h).announced, DueStage::approaching);
  EXPECT_EQ(moved(missed, due + 240h, due + 1h, 48h).announced, DueStage::ahead);
  const Deadline ahead{.step = MeetingStep::sorted, .due = due};
  EXPECT_EQ(moved(ahead, due - 240h, due - 1h, 48h).announced, DueStage::ahead) << "nothing was announced yet";
  EXPECT_EQ(moved(ahead, due - 240h, due - 1h, 48h).due, due - 240h);
}

TEST(Deadlines, HaveWordsForMachinesAndForPeople) {
  for (const auto step : meeting_steps) {
    EXPECT_EQ(parse_meeting_step(to_string(step)), step);
    EXPECT_NE(name_for_people(step), "");
    EXPECT_NE(responsible_for(step), "");
  }
  EXPECT_EQ(parse_meeting_step("answer"), std::nullopt);
  for (const auto state : {DeadlineState::open, DeadlineState::met, DeadlineState::missed}) {
    EXPECT_EQ(parse_deadline_state(to_string(state)), state);
  }
  EXPECT_EQ(parse_deadline_state("late"), std::nullopt);
}

TEST(Deadlines, AreTheRegionsManagersExceptTheRegistration) {
  EXPECT_EQ(officer_for(MeetingStep::registered, meeting_on("1405/09/03")), "");
  EXPECT_EQ(officer_for(MeetingStep::results_shown, meeting_on("1405/09/03")), "زهرا احمدی");
}

}  // namespace
}  // namespace salam
