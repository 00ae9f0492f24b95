#include <spdlog/fmt/fmt.h>

#include "gateway/domain/text.h"
#include "tests/integration/gateway.h"

namespace salam::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using Which = City::Which;

const std::string power_cut =
    R"({"meeting": "m", "form": "1", "kind": "complaint", "subject": "قطعی برق", "description": "هر شب برق می‌رود", "citizen": {"mobile": "09130001234"}})";

std::string not_for_137(std::string_view number) {
  return Gateway::form(number, R"("category": "other_bodies", "citizen": {"name": "نمونه", "mobile": "09130001234"})");
}

TEST(WholeWay, FormIsRegisteredIn137AndItsCitizenIsTextedTheCode) {
  City city;
  const auto id = city->take("1");
  ASSERT_TRUE(eventually([&] { return city->is_told(id); })) << city->request(id).body << city->log();

  const auto request = city->request(id);
  const auto in_137 = city.registered(Which::system137, id);
  EXPECT_EQ(in_137.times, 1);
  EXPECT_EQ(request.at("/state"), "registered");
  EXPECT_EQ(request.at("/registration/system"), "137");
  EXPECT_EQ(request.at("/registration/code"), in_137.code);
  EXPECT_EQ(request.at("/told/by"), "sms");
  EXPECT_EQ(request.at("/told/code"), in_137.code);
  EXPECT_EQ(request.count("/attention"), 0U);
  EXPECT_EQ(request.at("/messages/0/state"), "delivered");
  EXPECT_THAT(city.texts("09130001234"), ElementsAre(HasSubstr(persian_digits(in_137.code))));
}

TEST(WholeWay, HistoryTellsEveryStepWithoutAGap) {
  City city;
  const auto id = city->take("1");
  ASSERT_TRUE(eventually([&] { return city->is_told(id); }));
  const auto history = city->get("/v1/requests/" + id + "/history");
  EXPECT_THAT(history.each("/events", "/type"), ElementsAre(HasSubstr("received"), HasSubstr("registered"), HasSubstr("message_sent"),
                                                            HasSubstr("message_delivered"), HasSubstr("told")))
      << history.body;
  EXPECT_THAT(history.each("/events", "/sequence"), ElementsAre("1", "2", "3", "4", "5"));
  EXPECT_EQ(history.at("/attempts/0/target"), "137");
  EXPECT_EQ(history.at("/attempts/0/outcome"), "registered");
}

TEST(WholeWay, AuditPassesOnceEveryCitizenIsTold) {
  City city;
  const auto id = city->take("1");
  ASSERT_TRUE(eventually([&] { return city->is_told(id); }));
  const auto audit = city->run({"audit"});
  EXPECT_EQ(audit.code, 0);
  EXPECT_THAT(audit.output, HasSubstr("requests 1, told 1, meetings 1"));
  EXPECT_THAT(audit.output, HasSubstr("audit passed"));
}

TEST(WholeWay, MattersOfOtherBodiesGoToTheDeskByRule) {
  City city;
  const auto id = city->take_in(power_cut);
  ASSERT_TRUE(eventually([&] { return city->is_told(id); })) << city->request(id).body;
  EXPECT_EQ(city->request(id).at("/registration/system"), "service_desk");
  EXPECT_EQ(city->request(id).at("/route/rule"), "power_cut");
  EXPECT_EQ(city.registered(Which::service_desk, id).times, 1);
  EXPECT_EQ(city.registered(Which::system137, id).times, 0);
}

TEST(WholeWay, What137RefusesGoesToTheDeskByItself) {
  City city;
  const auto id = city->take_in(not_for_137("1"));
  ASSERT_TRUE(eventually([&] { return city->is_told(id); })) << city->request(id).body;
  const auto request = city->request(id);
  const auto at_the_desk = city.registered(Which::service_desk, id);
  EXPECT_EQ(request.at("/route/system"), "137");
  EXPECT_EQ(request.at("/registration/system"), "service_desk");
  EXPECT_EQ(request.at("/told/code"), at_the_desk.code);
  EXPECT_EQ(at_the_desk.times, 1);
  EXPECT_THAT(city->get("/v1/requests/" + id + "/history").body, HasSubstr("redirected"));
}

TEST(WholeWay, WhatBothRefuseStandsOnTheAttentionListUntilAPersonSettlesIt) {
  City city({.stand_ins = {.refused_by_desk = {"other_bodies"}}});
  const auto id = city->take_in(not_for_137("1"));
  ASSERT_TRUE(eventually([&] { return city->state(id) == "needs_decision"; })) << city->request(id).body;
  const auto list = city->get("/v1/attention?reason=refused");
  ASSERT_EQ(list.count("/items"), 1U) << list.body;
  EXPECT_EQ(list.at("/items/0/request/id"), id);
  EXPECT_NE(list.at("/items/0/due"), "(absent)");
  EXPECT_THAT(list.each("/items/0/actions"), ElementsAre("registered", "send_again"));
  EXPECT_EQ(list.at("/items/0/settle"), "/v1/requests/" + id + "/settle");
  EXPECT_EQ(city->audit(), 0) << "it stands on the list";

  const auto settled = city->settle(id, R"({"action": "registered", "by": "زهرا احمدی", "system": "service_desk", "code": "D-77"})");
  EXPECT_EQ(settled.status, 200) << settled.body;
  ASSERT_TRUE(eventually([&] { return city->is_told(id); })) << city->request(id).body;
  EXPECT_EQ(city->request(id).at("/told/code"), "D-77");
  EXPECT_EQ(city->get("/v1/attention").count("/items"), 0U);
  EXPECT_THAT(city->get("/v1/requests/" + id + "/history").body, HasSubstr("زهرا احمدی"));
}

