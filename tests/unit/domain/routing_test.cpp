#include "gateway/domain/routing.h"

#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace salam {
namespace {

using testing::HasSubstr;

RoutingRule to_desk(std::string name) { return {.name = std::move(name), .why = "کار شهرداری نیست", .system = System::service_desk}; }

RoutingRule with_words(std::vector<std::string> words) {
  auto rule = to_desk("words");
  rule.words = std::move(words);
  return rule;
}

RoutingFacts facts(std::string_view subject, std::string_view description = "") {
  return {.region = *Region::from_number(5), .kind = Kind::request, .category = "", .subject = subject, .description = description};
}

RuleSet rules(std::vector<RoutingRule> list) { return RuleSet::make(std::move(list), "digest").value(); }

TEST(Routing, GoesTo137WhereNoRuleClaims) {
  const auto decision = rules({with_words({"وام"})}).decide(facts("آسفالت کوچه"));
  EXPECT_EQ(decision.system, System::system137);
  EXPECT_EQ(decision.rule, "default");
  EXPECT_EQ(decision.digest, "digest");
}

TEST(Routing, WithoutRulesGoesTo137) {
  EXPECT_EQ(RuleSet().decide(facts("وام")).system, System::system137);
  EXPECT_EQ(RuleSet().decide(facts("وام")).digest, "none");
}

TEST(Routing, FindsAWordInSubjectOrDescription) {
  const auto set = rules({with_words({"وام"})});
  EXPECT_EQ(set.decide(facts("درخواست وام ازدواج")).system, System::service_desk);
  EXPECT_EQ(set.decide(facts("درخواست", "وام.")).system, System::service_desk);
  EXPECT_EQ(set.decide(facts("«وام»؟")).rule, "words");
}

TEST(Routing, FindsWholeWordsOnly) {
  const auto set = rules({with_words({"وام", "آب"})});
  EXPECT_EQ(set.decide(facts("وامانده در ترافیک")).system, System::system137);
  EXPECT_EQ(set.decide(facts("خیابان آبشار، دوام آسفالت")).system, System::system137);
}

TEST(Routing, FindsPhrasesAcrossDirtyText) {
  const auto set = rules({with_words({"قطعی برق"})});
  EXPECT_EQ(set.decide(facts("قطعي  بــرق")).system, System::service_desk);
  EXPECT_EQ(set.decide(facts("", "قطعی\r\nبرق!")).system, System::service_desk);
  EXPECT_EQ(set.decide(facts("از \u202Bقطعی،برق\u202C خسته شدیم")).system, System::service_desk);
  EXPECT_EQ(set.decide(facts("قطعی آب و برق")).system, System::system137);
}

TEST(Routing, DoesNotJoinTheEndOfTheSubjectWithTheDescription) {
  EXPECT_EQ(rules({with_words({"قطعی برق"})}).decide(facts("قطعی", "برق")).system, System::system137);
}

TEST(Routing, ComparesWithoutJoinersAndArabicLetters) {
  const auto set = rules({with_words({"بی‌كاري"})});
  EXPECT_EQ(set.decide(facts("بیکاری جوانان")).system, System::service_desk);
  EXPECT_EQ(set.decide(facts("بی‌کاری جوانان")).system, System::service_desk);
}

TEST(Routing, FindsALaterPhraseThatSharesItsFirstWord) {
  const auto set = rules({with_words({"قطع گاز", "قطع برق"})});
  EXPECT_EQ(set.decide(facts("قطع آب", "قطع برق")).system, System::service_desk);
}

TEST(Routing, NeedsEveryConditionAndOneValueOfEach) {
  auto rule = with_words({"نور", "روشنایی"});
  rule.kinds = {Kind::request, Kind::complaint};
  rule.regions = {*Region::from_number(5), *Region::from_number(16)};
  rule.categories = {"lighting"};
  const auto set = rules({rule});
  auto all = facts("روشنایی پارک");
  all.category = "lighting";
  EXPECT_EQ(set.decide(all).rule, "words");
  auto other = all;
  other.kind = Kind::thanks;
  EXPECT_EQ(set.decide(other).rule, "default");
  EXPECT_THAT(set.explain(other).at(0).reason, HasSubstr("kind"));
  other = all;
  other.region = *Region::from_number(6);
  EXPECT_EQ(set.decide(other).rule, "default");
  EXPECT_THAT(set.explain(other).at(0).reason, HasSubstr("region"));
  other = all;
  other.category = "";
  EXPECT_EQ(set.decide(other).rule, "default");
  EXPECT_THAT(set.explain(other).at(0).reason, HasSubstr("category"));
  other = all;
  other.subject = "درخت";
  EXPECT_EQ(set.decide(other).rule, "default");
  EXPECT_THAT(set.explain(other).at(0).reason, HasSubstr("words"));
}

TEST(Routing, TheFirstRuleThatFiresDecides) {
  auto exception = with_words({"وام"});
  exception.name = "thanks_stay";
  exception.kinds = {Kind::thanks};
  exception.system = System::system137;
  const auto set = rules({exception, with_words({"وام"})});
  auto thanks = facts("تشکر بابت وام");
  thanks.kind = Kind::thanks;
  EXPECT_EQ(set.decide(thanks).rule, "thanks_stay");
  EXPECT_EQ(set.decide(thanks).system, System::system137);
  EXPECT_EQ(set.decide(facts("وام")).rule, "words");
}

TEST(Routing, SetsTheCategoryOnlyWhereThereIsNone) {
  auto rule = with_words({"وام"});
  rule.set_category = "loans";
  const auto set = rules({rule});
  EXPECT_EQ(set.decide(facts("وام")).category, "loans");
  auto with_category = facts("وام");
  with_category.category = "welfare";
  EXPECT_EQ(set.decide(with_category).category, "welfare");
  auto unclaimed = facts("درخت");
  unclaimed.category = "green_space";
  EXPECT_EQ(set.decide(unclaimed).category, "green_space");
}

TEST(RoutingExplanation, ListsRulesUpToTheOneThatFiresWithTheWordFound) {
  auto first = with_words({"گاز"});
  first.name = "gas";
  auto last = with_words({"آب"});
  last.name = "water";
  const auto traces = rules({first, with_words({"وام", "تسهیلات"}), last}).explain(facts("تسهیلات برای تعمیر خانه و آب"));
  ASSERT_EQ(traces.size(), 2U);
  EXPECT_EQ(traces[0].rule, "gas");
  EXPECT_FALSE(traces[0].fired);
  EXPECT_TRUE(traces[1].fired);
  EXPECT_EQ(traces[1].reason, "کار شهرداری نیست («تسهیلات»)");
}

TEST(RuleSet, RefusesRulesThatCannotBeMeant) {
  const auto code = [](std::vector<RoutingRule> list) { return RuleSet::make(std::move(list), "").error().code; };
  EXPECT_EQ(code({to_desk("no_condition")}), "routing_rule_invalid");
  EXPECT_EQ(code({with_words({"وام"}), with_words({"کار"})}), "routing_rule_invalid");  // the same name twice
  EXPECT_EQ(code({with_words({"وام", " … "})}), "routing_rule_invalid");
  auto nameless = with_words({"وام"});
  nameless.name = "";
  EXPECT_EQ(code({nameless}), "routing_rule_invalid");
  auto called_default = with_words({"وام"});
  called_default.name = "default";
  EXPECT_EQ(code({called_default}), "routing_rule_invalid");
}

TEST(RuleSet, DecidesTheSameOnSeveralThreads) {
  const auto set = rules({with_words({"قطعی برق"})});
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&set] {
      for (int n = 0; n < 200; ++n) {
        EXPECT_EQ(set.decide(facts("قطعی برق")).rule, "words");
        EXPECT_EQ(set.decide(facts("درخت")).rule, "default");
      }
    });
  }
}

}  // namespace
}  // namespace salam
