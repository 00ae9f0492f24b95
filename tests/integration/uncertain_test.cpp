#include <algorithm>

#include <spdlog/fmt/fmt.h>

#include "tests/integration/gateway.h"

namespace salam::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using Which = City::Which;

/// Gives the lookup of 137 its proof: a registration that succeeds is looked up once.
void prove_lookup(City& city) {
  city->take("proof");
  ASSERT_TRUE(eventually([&] { return city->dependency("137", "lookup_proved") == "yes"; })) << city->operations("/health").body;
}

class AnswerThatGotLost : public testing::TestWithParam<std::string> {};

TEST_P(AnswerThatGotLost, LeavesOneRegistrationWhichTheLookupFinds) {
  City city;
  city.fault(Which::system137, GetParam());
  const auto id = city->take("1");
  ASSERT_TRUE(eventually([&] { return city->is_told(id); })) << city->request(id).body;
  const auto in_137 = city.registered(Which::system137, id);
  EXPECT_EQ(in_137.times, 1);
  EXPECT_EQ(city->request(id).at("/told/code"), in_137.code);
  EXPECT_THAT(city->get("/v1/requests/" + id + "/history").each("/attempts", "/outcome"), ElementsAre("uncertain", "found", "sent"));
}

INSTANTIATE_TEST_SUITE_P(ByFault, AnswerThatGotLost,
                         testing::Values(R"({"mode": "reset_after", "count": 1})", R"({"mode": "hang", "acts": true, "count": 1})",
                                         R"({"mode": "garbage", "count": 1})", R"({"mode": "empty", "count": 1})",
                                         R"({"mode": "cut_body", "count": 1})", R"({"mode": "html_200", "acts": true, "count": 1})",
                                         R"({"mode": "status", "status": 500, "acts": true, "count": 1})",
                                         R"({"mode": "status", "status": 502, "acts": true, "count": 1})",
                                         R"({"mode": "status", "status": 504, "acts": true, "count": 1})"));

TEST(AnswerOfTheDeskThatGotLost, LeavesOneRegistrationWhichTheLookupFinds) {
  City city;
  city.fault(Which::service_desk, R"({"mode": "reset_after", "count": 1})");
  const auto id = city->take_in(Gateway::form("1", R"("category": "loan", "citizen": {"mobile": "09130001234"})"));
  ASSERT_TRUE(eventually([&] { return city->is_told(id); })) << city->request(id).body;
  EXPECT_EQ(city.registered(Which::service_desk, id).times, 1);
}

class RequestThatNeverActed : public testing::TestWithParam<std::string> {};

TEST_P(RequestThatNeverActed, IsSentAgainOnceTheLookupProvedThatItIsAbsent) {
  City city;
  prove_lookup(city);
  city.fault(Which::system137, GetParam());
  const auto id = city->take("1");
  ASSERT_TRUE(eventually([&] { return city->is_told(id); })) << city->request(id).body << city->get("/v1/requests/" + id + "/history").body;
  EXPECT_EQ(city.registered(Which::system137, id).times, 1);
  const auto outcomes = city->get("/v1/requests/" + id + "/history").each("/attempts", "/outcome");
  EXPECT_EQ(outcomes.front(), "uncertain");
  EXPECT_THAT(outcomes, Contains("absent"));
  EXPECT_EQ(std::count(outcomes.begin(), outcomes.end(), "registered"), 1);
}

INSTANTIATE_TEST_SUITE_P(ByFault, RequestThatNeverActed,
                         testing::Values(R"({"mode": "reset_before", "count": 1})", R"({"mode": "html_200", "count": 1})",
                                         R"({"mode": "hang", "count": 1})", R"({"mode": "status", "status": 500, "count": 1})"));

TEST(UncertainRequest, IsNotSentAgainByALookupThatIgnoresItsFilter) {
  City city;
  prove_lookup(city);
  city.fault(Which::system137, R"({"mode": "reset_before", "count": 1})");
  city.fault(Which::system137, R"({"mode": "lookup_all", "on": "look_up"})");
  const auto id = city->take("1");
  ASSERT_TRUE(eventually([&] { return city->is_told(id); })) << city->request(id).body;
  const auto in_137 = city.registered(Which::system137, id);
  EXPECT_EQ(in_137.times, 1);
  EXPECT_EQ(city->request(id).at("/told/code"), in_137.code) << "another's registration is no hit";
}

TEST(UncertainRequest, IsFoundThoughTheLookupLags) {
  City city;
  prove_lookup(city);
  city.fault(Which::system137, R"({"mode": "reset_after", "count": 1})");
  city.fault(Which::system137, R"({"mode": "lookup_nothing", "on": "look_up", "count": 1})");
  const auto id = city->take("1");
  ASSERT_TRUE(eventually([&] { return city->is_told(id); })) << city->request(id).body;
  EXPECT_EQ(city.registered(Which::system137, id).times, 1);
}

