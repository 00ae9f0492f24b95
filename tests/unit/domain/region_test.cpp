#include "gateway/domain/region.h"

#include <gtest/gtest.h>

namespace salam {
namespace {

TEST(Region, ReadsEverySpellingOfADistrict) {
  for (const auto* text : {"5", "۵", "٥", "منطقه ۵", "منطقه 5", "منطقه۵", "منطقة ٥", " منطقــه  ۵ ", "منطقهٔ ۵"}) {
    const auto region = Region::parse(text);
    ASSERT_TRUE(region) << text;
    EXPECT_EQ(region->number(), 5) << text;
  }
}

TEST(Region, ReadsNazhvanByName) {
  for (const auto* text : {"nazhvan", "Nazhvan", "ناژوان", "منطقه ناژوان", " ناژوان\u200F"}) {
    const auto region = Region::parse(text);
    ASSERT_TRUE(region) << text;
    EXPECT_EQ(region->number(), Region::nazhvan_number) << text;
  }
}

TEST(Region, RefusesWhatIsNoneOfTheSixteen) {
  for (const auto* text :
       {"", "0", "16", "۱۶", "۱۷", "17", "-1", "+5", "05", "5.0", "۵ و ۶", "منطقه", "منطقه شانزده", "north", "5x", "\xFF"}) {
    EXPECT_FALSE(Region::parse(text)) << text;
  }
  EXPECT_FALSE(Region::from_number(0));
  EXPECT_FALSE(Region::from_number(17));
}

TEST(Region, ReadsItsOwnWireFormAndName) {
  for (int number = 1; number <= Region::nazhvan_number; ++number) {
    const auto region = Region::from_number(number);
    ASSERT_TRUE(region);
    EXPECT_EQ(Region::parse(region->wire()), region);
    EXPECT_EQ(Region::parse(region->name()), region);
  }
  EXPECT_EQ(Region::from_number(12)->wire(), "12");
  EXPECT_EQ(Region::from_number(12)->name(), "منطقه ۱۲");
  EXPECT_EQ(Region::from_number(16)->wire(), "nazhvan");
  EXPECT_EQ(Region::from_number(16)->name(), "ناژوان");
}

}  // namespace
}  // namespace salam
