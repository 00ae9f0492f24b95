// The default rules and the sample meeting, as they ship: whoever changes one of them sees here what becomes of the other.
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>
#include <toml++/toml.h>

#include "gateway/domain/routing.h"
#include "gateway/domain/text.h"
#include "gateway/domain/time.h"

namespace salam {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::UnorderedElementsAre;

std::vector<std::string> strings(const toml::table& rule, std::string_view key) {
  std::vector<std::string> values;
  if (const auto* array = rule[key].as_array()) {
    for (const auto& value : *array) values.push_back(value.value<std::string>().value());
  }
  return values;
}

RoutingRule read_rule(const toml::table& table) {
  RoutingRule rule{.name = table["name"].value<std::string>().value(),
                   .why = table["why"].value<std::string>().value(),
                   .kinds = {},
                   .regions = {},
                   .categories = strings(table, "categories"),
                   .words = strings(table, "words"),
                   .system = parse_system(table["system"].value<std::string>().value()).value(),
                   .set_category = table["set_category"].value_or(std::string{})};
  for (const auto& kind : strings(table, "kinds")) rule.kinds.push_back(parse_kind(kind).value());
  for (const auto& region : strings(table, "regions")) rule.regions.push_back(Region::parse(region).value());
  return rule;
}

const RuleSet& default_rules() {
  static const RuleSet rules = [] {
    const auto file = toml::parse_file(SALAM_SOURCE_DIR "/docker/config/routing.toml");
    std::vector<RoutingRule> list;
    for (const auto& rule : *file["rule"].as_array()) list.push_back(read_rule(*rule.as_table()));
    return RuleSet::make(std::move(list), "shipped").value();
  }();
  return rules;
}

std::string routed_by(std::string_view text, Kind kind = Kind::request) {
  return default_rules()
      .decide({.region = *Region::from_number(5), .kind = kind, .category = "", .subject = "درخواست", .description = text})
      .rule;
}

rapidjson::Document read_json(const std::string& name) {
  std::ifstream file(std::string(SALAM_SOURCE_DIR "/tests/data/") + name);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  rapidjson::Document document;
  document.Parse<rapidjson::kParseValidateEncodingFlag>(text.data(), text.size());
  return document;
}

std::string text_of(const rapidjson::Value& object, const char* member) {
  const auto found = object.FindMember(member);
  return found == object.MemberEnd() ? std::string{} : std::string(found->value.GetString(), found->value.GetStringLength());
}

struct Sample {
  std::string key;  ///< `1014/3`
  RoutingDecision route;
  std::string category;
  std::string region;
  std::string mobile;
  std::string national_id;
};

const std::vector<Sample>& samples() {
  static const std::vector<Sample> all = [] {
    std::vector<Sample> list;
    const auto document = read_json("requests.json");
    for (const auto& request : document["requests"].GetArray()) {
      const int item = request.HasMember("item") ? request["item"].GetInt() : 1;
      Sample sample{.key = latin_digits(text_of(request, "form")) + "/" + std::to_string(item),
                    .route = {},
                    .category = text_of(request, "category"),
                    .region = text_of(request, "region"),
                    .mobile = {},
                    .national_id = {}};
      if (request.HasMember("citizen")) {
        sample.mobile = text_of(request["citizen"], "mobile");
        sample.national_id = text_of(request["citizen"], "national_id");
      }
      const auto subject = text_of(request, "subject");
      const auto description = text_of(request, "description");
      sample.route = default_rules().decide({.region = Region::parse(sample.region).value_or(*Region::from_number(5)),
                                             .kind = parse_kind(text_of(request, "kind")).value(),
                                             .category = sample.category,
                                             .subject = subject,
                                             .description = description});
      list.push_back(std::move(sample));
    }
    return list;
  }();
  return all;
}

TEST(DefaultRules, SendToTheDeskWhat137CannotTake) {
  EXPECT_EQ(routed_by("هفته‌ای دو بار قطعی بــرق داریم"), "power_cut");
  EXPECT_EQ(routed_by("چراغ هاي كوچه خاموش است"), "street_lights");
  EXPECT_EQ(routed_by("فشار آب کم است"), "water_and_gas");
  EXPECT_EQ(routed_by("نشت گاز از علمک گاز"), "water_and_gas");
  EXPECT_EQ(routed_by("پسرم بی‌کار است"), "employment");
  EXPECT_EQ(routed_by("درخواست وام دارم"), "loan");
  EXPECT_EQ(routed_by("اجارهٔ خانه؛ کمک مالی می‌خواهم"), "personal_aid");
  EXPECT_EQ(routed_by("اختلاف ملکی با همسایه"), "land_dispute");
  EXPECT_EQ(routed_by("ملاقات با شهردار"), "meet_mayor");
}

TEST(DefaultRules, Leave137WhatOnlySoundsLikeIt) {
  EXPECT_EQ(routed_by("شیر آب فضای سبز چکه می‌کند"), "default");
  EXPECT_EQ(routed_by("شرکت گاز کوچه را کنده و آسفالت نکرده"), "default");
  EXPECT_EQ(routed_by("زباله‌ها کنار تیر برق جمع شده"), "default");
  EXPECT_EQ(routed_by("دوام آسفالت خیابان آبشار کم است"), "default");
  EXPECT_EQ(routed_by("شاخه درخت به سیم برق گیر کرده"), "default");
  EXPECT_EQ(routed_by("چراغ راهنمایی خراب است"), "default");
}

TEST(DefaultRules, LeaveOpinionsTo137WhateverTheySpeakOf) {
  EXPECT_EQ(routed_by("تشکر بابت ملاقات با شهردار", Kind::thanks), "thanks");
  EXPECT_EQ(routed_by("پیشنهاد اشتغال جوانان", Kind::suggestion), "suggestions");
  EXPECT_EQ(routed_by("قطعی برق", Kind::criticism), "criticism");
}

TEST(DefaultRules, FollowTheCategoryAnOfficerGave) {
  const auto decision = default_rules().decide(
      {.region = *Region::from_number(5), .kind = Kind::request, .category = "employment", .subject = "درخواست", .description = "فرزندم"});
  EXPECT_EQ(decision.system, System::service_desk);
  EXPECT_EQ(decision.rule, "desk_categories");
}

TEST(SampleMeeting, IsATuesdayInRegion5) {
  const auto meeting = read_json("meeting.json");
  ASSERT_TRUE(meeting.IsObject());
  const auto date = parse_date(text_of(meeting, "date"));
  ASSERT_TRUE(date);
  EXPECT_EQ(std::chrono::weekday(std::chrono::sys_days(*date)), std::chrono::Tuesday);
  EXPECT_EQ(text_of(meeting, "region"), "5");
}

TEST(SampleMeeting, HoldsMoreThan60FormsAndNoItemTwice) {
  std::set<std::string> keys;
  std::set<std::string> forms;
  for (const auto& sample : samples()) {
    EXPECT_TRUE(keys.insert(sample.key).second) << sample.key;
    forms.insert(sample.key.substr(0, sample.key.find('/')));
  }
  EXPECT_GE(forms.size(), 60U);
  EXPECT_LT(forms.size(), keys.size());
}

TEST(SampleMeeting, HasWhatTheRulesSendToTheDesk) {
  std::vector<std::string> desk;
  for (const auto& sample : samples()) {
    if (sample.route.system == System::service_desk) desk.push_back(sample.key + " " + sample.route.rule);
  }
  EXPECT_THAT(desk, ElementsAre("1014/3 meet_mayor", "1022/1 power_cut", "1023/1 street_lights", "1024/1 water_and_gas",
                                "1025/1 employment", "1026/1 loan", "1027/1 personal_aid", "1028/1 land_dispute", "1029/1 water_and_gas",
                                "1030/1 meet_mayor", "1031/1 water_and_gas", "1032/1 personal_aid", "1063/3 water_and_gas"));
}

TEST(SampleMeeting, HasWhatNoRuleClaimsBut137Refuses) {
  int other_bodies = 0;
  for (const auto& sample : samples()) {
    if (sample.category != "other_bodies") continue;
    ++other_bodies;
    EXPECT_EQ(sample.route.rule, "default") << sample.key;
  }
  EXPECT_EQ(other_bodies, 6);
}

TEST(SampleMeeting, HasCitizensWhomNoTextMessageReaches) {
  std::vector<std::string> none;
  std::vector<std::string> unusable;
  for (const auto& sample : samples()) {
    if (sample.mobile.empty()) {
      none.push_back(sample.key);
    } else if (!parse_mobile(sample.mobile)) {
      unusable.push_back(sample.key);
    }
  }
  EXPECT_THAT(none, ElementsAre("1015/1", "1016/1", "1032/1", "1066/1"));
  EXPECT_THAT(unusable, ElementsAre("1017/1", "1018/1", "1019/1", "1020/1", "1056/1"));
}

TEST(SampleMeeting, UsesInventedMobileNumbersOnly) {
  for (const auto& sample : samples()) {
    if (const auto mobile = parse_mobile(sample.mobile)) {
      EXPECT_EQ(mobile->substr(0, 9), "+98913000") << sample.key;
    }
  }
}

TEST(SampleMeeting, HasWrongNationalIdsAmongRightOnes) {
  std::vector<std::string> wrong;
  int right = 0;
  for (const auto& sample : samples()) {
    if (sample.national_id.empty()) continue;
    if (parse_national_id(sample.national_id)) {
      ++right;
    } else {
      wrong.push_back(sample.key);
    }
  }
  EXPECT_GE(right, 15);
  EXPECT_THAT(wrong, UnorderedElementsAre("1026/1", "1061/1", "1062/1"));
}

TEST(SampleMeeting, SpeaksOfOtherRegionsToo) {
  std::set<std::string> regions;
  for (const auto& sample : samples()) {
    if (sample.region.empty()) continue;
    const auto region = Region::parse(sample.region);
    ASSERT_TRUE(region) << sample.key;
    regions.insert(region->wire());
  }
  EXPECT_GE(regions.size(), 10U);
  EXPECT_THAT(regions, Contains("nazhvan"));
}

}  // namespace
}  // namespace salam
