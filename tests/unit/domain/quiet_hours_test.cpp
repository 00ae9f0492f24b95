#include "gateway/domain/quiet_hours.h"

#include <gtest/gtest.h>

namespace salam {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

Timestamp tehran(int hour, int minute) { return tehran_midnight(Timestamp(hours(500'000))) + hours(hour) + minutes(minute); }

TEST(QuietHours, GoOverMidnight) {
  const QuietHours night;
  EXPECT_EQ(night.left(tehran(21, 59)), Milliseconds(0));
  EXPECT_EQ(night.left(tehran(22, 0)), hours(10));
  EXPECT_EQ(night.left(tehran(0, 0)), hours(8));
  EXPECT_EQ(night.left(tehran(7, 59)), minutes(1));
  EXPECT_EQ(night.left(tehran(8, 0)), Milliseconds(0));
}

TEST(QuietHours, MayLieWithinADayOrNotBeAtAll) {
  const auto noon = QuietHours::parse("12:30-14:00");
  ASSERT_TRUE(noon);
  EXPECT_EQ(noon->left(tehran(12, 29)), Milliseconds(0));
  EXPECT_EQ(noon->left(tehran(13, 0)), hours(1));
  EXPECT_EQ(noon->left(tehran(14, 0)), Milliseconds(0));
  const auto none = QuietHours::parse("08:00-08:00");
  ASSERT_TRUE(none);
  EXPECT_EQ(none->left(tehran(8, 0)), Milliseconds(0));
}

TEST(QuietHours, RefuseWhatIsNoTimeOfDay) {
  for (const auto* const text : {"", "22-8", "24:00-08:00", "22:60-08:00", "22:00-8:00", "22:00 08:00", "+2:00-08:00", "22:00-08:00 "}) {
    EXPECT_FALSE(QuietHours::parse(text)) << text;
  }
}

}  // namespace
}  // namespace salam
