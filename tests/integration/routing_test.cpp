#include <csignal>

#include <spdlog/fmt/fmt.h>

#include "tests/integration/gateway.h"

namespace salam::test {
namespace {

using testing::HasSubstr;
using Which = City::Which;

const std::string question = R"({"region": "3", "kind": "complaint", "subject": "قطعی برق", "description": "هر شب"})";

constexpr std::string_view asphalt_to_desk = R"([[rule]]
name = "asphalt_to_desk"
why = "for a test"
categories = ["asphalt"]
system = "service_desk"
)";

void reload(City& city, std::string_view until_logged) {
  city->signal(SIGHUP);
  EXPECT_TRUE(eventually([&] { return city->log().find(until_logged) != std::string::npos; })) << city->log();
}

TEST(Routing, IsExplainedRuleByRuleWithoutStoringAnything) {
  City city;
  const auto reply = city->post("/v1/routing/explain", question);
  EXPECT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.at("/system"), "service_desk");
  EXPECT_EQ(reply.at("/rule"), "power_cut");
  EXPECT_EQ(reply.at("/category"), "power");
  EXPECT_EQ(reply.at("/digest").size(), 64U);
  std::size_t fired = 0;
  for (std::size_t i = 0; i < reply.count("/rules"); ++i) {
    EXPECT_NE(reply.at(fmt::format("/rules/{}/reason", i)), "") << i;
    if (reply.at(fmt::format("/rules/{}/fired", i)) == "true") ++fired;
  }
  EXPECT_EQ(fired, 1U) << reply.body;
  EXPECT_EQ(city->operations("/health").at("/counts/requests"), "0");
  EXPECT_EQ(city->post("/v1/routing/explain", R"({"region": "16", "kind": "complaint"})").at("/errors/0/pointer"), "/region");
}

TEST(Routing, RulesAreReloadedAndWhatWasDecidedStays) {
  City city;
  const auto asphalt = [](std::string_view number) { return Gateway::form(number, R"("category": "asphalt")"); };
  const auto before = city->take_in(asphalt("1"));
  const auto digest = city->request(before).at("/route/digest");
  city->folder().write("routing.toml", asphalt_to_desk);
  reload(city, "routing rules reloaded");
  const auto after = city->take_in(asphalt("2"));
  EXPECT_EQ(city->request(after).at("/route/system"), "service_desk");
  EXPECT_EQ(city->request(after).at("/route/rule"), "asphalt_to_desk");
  EXPECT_NE(city->request(after).at("/route/digest"), digest);
  EXPECT_EQ(city->request(before).at("/route/system"), "137");
  EXPECT_EQ(city->request(before).at("/route/digest"), digest);
}

TEST(Routing, FileWithAMistakeKeepsTheOldRulesAndSaysSo) {
  City city;
  city->folder().write("routing.toml", "[[rule]]\nname = \"half\"\nsystem = \"138\"\n");
  reload(city, "routing rules kept as they were");
  EXPECT_THAT(city->log(), HasSubstr("routing.toml"));
  EXPECT_THAT(city->log(), HasSubstr("must be one of 137, service_desk"));
  EXPECT_EQ(city->post("/v1/routing/explain", question).at("/rule"), "power_cut");
  city->folder().write("routing.toml", "# cut short");
  reload(city, "there is no rule");
  std::filesystem::remove(city->folder() / "routing.toml");
  reload(city, "cannot be read");
  EXPECT_EQ(city->post("/v1/routing/explain", question).at("/rule"), "power_cut");
}

TEST(Keys, AreTakenAndForgottenByReload) {
  City city;
  const auto fresh = city->key_with("tablet", {"read"});
  const auto list = [&](const std::string& key) {
    return call(city->api_port(), "GET", "/v1/requests", "", {{"Authorization", "Bearer " + key}});
  };
  EXPECT_EQ(list(fresh).at("/code"), "unknown_key");
  city->signal(SIGHUP);
  EXPECT_TRUE(eventually([&] { return list(fresh).status == 200; }));
  EXPECT_EQ(city->run({"key", "revoke", "tablet", "--keys", (city->folder() / "keys.json").string()}).code, 0);
  city->signal(SIGHUP);
  EXPECT_TRUE(eventually([&] { return list(fresh).at("/code") == "unknown_key"; }));
  EXPECT_EQ(city->get("/v1/requests").status, 200) << "the other key stays";
}

TEST(Keys, FileWithAMistakeKeepsTheOldKeysAndSaysSo) {
  City city;
  city->folder().write("keys.json", "{\"keys\": ");
  reload(city, "keys kept as they were");
  std::filesystem::remove(city->folder() / "keys.json");
  std::filesystem::create_directory(city->folder() / "keys.json");
  reload(city, "cannot read the keys file");
  EXPECT_EQ(city->get("/v1/requests").status, 200);
}

}  // namespace
}  // namespace salam::test
