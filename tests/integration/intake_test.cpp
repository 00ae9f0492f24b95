#include <spdlog/fmt/fmt.h>

#include "tests/integration/gateway.h"

namespace salam::test {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;
using Which = City::Which;

std::string joined(const std::vector<std::string>& items) {
  std::string text;
  for (const auto& item : items) text += (text.empty() ? "" : ",") + item;
  return R"({"requests": [)" + text + "]}";
}

/// A gateway whose systems are served by hand: nothing leaves it.
City::Options by_hand() {
  return {.gateway = {.replace = {{"driver = \"open311\"", "driver = \"by_hand\""}, {"driver = \"mapped\"", "driver = \"by_hand\""}}}};
}

TEST(Intake, AnswersWithIdCodeAndWhereToLook) {
  City city(by_hand());
  const auto reply = city->post("/v1/requests", Gateway::form("1"));
  EXPECT_EQ(reply.status, 202);
  EXPECT_EQ(reply.header("content-type"), "application/json");
  EXPECT_EQ(reply.header("location"), "/v1/requests/" + reply.at("/id"));
  EXPECT_THAT(reply.at("/tracking_code"), testing::MatchesRegex("[1-8][0-9]{9}"));
  EXPECT_EQ(city->get(reply.header("location")).at("/tracking_code"), reply.at("/tracking_code"));
}

TEST(Intake, SameFormAgainIsTheSameRequest) {
  City city(by_hand());
  const auto first = city->post("/v1/requests", Gateway::form("12"));
  const auto again = city->post("/v1/requests", Gateway::form("12"));
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.header("idempotent-replayed"), "true");
  EXPECT_EQ(again.at("/id"), first.at("/id"));
  EXPECT_EQ(again.at("/tracking_code"), first.at("/tracking_code"));
  EXPECT_EQ(city->operations("/health").at("/counts/requests"), "1");
}

TEST(Intake, SameFormTypedInOtherLettersAndDigitsIsTheSameContent) {
  City city(by_hand());
  const auto first = city->post(
      "/v1/requests",
      R"({"meeting": "m", "form": "12", "kind": "complaint", "subject": "یک چاله کوچک", "description": "پلاک ۱۲", "citizen": {"name": "علی", "mobile": "09130001234"}})");
  ASSERT_EQ(first.status, 202) << first.body;
  const auto again = city->post(
      "/v1/requests",
      R"({"meeting": "m", "form": "۱۲", "item": 1, "kind": "complaint", "region": "۵", "subject": "يك چاله كوچك", "description": " پلاک  ۱۲ ", "citizen": {"name": "علي", "mobile": "+۹۸ ۹۱۳ ۰۰۰ ۱۲۳۴"}})");
  EXPECT_EQ(again.status, 200) << again.body;
  EXPECT_EQ(again.at("/id"), first.at("/id"));
}

TEST(Intake, KeepsWhatTheCitizenWroteAndShowsItNormalised) {
  City city(by_hand());
  const auto id = city->take_in(
      R"({"meeting": "m", "form": "1", "kind": "complaint", "subject": "يك چاله كوچك", "description": "متن", "citizen": {"mobile": "۰۹۱۳ ۰۰۰ ۱۲۳۴"}})");
  EXPECT_EQ(city->request(id).at("/subject"), "یک چاله کوچک");
  EXPECT_EQ(city->request(id).at("/citizen/mobile"), "+989130001234");
  EXPECT_THAT(city->query("SELECT original FROM papers"), HasSubstr("يك چاله كوچك"));
}

TEST(Intake, FormReusedWithOtherContentNamesWhatDiffersAndTheRequest) {
  City city(by_hand());
  const auto first = city->post("/v1/requests", Gateway::form("12"));
  const auto other = city->post(
      "/v1/requests",
      R"({"meeting": "m", "form": "۱۲", "kind": "request", "subject": "چاله", "description": "چیز دیگر", "citizen": {"name": "نمونه", "mobile": "09130001235"}})");
  EXPECT_EQ(other.status, 409);
  EXPECT_EQ(other.header("content-type"), "application/problem+json");
  EXPECT_EQ(other.at("/code"), "form_reused");
  EXPECT_EQ(other.at("/request"), "/v1/requests/" + first.at("/id"));
  EXPECT_EQ(other.header("location"), other.at("/request"));
  EXPECT_THAT(other.each("/errors", "/pointer"), UnorderedElementsAre("/kind", "/description", "/citizen/mobile")) << other.body;
  EXPECT_EQ(city->request(first.at("/id")).at("/description"), "چاله در خیابان");
}

