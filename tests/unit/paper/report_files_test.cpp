#include "gateway/paper/report_files.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>

#include <gmock/gmock.h>
#include <pugixml.hpp>
#include <zip.h>

#include "gateway/json/parse.h"

namespace salam::paper {
namespace {

using namespace reports;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class ReportFiles : public testing::Test {
 protected:
  ReportFiles() {
    std::string name = (std::filesystem::temp_directory_path() / "salam-reports-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    folder_ = name;
  }
  ~ReportFiles() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::string path() const { return folder_ / "report"; }
  [[nodiscard]] std::string folder() const { return folder_; }
  [[nodiscard]] std::string written() const {
    std::ifstream file(path(), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  /// One part of a workbook.
  [[nodiscard]] std::string part(const char* name) const {
    int error = 0;
    const std::unique_ptr<zip_t, decltype(&zip_discard)> book(zip_open(path().c_str(), ZIP_RDONLY, &error), &zip_discard);
    if (!book) return "(no workbook)";
    zip_stat_t stat{};
    if (zip_stat(book.get(), name, 0, &stat) != 0) return "(no such part)";
    std::string text(stat.size, '\0');
    const std::unique_ptr<zip_file_t, decltype(&zip_fclose)> file(zip_fopen(book.get(), name, 0), &zip_fclose);
    zip_fread(file.get(), text.data(), text.size());
    return text;
  }

 private:
  std::filesystem::path folder_;
};

const TrackingCode code = TrackingCode::from_random(7);
constexpr Timestamp made_at{Milliseconds(1'770'000'000'000)};

void tell(Sink& sink, bool personal = false) {
  using namespace std::chrono;
  sink.begin({.kind = "results", .title = "نتایج <دیدار>", .lines = {"مسجد جامع"}, .made_at = made_at, .personal = personal});
  sink.paragraph("با سلام");
  sink.figures("counts", "شمارش", std::vector<Figure>{{"all", "همه", 12}, {"late", "دیر", 0}});
  sink.begin_table({.key = "by_unit", .title = "واحدها", .columns = {{"unit", "واحد"}, {"all", "همه"}, {"due", "مهلت"}}, .charted = {1}});
  sink.row(std::vector<Cell>{"فضای \"سبز\"", std::int64_t{7}, Date(2026y / December / 8)});
  sink.row(std::vector<Cell>{"=1+1", std::int64_t{5}, std::monostate{}});
  sink.row(std::vector<Cell>{Choice{"unit", "واحد"}, Digits{"12"}, code});
  sink.end_table();
  sink.begin_table({.key = "requests", .title = "درخواست‌ها", .columns = {{"text", "شرح", 200}}});
  sink.end_table();
  sink.end();
}

TEST_F(ReportFiles, InJsonNameFiguresAndTablesByTheirKeys) {
  tell(*json_file(path()));
  const auto report = json::parse(written()).value();
  EXPECT_EQ(json::string_at(report, "report"), "results");
  EXPECT_EQ(json::string_at(report, "made_at"), "2026-02-02T06:10:00.000+03:30");
  EXPECT_FALSE(json::member(report, "personal_data")->GetBool());
  EXPECT_EQ(json::to_text(*json::member(report, "counts")), R"({"all":12,"late":0})");
  EXPECT_EQ(json::to_text(*json::member(report, "by_unit")),
            R"([{"unit":"فضای \"سبز\"","all":7,"due":"2026-12-08"},{"unit":"=1+1","all":5,"due":null},{"unit":"unit","all":"12","due":")" +
                code.digits() + "\"}]");
  EXPECT_EQ(json::to_text(*json::member(report, "requests")), "[]");
  EXPECT_THAT(written(), Not(HasSubstr("با سلام")));
}

TEST_F(ReportFiles, InCsvAreOneTableThatNoSpreadsheetProgramCalculates) {
  tell(*csv_file(path()));
  EXPECT_EQ(
      written(),
      std::string(
          "\xEF\xBB\xBF\"واحد\",\"همه\",\"مهلت\"\r\n\"فضای \"\"سبز\"\"\",7,\"۱۴۰۵/۰۹/۱۷\"\r\n\"'=1+1\",5,\"\"\r\n\"واحد\",\"۱۲\",\"") +
          code.for_people() + "\"\r\n");
  tell(*csv_file(path(), "requests"));
  EXPECT_EQ(written(), "\xEF\xBB\xBF\"شرح\"\r\n");
  try {
    tell(*csv_file(path(), "nothing"));
    ADD_FAILURE() << "there is no such table";
  } catch (const NoSuchTable& error) {
    EXPECT_STREQ(error.what(), "by_unit, requests");
  }
}

TEST_F(ReportFiles, AsPagesReadInPersianAndEscapeWhatTheyShow) {
  tell(*page_file(path()));
  const auto page = written();
  EXPECT_THAT(page, HasSubstr("<html lang=\"fa\" dir=\"rtl\">"));
  EXPECT_THAT(page, HasSubstr("<h1>نتایج &lt;دیدار&gt;</h1>"));
  EXPECT_THAT(page, HasSubstr("<dt>همه</dt><dd>۱۲</dd>"));
  EXPECT_THAT(page, HasSubstr("<td><bdi>فضای &quot;سبز&quot;</bdi></td><td><bdi>۷</bdi></td><td><bdi>۱۴۰۵/۰۹/۱۷</bdi></td>"));
  EXPECT_THAT(page, HasSubstr("width:100.000000%\">۷</i>"));
  EXPECT_THAT(page, HasSubstr("class=\"widest \"><h2>درخواست‌ها</h2>"));
  EXPECT_THAT(page, HasSubstr("موردی نیست."));
}

TEST_F(ReportFiles, SayOnEveryPageThatTheyShowWhoAsked) {
  tell(*page_file(path()));
  EXPECT_THAT(written(), Not(HasSubstr("محرمانه")));
  tell(*page_file(path()), true);
  EXPECT_THAT(written(), HasSubstr("@page { @bottom-center { content: \"دارای اطلاعات شخصی شهروندان؛ محرمانه\""));
  tell(*sheet_file(path(), folder()), true);
  for (const auto* const sheet : {"xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"}) EXPECT_THAT(part(sheet), HasSubstr("محرمانه"));
}

std::vector<std::string> texts(const std::string& sheet) {
  pugi::xml_document document;
  document.load_string(sheet.c_str());
  std::vector<std::string> texts;
  for (const auto& cell : document.select_nodes("//c")) {
    texts.emplace_back(cell.node().select_node(".//t | v").node().text().get());
  }
  return texts;
}

TEST_F(ReportFiles, AsWorkbooksReadFromTheRightAndHoldNumbersAndACharts) {
  tell(*sheet_file(path(), folder()));
  const auto sheet = part("xl/worksheets/sheet2.xml");
  EXPECT_THAT(sheet, HasSubstr("rightToLeft=\"1\""));
  EXPECT_THAT(texts(sheet),
              ElementsAre("واحد", "همه", "مهلت", "فضای \"سبز\"", "7", "۱۴۰۵/۰۹/۱۷", "=1+1", "5", "", "واحد", "۱۲", code.for_people()));
  EXPECT_THAT(sheet, Not(HasSubstr("<f>"))) << "no formula";
  EXPECT_THAT(part("xl/charts/chart1.xml"), HasSubstr("<c:f>'واحدها'!$B$2:$B$4</c:f>"));
  EXPECT_THAT(part("xl/workbook.xml"), HasSubstr("name=\"درخواست‌ها\""));
  EXPECT_EQ(part("xl/charts/chart2.xml"), "(no such part)") << "a table without rows has no chart, nor one that asks for none";
}

TEST_F(ReportFiles, ThatCannotBeWrittenSaySo) {
  const std::string full = "/dev/full";
  EXPECT_THROW(tell(*json_file(full)), std::exception);
  EXPECT_THROW(tell(*csv_file(full)), std::exception);
  EXPECT_THROW(tell(*page_file(full)), std::exception);
  EXPECT_THROW(tell(*sheet_file(folder() + "/missing/report", folder())), std::exception);
  EXPECT_THROW(tell(*sheet_file(full, folder())), std::exception);
}

}  // namespace
}  // namespace salam::paper
