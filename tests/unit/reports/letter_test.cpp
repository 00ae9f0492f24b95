#include "gateway/reports/letter.h"

#include <gmock/gmock.h>

namespace salam::reports {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const Letter::Values values{.addressees = "شهردار\nبازرسی",
                            .mosque = "مسجد {region}",
                            .region = "منطقه ۵",
                            .date = "۱۴۰۵/۰۹/۰۳",
                            .requests = "۴۰۰",
                            .manager = "رضا نمونه"};

TEST(Letters, ArePartedIntoParagraphsAndFilledInOnce) {
  const auto letter = Letter::parse("به {addressees}\n\n\n\n{requests} درخواست، {mosque}\n{date}\n\n{manager}، {region}").value();
  EXPECT_THAT(letter.paragraphs(values), ElementsAre("به شهردار\nبازرسی", "۴۰۰ درخواست، مسجد {region}\n۱۴۰۵/۰۹/۰۳", "رضا نمونه، منطقه ۵"));
}

TEST(Letters, ThatNameSomethingUnknownAreRefused) {
  EXPECT_THAT(Letter::parse("{mayor}").error().message, HasSubstr("unknown placeholder {mayor}; there are {addressees}"));
  EXPECT_THAT(Letter::parse("{date").error().message, HasSubstr("not closed"));
}

TEST(Letters, ShipWithATextThatSaysWhatIsSent) {
  const auto paragraphs = Letter::standard().paragraphs(values);
  EXPECT_EQ(paragraphs.front(), "بسمه تعالی");
  EXPECT_THAT(paragraphs, testing::Contains(HasSubstr("جدول ۴۰۰ درخواست شهروندان")));
}

}  // namespace
}  // namespace salam::reports
