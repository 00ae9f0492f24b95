// What PowerPoint asks of a file before it opens it without offering a repair (ECMA-376 parts 1 and 2), and what people in the back row
// ask.
#include <algorithm>
#include <map>
#include <set>

#include <gmock/gmock.h>

#include "gateway/paper/slide_template.h"
#include "gateway/paper/standard_slides.h"
#include "tests/unit/paper/deck.h"

namespace salam::paper {
namespace {

using testing::IsEmpty;

reports::Results one_result() {
  auto results = no_results();
  results.all = tally(0, 0, 1, 0);
  results.by_subject["آسفالت"] = results.all;
  results.by_unit["معاونت عمران"] = results.all;
  return results;
}

/// The children of some elements in the schema's order; what is no child is not listed.
const std::map<std::string, std::vector<std::string>>& schema() {
  static const std::vector<std::string> run{"a:ln", "a:noFill", "a:solidFill",  "a:effectLst",      "a:highlight", "a:latin", "a:ea",
                                            "a:cs", "a:sym",    "a:hlinkClick", "a:hlinkMouseOver", "a:rtl",       "a:extLst"};
  static const std::map<std::string, std::vector<std::string>> order{
      {"a:pPr",
       {"a:lnSpc", "a:spcBef", "a:spcAft", "a:buClr", "a:buSzPct", "a:buFont", "a:buNone", "a:buChar", "a:tabLst", "a:defRPr", "a:extLst"}},
      {"a:rPr", run},
      {"a:defRPr", run},
      {"a:p", {"a:pPr", "a:r", "a:endParaRPr"}},
      {"a:bodyPr", {"a:prstTxWarp", "a:noAutofit", "a:normAutofit", "a:spAutoFit", "a:scene3d", "a:sp3d", "a:extLst"}},
      {"p:sp", {"p:nvSpPr", "p:spPr", "p:style", "p:txBody", "p:extLst"}},
      {"p:graphicFrame", {"p:nvGraphicFramePr", "p:xfrm", "a:graphic", "p:extLst"}},
      {"p:sld", {"p:cSld", "p:clrMapOvr", "p:transition", "p:timing", "p:extLst"}},
      {"p:presentation",
       {"p:sldMasterIdLst", "p:notesMasterIdLst", "p:handoutMasterIdLst", "p:sldIdLst", "p:sldSz", "p:notesSz", "p:embeddedFontLst",
        "p:defaultTextStyle", "p:extLst"}},
      {"c:chartSpace",
       {"c:date1904", "c:lang", "c:roundedCorners", "c:style", "c:clrMapOvr", "c:protection", "c:chart", "c:spPr", "c:txPr",
        "c:externalData", "c:printSettings", "c:userShapes", "c:extLst"}},
      {"c:chart", {"c:title", "c:autoTitleDeleted", "c:view3D", "c:plotArea", "c:legend", "c:plotVisOnly", "c:dispBlanksAs", "c:extLst"}},
      {"c:plotArea", {"c:layout", "c:barChart", "c:catAx", "c:valAx", "c:dTable", "c:spPr", "c:extLst"}},
      {"c:barChart",
       {"c:barDir", "c:grouping", "c:varyColors", "c:ser", "c:dLbls", "c:gapWidth", "c:overlap", "c:serLines", "c:axId", "c:extLst"}},
      {"c:ser",
       {"c:idx", "c:order", "c:tx", "c:spPr", "c:invertIfNegative", "c:pictureOptions", "c:dPt", "c:dLbls", "c:trendline", "c:errBars",
        "c:cat", "c:val", "c:shape", "c:extLst"}},
      {"c:strRef", {"c:f", "c:strCache"}},
      {"c:numRef", {"c:f", "c:numCache"}},
      {"c:strCache", {"c:ptCount", "c:pt"}},
      {"c:numCache", {"c:formatCode", "c:ptCount", "c:pt"}},
      {"c:externalData", {"c:autoUpdate"}}};
  return order;
}

std::string disorder_in(const pugi::xml_node& element) {
  const auto rule = schema().find(element.name());
  if (rule == schema().end()) return "";
  auto last = rule->second.begin();
  for (const auto& child : element.children()) {
    last = std::find(last, rule->second.end(), std::string(child.name()));
    if (last == rule->second.end()) return std::string(child.name()) + " is out of order in " + element.name();
  }
  return "";
}

/// What is shown of them, and the template itself.
std::string deck_of(std::string_view results) {
  if (results == "NoRequest") return SlideTemplate::standard().render(no_results(), testing::TempDir());
  if (results == "OneRequest") return SlideTemplate::standard().render(one_result(), testing::TempDir());
  if (results == "ManyRequests") return SlideTemplate::standard().render(many_results(), testing::TempDir());
  return std::string(standard_slides());
}

class StructureOf : public testing::TestWithParam<const char*> {
 protected:
  [[nodiscard]] std::vector<std::string> parts(std::string_view folder) const {
    std::vector<std::string> names;
    for (const auto& name : deck_.names()) {
      if (name.starts_with(folder) && name.ends_with(".xml") && name.find("/_rels/") == std::string::npos) names.push_back(name);
    }
    return names;
  }

