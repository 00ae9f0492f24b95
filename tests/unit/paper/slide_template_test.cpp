#include "gateway/paper/slide_template.h"

#include <gmock/gmock.h>

#include "gateway/domain/text.h"
#include "gateway/paper/standard_slides.h"
#include "tests/unit/paper/deck.h"

namespace salam::paper {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

const std::string cover = "ppt/slides/slide1.xml";
const std::string mark = "\u200f";  // Keeps labels from right to left.

Deck standard() { return Deck(standard_slides()); }
Deck shown(const reports::Results& results) { return Deck(SlideTemplate::standard().render(results, testing::TempDir())); }
Deck shown(const Deck& city, const reports::Results& results) {
  return Deck(SlideTemplate::parse(city.packed())->render(results, testing::TempDir()));
}

std::vector<std::string> texts_at(const pugi::xml_node& root, const char* path) {
  std::vector<std::string> texts;
  for (const auto& found : root.select_nodes(path)) texts.emplace_back(found.node().child_value());
  return texts;
}

/// What the workbook behind a chart holds, row by row.
std::vector<std::vector<std::string>> workbook_of_chart(const Deck& deck, std::string_view name) {
  const auto part = deck.chart(name);
  const std::string id = deck.xml(part)->child("c:chartSpace").child("c:externalData").attribute("r:id").value();
  const Deck workbook(deck.file(deck.target(part, id)));
  const auto strings = texts_at(*workbook.xml("xl/sharedStrings.xml"), "//t");
  std::vector<std::vector<std::string>> rows;
  const auto sheet = workbook.xml("xl/worksheets/sheet1.xml");
  for (const auto& row : sheet->select_nodes("//row")) {
    rows.emplace_back();
    for (const auto& cell : row.node().children("c")) {
      const std::string value = cell.child_value("v");
      rows.back().push_back(cell.attribute("t").value() == std::string_view("s") ? strings.at(std::stoul(value)) : value);
    }
  }
  return rows;
}

std::string why(const std::string& pptx) {
  const auto parsed = SlideTemplate::parse(pptx);
  return parsed ? "" : parsed.error().code + ": " + parsed.error().message;
}

TEST(Slides, SayOneThingEach) {
  const auto deck = shown(many_results());
  ASSERT_THAT(deck.slides(), SizeIs(9));
  EXPECT_THAT(deck.text(1),
              AllOf(HasSubstr("نتایج دیدار مردمی"), HasSubstr("مسجد امام حسن عسکری (ع)"), HasSubstr("منطقه ۵"), HasSubstr("۱۴۰۵/۰۹/۰۳")));
  EXPECT_THAT(deck.text(2), HasSubstr("\n۴۰۰\n"));
  EXPECT_THAT(deck.text(3), HasSubstr("۳۳۹ درخواست پاسخ گرفت"));
  EXPECT_THAT(deck.text(4), AllOf(HasSubstr("\n۳۴۱\n"), HasSubstr("\n۴۷\n"), HasSubstr("\n۳۹۵\n")));
  EXPECT_THAT(deck.text(7), AllOf(HasSubstr("۴۹ درخواست هنوز باز است"), HasSubstr("\n۳۱\n"), HasSubstr("\n۱۸\n")));
  EXPECT_THAT(deck.file(deck.slides().at(7)), HasSubstr("type=\"pic\""));
  EXPECT_THAT(deck.text(9), HasSubstr("کد پیگیری"));
  for (std::size_t slide = 1; slide <= 9; ++slide) EXPECT_THAT(deck.text(slide), Not(HasSubstr("{{"))) << slide;
}

TEST(Slides, ShowHowRequestsFareInAChartWithItsWorkbook) {
  const auto deck = shown(many_results());
  const auto chart = deck.xml(deck.chart("chart:standing"));
  EXPECT_THAT(texts_at(*chart, "//c:cat//c:v"),
              ElementsAre("پاسخ در مهلت", "پاسخ دیرتر از مهلت", "در مهلت", "مهلت گذشته", "پس‌گرفته یا تکراری"));
  EXPECT_THAT(texts_at(*chart, "//c:val//c:v"), ElementsAre("287", "52", "31", "18", "12"));
  EXPECT_THAT(texts_at(*chart, "//c:f"), ElementsAre("Sheet1!$B$1", "Sheet1!$A$2:$A$6", "Sheet1!$B$2:$B$6"));
  const auto rows = workbook_of_chart(deck, "chart:standing");
  ASSERT_THAT(rows, SizeIs(6));
  EXPECT_THAT(rows[0], ElementsAre("درخواست"));
  EXPECT_THAT(rows[1], ElementsAre("پاسخ در مهلت", "287"));
  EXPECT_THAT(rows[5], ElementsAre("پس‌گرفته یا تکراری", "12"));
}

TEST(Slides, ShowTheLargestSubjectsAndTheRestInOne) {
  const auto deck = shown(many_results());
  const auto chart = deck.xml(deck.chart("chart:by_subject"));
  const auto subjects = texts_at(*chart, "//c:cat//c:v");
  ASSERT_THAT(subjects, SizeIs(6));
  EXPECT_EQ(subjects.front(), mark + "آسفالت و لکه‌گیری معابر…" + mark) << "cut between words";
  EXPECT_EQ(subjects.back(), mark + "سایر" + mark);
  EXPECT_THAT(texts_at(*chart, "//c:val//c:v"), ElementsAre("100", "91", "82", "73", "64", "185"));
  EXPECT_THAT(workbook_of_chart(deck, "chart:by_subject").back(), ElementsAre(mark + "سایر" + mark, "185"));
}

TEST(Slides, PutTheOtherSubjectsLastHoweverManyTheyAre) {
  auto results = no_results();
  results.all = tally(9, 0, 0, 0);
  results.by_subject = {{"سایر", tally(7, 0, 0, 0)}, {"آسفالت", tally(2, 0, 0, 0)}, {"ترافیک", tally(0, 0, 0, 0)}};
  const auto chart = shown(results);
  EXPECT_THAT(texts_at(*chart.xml(chart.chart("chart:by_subject")), "//c:cat//c:v"),
              ElementsAre(mark + "آسفالت" + mark, mark + "سایر" + mark));
}

TEST(Slides, ShowWhatEachUnitAnsweredAndWhatIsOpen) {
  auto results = no_results();
  results.all = tally(3, 1, 2, 1, 1);
  results.by_unit = {{"معاونت عمران", tally(3, 1, 1, 0)}, {"تعیین نشده", tally(0, 0, 1, 1)}, {"ترافیک", tally(0, 0, 0, 0, 1)}};
  const auto deck = shown(results);
  const auto chart = deck.xml(deck.chart("chart:by_unit"));
  EXPECT_THAT(texts_at(*chart, "//c:ser[1]/c:val//c:v"), ElementsAre("4", "0"));
  EXPECT_THAT(texts_at(*chart, "//c:ser[2]/c:val//c:v"), ElementsAre("1", "2"));
  EXPECT_THAT(texts_at(*chart, "//c:tx//c:v"), ElementsAre("پاسخ داده شده", "باز"));
  const auto rows = workbook_of_chart(deck, "chart:by_unit");
  ASSERT_THAT(rows, SizeIs(3));
  EXPECT_THAT(rows[0], ElementsAre("پاسخ داده شده", "باز"));
  EXPECT_THAT(rows[2], ElementsAre(mark + "تعیین نشده" + mark, "0", "2"));
}

TEST(Slides, KeepFewBarsSlim) {
  const auto gap_of = [](const reports::Results& results) {
    const auto deck = shown(results);
    return deck.xml(deck.chart("chart:by_subject"))->select_node("//c:gapWidth").node().attribute("val").as_int();
  };
  EXPECT_EQ(gap_of(many_results()), 35) << "as in the template";
  auto one = no_results();
  one.all = tally(1, 0, 0, 0);
  one.by_subject["آسفالت"] = one.all;
  EXPECT_EQ(gap_of(one), 500);
  one.by_subject["ترافیک"] = one.all;
  EXPECT_EQ(gap_of(one), 238);
}

TEST(Slides, OfNothingAreLeftOutWithAllThatBelongsToThem) {
  const auto deck = shown(no_results());
  ASSERT_THAT(deck.slides(), SizeIs(3));
  EXPECT_THAT(deck.text(1), HasSubstr("مسجد جامع"));
  for (const auto& name : deck.names()) EXPECT_THAT(name, AllOf(Not(HasSubstr("chart")), Not(HasSubstr("xlsx"))));
  EXPECT_THAT(deck.names(), Not(Contains("ppt/slides/slide3.xml")));
}

TEST(Slides, AreSilentOfOpenRequestsWhereThereAreNone) {
  auto results = many_results();
  results.all = tally(400, 0, 0, 0);
  const auto deck = shown(results);
  ASSERT_THAT(deck.slides(), SizeIs(8));
  EXPECT_THAT(deck.slides(), Not(Contains("ppt/slides/slide7.xml")));
}

TEST(Slides, AreTheSameFileForTheSameResults) {
  EXPECT_EQ(SlideTemplate::standard().render(many_results(), testing::TempDir()),
            SlideTemplate::standard().render(many_results(), testing::TempDir()));
}

TEST(Slides, HoldNamesThatXmlMustEscapeOrCannotHold) {
  auto results = no_results("<b>مسجد</b> & \"جامع\"\v{{date}}\uffff");
  results.all = tally(1, 0, 0, 0);
  results.by_unit["<a>\x01&\ufffe"] = results.all;
  const auto deck = shown(results);
  EXPECT_THAT(deck.text(1), HasSubstr("<b>مسجد</b> & \"جامع\" {{date}}\n"));
  EXPECT_THAT(texts_at(*deck.xml(deck.chart("chart:by_unit")), "//c:ser[1]/c:cat//c:v"), ElementsAre(mark + "<a> &" + mark));
  EXPECT_EQ(workbook_of_chart(deck, "chart:by_unit").at(1).at(0), mark + "<a> &" + mark);
}

int font_scale(const Deck& deck, const std::string& text) {
  const auto document = deck.xml(deck.slides().front());
  for (const auto& shape : document->select_nodes("//p:sp")) {
    const auto found = texts_at(shape.node(), ".//a:t");
    if (std::ranges::find(found, text) == found.end()) continue;
    return shape.node().child("p:txBody").child("a:bodyPr").child("a:normAutofit").attribute("fontScale").as_int(100'000);
  }
  return 0;
}

std::string times(int count, const std::string& text) {
  std::string all;
  for (int i = 0; i < count; ++i) all += text;
  return all;
}

TEST(Slides, ShrinkWhatWouldNotFitIntoItsBox) {
  EXPECT_EQ(font_scale(shown(no_results()), "مسجد جامع"), 100'000);
  const auto longer = times(11, "مسجد جامع ");
  const auto longest = times(20, "مسجد جامع ");
  EXPECT_LT(font_scale(shown(no_results(longer)), longer), 100'000);
  EXPECT_LT(font_scale(shown(no_results(longest)), longest), font_scale(shown(no_results(longer)), longer));
  EXPECT_GE(font_scale(shown(no_results(longest)), longest), 40'000) << "16 points of 40";
}

TEST(Slides, ShrinkAlsoWhereTheLayoutSaysHowLargeTheBoxIs) {
  auto city = standard();
  const std::string box = "<p:spPr><a:xfrm><a:off x=\"3794760\" y=\"3063240\"/><a:ext cx=\"7818120\" cy=\"2011680\"/></a:xfrm></p:spPr>";
  const auto longest = times(20, "مسجد جامع ");
  EXPECT_LT(font_scale(shown(city.replace(cover, box, "<p:spPr/>"), no_results(longest)), longest), 80'000);
}

TEST(CitiesSlides, AreFoundAlsoWhereAnEditorHasCutThem) {
  auto city = standard();
  city.replace(
      cover, "<a:t>{{mosque}}</a:t></a:r>",
      "<a:t>در {</a:t></a:r><a:r><a:rPr lang=\"en-US\"/><a:t>{mos</a:t></a:r><a:r><a:t>que\u200f</a:t></a:r><a:r><a:t>}} {{region}</a:t></a:r><a:r><a:t>}.</a:t></a:r>");
  EXPECT_THAT(shown(city, no_results()).text(1), HasSubstr("در مسجد جامع منطقه ۵.\n"));
}

TEST(CitiesSlides, MayHavePlaceholdersInTheirMasterTheirChartsAndTwice) {
  auto city = standard();
  city.replace("ppt/slideMasters/slideMaster1.xml", "عنوان اسلاید", "{{region}}");
  city.replace("ppt/charts/chart1.xml", "<c:autoTitleDeleted val=\"1\"/>",
               "<c:title><c:tx><c:rich><a:bodyPr/><a:p><a:r><a:t>تا {{made_on}}</a:t></a:r></a:p></c:rich></c:tx></c:title>");
  city.replace(cover, "{{date}}", "{{date}} {{date}}");
  const auto deck = shown(city, many_results());
  EXPECT_THAT(deck.file("ppt/slideMasters/slideMaster1.xml"), HasSubstr("منطقه ۵"));
  EXPECT_THAT(deck.file("ppt/charts/chart1.xml"), HasSubstr("تا ۱۴۰۵/۱۲/۰۱"));
  EXPECT_THAT(deck.text(1), HasSubstr("۱۴۰۵/۰۹/۰۳ ۱۴۰۵/۰۹/۰۳"));
}

TEST(CitiesSlides, KeepTheirChartsColoursAndLoseFormatsOfPointsThatAreGone) {
  auto city = standard();
  city.replace("ppt/charts/chart2.xml",
               "<c:spPr><a:solidFill><a:schemeClr val=\"accent1\"/></a:solidFill></c:spPr><c:invertIfNegative val=\"0\"/>",
               "<c:spPr><a:solidFill><a:srgbClr val=\"AA00BB\"/></a:solidFill></c:spPr><c:invertIfNegative val=\"0\"/>"
               "<c:dPt><c:idx val=\"0\"/></c:dPt><c:dPt><c:idx val=\"1\"/></c:dPt>");
  auto results = no_results();
  results.all = tally(1, 0, 0, 0);
  results.by_subject["آسفالت"] = results.all;
  const auto deck = shown(city, results);
  const auto chart = deck.xml(deck.chart("chart:by_subject"));
  EXPECT_THAT(deck.file(deck.chart("chart:by_subject")), HasSubstr("AA00BB"));
  EXPECT_THAT(chart->select_nodes("//c:dPt"), SizeIs(1));
}

TEST(CitiesSlides, MayShowAChartByItsAlternativeTextAndWithMoreSeries) {
  auto city = standard();
  city.replace("ppt/slides/slide3.xml", "name=\"chart:standing\" descr=\"", "name=\"Chart 4\" descr=\"chart:standing ");
  city.replace("ppt/charts/chart1.xml", "<c:gapWidth", "<c:ser><c:idx val=\"7\"/><c:order val=\"7\"/><c:val/></c:ser><c:gapWidth");
  const auto deck = shown(city, many_results());
  const auto chart = deck.xml(deck.chart("Chart 4"));
  EXPECT_THAT(texts_at(*chart, "//c:val//c:v"), ElementsAre("287", "52", "31", "18", "12"));
  EXPECT_THAT(chart->select_nodes("//c:ser"), SizeIs(1));
}

TEST(CitiesSlides, MayShowSlicesForBars) {
  auto city = standard();
  city.replace("ppt/charts/chart2.xml", "<c:barChart>", "<c:doughnutChart>")
      .replace("ppt/charts/chart2.xml", "</c:barChart>", "</c:doughnutChart>");
  const auto deck = shown(city, many_results());
  EXPECT_THAT(texts_at(*deck.xml(deck.chart("chart:by_subject")), "//c:doughnutChart//c:val//c:v"), SizeIs(6));
}

TEST(CitiesSlides, MayLinkToSlidesThatAreLeftOutAndListThemInSections) {
  auto city = standard();
  city.replace(
      "ppt/slides/_rels/slide1.xml.rels", "</Relationships>",
      "<Relationship Id=\"rId9\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/slide\" Target=\"slide3.xml\"/></Relationships>");
  city.replace(
      cover, "<a:rPr lang=\"fa-IR\" sz=\"3200\" b=\"0\">",
      "<a:rPr lang=\"fa-IR\" sz=\"3200\" b=\"0\"><a:hlinkClick r:id=\"rId9\" action=\"ppaction://hlinksldjump\"><a:nested r:id=\"rId9\"/></a:hlinkClick>");
  city.replace("ppt/presentation.xml", "</p:defaultTextStyle>",
               "</p:defaultTextStyle><p:extLst><p:ext uri=\"{521415D9-36F7-43E2-AB2F-B90AF26B5E84}\"><p14:sectionLst "
               "xmlns:p14=\"http://schemas.microsoft.com/office/powerpoint/2010/main\"><p14:section name=\"s\" id=\"{0}\"><p14:sldIdLst>"
               "<p14:sldId id=\"256\"/><p14:sldId id=\"258\"/></p14:sldIdLst></p14:section></p14:sectionLst></p:ext></p:extLst>");
  const auto all = shown(city, many_results());
  EXPECT_THAT(all.file(cover), HasSubstr("hlinkClick"));
  EXPECT_THAT(all.file("ppt/presentation.xml"), HasSubstr("<p14:sldId id=\"258\""));
  const auto few = shown(city, no_results());
  EXPECT_THAT(few.file(cover), Not(HasSubstr("hlinkClick")));
  EXPECT_THAT(few.names(), Not(Contains("ppt/slides/slide3.xml")));
  EXPECT_THAT(few.file("ppt/presentation.xml"), AllOf(HasSubstr("<p14:sldId id=\"256\""), Not(HasSubstr("<p14:sldId id=\"258\""))));
}

TEST(CitiesSlides, MayBeWhatPowerPointCallsATemplate) {
  auto city = standard();
  city.replace("[Content_Types].xml", "presentation.main+xml", "template.main+xml");
  EXPECT_THAT(shown(city, no_results()).file("[Content_Types].xml"),
              AllOf(HasSubstr("presentation.main+xml"), Not(HasSubstr("template.main"))));
}

TEST(CitiesSlides, MayHoldWhatIsNoPart) {
  auto city = standard();
  city.put("[trash]/0000.dat", "x");
  EXPECT_THAT(shown(city, no_results()).names(), Not(Contains("[trash]/0000.dat")));
}

TEST(BadSlides, WithoutPlaceholdersHaveThemAllNamed) {
  auto city = standard();
  city.replace(cover, "{{mosque}}", "مسجد").replace("ppt/slides/slide4.xml", "{{told}}", "۱");
  city.replace("ppt/slides/slide6.xml", "chart:by_unit", "Chart 4");
  EXPECT_EQ(why(city.packed()), "template_invalid: missing: {{mosque}}, {{told}}, chart:by_unit");
}

TEST(BadSlides, WithUnknownPlaceholdersHaveThemAllNamedWithTheirSlides) {
  auto city = standard();
  city.replace(cover, "{{mosque}}", "{{mosque}} {{mosk}}").replace("ppt/slides/slide3.xml", "chart:standing", "chart:standings");
  EXPECT_EQ(why(city.packed()), "template_invalid: unknown: chart:standings on slide 3, {{mosk}} on slide 1");
}

TEST(BadSlides, WithAnOpenPlaceholderAreRefused) {
  auto city = standard();
  EXPECT_THAT(why(city.replace(cover, "{{mosque}}", "{{mosque}").packed()),
              AllOf(HasSubstr("a {{ is not closed by }}"), HasSubstr("on slide 1")));
}

TEST(BadSlides, WithAPlaceholderInTwoLinesAreRefused) {
  auto city = standard();
  city.replace(cover, "<a:t>{{mosque}}</a:t></a:r>", "<a:t>{{mos</a:t></a:r><a:br/><a:r><a:t>que}}</a:t></a:r>");
  EXPECT_THAT(why(city.packed()), HasSubstr("a {{ is not closed by }}"));
}

TEST(BadSlides, WhoseChartCannotTakeTheNumbersAreRefused) {
  auto city = standard();
  city.replace("ppt/slides/_rels/slide6.xml.rels", "charts/chart3.xml", "charts/chart2.xml");
  EXPECT_THAT(why(city.packed()), AllOf(HasSubstr("chart:by_unit on slide 6"), HasSubstr("at least 2 series of numbers, and has 1")));
}

TEST(BadSlides, WithMacrosAreRefused) {
  auto city = standard();
  city.replace("[Content_Types].xml", "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml",
               "application/vnd.ms-powerpoint.presentation.macroEnabled.main+xml");
  EXPECT_THAT(why(city.packed()), HasSubstr("it has macros; save it as a presentation without them"));
  auto project = standard();
  project.put("ppt/vbaProject.bin", "x");
  project.replace("[Content_Types].xml", "<Default",
                  "<Default Extension=\"bin\" ContentType=\"application/vnd.ms-office.vbaProject\"/><Default");
  EXPECT_THAT(why(project.packed()), HasSubstr("it has macros"));
}

TEST(BadSlides, WithoutAPartThatIsReferredToAreRefused) {
  EXPECT_THAT(why(standard().remove("ppt/charts/chart1.xml").packed()),
              AllOf(HasSubstr("ppt/charts/chart1.xml is missing"), HasSubstr("ppt/slides/slide3.xml refers to it")));
  EXPECT_THAT(why(standard().remove("[Content_Types].xml").packed()), HasSubstr("[Content_Types].xml is missing"));
  EXPECT_THAT(why(standard().remove("_rels/.rels").packed()), HasSubstr("is no PowerPoint presentation"));
}

TEST(BadSlides, WithXmlThatIsNoneAreRefused) {
  EXPECT_THAT(why(standard().replace(cover, "</p:sld>", "").packed()), HasSubstr("ppt/slides/slide1.xml is no well-formed XML"));
  EXPECT_THAT(why(standard().replace(cover, "</p:sld>", "</p:sld><p:sld/>").packed()), HasSubstr("not one root"));
  EXPECT_THAT(why(standard().replace(cover, "<p:sld ", "<!DOCTYPE p:sld [<!ENTITY a \"b\">]><p:sld ").packed()),
              HasSubstr("has a document type"));
  EXPECT_THAT(why(standard().replace(cover, "</p:sld>", times(300, "<a:p>") + times(300, "</a:p>") + "</p:sld>").packed()),
              HasSubstr("nests too deep"));
  EXPECT_THAT(why(standard().put("ppt/presProps.xml", "<a>" + times(9 * 1024, std::string(1024, ' ')) + "</a>").packed()),
              HasSubstr("is larger than 8 MiB"));
}

TEST(BadSlides, ThatAreNoZipFileOrTooLargeAreRefused) {
  EXPECT_THAT(why(""), HasSubstr("template_invalid: "));
  EXPECT_THAT(why("<html>"), HasSubstr("is no zip file"));
  EXPECT_THAT(why(std::string(standard_slides().substr(0, 20'000))), HasSubstr("is no zip file"));
  EXPECT_THAT(why(times(33 * 1024, std::string(1024, 'x'))), HasSubstr("is larger than 32 MiB"));
  EXPECT_THAT(why(standard().put("../evil.xml", "<a/>").packed()), HasSubstr("out of place"));
  auto bomb = standard();
  for (const auto* const name : {"ppt/media/1", "ppt/media/2"}) bomb.put(name, times(33 * 1024, std::string(1024, ' ')));
  EXPECT_THAT(why(bomb.packed()), HasSubstr("more than 64 MiB"));
  auto files = standard();
  for (int i = 0; i < 4'000; ++i) files.put("ppt/media/" + std::to_string(i), "");
  EXPECT_THAT(why(files.packed()), HasSubstr("more than 4,000 files"));
}

TEST(BadSlides, ThatAreAWorkbookAreRefused) {
  const auto workbook =
      workbook_of({.categories = {"a"}, .series = {{.name = "b", .values = {1}}}}, no_results().made_at, testing::TempDir());
  EXPECT_THAT(why(workbook), HasSubstr("is no PowerPoint presentation"));
}

TEST(BadSlides, WithADamagedPartAreRefused) {
  auto bytes = standard().packed();
  bytes[bytes.find("ppt/slides/slide1.xml") + 60] ^= 0x55;
  EXPECT_THAT(why(bytes), HasSubstr("ppt/slides/slide1.xml is damaged"));
}

}  // namespace
}  // namespace salam::paper
