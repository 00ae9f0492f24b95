#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/stand_ins/stand_ins.h"
#include "tests/unit/stand_ins/wire.h"

namespace salam::stand_ins {
namespace {

using testing::HasSubstr;
using testing::Not;
using Which = StandIns::Which;

const std::string form_type = "Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\n";
const std::string good_form =
    "api_key=stand-in-137-key&service_code=asphalt&address_string=%D8%AE%DB%8C%D8%A7%D8%A8%D8%A7%D9%86&description=chaleh&"
    "attribute%5Bexternal_id%5D=1234567890";

/// Nothing becomes of what is registered while a test lasts.
Settings at_rest() {
  Settings settings;
  settings.pace = {std::chrono::hours(1), std::chrono::hours(2)};
  return settings;
}

class Open311StandIn : public testing::Test {
 protected:
  explicit Open311StandIn(const Settings& settings = at_rest()) : stand_ins_(settings) {}

  wire::Reply post(const std::string& form, const std::string& type = form_type) {
    return connection_.call("POST", "/open311/v2/requests.json", type, form);
  }
  wire::Reply get(const std::string& target) { return connection_.call("GET", "/open311/v2" + target); }
  void fault(const std::string& json) { ASSERT_EQ(stand_ins_.control(Which::system137, "POST", "/_control/faults", json).status, 201); }
  std::string summary() { return stand_ins_.control(Which::system137, "GET", "/_control/ledger", {}, "summary=1").body; }

  static std::string without(const std::string& field) {
    auto start = good_form.find(field);
    auto end = good_form.find('&', start);
    return good_form.substr(0, start) + (end == std::string::npos ? "" : good_form.substr(end + 1));
  }