TEST(Intake, FormMayHoldSeveralRequests) {
  City city(by_hand());
  const auto first = city->take("12");
  const auto second = city->take_in(
      R"({"meeting": "m", "form": "12", "item": 2, "kind": "thanks", "subject": "سپاس", "description": "از باغبان‌ها"})");
  EXPECT_NE(first, second);
}

TEST(Intake, RegionIsTheMeetingsUnlessTheMatterLiesElsewhere) {
  City city(by_hand());
  EXPECT_EQ(city->request(city->take("1")).at("/region"), "5");
  EXPECT_EQ(city->request(city->take_in(Gateway::form("2", R"("region": "ناژوان")"))).at("/region"), "nazhvan");
  EXPECT_EQ(city->request(city->take_in(Gateway::form("3", R"("region": 14)"))).at("/region"), "14");
}

TEST(Intake, AnswersInPersianWhereAsked) {
  City city(by_hand());
  const auto reply = city->post("/v1/requests", R"({"meeting": "m"})", {{"Accept-Language", "fa"}});
  EXPECT_EQ(reply.header("content-language"), "fa");
  EXPECT_THAT(reply.at("/title"), HasSubstr("محتوا"));
  EXPECT_EQ(reply.at("/code"), "schema_violation");
}

TEST(Intake, ExplainsEveryRefusalInTheLanguageAskedFor) {
  City city(by_hand());
  const auto id = city->take("1");
  const auto ask = [&](std::string_view method, const std::string& target, std::string_view body) {
    return call(city->api_port(), method, target, body,
                {{"Authorization", "Bearer " + city->key()},
                 {"Content-Type", "application/json"},
                 {"Accept-Language", "fa"},
                 {"Idempotency-Key", "k"}});
  };
  for (const auto& reply :
       {ask("POST", "/v1/requests", "nonsense"), ask("GET", "/v1/requests?region=16", ""), ask("GET", "/v1/meetings/none", ""),
        ask("PUT", "/v1/meetings/a%20b", "{}"), ask("GET", "/v1/attention?page_size=0", "")}) {
    EXPECT_THAT(reply.at("/detail"), HasSubstr("ید")) << reply.body;
  }
  EXPECT_EQ(ask("POST", "/v1/requests", "nonsense").at("/errors/0/pointer"), "");
  EXPECT_THAT(ask("POST", "/v1/requests", "nonsense").at("/errors/0/expected"), HasSubstr("Invalid value. at offset"));
  city->settle(id, R"({"action": "handed_over", "by": "x"})");
  const auto twice = ask("POST", "/v1/requests/" + id + "/settle", R"({"action": "handed_over", "by": "x"})");
  EXPECT_EQ(twice.at("/code"), "not_settleable");
  EXPECT_THAT(twice.at("/detail"), HasSubstr("درخواست"));
  EXPECT_THAT(twice.at("/why"), HasSubstr("the request is `by_hand`"));
}

TEST(Intake, ShowsAfterWaitingInVainHowTheRequestStands) {
  City city(by_hand());
  const auto reply = city->post("/v1/requests", Gateway::form("1"), {{"Prefer", "wait=1"}});
  EXPECT_EQ(reply.status, 202);
  EXPECT_EQ(reply.at("/state"), "by_hand");
}

TEST(Intake, CarriesTheTraceIntoItsEvents) {
  City city(by_hand());
  const std::string trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  city->post("/v1/requests", Gateway::form("1"), {{"traceparent", trace}});
  EXPECT_EQ(city->get("/v1/events").at("/events/0/traceparent"), trace);
}

TEST(Meeting, IsMadeKnownOnceAndCanBeRead) {
  City city(by_hand());
  const std::string body = R"({"region": "۳", "mosque": "مسجد جامع", "date": "2026-12-08"})";
  EXPECT_EQ(city->put("/v1/meetings/1405-09-17-r03", body).status, 201);
  EXPECT_EQ(city->put("/v1/meetings/1405-09-17-r03", body).status, 200);
  const auto meeting = city->get("/v1/meetings/1405-09-17-r03");
  EXPECT_EQ(meeting.at("/region"), "3");
  EXPECT_EQ(meeting.at("/date_jalali"), "۱۴۰۵/۰۹/۱۷");
  EXPECT_EQ(city->get("/v1/meetings/other").at("/code"), "meeting_not_found");
}