  const Deck deck_{deck_of(GetParam())};
};

TEST_P(StructureOf, GivesEveryPartItsContentTypeAndNoneToWhatIsNot) {
  const auto types = deck_.xml("[Content_Types].xml");
  std::set<std::string> typed;
  std::set<std::string> extensions;
  for (const auto& one : types->select_nodes("//Override")) {
    const std::string name = std::string(one.node().attribute("PartName").value()).substr(1);
    EXPECT_TRUE(deck_.has(name)) << name;
    EXPECT_TRUE(typed.insert(name).second) << name;
  }
  for (const auto& one : types->select_nodes("//Default")) extensions.insert(one.node().attribute("Extension").value());
  for (const auto& name : deck_.names()) {
    if (name != "[Content_Types].xml") EXPECT_TRUE(typed.contains(name) || extensions.contains(name.substr(name.rfind('.') + 1))) << name;
  }
}

TEST_P(StructureOf, LeadsOnlyToPartsThatAreThere) {
  for (const auto& name : deck_.names()) {
    if (!name.ends_with(".rels")) continue;
    auto part = name.substr(0, name.size() - std::string_view(".rels").size());
    part.erase(part.find("_rels/"), std::string_view("_rels/").size());
    if (!part.empty()) EXPECT_TRUE(deck_.has(part)) << name;
    std::set<std::string> ids;
    const auto list = deck_.xml(name);
    for (const auto& one : list->select_nodes("//Relationship")) {
      const std::string id = one.node().attribute("Id").value();
      EXPECT_TRUE(ids.insert(id).second) << name << ' ' << id;
      EXPECT_STREQ(one.node().attribute("TargetMode").value(), "") << "nothing comes from outside";
      EXPECT_TRUE(deck_.has(deck_.target(part, id))) << name << ' ' << id;
    }
  }
}

TEST_P(StructureOf, RefersOnlyToRelationshipsThatAreThere) {
  for (const auto& name : parts("ppt/")) {
    const auto document = deck_.xml(name);
    for (const auto& one : document->select_nodes("//@r:id | //@r:embed | //@r:link")) {
      EXPECT_TRUE(deck_.has(deck_.target(name, one.attribute().value()))) << name << ' ' << one.attribute().value();
    }
  }
}

TEST_P(StructureOf, NumbersItsShapesAndSlidesWithoutRepetition) {
  for (const auto& name : parts("ppt/slide")) {
    std::set<std::string> ids;
    const auto document = deck_.xml(name);
    for (const auto& one : document->select_nodes("//p:cNvPr")) EXPECT_TRUE(ids.insert(one.node().attribute("id").value()).second) << name;
  }
  std::set<int> numbers;
  const auto presentation = deck_.xml("ppt/presentation.xml");
  for (const auto& slide : presentation->select_nodes("//p:sldId")) {
    EXPECT_TRUE(numbers.insert(slide.node().attribute("id").as_int()).second);
    EXPECT_GE(slide.node().attribute("id").as_int(), 256);
  }
}

TEST_P(StructureOf, KeepsTheOrderOfTheSchema) {
  for (const auto& name : parts("ppt/")) {
    const auto document = deck_.xml(name);
    for (const auto& one : document->select_nodes("//*")) EXPECT_THAT(disorder_in(one.node()), IsEmpty()) << name;
  }
}

TEST_P(StructureOf, ReadsFromRightToLeftInPersian) {
  EXPECT_STREQ(deck_.xml("ppt/presentation.xml")->child("p:presentation").attribute("rtl").value(), "1");
  for (const auto& name : parts("ppt/slides/")) {
    const auto document = deck_.xml(name);
    for (const auto& one : document->select_nodes("//a:p/a:pPr")) EXPECT_STREQ(one.node().attribute("rtl").value(), "1") << name;
    for (const auto& one : document->select_nodes("//a:p[not(a:pPr)]")) ADD_FAILURE() << name << ' ' << one.node().name();
    for (const auto& one : document->select_nodes("//a:r/a:rPr")) EXPECT_STREQ(one.node().attribute("lang").value(), "fa-IR") << name;
    EXPECT_THAT(document->select_nodes("//a:t[contains(translate(., '123456789', '000000000'), '0') and not(contains(., '{{'))]"),
                IsEmpty())
        << name << ": Latin digits";
  }
}

TEST_P(StructureOf, IsReadableFromTheBackRow) {
  constexpr int title = 4'000;
  constexpr int body = 2'800;
  for (const auto& name : parts("ppt/")) {
    const auto document = deck_.xml(name);
    for (const auto& one : document->select_nodes("//@sz[parent::a:rPr or parent::a:defRPr]"))
      EXPECT_GE(one.attribute().as_int(), body) << name;
    for (const auto& one : document->select_nodes("//p:titleStyle/a:lvl1pPr/a:defRPr/@sz")) EXPECT_GE(one.attribute().as_int(), title);
  }
}

INSTANTIATE_TEST_SUITE_P(Slides, StructureOf, testing::Values("Template", "NoRequest", "OneRequest", "ManyRequests"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace salam::paper
