#include <random>
#include <string>

#include <gtest/gtest.h>

#include "gateway/domain/text.h"

namespace salam {
namespace {

class MobileSpelling : public testing::TestWithParam<const char*> {};

TEST_P(MobileSpelling, IsReadAsE164) { EXPECT_EQ(parse_mobile(GetParam()), "+989130001234"); }

INSTANTIATE_TEST_SUITE_P(All, MobileSpelling,
                         testing::Values("09130001234", "+989130001234", "00989130001234", "989130001234", "9130001234", "۰۹۱۳۰۰۰۱۲۳۴",
                                         "٠٩١٣٠٠٠١٢٣٤", "۰۹۱۳ ۰۰۰ ۱۲ ۳۴", "0913-000-1234", "(0913) 000 1234", "0913.000.1234",
                                         "+98 (0)913 000 1234", "\u200E+98 913 000 1234\u200F", " ۰۹۱۳۰۰۰۱۲۳۴ ", "0913\u00A0000\u20111234",
                                         "۰۹۱۳000١٢٣٤"));

class NoMobile : public testing::TestWithParam<const char*> {};

TEST_P(NoMobile, IsNotRead) { EXPECT_EQ(parse_mobile(GetParam()), std::nullopt); }

INSTANTIATE_TEST_SUITE_P(All, NoMobile,
                         testing::Values("", " ", "ندارد", "03132220000", "۰۳۱-۳۲۲۲۰۰۰۰", "0913000123", "091300012345", "+19130001234",
                                         "0019130001234", "09130001234 / 09130001235", "0913000123x", "+", "++989130001234",
                                         "98+9130001234", "+09130001234", "8130001234", "\xFF"));

TEST(Mobile, ReadsItsOwnE164Again) {
  std::mt19937_64 random(137);  // NOLINT(cert-msc51-cpp): the same numbers in every run
  for (int i = 0; i < 10'000; ++i) {
    const auto national = std::to_string(9'000'000'000 + random() % 1'000'000'000);
    const auto e164 = "+98" + national;
    ASSERT_EQ(parse_mobile(e164), e164);
    ASSERT_EQ(parse_mobile(persian_digits("0" + national)), e164);
  }
}

TEST(NationalId, IsReadInAnyDigits) {
  EXPECT_EQ(parse_national_id("0010350829"), "0010350829");
  EXPECT_EQ(parse_national_id("۰۰۱۰۳۵۰۸۲۹"), "0010350829");
  EXPECT_EQ(parse_national_id("001-035082-9"), "0010350829");
}

TEST(NationalId, IsPaddedFromEightOrNineDigits) {
  EXPECT_EQ(parse_national_id("10350829"), "0010350829");
  EXPECT_EQ(parse_national_id("010350829"), "0010350829");
  EXPECT_EQ(parse_national_id("0350829"), std::nullopt);
}

TEST(NationalId, IsRefusedWhereItCannotBeOne) {
  EXPECT_EQ(parse_national_id(""), std::nullopt);
  EXPECT_EQ(parse_national_id("0010350828"), std::nullopt);
  EXPECT_EQ(parse_national_id("00103508290"), std::nullopt);
  EXPECT_EQ(parse_national_id("001035082a"), std::nullopt);
  for (char digit = '0'; digit <= '9'; ++digit) EXPECT_EQ(parse_national_id(std::string(10, digit)), std::nullopt);
}

TEST(NationalId, HasExactlyOneCheckDigitForEachStem) {
  std::mt19937 random(137);  // NOLINT(cert-msc51-cpp): the same numbers in every run
  for (int i = 0; i < 1'000; ++i) {
    const auto stem = std::to_string(123'000'000 + random() % 800'000'000);
    int valid = 0;
    for (char check = '0'; check <= '9'; ++check) valid += parse_national_id(stem + check).has_value() ? 1 : 0;
    ASSERT_EQ(valid, 1) << stem;
  }
}

}  // namespace
}  // namespace salam