  StandIns stand_ins_;
  wire::Connection connection_{wire::port_of(stand_ins_.addresses().open311)};
};

TEST_F(Open311StandIn, RegistersAndTellsAnId) {
  auto reply = post(good_form);
  EXPECT_EQ(reply.status, 201);
  EXPECT_EQ(reply.body, R"([{"service_request_id":"14050001","service_notice":null,"account_id":null}])");
  EXPECT_THAT(
      stand_ins_.control(Which::system137, "GET", "/_control/ledger").body,
      testing::AllOf(HasSubstr(R"("external_id":"1234567890")"), HasSubstr("chaleh"), HasSubstr("خیابان"), Not(HasSubstr("137-key"))));
}

/// A form of that kind with a file, `--B` between its parts.
std::string multipart(const std::string& part, const std::string& end = "--B--\r\n") {
  return "--B\r\nContent-Disposition: form-data; name=\"api_key\"\r\n\r\nstand-in-137-key\r\n"
         "--B\r\nContent-Disposition: form-data; name=\"service_code\"\r\n\r\nasphalt\r\n"
         "--B\r\nContent-Disposition: form-data; name=\"address_string\"\r\n\r\nx\r\n" +
         part + end;
}
std::string media(const std::string& head, const std::string& content = "abc") {
  return "--B\r\nContent-Disposition: form-data; " + head + "\r\n\r\n" + content + "\r\n";
}
const std::string good_head = "name=\"media\"; filename=\"a%22.png\"\r\nContent-Type: image/png";

TEST_F(Open311StandIn, TakesFilesInAMultipartForm) {
  const auto type = "Content-Type: multipart/form-data; boundary=B\r\n";
  EXPECT_EQ(post(multipart(media(good_head)), type).status, 201);
  EXPECT_EQ(post(multipart(media(good_head, "\r\n--A\r\n")), "Content-Type: multipart/form-data; boundary=\"B\"\r\n").status, 201);
  EXPECT_THAT(stand_ins_.control(Which::system137, "GET", "/_control/ledger").body,
              HasSubstr(R"("files":[{"field":"media","name":"a\".png","media_type":"image/png","size":3,"sha256":"ba7816bf)"));
}

TEST_F(Open311StandIn, IsAsStrictAboutAMultipartForm) {
  const std::string type = "Content-Type: multipart/form-data; boundary=B\r\n";
  for (const auto& [wrong, why] : std::map<std::string, std::string>{
           {multipart(media("name=\"photo\"; filename=\"a.png\"\r\nContent-Type: image/png")), "files go in media"},
           {multipart(media("name=\"media\"; filename=\"a.png\"")), "head"},
           {multipart(media("name=\"media\"; filename=\"\"\r\nContent-Type: image/png")), "head"},
           {multipart(media("name=media")), "head"},
           {multipart(media("name=\"a\"\r\nX-Other: 1")), "head"},
           {multipart(media("name=\"a\"", "\xFF")), "not UTF-8"},
           {multipart(media(good_head), "--B--\r\nmore"), "follows the last"},
           {multipart(media(good_head), ""), "does not end"},
           {multipart(media(good_head), "--Bx\r\n"), "follows a boundary"},
           {"preamble" + multipart(media(good_head)), "begin with"},
           {"", "begin with"}}) {
    const auto reply = post(wrong, type);
    EXPECT_EQ(reply.status, 400) << why;
    EXPECT_THAT(reply.body, HasSubstr(why));
  }
  EXPECT_THAT(post(multipart(""), "Content-Type: multipart/form-data\r\n").body, HasSubstr("names no boundary"));
  EXPECT_THAT(summary(), HasSubstr(R"("count":0)"));
}

TEST_F(Open311StandIn, WantsItsKeyInTheForm) {
  EXPECT_EQ(post(without("api_key")).status, 403);
  EXPECT_EQ(post("api_key=wrong&" + without("api_key")).status, 403);
  EXPECT_EQ(connection_.call("POST", "/open311/v2/requests.json?api_key=stand-in-137-key", form_type, without("api_key")).status, 403);
}

TEST_F(Open311StandIn, RefusesWhatTheStandardDoesNotAllow) {
  EXPECT_EQ(post(without("service_code")).status, 400);
  EXPECT_EQ(post(without("address_string")).status, 400);
  EXPECT_EQ(post(without("address_string") + "&lat=32.6").status, 400);
  EXPECT_EQ(post(without("address_string") + "&lat=91&long=51").status, 400);
  EXPECT_EQ(post(without("address_string") + "&lat=32.6&long=51.6").status, 201);
  EXPECT_EQ(post(without("service_code") + "&service_code=moon").status, 404);
  EXPECT_EQ(post(good_form + "&jurisdiction_id=elsewhere").status, 404);
  EXPECT_EQ(post(without("description") + "&description=%3Cb%3Ebold").status, 400);
  EXPECT_EQ(post(without("description") + "&description=%FF").status, 400);
  EXPECT_EQ(post(without("description") + "&description=%2").status, 400);
  EXPECT_EQ(post(R"({"service_code":"asphalt"})", "Content-Type: application/json\r\n").status, 415);
  EXPECT_EQ(post(good_form, "").status, 415);
  EXPECT_EQ(connection_.call("PUT", "/open311/v2/requests.json", form_type, good_form).status, 405);
  EXPECT_EQ(get("/requests.yaml").status, 404);
  EXPECT_EQ(get("/nothing.json").status, 404);
  EXPECT_THAT(summary(), HasSubstr(R"("count":1)"));
}

TEST_F(Open311StandIn, CountsTheDescriptionInCharacters) {
  std::string most;
  for (int i = 0; i < 4'000; ++i) most += "%DA%86";
  EXPECT_EQ(post(without("description") + "&description=" + most).status, 201);
  EXPECT_EQ(post(without("description") + "&description=" + most + "x").status, 400);
}

TEST_F(Open311StandIn, RefusesACategoryThatIsNotItsOwn) {
  auto reply = post(without("service_code") + "&service_code=other_bodies");
  EXPECT_EQ(reply.status, 400);
  EXPECT_THAT(reply.body, HasSubstr(R"([{"code":"not_accepted","description":"این موضوع قابلیت ثبت در سامانه ۱۳۷ را ندارد"}])"));
}

TEST_F(Open311StandIn, FindsByAttributeAndPages) {
  post(good_form);
  post(without("attribute") + "attribute%5Bexternal_id%5D=2234567890");
  auto found = get("/requests.json?attribute%5Bexternal_id%5D=1234567890");
  EXPECT_EQ(found.status, 200);
  EXPECT_THAT(found.body, testing::AllOf(HasSubstr(R"("service_request_id":"14050001")"),
                                         HasSubstr(R"("attributes":{"external_id":"1234567890"})"), Not(HasSubstr("2234567890"))));
  EXPECT_EQ(get("/requests.json?attribute%5Bexternal_id%5D=8234567890").body, "[]");
  EXPECT_EQ(get("/requests.json?attribute%5Bexternal_id%5D=1234567890&page=2&page_size=50").body, "[]");
  EXPECT_THAT(get("/requests.json?page=1&page_size=1").body, testing::AllOf(HasSubstr("14050002"), Not(HasSubstr("14050001"))));
  EXPECT_THAT(get("/requests.json?page=2&page_size=1").body, testing::AllOf(HasSubstr("14050001"), Not(HasSubstr("14050002"))));
  EXPECT_EQ(get("/requests.json?start_date=2099-01-01T00:00:00%2B03:30").body, "[]");
  EXPECT_THAT(get("/requests/14050002.json").body, HasSubstr("2234567890"));
}

TEST_F(Open311StandIn, IgnoresAMisspeltFilterAsRealServersDo) {
  post(good_form);
  EXPECT_THAT(get("/requests.json?external_idd=8234567890").body, HasSubstr("14050001"));
}

TEST_F(Open311StandIn, RefusesBadListParameters) {
  EXPECT_EQ(get("/requests.json?page=0").status, 400);
  EXPECT_EQ(get("/requests.json?page_size=1001").status, 400);
  EXPECT_EQ(get("/requests.json?start_date=yesterday").status, 400);
  EXPECT_EQ(get("/requests.json?start_date=2026-11-23").status, 400);
  EXPECT_EQ(get("/requests.json?start_date=2026-01-01T00:00:00Z&end_date=2026-11-01T00:00:00Z").status, 400);
  EXPECT_EQ(get("/requests/1.json").status, 404);
  EXPECT_EQ(get("/tokens/1.json").status, 404);
}

TEST_F(Open311StandIn, ListsEveryCategoryOfTheGateway) {
  auto list = get("/services.json").body;
  for (auto slug : {"waste", "asphalt", "other", "other_bodies", "thanks"}) {
    EXPECT_THAT(list, HasSubstr("\"service_code\":\"" + std::string(slug) + "\""));
  }
  EXPECT_THAT(get("/services/asphalt.json").body, HasSubstr(R"("code":"external_id")"));
  EXPECT_EQ(get("/services/moon.json").status, 404);
}

TEST_F(Open311StandIn, ATokenGetsItsIdLater) {
  fault(R"({"mode":"token","ms":60000,"count":1})");
  EXPECT_THAT(post(good_form).body, testing::AllOf(HasSubstr(R"("token":"T1")"), Not(HasSubstr("service_request_id"))));
  EXPECT_EQ(get("/tokens/T1.json").status, 404);
  fault(R"({"mode":"token","ms":0,"count":1})");
  post(good_form);
  EXPECT_THAT(get("/tokens/T2.json").body, HasSubstr(R"("service_request_id":"14050002")"));
}

class Open311StandInXml : public Open311StandIn {
 protected:
  wire::Reply post_xml(const std::string& form) { return connection_.call("POST", "/open311/v2/requests.xml", form_type, form); }
  static std::string document(const std::string& inside) { return R"(<?xml version="1.0" encoding="utf-8"?>)" + inside; }
};

TEST_F(Open311StandInXml, SaysTheSameInXml) {
  auto reply = post_xml(good_form + "&description=a%26%3Cb");
  EXPECT_EQ(reply.status, 201);
  EXPECT_THAT(reply.head, HasSubstr("text/xml; charset=utf-8"));
  EXPECT_EQ(reply.body,
            document("<service_requests><request><service_request_id>14050001</service_request_id><service_notice/><account_id/>"
                     "</request></service_requests>"));
  EXPECT_THAT(get("/requests.xml?attribute%5Bexternal_id%5D=1234567890").body,
              testing::AllOf(HasSubstr("<service_requests><request><service_request_id>14050001</service_request_id><status>open</status>"),
                             HasSubstr("<attributes><external_id>1234567890</external_id></attributes>")));
  EXPECT_EQ(get("/requests.xml?attribute%5Bexternal_id%5D=8234567890").body, document("<service_requests/>"));
  EXPECT_THAT(get("/requests/14050001.json").body, HasSubstr("14050001")) << "one registry";
}

TEST_F(Open311StandInXml, SaysErrorsServicesAndTokens) {
  EXPECT_EQ(post_xml(without("service_code")).body,
            document("<errors><error><code>400</code><description>service_code is required</description></error></errors>"));
  EXPECT_THAT(get("/services.xml").body, HasSubstr("<services><service><service_code>waste</service_code>"));
  EXPECT_THAT(get("/services/asphalt.xml").body,
              HasSubstr("<service_definition><service_code>asphalt</service_code><attributes><attribute><variable>true</variable>"
                        "<code>external_id</code>"));
  EXPECT_THAT(get("/discovery.xml").body, HasSubstr("<formats><format>application/json</format><format>text/xml</format></formats>"));
  fault(R"({"mode":"token","ms":0,"count":1})");
  EXPECT_THAT(post_xml(good_form).body, HasSubstr("<request><token>T1</token>"));
  EXPECT_THAT(get("/tokens/T1.xml").body, HasSubstr("<service_request_id>14050001</service_request_id><token>T1</token>"));
}

TEST_F(Open311StandInXml, LeavesGarbageAsItIs) {
  fault(R"({"mode":"garbage","count":1})");
  EXPECT_EQ(post_xml(good_form).body.substr(0, 2), "\x1f\x8b");
}

// --- what becomes of it ----------------------------------------------------------------------------------------------

TEST_F(Open311StandIn, FindsManyByIdWhateverElseIsAsked) {
  for (int i = 0; i < 3; ++i) post(good_form);
  auto found = get("/requests.json?service_request_id=14050001,14050003,1&service_code=waste&status=closed").body;
  EXPECT_THAT(found, testing::AllOf(HasSubstr("14050001"), Not(HasSubstr("14050002")), HasSubstr("14050003")));
  EXPECT_THAT(found, HasSubstr(R"("status":"open","status_notes":null)"));
  EXPECT_EQ(get("/requests.json?service_request_id=1").body, "[]");
  EXPECT_EQ(get("/requests.json?status=closed").body, "[]");
  EXPECT_THAT(get("/requests.json?status=open").body, HasSubstr("14050001"));
}

class BusyOpen311StandIn : public Open311StandIn {
 protected:
  BusyOpen311StandIn() : Open311StandIn(busy()) {}

  static Settings busy() {
    Settings settings;
    settings.pace = {Milliseconds(0), Milliseconds(0)};
    return settings;
  }
  static inline const std::string today = "start_date=2026-01-01T00:00:00Z&end_date=2099-01-01T00:00:00Z";
  std::string update(const std::string& fields, const std::string& suffix = ".json") {
    return connection_.call("POST", "/open311/v2/servicerequestupdates" + suffix, form_type, fields).body;
  }
  static std::string amendment() {
    return "api_key=stand-in-137-key&service_request_id=14050001&update_id=u1&updated_datetime=2026-11-24T12%3A00%3A00Z&status=open&"
           "description=x";
  }
};

TEST_F(BusyOpen311StandIn, GetsOnWithWhatItHoldsUntilItIsClosed) {
  post(good_form);
  EXPECT_THAT(get("/requests.json?service_request_id=14050001").body, HasSubstr(R"("status":"closed","status_notes":"رسیدگی شد")"));
  EXPECT_THAT(get("/requests/14050001.json").body, HasSubstr(R"("status":"closed")"));
  EXPECT_THAT(get("/requests.xml?service_request_id=14050001").body,
              HasSubstr("<status>closed</status><status_notes>رسیدگی شد</status_notes>"));
  EXPECT_THAT(get("/requests.json?status=closed").body, HasSubstr("14050001"));
  EXPECT_EQ(get("/requests.json?status=open").body, "[]");
}

TEST_F(BusyOpen311StandIn, LeavesOpenWhatAFaultSaysSo) {
  fault(R"({"mode":"stays_open","count":1})");
  post(good_form);
  EXPECT_THAT(get("/requests/14050001.json").body, HasSubstr(R"("status":"open")"));
  EXPECT_EQ(get("/servicerequestupdates.json?" + today).body, "[]");
}

TEST_F(BusyOpen311StandIn, TellsUpdatesInBothFormats) {
  post(good_form);
  auto json = get("/servicerequestupdates.json?" + today).body;
  EXPECT_THAT(json, HasSubstr(R"([{"update_id":"14050001-1","service_request_id":"14050001","status":"in_progress",)"));
  EXPECT_THAT(json, HasSubstr(R"({"update_id":"14050001-2","service_request_id":"14050001","status":"closed",)"));
  EXPECT_THAT(get("/servicerequestupdates.xml?" + today).body,
              HasSubstr("<service_request_updates><request_update><update_id>14050001-1</update_id>"));
  EXPECT_EQ(get("/servicerequestupdates.json?start_date=2026-01-01T00:00:00Z&end_date=2026-01-02T00:00:00Z").body, "[]");
}

TEST_F(BusyOpen311StandIn, WantsBothEndsOfTheTimeOfUpdates) {
  EXPECT_EQ(get("/servicerequestupdates.json").status, 400);
  EXPECT_EQ(get("/servicerequestupdates.json?start_date=2026-01-01T00:00:00Z").status, 400);
  EXPECT_EQ(get("/servicerequestupdates.json?start_date=2026-01-01&end_date=2099-01-01T00:00:00Z").status, 400);
}

TEST_F(BusyOpen311StandIn, TakesUpdatesOnce) {
  fault(R"({"mode":"stays_open","count":1})");
  post(good_form);
  EXPECT_EQ(update(amendment()), R"([{"update_id":"u1"}])");
  EXPECT_EQ(update(amendment()), R"([{"update_id":"u1"}])");
  EXPECT_EQ(update(amendment(), ".xml"), R"(<?xml version="1.0" encoding="utf-8"?><service_request_updates><request_update>)"
                                         "<update_id>u1</update_id></request_update></service_request_updates>");
  EXPECT_EQ(get("/servicerequestupdates.json?" + today).body,
            R"([{"update_id":"u1","service_request_id":"14050001","status":"open","updated_datetime":"2026-11-24T12:00:00Z",)"
            R"("description":"x","media_url":""}])");
}

TEST_F(BusyOpen311StandIn, ShowsInTheLedgerHowOftenAnUpdateCame) {
  post(good_form);
  update(amendment());
  update(amendment());
  auto ledger = stand_ins_.control(Which::system137, "GET", "/_control/ledger").body;
  EXPECT_THAT(ledger, HasSubstr(R"("amends":"14050001","id":"u1","times":2,"at":"2026-11-24T12:00:00Z")"));
  EXPECT_THAT(ledger, HasSubstr(R"("description":"x")"));
  EXPECT_THAT(ledger, testing::Not(HasSubstr("api_key")));
}

TEST_F(BusyOpen311StandIn, FailsToTakeOrShowUpdatesOnDemand) {
  fault(R"({"mode":"stays_open","count":1})");
  post(good_form);
  fault(R"({"mode":"status","status":503,"on":"amend","count":1})");
  EXPECT_THAT(update(amendment()), HasSubstr(R"("code":"503")"));
  EXPECT_EQ(get("/servicerequestupdates.json?" + today).body, "[]");
  fault(R"({"mode":"drop_external_id","on":"amend","count":1})");
  EXPECT_EQ(update(amendment()), R"([{"update_id":"U1"}])");
  fault(R"({"mode":"lookup_nothing","on":"status","count":1})");
  EXPECT_EQ(get("/servicerequestupdates.json?" + today).body, "[]");
  EXPECT_THAT(get("/servicerequestupdates.json?" + today).body, HasSubstr(R"("update_id":"U1")"));
  fault(R"({"mode":"lookup_lag","ms":60000,"on":"amend","count":1})");
  EXPECT_EQ(update(amendment()), R"([{"update_id":"u1"}])");
  EXPECT_THAT(get("/servicerequestupdates.json?" + today).body, testing::Not(HasSubstr("\"u1\"")));
}

TEST_F(BusyOpen311StandIn, RefusesUpdatesThatTheExtensionDoesNotAllow) {
  post(good_form);
  auto status = [&](const std::string& what, const std::string& with) {
    auto fields = amendment();
    fields.replace(fields.find(what), what.size(), with);
    return connection_.call("POST", "/open311/v2/servicerequestupdates.json", form_type, fields).status;
  };
  EXPECT_EQ(status("stand-in-137-key", "wrong"), 403);
  EXPECT_EQ(status("14050001", "1"), 404);
  EXPECT_EQ(status("update_id=u1", ""), 400);
  EXPECT_EQ(status("description=x", ""), 400);
  EXPECT_EQ(status("status=open", "status=teleported"), 400);
  EXPECT_EQ(status("2026-11-24T12%3A00%3A00Z", "yesterday"), 400);
  EXPECT_EQ(status("description=x", "description=%FF"), 400);
  EXPECT_EQ(status("description=x", "description=%3Cb%3E"), 400);
  EXPECT_EQ(status("description=x", "description=" + std::string(4'001, 'x')), 400);
  EXPECT_EQ(connection_.call("POST", "/open311/v2/servicerequestupdates.json", "Content-Type: application/json\r\n", "{}").status, 415);
}

TEST_F(BusyOpen311StandIn, FailsToAnswerForAStatusOnDemand) {
  post(good_form);
  fault(R"({"mode":"status","status":503,"on":"status","count":2})");
  EXPECT_EQ(get("/requests.json?attribute%5Bexternal_id%5D=1234567890").status, 200) << "a lookup is another call";
  EXPECT_EQ(get("/requests.json?service_request_id=14050001").status, 503);
  EXPECT_EQ(get("/servicerequestupdates.json?" + today).status, 503);
  EXPECT_EQ(get("/requests.json?service_request_id=14050001").status, 200);
}

TEST_F(Open311StandIn, HidesWhatItRegisteredWhileItsLookupLags) {
  fault(R"({"mode":"lookup_lag","ms":60000,"count":1})");
  EXPECT_EQ(post(good_form).status, 201);
  fault(R"({"mode":"status","status":500,"acts":true,"lag":60000,"count":1})");
  EXPECT_EQ(post(good_form).status, 500);
  EXPECT_EQ(get("/requests.json?attribute%5Bexternal_id%5D=1234567890").body, "[]");
  EXPECT_THAT(summary(), HasSubstr(R"("count":2)"));
}

TEST_F(Open311StandIn, ShowsDoublesInTheLedger) {
  fault(R"({"mode":"duplicate","count":1})");
  post(good_form);
  EXPECT_EQ(summary(), R"({"count":2,"distinct_external_ids":1,"duplicates":["1234567890"]})");
}

TEST(Open311StandInThatKnowsExternalIds, AnswersASecondOneWithTheFirstsId) {
  Settings settings;
  settings.unique_external_id = true;
  StandIns stand_ins(settings);
  wire::Connection connection(wire::port_of(stand_ins.addresses().open311));
  connection.call("POST", "/open311/v2/requests.json", form_type, good_form);
  auto again = connection.call("POST", "/open311/v2/requests.json", form_type, good_form);
  EXPECT_EQ(again.status, 409);
  EXPECT_THAT(again.body, testing::AllOf(HasSubstr(R"("code":"already_exists")"), HasSubstr(R"("service_request_id":"14050001")")));
}

}  // namespace
}  // namespace salam::stand_ins
