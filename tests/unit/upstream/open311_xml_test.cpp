#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/upstream/open311.h"
#include "tests/unit/upstream/support.h"

namespace salam::upstream {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::shared_ptr<const Protocol> open311(Open311Settings settings = {}) {
  settings.format = ReplyFormat::xml;
  settings.refused = {{{400}, {"not_accepted"}, {}}, {{400}, {}, {"قابلیت ثبت ندارد"}}};
  settings.later = {{{400}, {"maintenance"}, {}}};
  settings.already_exists = {{{}, {"already_exists"}, {}}};
  return make_open311(std::move(settings), std::make_shared<ServiceCatalogue>(std::map<std::string, std::string>{}, "other"));
}

http_client::Response xml(int status, std::string_view body) {
  return reply(status, R"(<?xml version="1.0" encoding="utf-8"?>)" + std::string(body), "text/xml; charset=utf-8");
}

std::string requests(std::string_view inside) { return "<service_requests>" + std::string(inside) + "</service_requests>"; }
std::string request(std::string_view inside) { return requests("<request>" + std::string(inside) + "</request>"); }
std::string error(std::string_view code, std::string_view description, std::string_view more = "") {
  return "<errors><error><code>" + std::string(code) + "</code><description>" + std::string(description) + "</description>" +
         std::string(more) + "</error></errors>";
}

SubmitOutcome submitted(int status, std::string_view body) { return open311()->submit_answer(sample_request(), xml(status, body)).outcome; }

TEST(Open311Xml, AsksForXml) {
  Open311Settings settings;
  settings.jurisdiction_id = "isfahan";
  const auto protocol = open311(settings);
  const auto message = protocol->submit_request(sample_request());
  EXPECT_EQ(message.target, "/requests.xml");
  EXPECT_THAT(message.headers, testing::Contains(std::pair<std::string, std::string>("Accept", "text/xml, application/xml")));
  EXPECT_THAT(protocol->look_up(sample_request())->request().target, HasSubstr("/requests.xml?attribute"));
  EXPECT_EQ(protocol->poll_request("t").target, "/tokens/t.xml?jurisdiction_id=isfahan");
  EXPECT_THAT(protocol->list(sample_request().received_at)->request().target, HasSubstr("/requests.xml?"));
}

TEST(Open311Xml, JudgesAnswersAsInJson) {
  const std::pair<std::pair<int, std::string>, std::string_view> cases[] = {
      {{201, request("<service_request_id>293944</service_request_id><service_notice/><account_id/>")}, "registered"},
      {{200, "<request><service_request_id>293944</service_request_id></request>"}, "registered"},
      {{200, request("<service_request_id>\n  A-<![CDATA[1&2]]>\n</service_request_id>")}, "registered"},
      {{202, request("<service_request_id/><token>12345</token>")}, "pending"},
      {{201, request("<token>12345</token>")}, "pending"},
      {{201, request("<service_request_id/><token/>")}, "uncertain"},
      {{201, request("<service_request_id>0</service_request_id>")}, "uncertain"},
      {{201, request("<service_request_id>null</service_request_id>")}, "uncertain"},
      {{201, request("<service_request_id><id>7</id></service_request_id>")}, "uncertain"},
      {{201, request("<service_request_id>1</service_request_id><service_request_id>2</service_request_id>")}, "uncertain"},
      {{201,
        requests(
            "<request><service_request_id>1</service_request_id></request><request><service_request_id>2</service_request_id></request>")},
       "uncertain"},
      {{201, requests("")}, "uncertain"},
      {{201, requests("<service_request_id>1</service_request_id>")}, "uncertain"},
      {{201, "<receipt><service_request_id>1</service_request_id></receipt>"}, "uncertain"},
      {{200, "<html><body>welcome</body></html>"}, "uncertain"},
      {{200, error("500", "failed")}, "uncertain"},
      {{400, error("not_accepted", "x")}, "refused"},
      {{400,
        "<errors><error><code>1</code></error><error><code>400</code><description>این مورد قابليت ثبت ندارد.</description></error></errors>"},
       "refused"},
      {{400, "<error><code>Not_Accepted</code></error>"}, "refused"},
      {{400, error("400", "the case system is down")}, "unclear"},
      {{400, error("maintenance", "x")}, "try_later"},
      {{409, error("already_exists", "x", "<service_request_id>77</service_request_id>")}, "registered"},
      {{409, error("already_exists", "x")}, "uncertain"},
      {{403, error("403", "api_key")}, "misconfigured"},
      {{404, error("404", "service_code was not found")}, "unclear"},
      {{500, request("<service_request_id>1</service_request_id>")}, "uncertain"},
  };
  for (const auto& [answer, outcome] : cases) EXPECT_EQ(name_of(submitted(answer.first, answer.second)), outcome) << answer.second;
}

TEST(Open311Xml, PassesOverAByteOrderMark) {
  const auto answer = reply(200, "\xEF\xBB\xBF" + request("<service_request_id>1</service_request_id>"), "text/xml");
  EXPECT_EQ(name_of(open311()->submit_answer(sample_request(), answer).outcome), "registered");
}

TEST(Open311Xml, GivesIdTokenAndTheIdThatExistedBefore) {
  EXPECT_EQ(std::get<outcome::Registered>(submitted(200, request("<service_request_id> A-1&amp;2 </service_request_id>"))).code, "A-1&2");
  EXPECT_EQ(std::get<outcome::Pending>(submitted(200, request("<token>t-1</token>"))).token, "t-1");
  const auto existing = submitted(409, error("already_exists", "x", "<service_request_id>77</service_request_id>"));
  EXPECT_EQ(std::get<outcome::Registered>(existing).code, "77");
}

TEST(Open311Xml, CountsABlackboxsSuccessOnlyWhereConfigured) {
  Open311Settings settings;
  settings.blackbox = true;
  const auto outcome = [&](std::string_view body) {
    return name_of(open311(settings)->submit_answer(sample_request(), xml(200, body)).outcome);
  };
  EXPECT_EQ(outcome(request("<service_notice>thanks</service_notice>")), "registered");
  EXPECT_EQ(outcome(requests("")), "registered");
  EXPECT_EQ(outcome(error("400", "no")), "uncertain");
  EXPECT_EQ(outcome(request("<code>400</code>")), "uncertain");
  EXPECT_EQ(outcome("<html/>"), "uncertain");
}

TEST(Open311Xml, ShowsTheErrorsWordsWithoutPersonalData) {
  const auto answer = open311()->submit_answer(sample_request(), xml(400, error("400", "phone 09131234567 of علی رضایی is malformed")));
  EXPECT_THAT(answer.excerpt, AllOf(HasSubstr("HTTP 400"), HasSubstr("is malformed"), Not(HasSubstr("رضایی")), Not(HasSubstr("4567"))));
  const auto echo = open311()->submit_answer(sample_request(), xml(200, request("<description>چاله</description>")));
  EXPECT_THAT(echo.excerpt, Not(HasSubstr("چاله")));
}

TEST(Open311Xml, PollsTokens) {
  const auto polled = [](std::string_view body) { return name_of(open311()->poll_answer("t", xml(200, body)).outcome); };
  EXPECT_EQ(polled(request("<service_request_id>638344</service_request_id><token>t</token>")), "registered");
  EXPECT_EQ(polled(request("<service_request_id>638344</service_request_id><token>other</token>")), "not_yet");
  EXPECT_EQ(polled(request("<service_request_id/><token>t</token>")), "not_yet");
  EXPECT_EQ(polled(requests("")), "not_yet");
  EXPECT_EQ(polled("<html/>"), "try_later");
}

std::string item(std::string_view id, std::string_view inside) {
  return "<request><service_request_id>" + std::string(id) + "</service_request_id>" + std::string(inside) + "</request>";
}

std::string_view found(std::string_view body) {
  const auto answer = open311()->look_up(sample_request())->feed(xml(200, body));
  return answer ? name_of(answer->outcome) : "more";
}

TEST(Open311Xml, FindsByAttributeOrDescription) {
  const auto ours = sample_code.digits();
  const auto attributes = "<attributes><external_id>" + ours + "</external_id></attributes>";
  const auto answer = open311()->look_up(sample_request())->feed(xml(200, requests(item("1", "") + item("2", attributes))));
  EXPECT_EQ(std::get<outcome::Found>(answer.value().outcome).code, "2");
  EXPECT_EQ(found(requests(item("3", "<external_id>" + ours + "</external_id>"))), "found");
  EXPECT_EQ(found(requests(item("3", "<description>چاله\nکد پيگيري: " + ours + "</description>"))), "found");
  EXPECT_EQ(found(requests(item("", attributes))), "try_later");
  EXPECT_EQ(found(requests(item(ours, ""))), "more");
}

TEST(Open311Xml, BelievesAbsentOnlyOfAnEmptyListOfRequests) {
  EXPECT_EQ(found(requests("")), "absent");
  EXPECT_EQ(found("<requests/>"), "absent");
  for (const auto* const body :
       {"<nothing/>", "<services/>", "<service_requests><service_request/></service_requests>", "<html/>", "<errors/>",
        "<service_requests>none</service_requests>", "<service_requests><request/></service_requests>", "[]"}) {
    EXPECT_EQ(found(body), "try_later") << body;
  }
}

TEST(Open311Xml, ListsWhatTheSystemHolds) {
  const auto listing = open311()->list(sample_request().received_at);
  std::vector<Held> held;
  const auto page = requests(item("1", "<external_id>" + sample_code.digits() + "</external_id>") + item("2", ""));
  const auto more = listing->feed(xml(200, page), held);
  ASSERT_TRUE(more);
  EXPECT_TRUE(*more);
  ASSERT_EQ(held.size(), 1U);
  EXPECT_EQ(held[0].code, "1");
  EXPECT_FALSE(listing->feed(xml(200, "<html/>"), held));
}

}  // namespace
}  // namespace salam::upstream
