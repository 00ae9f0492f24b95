#include "gateway/sheets/headings.h"

#include <gmock/gmock.h>

namespace salam::sheets {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Result<Table> table_of(const std::string& csv) { return Table::of(read(csv).value()); }

std::vector<std::string> column(const Table& table, Column column) {
  std::vector<std::string> texts;
  for (const auto& line : table.lines()) texts.emplace_back(table.text(line, column));
  return texts;
}

TEST(Headings, AreRecognisedByAnyOfTheirNamesHoweverTheyAreTyped) {
  const auto table = table_of(
      "شماره‌برگه:,نام,نام خانوادگی,موبايل,كد‌ملى,موضوع درخواست *,متن درخواست,آدرس (اختیاری),منطقه,نوع,دسته‌بندی\n"
      "12,زهرا,احمدی,0913,1,a,b,c,5,شکایت,d\n");
  ASSERT_TRUE(table.ok()) << table.error().message;
  const auto& line = table->lines().front();
  EXPECT_THAT(table->warnings(), IsEmpty());
  EXPECT_EQ(table->text(line, Column::form), "12");
  EXPECT_EQ(table->full_name(line), "زهرا احمدی");
  for (const auto& [place, text] : std::vector<std::pair<Column, std::string>>{{Column::mobile, "0913"},
                                                                               {Column::national_id, "1"},
                                                                               {Column::subject, "a"},
                                                                               {Column::description, "b"},
                                                                               {Column::address, "c"},
                                                                               {Column::region, "5"},
                                                                               {Column::kind, "شکایت"},
                                                                               {Column::category, "d"}}) {
    EXPECT_EQ(table->text(line, place), text) << heading_of(place);
  }
}

TEST(Headings, MayStandBelowATitle) {
  const auto table = table_of(
      "فرم‌های دیدار مردم سلام\n\nمسجد جامع,,۱۴۰۵/۹/۱۷\nشماره فرم,موضوع,شرح\n1,a,b\n2,c,d\n");
  ASSERT_TRUE(table.ok()) << table.error().message;
  EXPECT_THAT(column(*table, Column::form), ElementsAre("1", "2"));
  EXPECT_EQ(table->lines()[0].line, 5U);
}

TEST(Headings, ThatAreMissingAreNamedWithWhatWasFound) {
  const auto table = table_of("شماره فرم,تلفن,یادداشت\n1,2,3\n");
  ASSERT_FALSE(table.ok());
  EXPECT_EQ(table.error().code, "sheet_headings");
  EXPECT_THAT(table.error().message,
              AllOf(HasSubstr("سرستون «موضوع»، «شرح» پیدا نشد"), HasSubstr("در سطر ۱ آمده: «شماره فرم»، «تلفن»، «یادداشت»")));
}

TEST(Headings, ThatAreUnknownOrThereTwiceAreSaid) {
  const auto table = table_of("شماره فرم,موضوع,شرح,یادداشت,تلفن همراه,شماره تماس\n1,a,b,c,d,e\n");
  EXPECT_THAT(table->warnings(),
              ElementsAre("ستون «شماره تماس» نادیده گرفته شد: «تلفن همراه» همان را دارد.",
                          "این ستون‌ها شناخته نشد و نادیده گرفته شد: «یادداشت»."));
  EXPECT_THAT(column(*table, Column::mobile), ElementsAre("d"));
}

TEST(Headings, RowNumbersAreNotTakenForRequestsOfAForm) {
  const auto counted = table_of("ردیف,شماره فرم,موضوع,شرح\n1,11,a,b\n2,12,a,b\n3,12,a,b\n");
  EXPECT_FALSE(counted->has(Column::item));
  EXPECT_THAT(counted->warnings(), ElementsAre(HasSubstr("شمارندهٔ سطرها")));
  const auto sorted = table_of("ردیف,شماره فرم,موضوع,شرح\n4,11,a,b\n2,12,a,b\n");
  EXPECT_FALSE(sorted->has(Column::item));
  const auto numbered = table_of("ردیف,شماره فرم,موضوع,شرح\n۱,11,a,b\n2,۱۲,a,b\n1,12,a,b\n,13,a,b\n");
  EXPECT_THAT(column(*numbered, Column::item), ElementsAre("۱", "2", "1", ""));
  EXPECT_THAT(numbered->warnings(), IsEmpty());
  const auto said = table_of("شماره درخواست در برگه,ردیف,شماره فرم,موضوع,شرح\n2,1,11,a,b\n");
  EXPECT_THAT(column(*said, Column::item), ElementsAre("2"));
}

TEST(Headings, TheExampleLineOfTheTemplateIsPassedOver) {
  EXPECT_THAT(column(table_of("شماره فرم,موضوع,شرح\nنمونه,a,b\n7,c,d\n").value(), Column::form), ElementsAre("7"));
  EXPECT_EQ(table_of("شماره فرم,موضوع,شرح\nنمونه,a,b\n").error().code, "sheet_empty");
  EXPECT_EQ(table_of("شماره فرم,موضوع,شرح\n").error().code, "sheet_empty");
}

TEST(Headings, LinesThatAreNumberedBeforehandAndSayNothingArePassedOver) {
  auto sheet = read("ردیف,شماره فرم,نوع,موضوع,شرح\n1,11,شکایت,a,b\n2,,شکایت,,\n3,,,, \n4,,,,\n").value();
  sheet.rows[4].faults = {{.column = 1, .why = "x"}};
  const auto table = Table::of(std::move(sheet)).value();
  EXPECT_THAT(column(table, Column::form), ElementsAre("11", "")) << "a cell that cannot be read says something";
  EXPECT_THAT(
      table.warnings(),
      Contains("۲ سطر که در ستون‌های شناخته‌شده نوشته‌ای ندارد نادیده گرفته شد."));
}

TEST(Headings, LinesWithCellsThatCannotBeTakenSayWhichAndWhy) {
  auto sheet = read("شماره فرم,موضوع,شرح,یادداشت,موبایل\n9.13E+09,a,b,c,d\n1,a,b,c,۹٫۸\n2,a,b,c,9.89E+11\n").value();
  sheet.rows[2].faults = {{.column = 3, .why = "x"}};
  const auto table = Table::of(std::move(sheet)).value();
  EXPECT_THAT(table.refusal(table.lines()[0]),
              HasSubstr("«شماره فرم»: اکسل رقم‌های این شماره را کوتاه کرده است"));
  EXPECT_EQ(table.refusal(table.lines()[1]), "") << "of a column that is passed over";
  EXPECT_THAT(table.refusal(table.lines()[2]), HasSubstr("«موبایل»"));
}

TEST(Headings, TooManyLinesBelowThemAreRefused) {
  Limits limits;
  limits.rows = 2;
  EXPECT_EQ(Table::of(read("شماره فرم,موضوع,شرح\n1,a,b\n2,a,b\n3,a,b\n").value(), limits).error().code, "sheet_too_large");
}

}  // namespace
}  // namespace salam::sheets
