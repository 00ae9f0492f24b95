#include <spdlog/fmt/fmt.h>

#include "tests/integration/gateway.h"

namespace salam::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class ReportCommand : public testing::Test {
 protected:
  /// Writes the report to a file of that name and returns what is in it; what was printed where it failed.
  static std::string written(const City& city, std::vector<std::string> words, const std::string& name, const std::string& key = {}) {
    city->folder().write("key", key.empty() ? city->key() : key);
    words.insert(words.begin(), "report");
    for (const auto& more : {std::string("--api"), fmt::format("http://127.0.0.1:{}", city->api_port()), std::string("--key-file"),
                             (city->folder() / "key").string(), std::string("--out"), (city->folder() / name).string()}) {
      words.push_back(more);
    }
    const auto ran = city->run(words);
    return ran.code == 0 ? city->folder().read(name) : ran.output;
  }
};

TEST_F(ReportCommand, WritesWhatTheFilesEndingSays) {
  City city({.gateway = {.more = "[categories]\nasphalt = \"آسفالت\"\n[reports]\nletter = \"letter.txt\"\n"}, .start = false});
  city->folder().write("letter.txt", "نامهٔ شهر ما دربارهٔ {requests} درخواست\n");
  city->start();
  city->announce_meeting();
  city->take_in(Gateway::form("12", R"("category": "asphalt", "citizen": {"name": "زهرا نمونه", "mobile": "09130001234"})"));
  const auto page = written(city, {"week", "m", "--personal"}, "week.html");
  EXPECT_THAT(page, AllOf(HasSubstr("نامهٔ شهر ما دربارهٔ ۱ درخواست"), HasSubstr("زهرا نمونه"), HasSubstr("محرمانه"), HasSubstr("آسفالت")));
  EXPECT_THAT(written(city, {"week", "m"}, "week.html"), AllOf(HasSubstr("<bdi>۱۲</bdi>"), Not(HasSubstr("زهرا نمونه"))));
  EXPECT_THAT(written(city, {"results", "m"}, "results.xlsx"), StartsWith("PK"));
  EXPECT_THAT(written(city, {"regions", "--to", day(30)}, "regions.json"), HasSubstr(R"("region":"nazhvan")"));
  EXPECT_THAT(written(city, {"results", "m", "--table", "by_subject"}, "results.csv"), HasSubstr("\"آسفالت\",1,"));
}

TEST_F(ReportCommand, SaysWhatIsWrong) {
  City city({.start = false});
  const auto council = city->key_with("council", {"read"});
  city->start();
  city->announce_meeting();
  EXPECT_THAT(written(city, {"week", "none"}, "week.html"), HasSubstr("چنین دیداری ثبت نشده است"));
  EXPECT_THAT(written(city, {"week", "m"}, "week.docx"), HasSubstr("one of json, csv, xlsx, html"));
  EXPECT_THAT(written(city, {"week"}, "week.html"), HasSubstr("meeting: belongs to every report but regions"));
  EXPECT_THAT(written(city, {"week", "m", "--personal"}, "week.html", council),
              HasSubstr("این کلید چنین اجازه‌ای ندارد"));
}

TEST_F(ReportCommand, LeavesNothingBehindBesideTheDatabase) {
  City city;
  city->take("1");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(city->get("/v1/meetings/m/reports/progress?format=xlsx").status, 200);
  for (const auto& file : std::filesystem::directory_iterator(city->folder() / ".")) {
    EXPECT_THAT(file.path().filename().string(), Not(HasSubstr("salam-body")));
  }
}

TEST(Letters, ThatCannotBeFilledInStopTheStart) {
  City city({.gateway = {.more = "[reports]\nletter = \"letter.txt\"\n"}, .start = false});
  city->folder().write("letter.txt", "{mayor}");
  const auto checked = city->run({"check-config"});
  EXPECT_NE(checked.code, 0);
  EXPECT_THAT(checked.output, HasSubstr("reports.letter"));
  EXPECT_THAT(checked.output, HasSubstr("unknown placeholder {mayor}"));
}

}  // namespace
}  // namespace salam::test
