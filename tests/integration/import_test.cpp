#include <fstream>
#include <iterator>

#include <spdlog/fmt/fmt.h>

#include "tests/integration/gateway.h"
#include "tests/unit/sheets/files.h"

namespace salam::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr std::string_view path = "/v1/meetings/m/import";
constexpr std::string_view xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const Headers csv{{"Content-Type", "text/csv"}};
constexpr std::string_view headings = "شماره فرم,شماره درخواست در برگه,نام,موبایل,کد ملی,نوع,موضوع,شرح,آدرس,منطقه\n";

std::string sheet(std::string_view lines) { return std::string(headings).append(lines); }

/// Lines of as many forms, from this one on.
std::string many(int from, int count) {
  std::string lines(headings);
  for (int form = from; form < from + count; ++form) {
    lines += fmt::format("{},,نمونه {},0913{:07},,درخواست,آسفالت {},شرح,,\n", form, form, form, form);
  }
  return lines;
}

Headers with(Headers headers, std::string_view name, std::string_view value) {
  headers.emplace_back(name, value);
  return headers;
}

TEST(Import, TakesInWhatAnOfficerTypesAndASecondRunHarmsNothing) {
  City city;
  const auto file = sheet(
      "۱۲,,زهرا احمدی,۰۹۱۳ 000 ۱۲۳۴,,شکایت,آسفالت کوچه,ترميم نشده,خیابان نمونه,منطقه ۳\n"
      "12,2,,,,,درخت,در حال افتادن,,\n");
  const auto printed = city->post("/v1/meetings/m/forms", R"({"from": 12, "count": 1})");
  const auto first = city->post(path, file, csv);
  ASSERT_EQ(first.status, 200) << first.body;
  EXPECT_THAT(first.each("/lines", "/outcome"), ElementsAre("accepted", "accepted"));
  EXPECT_THAT(first.each("/lines", "/line"), ElementsAre("2", "3"));
  EXPECT_THAT(first.each("/lines", "/form"), ElementsAre("12", "12"));
  EXPECT_THAT(first.each("/lines", "/item"), ElementsAre("1", "2"));
  EXPECT_EQ(first.at("/lines/0/tracking_code"), printed.at("/forms/0/tracking_code")) << "the slip's";
  EXPECT_EQ(first.at("/totals/accepted"), "2");
  const auto request = city->get(first.at("/lines/0/request"));
  EXPECT_EQ(request.at("/kind"), "complaint");
  EXPECT_EQ(request.at("/region"), "3");
  EXPECT_EQ(request.at("/citizen/mobile"), "+989130001234");
  EXPECT_EQ(request.at("/description"), "ترمیم نشده");
  EXPECT_EQ(city->get(first.at("/lines/1/request")).at("/region"), "5") << "the meeting's";

  const auto second = city->post(path, file, csv);
  EXPECT_THAT(second.each("/lines", "/outcome"), ElementsAre("replayed", "replayed"));
  EXPECT_EQ(second.each("/lines", "/tracking_code"), first.each("/lines", "/tracking_code"));
  EXPECT_EQ(city->query("SELECT count(*) FROM requests"), "2");
}

TEST(Import, KnowsCategoriesByTheNamesThatTheCityGaveThem) {
  City city({.gateway = {.more = "[categories]\ngreen_space = \"فضای سبز\"\n"}});
  const auto taken = city->post(
      path,
      "شماره فرم,دسته,موضوع,شرح\n1,فضاي سبز,درخت,خشک است\n2,green_space,درخت,خشک است\n3,آلودگی,دود,شب‌ها\n",
      csv);
  std::vector<std::string> categories;
  for (const auto& request : taken.each("/lines", "/request")) categories.push_back(city->get(request).at("/category"));
  EXPECT_THAT(categories, ElementsAre("green_space", "green_space", "آلودگی"));
}

