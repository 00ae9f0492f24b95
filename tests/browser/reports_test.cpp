#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <gmock/gmock.h>

#include "gateway/json/parse.h"
#include "gateway/paper/report_files.h"
#include "tests/browser/browser.h"

namespace salam::test {
namespace {

using namespace reports;
using testing::HasSubstr;

/// Words that are cut: what stands out of its own cell, and parts of a word on a line of their own.
constexpr auto look = R"(<script>
const cut = [];
for (const cell of document.querySelectorAll('td, th, dt, dd, h1, h2, .letter')) {
  if (cell.clientWidth && cell.scrollWidth > cell.clientWidth + 1) cut.push(cell.textContent.slice(0, 30));
}
const bars = [...document.querySelectorAll('.bar div i')].map(bar => bar.scrollWidth > bar.clientWidth + 1 ? bar.textContent : '').join('');
document.title = JSON.stringify({
  cut, bars, direction: getComputedStyle(document.querySelector('td')).direction, start: getComputedStyle(document.querySelector('th')).textAlign,
  fetched: performance.getEntriesByType('resource').length
});
</script></body>)";

std::string times(int count, const std::string& text) {
  std::string all;
  for (int i = 0; i < count; ++i) all += text;
  return all;
}

void tell(Sink& sink) {
  sink.begin({.kind = "results",
              .title = "نتایج سه‌ماهه",
              .lines = {"دیدار ۱۴۰۵/۰۹/۰۳، مسجد جامع، منطقه ۵"},
              .made_at = {},
              .personal = true});
  sink.paragraph("به پیوست، جدول درخواست‌های شهروندان تقدیم می‌شود.");
  sink.figures("totals", "درخواست‌ها", std::vector<Figure>{{"all", "همهٔ درخواست‌ها", 1'234'567}});
  sink.begin_table({.key = "by_unit",
                    .title = "به تفکیک واحد",
                    .columns = {{"unit", "واحد مسئول", 30}, {"in_time", "پاسخ در مهلت", 12}, {"late", "پاسخ دیرتر", 12}},
                    .charted = {1, 2}});
  for (const auto& unit : {std::string("معاونت عمران"), times(8, "معاونت خدمات شهری "), times(120, "م")}) {
    sink.row(std::vector<Cell>{unit, std::int64_t{100'000}, std::int64_t{1}});
  }
  sink.end_table();
  sink.begin_table({.key = "requests",
                    .title = "درخواست‌ها",
                    .columns = {{"form", "برگه", 9}, {"code", "کد پیگیری", 20}, {"due", "مهلت پاسخ", 16}, {"description", "شرح", 60}}});
  for (int i = 0; i < 60; ++i) {
    sink.row(
        std::vector<Cell>{Digits{"1234"}, TrackingCode::from_random(7), Date(std::chrono::year(2026) / 11 / 24), times(20, "چالهٔ عمیق ")});
  }
  sink.end_table();
  sink.end();
}

std::string page() {
  const auto path = (std::filesystem::temp_directory_path() / "salam-report-XXXXXX").string();
  std::string file = path;
  if (mkstemp(file.data()) < 0) throw std::runtime_error("no temporary file");
  tell(*paper::page_file(file));
  std::ifstream written(file, std::ios::binary);
  std::string html{std::istreambuf_iterator<char>(written), {}};
  std::filesystem::remove(file);
  return html;
}

TEST(ReportsInABrowser, ReadFromRightToLeftAndCutNoWord) {
  SALAM_NEEDS_BROWSER();
  auto html = page();
  html.replace(html.find("</body>"), std::string_view("</body>").size(), look);
  const auto seen = json::parse(Browser(html).title()).value();
  EXPECT_EQ(json::to_text(*json::member(seen, "cut")), "[]");
  EXPECT_EQ(json::string_at(seen, "bars"), "");
  EXPECT_EQ(json::string_at(seen, "direction"), "rtl");
  EXPECT_EQ(json::member(seen, "fetched")->GetInt(), 0) << "nothing comes from outside";
}

TEST(ReportsInABrowser, PrintOnA4) {
  SALAM_NEEDS_BROWSER();
  const auto print = Browser(page()).print();
  EXPECT_THAT(print.size, HasSubstr("A4"));
  EXPECT_GT(print.sheets.size(), 2U) << "the letter stands on a sheet of its own";
}

}  // namespace
}  // namespace salam::test