TEST(WholeWay, WhoPrefersToWaitGetsTheUpstreamsCode) {
  City city;
  const auto reply = city->post("/v1/requests", Gateway::form("1"), {{"Prefer", "wait=10"}});
  EXPECT_EQ(reply.status, 201) << reply.body;
  EXPECT_EQ(reply.header("preference-applied"), "wait=10");
  EXPECT_EQ(reply.at("/state"), "registered");
  EXPECT_EQ(reply.at("/registered/code"), city.registered(Which::system137, reply.at("/id")).code);
  EXPECT_EQ(reply.header("location"), "/v1/requests/" + reply.at("/id"));
}

TEST(WholeWay, WhoWaitsInVainGetsTheGatewaysCode) {
  City city;
  city.fault(Which::system137, R"({"mode": "status", "status": 503})");
  const auto reply = city->post("/v1/requests", Gateway::form("1"), {{"Prefer", "wait=1"}});
  EXPECT_EQ(reply.status, 202) << reply.body;
  EXPECT_EQ(reply.header("preference-applied"), "wait=1");
  EXPECT_EQ(reply.at("/tracking_code").size(), 10U);
  EXPECT_EQ(reply.at("/registered/code"), "(absent)");
  city.heal(Which::system137);
  const auto again = city->post("/v1/requests", Gateway::form("1"), {{"Prefer", "wait=10"}});
  EXPECT_EQ(again.status, 200) << again.body;
  EXPECT_EQ(again.at("/tracking_code"), reply.at("/tracking_code"));
  EXPECT_NE(again.at("/registered/code"), "(absent)");
}

TEST(WholeWay, TokenIsPolledUntilTheCodeComes) {
  City city({.gateway = {.replace = {{"first_retry", "poll_every = \"100ms\"\nfirst_retry"}}}});
  city.fault(Which::system137, R"({"mode": "token", "ms": 200})");
  const auto id = city->take("1");
  ASSERT_TRUE(eventually([&] { return city->is_told(id); })) << city->request(id).body;
  const auto in_137 = city.registered(Which::system137, id);
  EXPECT_EQ(in_137.times, 1);
  EXPECT_EQ(city->request(id).at("/told/code"), in_137.code);
}

TEST(WholeWay, EveryEventReachesKafka) {
  City city({.stand_ins = {.kafka = true}});
  const auto id = city->take("1");
  ASSERT_TRUE(eventually([&] { return city->is_told(id); }));
  EXPECT_TRUE(eventually([&] { return city->dependency("kafka") == "ok" && city->dependency("kafka", "lag") == "0"; }))
      << city->operations("/health").body;
  EXPECT_EQ(city->dependency("kafka", "position"), "5");
}

TEST(WholeWay, WithoutABrokerEventsCanBeReadInTheirOrder) {
  City city;
  const auto first = city->take("1");
  const auto second = city->take_in(power_cut.substr(0, power_cut.find("\"1\"")) + "\"2\"" + power_cut.substr(power_cut.find("\"1\"") + 3));
  ASSERT_TRUE(eventually([&] { return city->is_told(first) && city->is_told(second); }));
  std::vector<std::string> of_first;
  std::string token;
  std::size_t events = 0;
  for (;;) {
    const auto page = city->get("/v1/events?page_size=3&page_token=" + token);
    if (page.count("/events") == 0) break;
    events += page.count("/events");
    for (std::size_t i = 0; i < page.count("/events"); ++i) {
      if (page.at(fmt::format("/events/{}/subject", i)) == first) of_first.push_back(page.at(fmt::format("/events/{}/sequence", i)));
    }
    token = page.at("/next_page_token");
  }
  EXPECT_EQ(events, 10U);
  EXPECT_THAT(of_first, ElementsAre("1", "2", "3", "4", "5"));
}

TEST(WholeWay, NeitherEventsNorLogHoldPersonalDataOrKeys) {
  City city({.stand_ins = {.refused_by_desk = {"other_bodies"}}, .gateway = {.more = "[log]\nlevel = \"trace\"\n"}});
  const auto body =
      R"({"meeting": "m", "form": "1", "kind": "complaint", "subject": "SUBJECT", "description": "DESCRIPTION", "category": "other_bodies", "citizen": {"name": "NAME", "mobile": "09130001234", "national_id": "9991000011"}, "place": {"address": "ADDRESS"}})";
  const auto refused = city->take_in(body);
  const auto told = city->take("2");
  city->post("/v1/requests", R"({"meeting": "m", "form": "1", "kind": "complaint", "subject": "SUBJECT2", "description": "DESCRIPTION2"})");
  city->post("/v1/requests", R"({"subject": "SUBJECT3", "citizen": {"mobile": 9130001234, "name": "NAME2"}})");
  ASSERT_TRUE(eventually([&] { return city->state(refused) == "needs_decision" && city->is_told(told); }));
  const auto events = city->get("/v1/events").body;
  EXPECT_EQ(city->stop(), 0);
  for (const auto& text : {events, city->log()}) {
    for (const auto* const secret : {"SUBJECT", "DESCRIPTION", "NAME", "ADDRESS", "9130001234", "9991000011", "stand-in-sms-key",
                                     "stand-in-137-key", "stand-in-desk-key"}) {
      EXPECT_THAT(text, Not(HasSubstr(secret)));
    }
    EXPECT_THAT(text, Not(HasSubstr(city->key())));
  }
}

}  // namespace
}  // namespace salam::test