TEST(Import, SharesItsRulesWithTheAppsWhicheverComesFirst) {
  City city;
  const auto id = city->take_in(R"({"meeting": "m", "form": "7", "kind": "request", "subject": "درخت", "description": "خشک است"})");
  const auto file = sheet("7,,,,,,درخت,خشک است,,\n7,,,,,,درخت,افتاده است,کوچهٔ ۲,\n");
  const auto taken = city->post(path, file, csv);
  EXPECT_THAT(taken.each("/lines", "/outcome"), ElementsAre("replayed", "conflict")) << taken.body;
  EXPECT_EQ(taken.at("/lines/0/request"), "/v1/requests/" + id);
  EXPECT_THAT(taken.each("/lines/1/differs_in"), ElementsAre("/description", "/place/address"));
  EXPECT_THAT(taken.at("/lines/1/reason"), AllOf(HasSubstr("فرق دارد: شرح، نشانی"), HasSubstr("«شماره درخواست در برگه» شمارهٔ بعدی")));
}

TEST(Import, AnswersEachLineThatIsNotAsItMustBe) {
  City city;
  const auto taken = city->post(path,
                                sheet("الف,,,,,,a,b,,\n"
                                      ",,,,,,a,b,,\n"
                                      "3,صد,,,,,a,b,,\n"
                                      "4,,,,,تهدید,a,b,,\n"
                                      "5,,,,,,a,,,\n"
                                      "6,,,,,,a,b,,منطقه ۱۹\n"
                                      "9.13E+09,,,,,,a,b,,\n"
                                      "8,,,031-3333,123,,a,b,,\n" +
                                      std::string("9,,,,,,") + std::string(300, 'x') + ",b,,\n"),
                                csv);
  ASSERT_EQ(taken.status, 200) << taken.body;
  EXPECT_THAT(taken.each("/lines", "/outcome"),
              ElementsAre("refused", "refused", "refused", "refused", "refused", "refused", "refused", "accepted", "refused"));
  EXPECT_THAT(taken.each("/lines", "/reason"),
              ElementsAre(HasSubstr("«شماره فرم» تنها رقم"), "«شماره فرم» خالی است.",
                          HasSubstr("«شماره درخواست در برگه» عددی از ۱ تا ۹۹ است، نه «صد»"), HasSubstr("«نوع» درخواست، شکایت"),
                          "«شرح» خالی است.", HasSubstr("«منطقه» ۱ تا ۱۵ یا ناژوان است، نه «منطقه ۱۹»"),
                          HasSubstr("اکسل رقم‌های این شماره را کوتاه کرده است"),
                          AllOf(HasSubstr("«تلفن همراه» شمارهٔ همراه نیست"), HasSubstr("«کد ملی» درست نیست")),
                          HasSubstr("«موضوع» دست بالا ۲۰۰ نویسه")));
  EXPECT_EQ(taken.at("/totals/refused"), "8");
}

TEST(Import, ADryRunSaysWhatWouldHappenAndWritesNothing) {
  City city;
  city->take_in(R"({"meeting": "m", "form": "1", "kind": "request", "subject": "a", "description": "b"})");
  const auto file = sheet("1,,,,,,a,b,,\n1,,,,,,a,c,,\n2,,,,,,a,b,,\n2,,,,,,a,b,,\n2,,,,,,a,d,,\n,,,,,,a,b,,\n");
  const auto seen = city->post(std::string(path) + "?dry_run=true", file, csv);
  EXPECT_THAT(seen.each("/lines", "/outcome"), ElementsAre("replayed", "conflict", "accepted", "replayed", "conflict", "refused"))
      << seen.body;
  EXPECT_THAT(seen.at("/lines/3/reason"), HasSubstr("همین برگه در سطر ۴ این پرونده"));
  EXPECT_EQ(seen.at("/lines/2/tracking_code"), "(absent)");
  EXPECT_EQ(city->query("SELECT count(*) FROM requests"), "1");
  const auto taken = city->post(path, file, csv);
  EXPECT_EQ(taken.each("/lines", "/outcome"), seen.each("/lines", "/outcome")) << "it foresaw the truth";
}