/// One that is registered in 137, which the gateway does not know, with a lookup that finds nothing.
std::string unknowable(City& city) {
  city.fault(Which::system137, R"({"mode": "reset_after", "count": 1})");
  city.fault(Which::system137, R"({"mode": "lookup_nothing", "on": "look_up"})");
  auto id = city->take("1");
  EXPECT_TRUE(eventually([&] { return testing::Value(city->attention(id), ElementsAre("uncertain")); })) << city->request(id).body;
  return id;
}

TEST(UncertainRequest, IsNeverSentAgainWhereTheLookupHasNotProvedItself) {
  City city;
  const auto id = unknowable(city);
  EXPECT_EQ(city->state(id), "uncertain");
  const auto item = city->get("/v1/attention?reason=uncertain");
  EXPECT_THAT(item.each("/items/0/actions"), ElementsAre("registered", "send_again"));
  const auto lookups = [&] {
    const auto outcomes = city->get("/v1/requests/" + id + "/history").each("/attempts", "/outcome");
    return std::count(outcomes.begin(), outcomes.end(), "absent");
  };
  const auto before = lookups();
  EXPECT_TRUE(eventually([&] { return lookups() >= before + 3; })) << "it goes on looking";
  EXPECT_EQ(city.registered(Which::system137, id).times, 1);
  EXPECT_EQ(city->state(id), "uncertain");
  EXPECT_EQ(city->audit(), 0) << "it stands on the list";
}

TEST(UncertainRequest, LeavesTheListByItselfOnceTheLookupFindsIt) {
  City city;
  const auto id = unknowable(city);
  city.heal(Which::system137);
  ASSERT_TRUE(eventually([&] { return city->is_told(id); })) << city->request(id).body;
  EXPECT_EQ(city.registered(Which::system137, id).times, 1);
  EXPECT_TRUE(city->attention(id).empty());
}

TEST(UncertainRequest, StandsOnTheListAtOnceWithoutSettleAfter) {
  City city({.gateway = {.replace = {{"settle_after = \"300ms\"\n", ""}}}});
  city.fault(Which::system137, R"({"mode": "reset_after", "count": 1})");
  const auto id = city->take("1");
  EXPECT_TRUE(eventually([&] { return testing::Value(city->attention(id), ElementsAre("uncertain")); })) << city->request(id).body;
  EXPECT_EQ(city.registered(Which::system137, id).times, 1);
}

TEST(Settling, AsRegisteredTakesTheCodeThatAPersonFound) {
  City city;
  const auto id = unknowable(city);
  const auto found = city.registered(Which::system137, id).code;
  const auto settled =
      city->settle(id, fmt::format(R"({{"action": "registered", "by": "علی نمونه", "code": "{}", "note": "در سامانه دیده شد"}})", found));
  EXPECT_EQ(settled.status, 200) << settled.body;
  EXPECT_EQ(settled.at("/state"), "registered");
  ASSERT_TRUE(eventually([&] { return city->is_told(id); }));
  EXPECT_EQ(city->request(id).at("/told/code"), found);
  EXPECT_EQ(city.registered(Which::system137, id).times, 1);
}

TEST(Settling, AsSendAgainRegistersIt) {
  City city({.gateway = {.replace = {{"settle_after = \"300ms\"\n", ""}}}});
  city.fault(Which::system137, R"({"mode": "reset_before", "count": 1})");
  const auto id = city->take("1");
  ASSERT_TRUE(eventually([&] { return city->state(id) == "uncertain"; }));
  EXPECT_EQ(city->settle(id, R"({"action": "send_again", "by": "علی نمونه"})").status, 200);
  ASSERT_TRUE(eventually([&] { return city->is_told(id); })) << city->request(id).body;
  EXPECT_EQ(city.registered(Which::system137, id).times, 1);
}

TEST(Settling, NeedsAnIdempotencyKeyAndAnswersARepetitionTheSame) {
  City city;
  const auto id = unknowable(city);
  const auto target = "/v1/requests/" + id + "/settle";
  const std::string body = R"({"action": "registered", "by": "علی نمونه", "code": "4711"})";
  const Headers key{{"Idempotency-Key", "one"}};

  const auto without = city->post(target, body);
  EXPECT_EQ(without.status, 400);
  EXPECT_EQ(without.at("/code"), "idempotency_key_missing");
  EXPECT_EQ(city->state(id), "uncertain");

  const auto first = city->post(target, body, key);
  EXPECT_EQ(first.status, 200) << first.body;
  EXPECT_EQ(first.header("idempotent-replayed"), "");
  const auto again = city->post(target, body, key);
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.header("idempotent-replayed"), "true");
  EXPECT_EQ(again.body, first.body);

  const auto reused = city->post(target, R"({"action": "send_again", "by": "علی نمونه"})", key);
  EXPECT_EQ(reused.status, 422);
  EXPECT_EQ(reused.at("/code"), "idempotency_key_reused");

  const auto late = city->settle(id, R"({"action": "send_again", "by": "علی نمونه"})");
  EXPECT_EQ(late.status, 409);
  EXPECT_EQ(late.at("/code"), "not_settleable");
}

