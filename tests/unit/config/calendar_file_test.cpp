#include "gateway/app/calendar_file.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace salam::app {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::chrono::sys_days day(std::string_view text) { return {parse_day(text).value()}; }

std::vector<std::string> problems(std::string_view text) {
  std::vector<std::string> lines;
  const auto days = read_days_off("days_off.txt", text);
  if (days.ok()) return lines;
  for (const auto& problem : days.error()) lines.push_back(problem.text());
  return lines;
}

TEST(DaysOffFile, HoldsDaysOfEitherCalendar) {
  const auto days = read_days_off("days_off.txt", "# 1405\n\n1405/01/01  # نوروز\r\n ۱۴۰۵/۰۱/۱۲\n2026-06-04#خرداد\n1405-01-01");
  ASSERT_TRUE(days.ok());
  EXPECT_THAT(*days, ElementsAre(day("2026-03-21"), day("2026-04-01"), day("2026-06-04")));
}

TEST(DaysOffFile, NamesEveryLineThatIsNoDay) {
  EXPECT_THAT(problems("1405/01/01\n1405/13/01\nنوروز\n1405/12/30"),
              ElementsAre("days_off.txt:2: `1405/13/01` is no day; write 1405/01/01 or 2026-03-21", HasSubstr("days_off.txt:3: `نوروز`"),
                          HasSubstr("days_off.txt:4: `1405/12/30`")));
}

TEST(DaysOffFile, ThatHoldsNoDayIsWrong) {
  EXPECT_THAT(problems("# cut short"), ElementsAre(HasSubstr("holds no day")));
  EXPECT_THAT(problems(""), SizeIs(1));
}

/// The settings that this text gives, and all that is wrong in it.
std::pair<CalendarSettings, std::vector<std::string>> settings(std::string_view toml) {
  config::Reader reader("gateway.toml", toml, {});
  auto read = read_calendar_settings(reader.root().table("calendar"));
  std::vector<std::string> lines;
  for (const auto& problem : reader.problems()) lines.push_back(problem.text());
  return {std::move(read), std::move(lines)};
}

TEST(CalendarSettings, CountEveryDayWhereNothingIsSaid) {
  const auto [read, wrong] = settings("");
  EXPECT_THAT(wrong, IsEmpty());
  const auto calendar = load_calendar(read);
  EXPECT_EQ(calendar->count, Calendar::Count::calendar_days);
  EXPECT_THAT(calendar->weekend, ElementsAre(std::chrono::Friday.c_encoding()));
  EXPECT_THAT(calendar->closed, IsEmpty());
}

TEST(CalendarSettings, AreRead) {
  const auto [read, wrong] = settings(R"([calendar]
count = "working_days"
weekend = ["thursday", "friday"]
)");
  EXPECT_THAT(wrong, IsEmpty());
  const auto calendar = load_calendar(read);
  EXPECT_EQ(calendar->count, Calendar::Count::working_days);
  EXPECT_THAT(calendar->weekend, ElementsAre(std::chrono::Thursday.c_encoding(), std::chrono::Friday.c_encoding()));
}

TEST(CalendarSettings, ThatAreWrongAreNamed) {
  EXPECT_THAT(settings("[calendar]\ncount = \"days\"").second,
              ElementsAre(HasSubstr("calendar.count: must be one of calendar_days, working_days")));
  EXPECT_THAT(settings("[calendar]\nweekend = [\"jomeh\"]").second,
              ElementsAre(HasSubstr("calendar.weekend: `jomeh` is not one of sunday")));
  EXPECT_THAT(
      settings("[calendar]\nweekend = [\"sunday\", \"monday\", \"tuesday\", \"wednesday\", \"thursday\", \"friday\", \"saturday\"]").second,
      ElementsAre(HasSubstr("leaves no day to work")));
}

TEST(CalendarSettings, NameTheFileThatCannotBeRead) {
  EXPECT_THAT(load_calendar({.days_off = "/nowhere/days_off.txt"}).error().message, HasSubstr("/nowhere/days_off.txt: cannot be read"));
}

TEST(CalendarSettings, ShippedDaysOffAreDays) {
  const auto calendar = load_calendar({.days_off = SALAM_SOURCE_DIR "/docker/config/days_off.txt"});
  ASSERT_TRUE(calendar.ok()) << calendar.error().message;
  EXPECT_THAT(calendar->closed, SizeIs(10));
  EXPECT_TRUE(calendar->closed.contains(day("1405/12/29")));
}

}  // namespace
}  // namespace salam::app
