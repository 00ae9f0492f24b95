#include <string>

#include <gtest/gtest.h>

#include "gateway/domain/text.h"

namespace salam {
namespace {

std::string times(std::size_t count, const std::string& text) {
  std::string result;
  for (std::size_t i = 0; i < count; ++i) result += text;
  return result;
}

TEST(SmsParts, NoTextNeedsNone) { EXPECT_EQ(sms_parts(""), 0U); }

TEST(SmsParts, LatinTextHolds160AloneAnd153InSeveral) {
  EXPECT_EQ(sms_parts(times(160, "a")), 1U);
  EXPECT_EQ(sms_parts(times(161, "a")), 2U);
  EXPECT_EQ(sms_parts(times(306, "a")), 2U);
  EXPECT_EQ(sms_parts(times(307, "a")), 3U);
}

TEST(SmsParts, PersianTextHolds70AloneAnd67InSeveral) {
  EXPECT_EQ(sms_parts(times(70, "س")), 1U);
  EXPECT_EQ(sms_parts(times(71, "س")), 2U);
  EXPECT_EQ(sms_parts(times(134, "س")), 2U);
  EXPECT_EQ(sms_parts(times(135, "س")), 3U);
}

TEST(SmsParts, OnePersianDigitMakesALatinTextUcs2) {
  EXPECT_EQ(sms_parts(times(71, "a")), 1U);
  EXPECT_EQ(sms_parts(times(70, "a") + "۵"), 2U);
}

TEST(SmsParts, CharactersOfTheExtensionTableCountTwo) {
  EXPECT_EQ(sms_parts(times(80, "€")), 1U);
  EXPECT_EQ(sms_parts(times(80, "€") + "a"), 2U);
  EXPECT_EQ(sms_parts("{}[]~\\|^"), 1U);
  EXPECT_EQ(sms_parts(times(159, "a") + "{"), 2U);
}

TEST(SmsParts, DoesNotSplitAnEscapeBetweenTwoParts) {
  EXPECT_EQ(sms_parts(times(153, "€")), 3U);  // 76 in a part, not 76½
}

TEST(SmsParts, CountsBeyondTheBasicPlaneTwiceAndDoesNotSplitIt) {
  EXPECT_EQ(sms_parts(times(35, "🕌")), 1U);
  EXPECT_EQ(sms_parts(times(36, "🕌")), 2U);
  EXPECT_EQ(sms_parts(times(67, "🕌")), 3U);  // 33 in a part
}

TEST(SmsParts, NewlinesAndAccentsOfTheBasicSetStayLatin) { EXPECT_EQ(sms_parts(times(80, "é\n")), 1U); }

TEST(SmsParts, ABacktickIsNotInTheBasicSet) { EXPECT_EQ(sms_parts(times(70, "a") + "`"), 2U); }

}  // namespace
}  // namespace salam
