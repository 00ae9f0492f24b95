#include "gateway/domain/calendar.h"

#include <gtest/gtest.h>

namespace salam {
namespace {

Date day(std::string_view text) { return parse_day(text).value(); }

/// Closed on these days, from the first to the last.
Calendar closed(Calendar::Count count, std::string_view first, std::string_view last) {
  Calendar calendar{.count = count};
  for (std::chrono::sys_days date(day(first)); date <= std::chrono::sys_days(day(last)); date += std::chrono::days{1}) {
    calendar.closed.insert(date);
  }
  return calendar;
}

const Calendar calendar_days;
const Calendar working_days{.count = Calendar::Count::working_days};

TEST(Calendar, KnowsWeekendHolidaysAndClosures) {
  auto calendar = closed(Calendar::Count::working_days, "1405/09/04", "1405/09/04");
  EXPECT_TRUE(calendar.is_working_day(day("1405/09/03"))) << "a Tuesday";
  EXPECT_FALSE(calendar.is_working_day(day("1405/09/04"))) << "closed";
  EXPECT_TRUE(calendar.is_working_day(day("1405/09/05"))) << "a Thursday";
  EXPECT_FALSE(calendar.is_working_day(day("1405/09/06"))) << "a Friday";
  calendar.weekend.insert(std::chrono::Thursday.c_encoding());
  EXPECT_FALSE(calendar.is_working_day(day("1405/09/05")));
}

TEST(Calendar, CountsCalendarDaysAsTheyCome) {
  EXPECT_EQ(calendar_days.days_after(day("1405/09/03"), 0), day("1405/09/03"));
  EXPECT_EQ(calendar_days.days_after(day("1405/09/03"), 3), day("1405/09/06")) << "a Friday";
  EXPECT_EQ(calendar_days.days_after(day("1405/12/25"), 7), day("1406/01/03")) << "Esfand has 29 days";
  EXPECT_EQ(calendar_days.days_after(day("1403/12/25"), 7), day("1404/01/02")) << "Esfand has 30 days";
}

TEST(Calendar, CountsWorkingDaysOverTheWeekend) {
  EXPECT_EQ(working_days.days_after(day("1405/09/03"), 1), day("1405/09/04"));
  EXPECT_EQ(working_days.days_after(day("1405/09/03"), 3), day("1405/09/07")) << "not the Friday";
  EXPECT_EQ(working_days.days_after(day("1405/09/03"), 7), day("1405/09/11"));
}

TEST(Calendar, CountsWorkingDaysOverALongClosure) {
  const auto nowruz = closed(Calendar::Count::working_days, "1404/12/28", "1405/01/13");
  EXPECT_EQ(nowruz.days_after(day("1404/12/27"), 1), day("1405/01/15")) << "the 14th is a Friday";
  EXPECT_EQ(nowruz.days_after(day("1404/12/26"), 7), day("1405/01/20"));
  const auto counted = closed(Calendar::Count::calendar_days, "1404/12/28", "1405/01/13");
  EXPECT_EQ(counted.days_after(day("1404/12/26"), 7), day("1405/01/04"));
}

TEST(Calendar, MovesAMonthsEndOffDaysOffOnlyWhereWorkingDaysCount) {
  EXPECT_EQ(calendar_days.months_after(day("1405/08/06"), 1), day("1405/09/06")) << "a Friday";
  EXPECT_EQ(working_days.months_after(day("1405/08/06"), 1), day("1405/09/07"));
  EXPECT_EQ(closed(Calendar::Count::working_days, "1406/01/01", "1406/01/04").months_after(day("1405/10/01"), 3), day("1406/01/05"));
}

TEST(Calendar, CountsAllDaysInAYearWithoutAWorkingDay) {
  const auto shut = closed(Calendar::Count::working_days, "1405/01/01", "1406/12/29");
  EXPECT_EQ(shut.days_after(day("1405/02/01"), 2), day("1405/02/03"));
  EXPECT_EQ(shut.months_after(day("1405/02/01"), 1), day("1405/03/01"));
}

}  // namespace
}  // namespace salam
