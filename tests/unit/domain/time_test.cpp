#include "gateway/domain/time.h"

#include <random>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace salam {
namespace {

using namespace std::chrono_literals;
using std::chrono::day;
using std::chrono::month;
using std::chrono::year;

constexpr Date date(int y, unsigned m, unsigned d) { return Date(year(y), month(m), day(d)); }

Timestamp at(Date day, Milliseconds in_day) { return std::chrono::sys_days(day) + in_day; }

TEST(Rfc3339, IsWrittenInTehranTimeWithMilliseconds) {
  EXPECT_EQ(to_rfc3339(at(date(2026, 11, 24), 15h + 7ms)), "2026-11-24T18:30:00.007+03:30");
  EXPECT_EQ(to_rfc3339(at(date(2026, 12, 31), 20h + 30min)), "2027-01-01T00:00:00.000+03:30");
  EXPECT_EQ(to_rfc3339(at(date(1969, 12, 31), 23h + 59min + 59s + 999ms)), "1970-01-01T03:29:59.999+03:30");
}

TEST(Rfc3339, HasNoDaylightSavingInSummer) { EXPECT_EQ(to_rfc3339(at(date(2026, 7, 1), 0h)), "2026-07-01T03:30:00.000+03:30"); }

TEST(Rfc3339, IsReadWithAnyOffset) {
  const auto expected = at(date(2026, 11, 24), 15h);
  for (const auto* text : {"2026-11-24T15:00:00Z", "2026-11-24t15:00:00z", "2026-11-24T18:30:00+03:30", "2026-11-24T18:30:00.000+03:30",
                           "2026-11-24T10:00:00-05:00", "2026-11-25T00:30:00.0009+09:30", "2026-11-24T15:00:00-00:00"}) {
    EXPECT_EQ(parse_rfc3339(text), expected) << text;
  }
  EXPECT_EQ(parse_rfc3339("2026-11-24T15:00:00.5Z"), expected + 500ms);
  EXPECT_EQ(parse_rfc3339("2026-11-24T15:00:00.123456789Z"), expected + 123ms);
}

TEST(Rfc3339, TakesALeapSecondOnlyAtTheEndOfAUtcDay) {
  EXPECT_EQ(parse_rfc3339("2016-12-31T23:59:60Z"), at(date(2017, 1, 1), 0h));
  EXPECT_EQ(parse_rfc3339("2017-01-01T03:29:60+03:30"), at(date(2017, 1, 1), 0h));
  EXPECT_EQ(parse_rfc3339("2016-12-31T22:59:60Z"), std::nullopt);
}

class NoRfc3339 : public testing::TestWithParam<const char*> {};

TEST_P(NoRfc3339, IsRefused) { EXPECT_EQ(parse_rfc3339(GetParam()), std::nullopt); }

INSTANTIATE_TEST_SUITE_P(All, NoRfc3339,
                         testing::Values("", "2026-11-24", "2026-11-24T15:00:00", "2026-11-24 15:00:00Z", "2026-11-24T15:00Z",
                                         "2026-11-24T15:00:00.Z", "2026-11-24T15:00:00,5Z", "2026-11-24T24:00:00Z", "2026-11-24T15:60:00Z",
                                         "2026-11-24T15:00:61Z", "2026-13-01T15:00:00Z", "2026-02-29T15:00:00Z", "2026-00-10T15:00:00Z",
                                         "2026-11-24T15:00:00+0330", "2026-11-24T15:00:00+24:00", "2026-11-24T15:00:00+03:60",
                                         "2026-11-24T15:00:00Z ", " 2026-11-24T15:00:00Z", "26-11-24T15:00:00Z", "2026-1-24T15:00:00Z",
                                         "۲۰۲۶-11-24T15:00:00Z", "+2026-11-24T15:00:00Z", "2026-11-24T15:00:00ZZ", "2026-11-24T-5:00:00Z"));

TEST(Rfc3339, ReadsWhatItWrites) {
  std::mt19937_64 random(137);  // NOLINT(cert-msc51-cpp): the same times in every run
  for (int i = 0; i < 10'000; ++i) {
    const Timestamp time{Milliseconds(static_cast<std::int64_t>(random() % 4'000'000'000'000ULL))};
    ASSERT_EQ(parse_rfc3339(to_rfc3339(time)), time);
  }
}

TEST(FullDate, IsWrittenAndRead) {
  EXPECT_EQ(to_string(date(2026, 11, 4)), "2026-11-04");
  EXPECT_EQ(parse_date("2026-11-24"), date(2026, 11, 24));
  EXPECT_EQ(parse_date("2028-02-29"), date(2028, 2, 29));
  for (const auto* text : {"", "2026-11-24T", "2026-11-31", "2026-2-3", "2026/11/24", "24-11-2026", "2026-02-29"}) {
    EXPECT_EQ(parse_date(text), std::nullopt) << text;
  }
}

TEST(TehranDate, TurnsAtHalfPastEightInTheEveningUtc) {
  EXPECT_EQ(tehran_date(at(date(2026, 11, 24), 20h + 30min - 1ms)), date(2026, 11, 24));
  EXPECT_EQ(tehran_date(at(date(2026, 11, 24), 20h + 30min)), date(2026, 11, 25));
}

TEST(JalaliDate, IsShownWithPersianDigits) {
  EXPECT_EQ(jalali_date(date(2026, 11, 24)), "۱۴۰۵/۰۹/۰۳");
  EXPECT_EQ(jalali_date_time(at(date(2026, 11, 24), 15h)), "۱۴۰۵/۰۹/۰۳ ۱۸:۳۰");
  EXPECT_EQ(jalali_date_time(at(date(2026, 11, 24), 20h + 30min + 59s)), "۱۴۰۵/۰۹/۰۴ ۰۰:۰۰");
}

TEST(JalaliDate, KnowsTheNowruzOfEachYear) {
  EXPECT_EQ(jalali_date(date(2021, 3, 21)), "۱۴۰۰/۰۱/۰۱");
  EXPECT_EQ(jalali_date(date(2022, 3, 21)), "۱۴۰۱/۰۱/۰۱");
  EXPECT_EQ(jalali_date(date(2023, 3, 21)), "۱۴۰۲/۰۱/۰۱");
  EXPECT_EQ(jalali_date(date(2024, 3, 20)), "۱۴۰۳/۰۱/۰۱");
  EXPECT_EQ(jalali_date(date(2025, 3, 21)), "۱۴۰۴/۰۱/۰۱");
  EXPECT_EQ(jalali_date(date(2026, 3, 21)), "۱۴۰۵/۰۱/۰۱");
  EXPECT_EQ(jalali_date(date(2027, 3, 21)), "۱۴۰۶/۰۱/۰۱");
  EXPECT_EQ(jalali_date(date(2028, 3, 20)), "۱۴۰۷/۰۱/۰۱");
  EXPECT_EQ(jalali_date(date(2029, 3, 20)), "۱۴۰۸/۰۱/۰۱");
  EXPECT_EQ(jalali_date(date(2030, 3, 21)), "۱۴۰۹/۰۱/۰۱");
}

TEST(JalaliDate, GivesEsfand30DaysInLeapYearsOnly) {
  EXPECT_EQ(jalali_date(date(2025, 3, 20)), "۱۴۰۳/۱۲/۳۰");
  EXPECT_EQ(jalali_date(date(2026, 3, 20)), "۱۴۰۴/۱۲/۲۹");
  EXPECT_EQ(jalali_date(date(2030, 3, 20)), "۱۴۰۸/۱۲/۳۰");
}

TEST(TehranEnd, IsTheDaysLastMillisecond) {
  EXPECT_EQ(to_rfc3339(tehran_end(date(2026, 11, 24))), "2026-11-24T23:59:59.999+03:30");
  EXPECT_EQ(tehran_end(date(2026, 3, 20)) + 1ms, tehran_midnight(tehran_end(date(2026, 3, 21)))) << "the last day of 1404";
}

std::string months_on(std::string_view day, int months) { return jalali_date(months_after(parse_day(day).value(), months)); }

TEST(MonthsAfter, KeepTheDayOfTheMonth) {
  EXPECT_EQ(months_on("1405/09/03", 1), "۱۴۰۵/۱۰/۰۳");
  EXPECT_EQ(months_on("1405/09/03", 3), "۱۴۰۵/۱۲/۰۳");
  EXPECT_EQ(months_on("1405/09/03", 0), "۱۴۰۵/۰۹/۰۳");
  EXPECT_EQ(months_on("1405/12/15", 1), "۱۴۰۶/۰۱/۱۵") << "over Nowruz";
  EXPECT_EQ(months_on("1405/10/30", 3), "۱۴۰۶/۰۱/۳۰");
}

TEST(MonthsAfter, EndWithTheMonthWhereItIsShorter) {
  EXPECT_EQ(months_on("1405/06/31", 1), "۱۴۰۵/۰۷/۳۰");
  EXPECT_EQ(months_on("1405/06/31", 6), "۱۴۰۵/۱۲/۲۹");
  EXPECT_EQ(months_on("1403/06/31", 6), "۱۴۰۳/۱۲/۳۰") << "a leap year";
  EXPECT_EQ(months_on("1405/09/30", 3), "۱۴۰۵/۱۲/۲۹");
  EXPECT_EQ(months_on("1403/12/30", 1), "۱۴۰۴/۰۱/۳۰");
}

TEST(Day, IsReadInEitherCalendarAndAnyDigits) {
  for (const auto* text : {"1405/01/01", "1405-01-01", "۱۴۰۵/۰۱/۰۱", "١٤٠٥-٠١-٠١", "2026-03-21", "2026/03/21", "۲۰۲۶/۰۳/۲۱"}) {
    EXPECT_EQ(parse_day(text), date(2026, 3, 21)) << text;
  }
  EXPECT_EQ(parse_day("1403/12/30"), date(2025, 3, 20)) << "a leap year";
  EXPECT_EQ(parse_day("1405/06/31"), date(2026, 9, 22));
  EXPECT_EQ(parse_day("1599/01/01"), parse_day("2220-03-21"));
}

TEST(Day, ThatIsInNoCalendarIsRefused) {
  for (const auto* text : {"", "1405/12/30", "1405/07/31", "1405/13/01", "1405/00/10", "1405/01/00", "1405/1/1", "2026-02-29", "2026-13-01",
                           "1405/01/01 ", "0000/01/01x", "05/01/01", "1405.01.01"}) {
    EXPECT_EQ(parse_day(text), std::nullopt) << text;
  }
}

TEST(JalaliDate, IsTheSameOnEveryThread) {
  std::vector<std::string> seen(4);
  {
    std::vector<std::jthread> threads;
    for (auto& text : seen) {
      threads.emplace_back([&text] {
        for (int i = 0; i < 100; ++i) text = jalali_date(date(2026, 11, 24));
      });
    }
  }
  for (const auto& text : seen) EXPECT_EQ(text, "۱۴۰۵/۰۹/۰۳");
}

}  // namespace
}  // namespace salam