TEST(Settling, NeedsAName) {
  City city;
  const auto id = unknowable(city);
  const auto reply = city->settle(id, R"({"action": "send_again"})");
  EXPECT_EQ(reply.status, 422);
  EXPECT_EQ(reply.at("/errors/0/pointer"), "/by") << reply.body;
  EXPECT_EQ(city->settle(id, R"({"action": "registered", "by": "علی"})").at("/errors/0/pointer"), "/code");
  EXPECT_EQ(city->state(id), "uncertain");
}

TEST(BusyUpstream, IsLeftAloneForAsLongAsItAsks) {
  for (const int status : {429, 503}) {
    City city;
    city.fault(Which::system137, fmt::format(R"({{"mode": "status", "status": {}, "retry_after": 1, "count": 1}})", status));
    const auto start = std::chrono::steady_clock::now();
    const auto reply = city->post("/v1/requests", Gateway::form("1"), {{"Prefer", "wait=10"}});
    EXPECT_EQ(reply.status, 201) << reply.body;
    EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::seconds(1)) << status;
    EXPECT_EQ(city.registered(Which::system137, reply.at("/id")).times, 1);
  }
}

TEST(UpstreamThatRefusesTheKey, PausesAndIsReportedUntilItTakesItAgain) {
  City city;
  city.fault(Which::system137, R"({"mode": "status", "status": 401})");
  const auto id = city->take("1");
  ASSERT_TRUE(eventually([&] { return city->dependency("137") == "failing"; })) << city->operations("/health").body;
  EXPECT_EQ(city->operations("/health").at("/status"), "degraded");
  EXPECT_THAT(city->dependency("137", "last_error"), HasSubstr("401"));
  EXPECT_NE(city->dependency("137", "since"), "(absent)");
  EXPECT_EQ(city->operations("/readyz").status, 200) << "intake goes on";
  EXPECT_TRUE(eventually([&] { return city->state(id) == "waiting"; }));

  city.heal(Which::system137);
  ASSERT_TRUE(eventually([&] { return city->is_told(id); })) << city->request(id).body;
  EXPECT_EQ(city->dependency("137"), "ok");
  EXPECT_EQ(city.registered(Which::system137, id).times, 1);
}

TEST(PoisonousRequest, GoesToAPersonWhileOthersPass) {
  City city;
  city.fault(Which::system137, R"({"mode": "status", "status": 403, "match": "زهرآگین"})");
  const auto poison = city->take_in(
      R"({"meeting": "m", "form": "p", "kind": "complaint", "subject": "زهرآگین", "description": "متن", "citizen": {"mobile": "09130001234"}})");
  int number = 0;
  ASSERT_TRUE(eventually([&] {
    city->take(std::to_string(++number));
    return testing::Value(city->attention(poison), ElementsAre("poison"));
  })) << city->request(poison).body;
  ASSERT_TRUE(eventually(
      [&] { return city->get("/v1/requests?state=registered&page_size=1000").count("/requests") == static_cast<std::size_t>(number); }));
}

TEST(UnclearRefusal, GoesToAPersonAndNotToTheDesk) {
  City city;
  city.fault(Which::system137, R"({"mode": "status", "status": 400, "text": "چیز دیگری"})");
  const auto id = city->take("1");
  ASSERT_TRUE(eventually([&] { return testing::Value(city->attention(id), ElementsAre("unclear")); })) << city->request(id).body;
  EXPECT_EQ(city.registered(Which::service_desk, id).times, 0);
  city.heal(Which::system137);
  EXPECT_EQ(city->settle(id, R"({"action": "send_again", "by": "علی", "system": "service_desk"})").status, 200);
  ASSERT_TRUE(eventually([&] { return city->is_told(id); })) << city->request(id).body;
  EXPECT_EQ(city.registered(Which::service_desk, id).times, 1);
}

TEST(UpstreamThatIsDown, DelaysAndLosesNothing) {
  City city;
  city.stand_ins().control(Which::system137, "POST", "/_control/down", "", "ms=400");
  const auto id = city->take("1");
  ASSERT_TRUE(eventually([&] { return city->is_told(id); })) << city->request(id).body;
  EXPECT_EQ(city.registered(Which::system137, id).times, 1);
}

}  // namespace
}  // namespace salam::test
