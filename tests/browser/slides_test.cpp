#include <gmock/gmock.h>

#include "gateway/paper/slide_template.h"
#include "gateway/paper/standard_slides.h"
#include "tests/browser/office.h"
#include "tests/unit/paper/deck.h"

namespace salam::test {
namespace {

using paper::SlideTemplate;
using testing::HasSubstr;
using testing::SizeIs;

std::vector<Office::Slide> shown(const reports::Results& results) {
  return Office(SlideTemplate::standard().render(results, testing::TempDir())).slides();
}

void expect_nothing_clipped(const std::vector<Office::Slide>& slides) {
  for (const auto& slide : slides) {
    for (const auto& [left, top, right, bottom] : slide.words) {
      EXPECT_GE(left, 0) << slide.text;
      EXPECT_GE(top, 0) << slide.text;
      EXPECT_LE(right, slide.width) << slide.text;
      EXPECT_LE(bottom, slide.height) << slide.text;
    }
  }
}

TEST(SlidesInAnOffice, AreAllThereInPersian) {
  SALAM_NEEDS_OFFICE();
  const auto slides = shown(paper::many_results());
  ASSERT_THAT(slides, SizeIs(9));
  for (const auto* const text : {"نتایج دیدار مردمی", "مسجد امام حسن عسکری", "منطقه", "۱۴۰۵/۰۹/۰۳"})
    EXPECT_THAT(slides[0].text, HasSubstr(text));
  EXPECT_THAT(slides[1].text, HasSubstr("۴۰۰"));
  for (const auto* const number : {"۲۸۷", "۵۲", "۳۱", "۱۸", "۱۲"}) EXPECT_THAT(slides[2].text, HasSubstr(number)) << "in the chart";
  for (const auto* const number : {"۱۰۰", "۹۱", "۸۲", "۷۳", "۶۴", "۱۸۵"}) EXPECT_THAT(slides[4].text, HasSubstr(number));
  for (const auto* const number : {"۹۵", "۱۶۰", "۲۰"}) EXPECT_THAT(slides[5].text, HasSubstr(number));
  expect_nothing_clipped(slides);
}

TEST(SlidesInAnOffice, OfAMeetingWithoutRequestsAreFew) {
  SALAM_NEEDS_OFFICE();
  EXPECT_THAT(shown(paper::no_results()), SizeIs(3));
}

TEST(SlidesInAnOffice, ClipNoLongName) {
  SALAM_NEEDS_OFFICE();
  constexpr int repeated = 20;
  std::string name;
  for (int i = 0; i < repeated; ++i) name += "مسجد جامع ";
  const auto slides = shown(paper::no_results(name));
  EXPECT_THAT(slides[0].words, SizeIs(testing::Ge(2 * repeated)));
  expect_nothing_clipped(slides);
}

TEST(SlidesInAnOffice, AreATemplateStillWhenACityHasSavedItThere) {
  SALAM_NEEDS_OFFICE();
  const auto city = SlideTemplate::parse(Office(paper::standard_slides()).saved());
  ASSERT_TRUE(city.ok()) << city.error().message;
  const auto slides = Office(city->render(paper::many_results(), testing::TempDir())).slides();
  ASSERT_THAT(slides, SizeIs(9));
  EXPECT_THAT(slides[1].text, HasSubstr("۴۰۰"));
  EXPECT_THAT(slides[2].text, HasSubstr("۲۸۷"));
}

}  // namespace
}  // namespace salam::test