TEST(Import, GivesTheOfficersOwnLinesBackWithCodesAndReasons) {
  City city;
  const auto file = sheet("12,,زهرا,+98 913 000 1234,,,a,b,,\n,,,,,,=1+1,b,,\n");
  const auto answer = city->post(path, file, with(csv, "Accept", "text/csv"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.header("content-type"), HasSubstr("text/csv"));
  EXPECT_THAT(answer.header("content-disposition"), HasSubstr("import-result.csv"));
  EXPECT_THAT(answer.body, AllOf(HasSubstr("\"آدرس\",\"منطقه\",\"نتیجه\",\"کد پیگیری\",\"علت\""), HasSubstr("\"'+98 913 000 1234\""),
                                 HasSubstr("\"ثبت شد\""), HasSubstr("\"'=1+1\""), HasSubstr("«شماره فرم» خالی است.")));
  const auto book = city->post(path, file, with(csv, "Accept", xlsx));
  EXPECT_EQ(book.header("content-type"), xlsx);
  ASSERT_THAT(book.body, testing::StartsWith("PK"));
  const auto again = city->post(path, book.body, {{"Content-Type", std::string(xlsx)}});
  EXPECT_EQ(again.status, 200) << "what came out can be mended and sent again: " << again.body;
  EXPECT_THAT(again.each("/lines", "/outcome"), ElementsAre("replayed", "refused"));
  const auto csv_again = city->post(path, answer.body, csv);
  EXPECT_THAT(csv_again.each("/lines", "/outcome"), ElementsAre("replayed", "refused")) << csv_again.body;
}

TEST(Import, RefusesFilesAsAWholeWithWhatToDo) {
  City city;
  auto macros = workbook_parts({.rows = text_row(1, {"شماره فرم"})});
  macros.emplace_back("xl/vbaProject.bin", "x");
  struct Case {
    std::string what;
    std::string type;
    std::string body;
    int status;
    std::string code;
    std::string why;
  };
  const std::vector<Case> cases{
      {"wrong headings", "text/csv", "الف,ب\n1,2\n", 422, "sheet_headings", "آنچه در سطر ۱ آمده: «الف»، «ب»"},
      {"no lines", "text/csv", std::string(headings), 422, "sheet_empty", "زیر سرستون‌ها"},
      {"macros", std::string(xlsx), zip_of(macros), 415, "sheet_type", "ماکرو دارد"},
      {"the old format", std::string(xlsx), "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 415, "sheet_type", "xls"},
      {"a bomb", std::string(xlsx), workbook({.rows = std::string(100 * 1024 * 1024, ' ')}), 413, "sheet_too_large", "محتوای فشرده"},
      {"half a file", std::string(xlsx), workbook({.rows = text_row(1, {"a"})}).substr(0, 800), 422, "sheet_damaged", "دوباره ذخیره کنید"},
  };
  for (const auto& [what, type, body, status, code, why] : cases) {
    const auto refused = city->post(path, body, {{"Content-Type", type}, {"Accept-Language", "fa"}});
    EXPECT_EQ(refused.status, status) << what;
    EXPECT_EQ(refused.at("/code"), code) << what;
    EXPECT_THAT(refused.at("/why"), HasSubstr(why)) << what;
  }
  EXPECT_EQ(city->post("/v1/meetings/other/import", sheet("1,,,,,,a,b,,\n"), csv).at("/code"), "meeting_not_found");
  EXPECT_EQ(city->post(path, "{}", {{"Content-Type", "application/json"}}).status, 415);
  EXPECT_EQ(city->post(std::string(path) + "?dry_run=1", sheet("1,,,,,,a,b,,\n"), csv).at("/code"), "parameter_invalid");
  EXPECT_EQ(city->query("SELECT count(*) FROM requests"), "0");
}

TEST(Import, OfAWorkbookMergedCellsFormulasAndErrorsAreAnsweredLineByLine) {
  City city;
  const auto cell = [](std::string_view reference, std::string_view rest) { return fmt::format("<c r=\"{}\" {}</c>", reference, rest); };
  const std::string rows =
      text_row(1, {"فرم‌های دیدار"}) + text_row(2, {"شماره فرم", "موضوع", "شرح", "موبایل"}) + "<row r=\"3\">" +
      cell("A3", "><v>12</v>") + cell("B3", "t=\"str\"><f>UPPER(\"a\")</f><v>A</v>") + cell("C3", "t=\"inlineStr\"><is><t>شرح</t></is>") +
      cell("D3", "><v>9130001234</v>") + "</row>" + text_row(4, {"", "b", "c"}) + "<row r=\"5\">" + cell("A5", "><v>13</v>") +
      cell("B5", "t=\"e\"><f>Z</f><v>#REF!</v>") + cell("C5", "t=\"str\"><v>x</v>") + "</row>" + "<row r=\"6\">" +
      cell("A6", "s=\"1\"><v>45730</v>") + cell("B6", "t=\"str\"><v>x</v>") + cell("C6", "t=\"str\"><v>x</v>") + "</row>";
  const auto file = workbook({.rows = rows,
                              .after = "<mergeCells><mergeCell ref=\"A1:D1\"/><mergeCell ref=\"A3:A4\"/></mergeCells>",
                              .formats = "<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs>"});
  const auto taken = city->post(path, file, {{"Content-Type", std::string(xlsx)}});
  EXPECT_THAT(taken.each("/lines", "/outcome"), ElementsAre("accepted", "refused", "refused", "refused")) << taken.body;
  EXPECT_THAT(taken.each("/lines", "/line"), ElementsAre("3", "4", "5", "6"));
  EXPECT_THAT(taken.each("/lines", "/reason"), ElementsAre("(absent)", HasSubstr("سطر ۳ ادغام"), HasSubstr("#REF!"), HasSubstr("تاریخ")));
  const auto request = city->get(taken.at("/lines/0/request"));
  EXPECT_EQ(request.at("/form"), "12");
  EXPECT_EQ(request.at("/subject"), "A");
  EXPECT_EQ(request.at("/citizen/mobile"), "+989130001234");
}

TEST(Import, TheTemplateCanBeFilledInAndSent) {
  City city;
  const auto book = city->get("/v1/import-template");
  EXPECT_EQ(book.status, 200);
  EXPECT_EQ(book.header("content-type"), xlsx);
  EXPECT_EQ(city->post(path, book.body, {{"Content-Type", std::string(xlsx)}}).at("/code"), "sheet_empty")
      << "its example is none of the lines";
  auto text = city->get("/v1/import-template?format=csv").body;
  EXPECT_THAT(text, HasSubstr("\"شماره فرم\",\"شماره درخواست در برگه\""));
  text += "1,,زهرا,09130001234,,قدردانی,ناژوان,,موضوع,شرح,نشانی\r\n";
  const auto taken = city->post(path, text, csv);
  EXPECT_THAT(taken.each("/lines", "/outcome"), ElementsAre("accepted")) << taken.body;
  EXPECT_EQ(taken.count("/warnings"), 0U);
  EXPECT_EQ(city->get(taken.at("/lines/0/request")).at("/kind"), "thanks");
  EXPECT_EQ(city->get("/v1/import-template?format=pdf").at("/code"), "parameter_invalid");
}

TEST(Import, TakesThousandsOfLinesWhileOthersAreServed) {
  City city;
  const auto taken = city->post(path, many(1, 3'000), csv);
  ASSERT_EQ(taken.status, 200) << taken.body.substr(0, 500);
  EXPECT_EQ(taken.at("/totals/accepted"), "3000");
  EXPECT_EQ(city->query("SELECT count(*) FROM requests"), "3000");
}

class ImportCommand : public testing::Test {
 protected:
  static Gateway::Ran import(const City& city, const std::string& file, std::vector<std::string> more = {}) {
    city->folder().write("key", city->key());
    std::vector<std::string> words{
        "import",     (city->folder() / file).string(), "--meeting", "m", "--api", fmt::format("http://127.0.0.1:{}", city->api_port()),
        "--key-file", (city->folder() / "key").string()};
    words.insert(words.end(), more.begin(), more.end());
    return city->run(words);
  }
};

TEST_F(ImportCommand, SendsAFileInPartsAndWritesItsResult) {
  City city;
  city->folder().write("forms.csv", many(1, 450) + ",,,,,,a,b,,\n");
  const auto out = (city->folder() / "result.csv").string();
  const auto ran = import(city, "forms.csv", {"--out", out});
  EXPECT_EQ(ran.code, 1) << ran.output;
  EXPECT_THAT(ran.output, AllOf(HasSubstr("۲۰۰ از ۴۵۱ سطر"), HasSubstr("۴۵۱ از ۴۵۱ سطر"), HasSubstr("ثبت شد: ۴۵۰"),
                                HasSubstr("پذیرفته نشد: ۱"), HasSubstr("سطر ۴۵۲: «شماره فرم» خالی است.")));
  const auto result = city->folder().read("result.csv");
  EXPECT_THAT(result, HasSubstr("«شماره فرم» خالی است."));
  const auto code = city->get("/v1/requests?meeting=m&form=450").at("/requests/0/tracking_code_for_people");
  EXPECT_THAT(result, HasSubstr(code));
}

TEST_F(ImportCommand, GoesOnWhereItWasCutOffAndEndsWellWhenEveryLineIsIn) {
  City city;
  city->folder().write("forms.csv", many(1, 250));
  EXPECT_EQ(city->post(path, many(1, 100), csv).at("/totals/accepted"), "100");
  const auto ran = import(city, "forms.csv");
  EXPECT_EQ(ran.code, 0) << ran.output;
  EXPECT_THAT(ran.output, AllOf(HasSubstr("ثبت شد: ۱۵۰"), HasSubstr("پیش‌تر ثبت شده است: ۱۰۰")));
  EXPECT_EQ(import(city, "forms.csv").code, 0);
  EXPECT_EQ(city->query("SELECT count(*) FROM requests"), "250");
}

TEST_F(ImportCommand, ADryRunSeesAllLinesAtOnceAndWritesNothing) {
  City city;
  city->folder().write("forms.csv", "فرم‌های دیدار\n\n" + many(1, 250) + "1,,,,,,a,b,,\n");
  const auto out = (city->folder() / "result.xlsx").string();
  const auto ran = import(city, "forms.csv", {"--dry-run", "--out", out});
  EXPECT_EQ(ran.code, 1) << ran.output;
  EXPECT_THAT(ran.output, AllOf(HasSubstr("ثبت خواهد شد: ۲۵۰"), HasSubstr("سطر ۲۵۴: همین برگه در سطر ۴ این پرونده")));
  EXPECT_EQ(city->query("SELECT count(*) FROM requests"), "0");
  EXPECT_THAT(city->folder().read("result.xlsx"), testing::StartsWith("PK"));
}

TEST_F(ImportCommand, SaysWhatIsWrongWithAFileBeforeAnythingIsSent) {
  City city;
  city->folder().write("wrong.csv", "الف,ب\n1,2\n");
  EXPECT_THAT(import(city, "wrong.csv").output, HasSubstr("سرستون «شماره فرم»، «موضوع»، «شرح» پیدا نشد"));
  city->folder().write("forms.csv", many(1, 1));
  const auto out = import(city, "forms.csv", {"--out", "result.pdf"});
  EXPECT_EQ(out.code, 1);
  EXPECT_THAT(out.output, HasSubstr("--out"));
  EXPECT_THAT(import(city, "forms.csv", {"--meeting", "other"}).output, Not(IsEmpty()));
  EXPECT_EQ(city->query("SELECT count(*) FROM requests"), "0");
}

TEST_F(ImportCommand, WhatIsCutOffIsSaidAndNothingIsLost) {
  City city;
  city->folder().write("forms.csv", many(1, 3));
  city->kill();
  const auto ran = import(city, "forms.csv");
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.output, AllOf(HasSubstr("ذخیره نشد: ۳"), HasSubstr("همین فرمان را دوباره اجرا کنید")));
  city->start();
  EXPECT_EQ(import(city, "forms.csv").code, 0);
}

}  // namespace
}  // namespace salam::test
