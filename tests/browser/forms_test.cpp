#include <gmock/gmock.h>

#include "gateway/domain/text.h"
#include "gateway/json/parse.h"
#include "gateway/paper/form_template.h"
#include "tests/browser/browser.h"

namespace salam::test {
namespace {

using paper::FormTemplate;
using paper::TrackingAddress;
using testing::HasSubstr;
using testing::SizeIs;

/// What stands out of its sheet or its own box, and how the code is read: the places of its digits from left to right.
constexpr auto look = R"(<script>
const plain = text => text.replace(/[<>&"\\\n]/g, ' ');
const form = document.querySelector('.form'), sheet = form.getBoundingClientRect(), clipped = [];
for (const one of form.querySelectorAll('*')) {
  const box = one.getBoundingClientRect(), name = one.tagName + '.' + one.className + ' ' + plain(one.textContent).slice(0, 20);
  if (box.left < sheet.left - 1 || box.right > sheet.right + 1 || box.bottom > sheet.bottom + 1) clipped.push('beyond the sheet: ' + name);
  if (one.clientWidth && one.scrollWidth > one.clientWidth + 1) clipped.push('beyond its box: ' + name);
}
if (form.scrollHeight > form.clientHeight + 1) clipped.push('too much for one sheet');
const code = document.querySelector('.code bdi').firstChild, places = [];
for (let i = 0; i < code.length; ++i) {
  const range = document.createRange();
  range.setStart(code, i);
  range.setEnd(code, i + 1);
  if (code.data[i] != ' ') places.push([range.getBoundingClientRect().left, code.data[i]]);
}
document.title = JSON.stringify({
  clipped, seen: places.sort((a, b) => a[0] - b[0]).map(place => place[1]).join(''),
  direction: getComputedStyle(form).direction, text: plain(form.innerText),
  fetched: performance.getEntriesByType('resource').length
});
</script></body>)";

Meeting meeting(std::string mosque = "مسجد جامع") {
  using namespace std::chrono;
  return {.id = "m", .region = Region::from_number(5).value(), .mosque = std::move(mosque), .date = 2026y / November / 24d};
}

std::vector<PrintedForm> forms(int count) {
  std::vector<PrintedForm> made;
  for (int i = 0; i < count; ++i) {
    made.push_back(
        {.form = std::to_string(1001 + i), .code = TrackingCode::from_random(0x9e3779b97f4a7c15 * static_cast<std::uint64_t>(i + 1))});
  }
  return made;
}

TrackingAddress address() { return TrackingAddress::parse("https://isfahan.example/track/{code}").value(); }

json::Document looked_at(std::string page) {
  page.replace(page.find("</body>"), std::string_view("</body>").size(), look);
  return json::parse(Browser(page).title()).value();
}

std::string text_at(const json::Value& seen, std::string_view name) { return json::string_at(seen, name).value_or("(absent)"); }

TEST(FormsInABrowser, PrintOneSheetEachWithACodeThatACameraReads) {
  SALAM_NEEDS_BROWSER();
  const auto three = forms(3);
  const Browser browser(FormTemplate::standard().render(meeting(), three, address()));
  const auto print = browser.print();
  EXPECT_THAT(print.size, HasSubstr("A4"));
  ASSERT_THAT(print.sheets, SizeIs(3));
  for (std::size_t i = 0; i < three.size(); ++i) EXPECT_EQ(browser.scan(print.sheets[i]), address().of(three[i].code) + "\n");
}

TEST(FormsInABrowser, ReadFromRightToLeftButTheirCodeFromLeftToRight) {
  SALAM_NEEDS_BROWSER();
  const auto one = forms(1);
  const auto seen = looked_at(FormTemplate::standard().render(meeting(), one, address()));
  EXPECT_EQ(text_at(seen, "direction"), "rtl");
  const auto digits = persian_digits(one.front().code.digits());
  constexpr std::size_t three = 6;  // Bytes: each takes two.
  EXPECT_EQ(text_at(seen, "seen"), digits.substr(0, three) + "&nbsp;" + digits.substr(three, three) + "&nbsp;" + digits.substr(2 * three));
  for (const auto* const text : {"۱۰۰۱", "۱۴۰۵/۰۹/۰۳", "مسجد جامع", "منطقه ۵"}) EXPECT_THAT(text_at(seen, "text"), HasSubstr(text));
  EXPECT_EQ(json::member(seen, "fetched")->GetInt(), 0) << "nothing comes from outside";
}

class FormsThatAreFull : public testing::TestWithParam<std::string> {};

TEST_P(FormsThatAreFull, ClipNothing) {
  SALAM_NEEDS_BROWSER();
  const auto longest = TrackingAddress::parse("https://" + std::string(150, 'a') + ".example/{code}").value();
  for (const auto& where : {longest, TrackingAddress()}) {
    const auto seen = looked_at(FormTemplate::standard().render(meeting(GetParam()), forms(1), where));
    EXPECT_EQ(json::to_text(*json::member(seen, "clipped")), "[]");
  }
}

std::string times(int count, const std::string& text) {
  std::string all;
  for (int i = 0; i < count; ++i) all += text;
  return all;
}

INSTANTIATE_TEST_SUITE_P(Of, FormsThatAreFull,
                         testing::Values("مسجد جامع", times(20, "مسجد جامع "), times(200, "م"), times(200, "W"), "<b>مسجد</b> & \"جامع\""),
                         [](const auto& info) { return "Mosque" + std::to_string(info.index); });

}  // namespace
}  // namespace salam::test
