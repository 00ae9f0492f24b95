#include "gateway/domain/tracking_code.h"

#include <array>
#include <random>
#include <string>

#include <gtest/gtest.h>

#include "gateway/domain/text.h"

namespace salam {
namespace {

std::mt19937_64 same_every_run() { return std::mt19937_64(137); }  // NOLINT(cert-msc51-cpp)

TEST(TrackingCode, HasDammsPublishedCheckDigit) {
  // Damm's example: 572 takes the check digit 4. 100009 carries its own, so that what follows it starts anew.
  EXPECT_TRUE(TrackingCode::from_number(1'000'095'724));
  EXPECT_EQ(TrackingCode::from_random(0).digits(), "1000000005");
}

TEST(TrackingCode, SurvivesTheRoundTripInEverySpelling) {
  auto random = same_every_run();
  for (int i = 0; i < 10'000; ++i) {
    const auto code = TrackingCode::from_random(random());
    ASSERT_EQ(code.digits().size(), 10U);
    ASSERT_GE(code.digits().front(), '1');
    ASSERT_LE(code.digits().front(), '8');
    ASSERT_EQ(TrackingCode::parse(code.digits()), code);
    ASSERT_EQ(TrackingCode::parse(code.for_people()), code);
    ASSERT_EQ(TrackingCode::from_number(code.number()), code);
  }
}

TEST(TrackingCode, TakesEveryFirstDigitAboutEquallyOften) {
  auto random = same_every_run();
  std::array<int, 10> seen{};
  for (int i = 0; i < 8'000; ++i) ++seen[static_cast<std::size_t>(TrackingCode::from_random(random()).digits().front() - '0')];
  for (std::size_t digit = 1; digit <= 8; ++digit) EXPECT_NEAR(seen[digit], 1'000, 150) << digit;
}

TEST(TrackingCode, CatchesEverySingleWrongDigit) {
  auto random = same_every_run();
  for (int i = 0; i < 1'000; ++i) {
    const auto right = TrackingCode::from_random(random()).digits();
    for (std::size_t position = 0; position < right.size(); ++position) {
      for (char digit = '0'; digit <= '9'; ++digit) {
        auto wrong = right;
        wrong[position] = digit;
        if (wrong != right) {
          ASSERT_FALSE(TrackingCode::parse(wrong)) << right << " taken as " << wrong;
        }
      }
    }
  }
}

TEST(TrackingCode, CatchesEverySwapOfNeighbours) {
  auto random = same_every_run();
  for (int i = 0; i < 10'000; ++i) {
    const auto right = TrackingCode::from_random(random()).digits();
    for (std::size_t position = 0; position + 1 < right.size(); ++position) {
      auto wrong = right;
      std::swap(wrong[position], wrong[position + 1]);
      if (wrong != right) {
        ASSERT_FALSE(TrackingCode::parse(wrong)) << right << " taken as " << wrong;
      }
    }
  }
}

TEST(TrackingCode, IsShownInGroupsWithPersianDigits) {
  EXPECT_EQ(TrackingCode::from_number(1'000'095'724)->for_people(), "۱۰۰\u00a0۰۰۹\u00a0۵۷۲۴");
}

TEST(TrackingCode, ReadsPersianDigitsWithBlanks) {
  const auto code = TrackingCode::from_random(987'654'321);
  const auto digits = code.digits();
  EXPECT_EQ(TrackingCode::parse(" " + persian_digits(digits.substr(0, 4)) + "\u200C " + digits.substr(4) + "\u200F"), code);
  EXPECT_EQ(TrackingCode::parse(digits.substr(0, 3) + "-" + digits.substr(3, 3) + "–" + digits.substr(6)), code);
}

TEST(TrackingCode, RefusesWhatIsNone) {
  for (const auto* text : {"", "137", "abcdefghij", "12345678901", "0123456789", "9999999990", "99999999999999999999999", "123 456 789x"}) {
    EXPECT_FALSE(TrackingCode::parse(text)) << text;
  }
  EXPECT_FALSE(TrackingCode::from_number(-1));
  EXPECT_FALSE(TrackingCode::from_number(0));
}

}  // namespace
}  // namespace salam
