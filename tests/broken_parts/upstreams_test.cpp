#include <spdlog/fmt/fmt.h>

#include "tests/broken_parts/backlog.h"

namespace salam::test {
namespace {

using testing::HasSubstr;
using Which = City::Which;

constexpr auto to_the_desk = R"("category": "loan", )";

/// Lets the system's lookup prove itself: what it does not find later is believed to be absent.
void prove_lookup(City& city, Backlog& backlog, const std::string& dependency) {
  backlog.take(1);
  ASSERT_TRUE(eventually([&] { return backlog.all_told() && city->dependency(dependency, "lookup_proved") == "yes"; }))
      << city->operations("/health").body;
}

class DeskThatAnswersGarbage : public testing::TestWithParam<std::string> {};

TEST_P(DeskThatAnswersGarbage, RegistersEachRequestOnceWhenItIsWellAgain) {
  City city;
  Backlog backlog(city, to_the_desk);
  prove_lookup(city, backlog, "service_desk");
  city.fault(Which::service_desk, GetParam());
  backlog.take(20);
  expect_failing(city, "service_desk");
  ASSERT_TRUE(eventually([&] { return backlog.count("uncertain") >= 5; })) << "200 with garbage may be a registration";
  backlog.take(5);
  city.heal(Which::service_desk);
  backlog.expect_recovered(Which::service_desk);
}

INSTANTIATE_TEST_SUITE_P(ByKind, DeskThatAnswersGarbage,
                         testing::Values(R"({"mode": "garbage", "on": "any"})",   // after it has acted
                                         R"({"mode": "html_200", "on": "any"})",  // without acting
                                         R"({"mode": "empty", "on": "any"})"));

TEST(UpstreamThatAcceptsAndNeverAnswers, HoldsNeitherIntakeNorTheOthersUp) {
  City city;
  Backlog backlog(city);
  prove_lookup(city, backlog, "137");
  city.fault(Which::system137, R"({"mode": "hang", "on": "any"})");
  backlog.take(20);
  expect_failing(city, "137");
  EXPECT_EQ(city->operations("/livez").status, 200);

  Gateway& gateway = city.gateway();
  const auto desk = gateway.take_in(Gateway::form("d", R"("category": "loan", "citizen": {"name": "نمونه", "mobile": "09130001234"})"));
  EXPECT_TRUE(eventually([&] { return gateway.is_told(desk); })) << "the desk is well";
  city.heal(Which::system137);
  backlog.expect_recovered(Which::system137);
}

TEST(SmsLineOutOfCredit, KeepsHoldingCodesAndTextsEachOnceWhenThereIsCreditAgain) {
  City city({.gateway = {.replace = {{"[sms]\n", "[sms]\nholding_after = \"100ms\"\n"}}}});
  Backlog backlog(city);
  city.fault(Which::system137, R"({"mode": "status", "status": 503})");
  city.fault(Which::sms, R"({"mode": "status", "status": 418})");
  backlog.take(15);
  expect_failing(city, "sms");
  EXPECT_THAT(city->dependency("sms", "last_error"), HasSubstr("418"));
  expect_failing(city, "137");
  EXPECT_EQ(backlog.count("waiting"), 15U) << "want of credit is no reason to stop a registration";

  city.heal(Which::sms);
  ASSERT_TRUE(eventually_within(std::chrono::seconds(60), [&] { return backlog.all_told(); })) << city->operations("/health").body;
  for (const auto& id : backlog.ids()) EXPECT_EQ(city->request(id).at("/told/code"), city->request(id).at("/tracking_code"));
  city.heal(Which::system137);
  backlog.expect_recovered(Which::system137, 2);
}

TEST(SmsLineWhoseCreditRunsOutAgain, SendsNoRequestToAPersonForIt) {
  City city({.gateway = {.replace = {{"[sms]\n", "[sms]\nholding_after = \"100ms\"\n"}}}});
  Backlog backlog(city);
  city.fault(Which::system137, R"({"mode": "status", "status": 503})");
  city.fault(Which::sms, R"({"mode": "status", "status": 418, "match": "09135554111"})");
  backlog.take(8);
  const auto refused = [&] {
    const auto outcomes = city->get("/v1/requests/" + backlog.ids().front() + "/history").each("/attempts", "/outcome");
    return std::ranges::count(outcomes, "misconfigured");
  };
  ASSERT_TRUE(eventually_within(std::chrono::seconds(60), [&] { return refused() >= 4; })) << "others pass meanwhile";
  EXPECT_EQ(city->state(backlog.ids().front()), "waiting");
  city.heal(Which::sms);
  city.heal(Which::system137);
  backlog.expect_recovered(Which::system137, 2);
}

}  // namespace
}  // namespace salam::test