TEST(Meeting, KeepsItsRegionOnceItHasRequests) {
  City city(by_hand());
  city->take("1");
  const auto reply = city->put("/v1/meetings/m", R"({"region": "6", "mosque": "مسجد نمونه", "date": "2026-11-24"})");
  EXPECT_EQ(reply.status, 409) << reply.body;
  EXPECT_EQ(reply.at("/code"), "meeting_has_requests");
  EXPECT_EQ(city->get("/v1/meetings/m").at("/region"), "5");
}

TEST(Batch, AnswersEachItemByItself) {
  City city(by_hand());
  city->take("1");
  const auto reply = city->post("/v1/requests/batch",
                                joined({Gateway::form("2"), Gateway::form("1"), Gateway::form("1", R"("citizen": {"name": "دیگری"})"),
                                        R"({"meeting": "m", "form": "3"})", R"("no object")",
                                        R"({"meeting": "none", "form": "4", "kind": "thanks", "subject": "s", "description": "d"})",
                                        Gateway::form("5", R"("extra": 1)"), Gateway::form("6"), Gateway::form("6"),
                                        Gateway::form("6", R"("category": "asphalt")")}));
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(reply.each("/results", "/status"), ElementsAre("202", "200", "409", "422", "422", "422", "422", "202", "200", "409"))
      << reply.body;
  EXPECT_EQ(reply.at("/results/0/request/form"), "2");
  EXPECT_EQ(reply.at("/results/1/replayed"), "true");
  EXPECT_EQ(reply.at("/results/2/problem/code"), "form_reused");
  EXPECT_EQ(reply.at("/results/3/problem/code"), "schema_violation");
  EXPECT_EQ(reply.at("/results/5/problem/code"), "unknown_meeting");
  EXPECT_EQ(reply.at("/results/6/problem/errors/0/pointer"), "/extra");
  EXPECT_EQ(city->operations("/health").at("/counts/requests"), "3");
}

TEST(Batch, TakesAThousandAndNotOneMore) {
  City city(by_hand());
  std::vector<std::string> forms;
  for (int number = 0; number < 1000; ++number) forms.push_back(Gateway::form(std::to_string(number)));
  forms.push_back(Gateway::form("1000"));
  const auto refused = city->post("/v1/requests/batch", joined(forms));
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(refused.at("/errors/0/pointer"), "/requests") << refused.body;
  EXPECT_EQ(city->operations("/health").at("/counts/requests"), "0");

  forms.pop_back();
  const auto taken = city->post("/v1/requests/batch", joined(forms));
  EXPECT_EQ(taken.count("/results"), 1000U);
  EXPECT_THAT(taken.each("/results", "/status"), Each("202"));
  EXPECT_EQ(city->operations("/health").at("/counts/requests"), "1000");
}

TEST(Batch, BeyondEightMebibytesIsRefused) {
  City city(by_hand());
  const auto reply = city->post("/v1/requests/batch", R"({"requests": [")" + std::string(8 * 1024 * 1024, 'x') + "\"]}");
  EXPECT_EQ(reply.status, 413);
  EXPECT_EQ(reply.at("/code"), "body_too_large");
}

TEST(Batch, WholeMeetingIsRegisteredAndEverybodyIsTold) {
  City city;
  std::vector<std::string> forms;
  for (int number = 0; number < 60; ++number) forms.push_back(Gateway::form(std::to_string(number)));
  ASSERT_THAT(city->post("/v1/requests/batch", joined(forms)).each("/results", "/status"), Each("202"));
  ASSERT_TRUE(eventually([&] { return city->operations("/health").at("/counts/told") == "60"; })) << city->operations("/health").body;
  const auto in_137 = city.ledger(Which::system137, true);
  EXPECT_EQ(in_137.at("/count"), "60");
  EXPECT_EQ(in_137.at("/distinct_external_ids"), "60");
  EXPECT_EQ(city.ledger(Which::sms, true).at("/sent"), "60");
}

}  // namespace
}  // namespace salam::test
