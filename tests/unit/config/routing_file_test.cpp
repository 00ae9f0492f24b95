#include "gateway/app/routing_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace salam::app {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

std::vector<std::string> problems(std::string_view toml) {
  std::vector<std::string> lines;
  const auto rules = read_routing_rules("routing.toml", toml);
  if (rules.ok()) return lines;
  for (const auto& problem : rules.error()) lines.push_back(problem.text());
  return lines;
}

TEST(RoutingFile, IsReadInItsOrder) {
  const auto rules = read_routing_rules("routing.toml", R"(
[[rule]]
name = "power"
why = "برق با شرکت توزیع است"
kinds = ["request", "complaint"]
regions = ["5", "nazhvan"]
words = ["قطعی برق"]
system = "service_desk"
set_category = "power"
[[rule]]
name = "rest"
why = "x"
categories = ["power"]
system = "137"
)");
  ASSERT_TRUE(rules.ok());
  const auto decision = rules->decide({.region = *Region::from_number(5), .kind = Kind::request, .subject = "قطعی برق", .description = ""});
  EXPECT_EQ(decision.rule, "power");
  EXPECT_EQ(decision.system, System::service_desk);
  EXPECT_EQ(decision.category, "power");
  EXPECT_EQ(decision.digest, rules->digest());
  EXPECT_THAT(rules->explain({.region = *Region::from_number(6), .kind = Kind::request, .category = "power"}), SizeIs(2));
}

TEST(RoutingFile, IsNamedByItsContent) {
  const std::string rule = "[[rule]]\nname = \"a\"\nwhy = \"x\"\nwords = [\"b\"]\nsystem = \"137\"\n";
  EXPECT_EQ(read_routing_rules("a", rule)->digest(), "a647027f36a3aac53ac167e679ef2263e64d40df18801b33d168ccdcc929ef60");
  EXPECT_NE(read_routing_rules("a", rule + "# x")->digest(), read_routing_rules("a", rule)->digest());
}

TEST(RoutingFile, NamesEverythingThatIsWrong) {
  EXPECT_THAT(problems(R"([[rule]]
name = "a"
why = "x"
kinds = ["wish"]
regions = ["16"]
words = ["b"]
system = "rt"
wrods = ["c"]
[[rule]]
name = "b"
why = "x"
system = "137"
[[rule]]
why = "x"
words = ["c"]
)"),
              ElementsAre(HasSubstr("routing.toml:4: rule[0].kinds: `wish` is not one of request"),
                          HasSubstr("routing.toml:5: rule[0].regions: `16` is not one of 1 to 15"),
                          "routing.toml:7: rule[0].system: must be one of 137, service_desk",
                          "routing.toml:8: rule[0].wrods: is unknown; did you mean `words`?",
                          HasSubstr("routing.toml:9: rule[1]: routing rule `b`"), "routing.toml:13: rule[2].name: is required",
                          "routing.toml:13: rule[2].system: must be one of 137, service_desk"));
}

TEST(RoutingFile, RefusesANameUsedTwice) {
  const std::string rule = "[[rule]]\nname = \"a\"\nwhy = \"x\"\nwords = [\"b\"]\nsystem = \"137\"\n";
  EXPECT_THAT(problems(rule + rule), ElementsAre(HasSubstr("routing.toml:6: rule[1]: routing rule `a`")));
}

TEST(RoutingFile, WithoutARuleIsTakenForOneCutShort) {
  EXPECT_THAT(problems("# nothing"), ElementsAre("routing.toml: rule: is missing: there is no rule"));
}

TEST(RoutingFile, SaysThatItCannotBeRead) {
  EXPECT_EQ(read_routing_file("/").error().front().text(), "/: cannot be read");
  const auto rules = read_routing_file("/nowhere/routing.toml");
  ASSERT_FALSE(rules.ok());
  EXPECT_EQ(rules.error().front().text(), "/nowhere/routing.toml: cannot be read");
}

}  // namespace
}  // namespace salam::app
