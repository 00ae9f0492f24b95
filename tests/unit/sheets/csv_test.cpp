#include <gmock/gmock.h>

#include "gateway/sheets/sheet.h"

namespace salam::sheets {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

std::vector<std::vector<std::string>> cells_of(std::string_view file) {
  const auto sheet = read(file);
  EXPECT_TRUE(sheet.ok()) << sheet.error().message;
  std::vector<std::vector<std::string>> cells;
  if (!sheet) return cells;
  for (const auto& row : sheet->rows) cells.push_back(row.cells);
  return cells;
}

std::string error_of(std::string_view file) {
  const auto sheet = read(file);
  return sheet ? "(none)" : sheet.error().code + ": " + sheet.error().message;
}

TEST(Csv, IsReadAsRfc4180SaysAndLinesAreCountedAsExcelDoes) {
  EXPECT_THAT(cells_of("a,\"b \"\"c\"\"\",\"d\r\ne\"\r\n,x\"y\"\n\nz"),
              ElementsAre(ElementsAre("a", "b \"c\"", "d\r\ne"), ElementsAre("", "x\"y\""), ElementsAre("z")));
  const auto rows = read("a\r\n\"b\nc\"\r\n\r\nd\n").value().rows;
  ASSERT_THAT(rows, SizeIs(3));
  EXPECT_EQ(rows[1].line, 2U);
  EXPECT_EQ(rows[2].line, 4U);
}

TEST(Csv, SeparatorsAreFoundByTheHeadings) {
  for (const std::string separator : {",", ";", "\t"}) {
    EXPECT_THAT(
        cells_of("گزارش, نشست; شب\nشماره فرم" + separator + "موضوع" + separator + "شرح\n1" + separator + "a" + separator + "b\n")[2],
        ElementsAre("1", "a", "b"))
        << separator;
  }
  EXPECT_THAT(cells_of("sep=;\r\na;b,c\r\n"), ElementsAre(ElementsAre("a", "b,c")));
}

TEST(Csv, EncodingsOfOfficesAreUnderstood) {
  EXPECT_THAT(cells_of("\xEF\xBB\xBFموضوع"), ElementsAre(ElementsAre("موضوع")));
  EXPECT_THAT(cells_of(std::string_view("\xFF\xFE\x33\x06\x44\x06\t\x00\x31\x00", 10)), ElementsAre(ElementsAre("سل\t1")))
      << "no heading tells";
  EXPECT_THAT(cells_of(std::string_view("\xFE\xFF\x06\x33\x06\x44", 6)), ElementsAre(ElementsAre("سل")));
  EXPECT_THAT(cells_of("\xE3\xE6\xD6\xE6\xDA,\x81\xED\xD4\xE4\xE5\xC7\xCF"), ElementsAre(ElementsAre("موضوع", "پيشنهاد")))
      << "Windows-1256";
}

TEST(Csv, UtfThatIsBrokenIsNotTakenForAnotherEncoding) {
  EXPECT_THAT(error_of("موضوع,شرح \xC3 درخواست"),
              HasSubstr("sheet_damaged: نویسه‌های این پرونده آسیب دیده‌اند"));
  EXPECT_THAT(error_of("\xEF\xBB\xBF\xE3\xE6"), HasSubstr("sheet_damaged"));
}

TEST(Csv, QuotesThatAreWrongNameTheirLine) {
  EXPECT_THAT(error_of("a,b\n\"c\"d,e\n"), HasSubstr("sheet_damaged: سطر ۲: پس از گیومهٔ پایانی"));
  EXPECT_THAT(error_of("a,b\nc,d\n\"e,f\ng,h\n"), HasSubstr("sheet_damaged: سطر ۳: گیومه‌ای باز شده"));
}

TEST(Csv, TheApostropheThatKeepsFormulasAwayGoes) {
  EXPECT_THAT(cells_of("'+98 913 000 1234,'=1+1,'abc,''=x"), ElementsAre(ElementsAre("+98 913 000 1234", "=1+1", "'abc", "'=x")));
}

TEST(Csv, LimitsHold) {
  std::string file;
  for (int i = 0; i < 50'021; ++i) file += "a\n";
  EXPECT_THAT(error_of(file), HasSubstr("sheet_too_large: سطرها از ۵۰۰۰۰ سطر"));
  EXPECT_THAT(error_of(std::string(17 * 1024 * 1024, 'a')),
              HasSubstr("sheet_too_large: پرونده از ۱۶ مگابایت بزرگ‌تر است"));
  EXPECT_THAT(error_of(std::string(101, ',') + "a"), HasSubstr("sheet_too_large: ستون‌های سطر ۱"));
}

}  // namespace
}  // namespace salam::sheets
