#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <xlsxwriter.h>

#include "gateway/sheets/sheet.h"
#include "tests/unit/sheets/files.h"

namespace salam::sheets {
namespace {

using test::Book;
using test::text_row;
using test::workbook;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

Sheet read_book(const Book& book) {
  auto sheet = read(workbook(book));
  EXPECT_TRUE(sheet.ok()) << sheet.error().message;
  return sheet.ok() ? std::move(sheet).value() : Sheet{};
}

/// The only row's cells.
std::vector<std::string> cells_of(const Book& book) {
  const auto sheet = read_book(book);
  return sheet.rows.empty() ? std::vector<std::string>{} : sheet.rows.front().cells;
}

std::string error_of(const Result<Sheet>& sheet) { return sheet ? "(none)" : sheet.error().code + ": " + sheet.error().message; }

std::string row(std::string_view cells) { return "<row r=\"1\">" + std::string(cells) + "</row>"; }

TEST(Xlsx, TextsComeSharedInlineRichAndFromFormulas) {
  EXPECT_THAT(cells_of({.rows = row("<c r=\"A1\" t=\"s\"><v>1</v></c><c r=\"B1\" t=\"inlineStr\"><is><t>درون</t></is></c>"
                                    "<c r=\"C1\" t=\"str\"><f>A1&amp;B1</f><v>فرمول</v></c><c r=\"E1\" t=\"s\"><v>0</v></c>"),
                        .strings = "<si><t>یک</t></si><si><r><t>د</t></r><r><rPr><b/></rPr><t xml:space=\"preserve\">و </t></r>"
                                   "<rPh sb=\"0\" eb=\"1\"><t>خوانده</t></rPh></si>"}),
              ElementsAre("دو ", "درون", "فرمول", "", "یک"));
}

TEST(Xlsx, PrefixesAndMissingReferencesAreUnderstood) {
  auto parts = test::workbook_parts({.rows = ""});
  parts[4].second =
      "<x:worksheet xmlns:x=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><x:sheetData><x:row><x:c><x:v>7</x:v></x:c>"
      "<x:c t=\"b\"><x:v>1</x:v></x:c></x:row><x:row/><x:row><x:c><x:v>8</x:v></x:c></x:row></x:sheetData></x:worksheet>";
  const auto sheet = read(test::zip_of(parts)).value();
  ASSERT_THAT(sheet.rows, SizeIs(2));
  EXPECT_THAT(sheet.rows[0].cells, ElementsAre("7", "TRUE"));
  EXPECT_EQ(sheet.rows[1].line, 3U);
}

TEST(Xlsx, NumbersKeepAllTheirDigits) {
  const auto number = [](std::string_view value, std::string_view style = "0") {
    return cells_of({.rows = row("<c r=\"A1\" s=\"" + std::string(style) + "\"><v>" + std::string(value) + "</v></c>"),
                     .formats = "<numFmts><numFmt numFmtId=\"164\" formatCode=\"0000\"/></numFmts><cellStyleXfs><xf numFmtId=\"14\"/>"
                                "</cellStyleXfs><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"164\"/><xf numFmtId=\"11\"/></cellXfs>"});
  };
  EXPECT_THAT(number("9130001234"), ElementsAre("9130001234"));
  EXPECT_THAT(number("9.130001234E9"), ElementsAre("9130001234"));
  EXPECT_THAT(number("9130001234", "2"), ElementsAre("9130001234")) << "shown as 9.13E+09";
  EXPECT_THAT(number("12"), ElementsAre("12"));
  EXPECT_THAT(number("12.0"), ElementsAre("12"));
  EXPECT_THAT(number("12.5"), ElementsAre("12.5"));
  EXPECT_THAT(number("12", "1"), ElementsAre("0012")) << "as its format shows it";
  EXPECT_THAT(number("98913000123456"), ElementsAre("98913000123456"));
}

std::vector<std::string> faults_of(const Book& book) {
  std::vector<std::string> faults;
  const auto sheet = read_book(book);
  for (const auto& row : sheet.rows) {
    for (const auto& fault : row.faults) faults.push_back(std::to_string(row.line) + "/" + std::to_string(fault.column) + " " + fault.why);
  }
  return faults;
}

TEST(Xlsx, CellsThatDoNotShowWhatWasTypedSayWhy) {
  EXPECT_THAT(faults_of({.rows = row("<c r=\"B1\" t=\"e\"><f>Z9</f><v>#REF!</v></c>")}),
              ElementsAre(HasSubstr("1/1 فرمول این خانه خطا دارد (#REF!)")));
  EXPECT_THAT(faults_of({.rows = row("<c r=\"A1\"><f>1+1</f></c>")}), ElementsAre(HasSubstr("ذخیره نشده است")));
  EXPECT_THAT(faults_of({.rows = row("<c r=\"A1\"><v>1234567890123456789</v></c>")}), ElementsAre(HasSubstr("از دست رفته")));
  EXPECT_THAT(faults_of({.rows = row("<c r=\"A1\" t=\"d\"><v>2026-11-24</v></c>")}), ElementsAre(HasSubstr("تاریخ")));
  EXPECT_THAT(faults_of({.rows = row("<c r=\"A1\" t=\"inlineStr\"><is><t>" + std::string(70'000, 'x') + "</t></is></c>")}),
              ElementsAre(HasSubstr("بلند")));
}

TEST(Xlsx, FormNumbersThatExcelMadeADayAreNotTakenForNumbers) {
  for (const std::string_view format : {"yyyy/mm/dd", "[$-3000401]d mmm", "h:mm", "[h]:mm:ss", "\"روز\" dd"}) {
    const Book book{.rows = row("<c r=\"A1\" s=\"1\"><v>45730</v></c>"),
                    .formats = "<numFmts><numFmt numFmtId=\"170\" formatCode=\"" +
                               std::string(format == "\"روز\" dd" ? "&quot;روز&quot; dd" : format) +
                               "\"/></numFmts><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"170\"/></cellXfs>"};
    EXPECT_THAT(faults_of(book), ElementsAre(HasSubstr("تاریخ"))) << format;
  }
  EXPECT_THAT(faults_of({.rows = row("<c r=\"A1\" s=\"0\"><v>45730</v></c>"), .formats = "<cellXfs><xf numFmtId=\"14\"/></cellXfs>"}),
              SizeIs(1));
  for (const std::string_view format : {"General", "#,##0.00", "0&quot; day&quot;", "[Red]0", "0\\d"}) {
    const Book book{.rows = row("<c r=\"A1\" s=\"0\"><v>45730</v></c>"),
                    .formats = "<numFmts><numFmt numFmtId=\"170\" formatCode=\"" + std::string(format) +
                               "\"/></numFmts><cellXfs><xf numFmtId=\"170\"/></cellXfs>"};
    EXPECT_THAT(faults_of(book), IsEmpty()) << format;
  }
}

TEST(Xlsx, OfMergedCellsTheFirstHasTheValueAndTheOthersSayWhere) {
  const Book book{.rows = text_row(1, {"a", "b"}) + text_row(2, {"", "c"}) + text_row(3, {"d", "e"}),
                  .after = "<mergeCells><mergeCell ref=\"A1:A2\"/></mergeCells>"};
  const auto sheet = read_book(book);
  ASSERT_THAT(sheet.rows, SizeIs(3));
  EXPECT_THAT(sheet.rows[0].cells, ElementsAre("a", "b"));
  EXPECT_THAT(sheet.rows[1].cells, ElementsAre("", "c"));
  EXPECT_THAT(faults_of(book), ElementsAre(HasSubstr("2/0 این خانه با خانه‌ای در سطر ۱ ادغام شده است")));
}

TEST(Xlsx, TheFirstSheetThatIsShownAndHasHeadingsIsReadOrTheOneThatIsNamed) {
  auto parts = test::workbook_parts({.rows = text_row(1, {"گزارش"})});
  const auto sheet = [](const std::string& rows) {
    return "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>" + rows + "</sheetData></worksheet>";
  };
  parts[2].second =
      "<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" "
      "xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets><sheet name=\"پنهان\" state=\"hidden\" r:id=\"rId4\"/>"
      "<sheet name=\"خلاصه\" r:id=\"rId1\"/><sheet name=\"سطرها\" r:id=\"rId5\"/></sheets></workbook>";
  auto& relations = parts[3].second;
  const std::string type = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet";
  relations.insert(relations.rfind("</"), "<Relationship Id=\"rId4\" Type=\"" + type + "\" Target=\"../xl/worksheets/hidden.xml\"/>" +
                                              "<Relationship Id=\"rId5\" Type=\"" + type + "\" Target=\"/xl/worksheets/lines.xml\"/>");
  parts.emplace_back("xl/worksheets/hidden.xml", sheet(text_row(1, {"شماره فرم", "موضوع", "شرح", "پنهان"})));
  parts.emplace_back("xl/worksheets/lines.xml", sheet(text_row(1, {"شماره فرم", "موضوع", "شرح"})));
  const auto file = test::zip_of(parts);
  EXPECT_THAT(read(file).value().rows.front().cells, ElementsAre("شماره فرم", "موضوع", "شرح"));
  EXPECT_THAT(read(file, {.sheet = "خلاصه"}).value().rows.front().cells, ElementsAre("گزارش"));
  EXPECT_THAT(error_of(read(file, {.sheet = "دیگر"})), HasSubstr("sheet_empty: برگه‌ای به نام «دیگر»"));
}

TEST(Xlsx, WhatOtherProgramsWriteIsRead) {
  std::string path = (std::filesystem::temp_directory_path() / "salam-sheet-XXXXXX").string();
  close(mkstemp(path.data()));
  auto* const book = workbook_new(path.c_str());
  auto* const sheet = workbook_add_worksheet(book, nullptr);
  worksheet_write_string(sheet, 0, 0, "شماره فرم", nullptr);
  worksheet_write_number(sheet, 1, 0, 12, nullptr);
  worksheet_write_formula_str(sheet, 1, 1, "=\"الف\"", nullptr, "الف");
  ASSERT_EQ(workbook_close(book), LXW_NO_ERROR);
  std::ifstream file(path, std::ios::binary);
  const std::string bytes(std::istreambuf_iterator<char>(file), {});
  std::filesystem::remove(path);
  const auto rows = read(bytes).value().rows;
  EXPECT_THAT(rows[0].cells, ElementsAre("شماره فرم"));
  EXPECT_THAT(rows[1].cells, ElementsAre("12", "الف"));
}

TEST(Xlsx, OtherFilesAreRefusedWithWhatToDo) {
  const auto with = [](std::string name, std::string content) {
    auto parts = test::workbook_parts({.rows = text_row(1, {"a"})});
    parts.emplace_back(std::move(name), std::move(content));
    return test::zip_of(parts);
  };
  auto types = test::workbook_parts({.rows = text_row(1, {"a"})});
  types[0].second =
      "<Types><Override PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.ms-excel.sheet.macroEnabled.main+xml\"/></Types>";
  struct Case {
    std::string what;
    std::string file;
    std::string error;
  };
  const std::vector<Case> cases{
      {"macros", with("xl/vbaProject.bin", "x"), "sheet_type: این پرونده ماکرو دارد"},
      {"a macro sheet", with("xl/macroSheets/sheet1.xml", "x"), "sheet_type: این پرونده ماکرو دارد"},
      {"macros by type", test::zip_of(types), "sheet_type: این پرونده ماکرو دارد"},
      {"the old format, or a password", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 and so on",
       "sheet_type: این پرونده به صورت قدیمی xls است یا رمز دارد"},
      {"OpenDocument", test::zip_of({{"mimetype", "application/vnd.oasis.opendocument.spreadsheet"}, {"content.xml", "<x/>"}}),
       "sheet_type: این پرونده XLSX نیست"},
      {"a picture", "\xFF\xD8\xFF\xE0\x01\x10JFIF", "sheet_type"},
      {"a web page", "<html><table></table></html>", "sheet_type"},
      {"nothing", "", "sheet_empty"},
      {"half a file", workbook({.rows = text_row(1, {"a"})}).substr(0, 900), "sheet_damaged"},
      {"no ZIP file", "PK\x03\x04 and so on", "sheet_damaged"},
      {"a sheet without anything", workbook({.rows = "<row r=\"1\"/>"}), "sheet_empty"},
      {"broken XML", workbook({.rows = "<row r=\"1\"><c>"}), "sheet_damaged"},
      {"a string that is not there", workbook({.rows = row("<c r=\"A1\" t=\"s\"><v>9</v></c>")}), "sheet_damaged"},
      {"rows out of order", workbook({.rows = text_row(2, {"a"}) + text_row(1, {"b"})}), "sheet_damaged"},
      {"a number that is none", workbook({.rows = row("<c r=\"A1\"><v>nan</v></c>")}), "sheet_damaged"},
      {"a cell far away", workbook({.rows = row("<c r=\"XFD1\"><v>1</v></c>")}), "sheet_too_large"},
  };
  for (const auto& [what, file, error] : cases) EXPECT_THAT(error_of(read(file)), HasSubstr(error)) << what;
}

TEST(Xlsx, DocumentTypesAreRefused) {
  auto parts = test::workbook_parts({.rows = ""});
  parts[4].second = "<!DOCTYPE x [<!ENTITY a \"b\">]><worksheet><sheetData><row><c t=\"str\"><v>&a;</v></c></row></sheetData></worksheet>";
  EXPECT_THAT(error_of(read(test::zip_of(parts))), HasSubstr("sheet_damaged"));
}

TEST(Xlsx, BombsAreRefusedAsTheyUnpack) {
  const auto bomb = workbook({.rows = text_row(1, {"a"}) + std::string(100 * 1024 * 1024, ' ')});
  ASSERT_LT(bomb.size(), 1024 * 1024);
  EXPECT_THAT(error_of(read(bomb)), HasSubstr("sheet_too_large: محتوای فشردهٔ"));
  test::Parts many = test::workbook_parts({.rows = text_row(1, {"a"})});
  for (int i = 0; i < 1'000; ++i) many.emplace_back("x" + std::to_string(i), "");
  EXPECT_THAT(error_of(read(test::zip_of(many))), HasSubstr("sheet_too_large: شمار اجزای"));
}

TEST(Xlsx, OneTextInManyCellsIsBoundedToo) {
  std::string rows;
  for (int line = 1; line <= 4'000; ++line) rows += "<row><c t=\"s\"><v>0</v></c></row>";
  EXPECT_THAT(error_of(read(workbook({.rows = rows, .strings = "<si><t>" + std::string(30'000, 'x') + "</t></si>"}))),
              HasSubstr("sheet_too_large: متن همهٔ خانه‌ها از ۹۶ مگابایت"));
}

TEST(Xlsx, ErrorsInManyCellsAreBoundedToo) {
  std::string rows;
  for (int line = 1; line <= 15'000; ++line) {
    rows += "<row>";
    for (int column = 0; column < 90; ++column) rows += "<c t=\"e\"><v>#N/A</v></c>";
    rows += "</row>";
  }
  EXPECT_THAT(error_of(read(workbook({.rows = rows}))), HasSubstr("sheet_too_large: متن همهٔ خانه‌ها"));
}

TEST(Xlsx, MergesWithoutEndAreBounded) {
  std::string rows;
  for (int line = 1; line <= 3'000; ++line) rows += "<row><c><v>1</v></c></row>";
  EXPECT_THAT(error_of(read(workbook({.rows = rows, .after = "<mergeCells><mergeCell ref=\"A1:XFD1048576\"/></mergeCells>"}))),
              HasSubstr("sheet_too_large: خانه‌های ادغام‌شده"));
}

TEST(Xlsx, FiftyThousandLinesAreReadAndNotManyMore) {
  const auto lines = [](int count) {
    std::string rows;
    for (int line = 1; line <= count; ++line)
      rows += "<row r=\"" + std::to_string(line) + "\"><c><v>" + std::to_string(line) + "</v></c></row>";
    return workbook({.rows = rows});
  };
  EXPECT_THAT(read(lines(50'000)).value().rows, SizeIs(50'000));
  EXPECT_THAT(error_of(read(lines(50'021))), HasSubstr("sheet_too_large: سطرها از ۵۰۰۰۰ سطر بیشتر است"));
}

}  // namespace
}  // namespace salam::sheets
