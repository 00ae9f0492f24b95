#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/stand_ins/stand_ins.h"
#include "tests/unit/stand_ins/wire.h"

namespace salam::stand_ins {
namespace {

using testing::HasSubstr;
using Which = StandIns::Which;

const std::string headers = "Content-Type: application/json\r\nX-Api-Key: stand-in-desk-key\r\n";
const std::string good_ticket =
    R"({"external_id":"1234567890","title":"وام","description":"شرح","kind":"request","category":null,"region":"3",)"
    R"("applicant":{"name":null,"mobile":"+989131234567","phone":null,"national_id":null},)"
    R"("place":{"address":null,"latitude":32.6,"longitude":null},"source":{"meeting":"m1","form":"12","item":1},)"
    R"("received_at":"2026-11-24T18:30:00.000+03:30"})";

std::string with(std::string_view old_part, const std::string& new_part) {
  std::string ticket = good_ticket;
  return ticket.replace(ticket.find(old_part), old_part.size(), new_part);
}

const std::string amendments = "/api/v1/tickets/SD-100234/amendments";
const std::string good_amendment =
    R"({"external_id":"1234567890-2","number":2,"text":"اصلاح","title":"وام","description":"شرح","kind":"request","category":null,)"
    R"("region":"3","applicant":{"name":null},"place":{"latitude":32.6},)"
    R"("assignment":{"unit":"خدمات شهری","due":"2026-12-01","explanation":null},"answer":null})";

class ServiceDeskStandIn : public testing::Test {
 protected:
  wire::Reply post(const std::string& ticket, const std::string& with_headers = headers) {
    return connection_.call("POST", "/api/v1/tickets", with_headers, ticket);
  }
  wire::Reply find(const std::string& query) { return connection_.call("GET", "/api/v1/tickets?" + query, headers); }
  void fault(const std::string& json) { ASSERT_EQ(stand_ins_.control(Which::service_desk, "POST", "/_control/faults", json).status, 201); }

  StandIns stand_ins_{Settings{}};
  wire::Connection connection_{wire::port_of(stand_ins_.addresses().service_desk)};
};

TEST_F(ServiceDeskStandIn, RegistersAndTellsItsCode) {
  auto reply = post(good_ticket);
  EXPECT_EQ(reply.status, 201);
  EXPECT_THAT(reply.body, HasSubstr(R"({"ticket":{"code":"SD-100234","external_id":"1234567890")"));
  EXPECT_THAT(stand_ins_.control(Which::service_desk, "GET", "/_control/ledger").body,
              testing::AllOf(HasSubstr(R"("applicant.mobile":"+989131234567")"), HasSubstr(R"("source.item":"1")")));
}

TEST_F(ServiceDeskStandIn, TakesATicketWithFilesInAMultipartForm) {
  const std::string multipart = "Content-Type: multipart/form-data; boundary=B\r\nX-Api-Key: stand-in-desk-key\r\n";
  const auto part = [](const std::string& head, const std::string& content) {
    return "--B\r\nContent-Disposition: form-data; " + head + "\r\n\r\n" + content + "\r\n";
  };
  const auto ticket = part("name=\"ticket\"\r\nContent-Type: application/json", good_ticket);
  const auto file = part("name=\"files\"; filename=\"a.pdf\"\r\nContent-Type: application/pdf", "abc");
  EXPECT_EQ(post(file + "--B--\r\n", multipart).status, 400) << "no ticket";
  EXPECT_EQ(post(ticket + ticket + "--B--\r\n", multipart).status, 400);
  EXPECT_EQ(
      post(ticket + part("name=\"photo\"; filename=\"a.pdf\"\r\nContent-Type: application/pdf", "abc") + "--B--\r\n", multipart).status,
      400);
  EXPECT_EQ(post(part("name=\"ticket\"", with("\"1234567890\"", "1")) + "--B--\r\n", multipart).status, 400) << "as strict as alone";
  EXPECT_EQ(post(ticket + file + file, multipart).status, 400);
  EXPECT_EQ(post(ticket + file + "--B--\r\n", multipart).status, 201);
  EXPECT_THAT(stand_ins_.control(Which::service_desk, "GET", "/_control/ledger").body,
              HasSubstr(R"("files":[{"field":"files","name":"a.pdf","media_type":"application/pdf","size":3,"sha256":"ba7816bf)"));
}

TEST_F(ServiceDeskStandIn, AnswersAKnownExternalIdWithItsTicket) {
  post(good_ticket);
  auto again = post(good_ticket);
  EXPECT_EQ(again.status, 409);
  EXPECT_THAT(again.body, testing::AllOf(HasSubstr(R"("code":"already_exists")"), HasSubstr(R"("ticket":{"code":"SD-100234")")));
}

TEST_F(ServiceDeskStandIn, RefusesWhatTheContractDoesNotAllow) {
  EXPECT_EQ(post("{").status, 400);
  EXPECT_EQ(post("[]").status, 400);
  EXPECT_EQ(post(good_ticket + "x").status, 400);
  EXPECT_EQ(post(with(R"("title":"وام",)", "")).status, 400);
  EXPECT_EQ(post(with(R"("title":"وام",)", R"("title":5,)")).status, 400);
  EXPECT_EQ(post(with(R"("title":"وام",)", R"("title":"وام","extra":1,)")).status, 400);
  EXPECT_EQ(post(with("1234567890", "9234567890")).status, 400);
  EXPECT_EQ(post(with("1234567890", "123456789")).status, 400);
  EXPECT_EQ(post(with(R"("kind":"request")", R"("kind":"wish")")).status, 400);
  EXPECT_EQ(post(with(R"("region":"3")", R"("region":"16")")).status, 400);
  EXPECT_EQ(post(with("+989131234567", "09131234567")).status, 400);
  EXPECT_EQ(post(with(R"("item":1)", R"("item":"1")")).status, 400);
  EXPECT_EQ(post(with("2026-11-24T18:30:00.000+03:30", "2026-11-24")).status, 400);
  EXPECT_EQ(post(good_ticket, "Content-Type: text/plain\r\nX-Api-Key: stand-in-desk-key\r\n").status, 415);
  EXPECT_EQ(post(good_ticket).status, 201);
}

TEST_F(ServiceDeskStandIn, WantsItsKeyAndAKnownMethod) {
  EXPECT_EQ(post(good_ticket, "Content-Type: application/json\r\n").status, 401);
  EXPECT_EQ(post(good_ticket, "Content-Type: application/json\r\nX-Api-Key: wrong\r\n").status, 401);
  EXPECT_EQ(connection_.call("DELETE", "/api/v1/tickets", headers).status, 405);
  EXPECT_EQ(connection_.call("GET", "/api/v1/ticket", headers).status, 404);
}

TEST_F(ServiceDeskStandIn, FindsByExternalId) {
  post(good_ticket);
  EXPECT_THAT(find("external_id=1234567890&page=1").body, testing::AllOf(HasSubstr("SD-100234"), HasSubstr(R"("next_page":null)")));
  EXPECT_EQ(find("external_id=2234567890").body, R"({"tickets":[],"next_page":null})");
  EXPECT_EQ(find("page=1").status, 400);
  EXPECT_EQ(find("external_id=1234567890&page=0").status, 400);
}

TEST_F(ServiceDeskStandIn, PagesWhereALookupFindsEverything) {
  for (int i = 0; i < 21; ++i) post(with("1234567890", std::to_string(1234567890 + i)));
  fault(R"({"mode":"lookup_all"})");
  EXPECT_THAT(find("external_id=1234567890").body, HasSubstr(R"("next_page":2)"));
  EXPECT_THAT(find("external_id=1234567890&page=2").body, testing::AllOf(HasSubstr("1234567910"), HasSubstr(R"("next_page":null)")));
}

TEST_F(ServiceDeskStandIn, TellsTheStatusOfThoseAskedAfter) {
  fault(R"({"mode":"stays_open"})");
  for (int i = 0; i < 3; ++i) post(with("1234567890", std::to_string(1234567890 + i)));
  auto status = [&](const std::string& query) { return connection_.call("GET", "/api/v1/tickets/status" + query, headers); };
  auto told = status("?codes=SD-100236,SD-100234,SD-1");
  EXPECT_EQ(told.status, 200);
  EXPECT_THAT(told.body, testing::AllOf(HasSubstr(R"({"tickets":[{"code":"SD-100236","status":"open","note":null,"updated_at":")"),
                                        HasSubstr("SD-100234"), testing::Not(HasSubstr("SD-100235"))));
  EXPECT_EQ(status("?codes=SD-1").body, R"({"tickets":[]})");
  EXPECT_EQ(status("").status, 400);
  std::string many = "SD-1";
  for (int i = 0; i < 50; ++i) many += ",SD-1";
  EXPECT_EQ(status("?codes=" + many).status, 400);
  EXPECT_EQ(connection_.call("GET", "/api/v1/tickets/status?codes=SD-1").status, 401);
  EXPECT_EQ(connection_.call("POST", "/api/v1/tickets/status", headers, good_ticket).status, 405);
}

TEST_F(ServiceDeskStandIn, TakesAnAmendmentOnceAndShowsHowOftenItCame) {
  post(good_ticket);
  auto amend = [&] { return connection_.call("POST", amendments, headers, good_amendment); };
  auto first = amend();
  EXPECT_EQ(first.status, 201);
  EXPECT_THAT(first.body, HasSubstr(R"({"amendment":{"external_id":"1234567890-2","at":")"));
  EXPECT_EQ(amend().status, 200);
  EXPECT_THAT(
      stand_ins_.control(Which::service_desk, "GET", "/_control/ledger").body,
      testing::AllOf(HasSubstr(R"("amends":"SD-100234","id":"1234567890-2","times":2,)"), HasSubstr(R"("assignment.due":"2026-12-01")")));
  fault(R"({"mode":"duplicate","on":"amend","count":1})");
  amend();
  EXPECT_THAT(stand_ins_.control(Which::service_desk, "GET", "/_control/ledger").body, HasSubstr(R"("times":4)"));
}

TEST_F(ServiceDeskStandIn, ListsTheAmendmentsOfATicketPageByPage) {
  post(good_ticket);
  post(with("1234567890", "2234567890"));
  auto list = [&](const std::string& query = "") { return connection_.call("GET", amendments + query, headers); };
  EXPECT_EQ(list().body, R"({"amendments":[],"next_page":null})");
  for (int i = 1; i <= 21; ++i) {
    auto amendment = good_amendment;
    amendment.replace(amendment.find("-2\",\"number\":2"), 14, "-" + std::to_string(i) + "\",\"number\":" + std::to_string(i));
    EXPECT_EQ(connection_.call("POST", amendments, headers, amendment).status, 201) << i;
  }
  EXPECT_THAT(list("?page=1").body, testing::AllOf(HasSubstr("1234567890-20"), HasSubstr(R"("next_page":2)")));
  EXPECT_THAT(list("?page=2").body, testing::AllOf(HasSubstr("1234567890-21"), HasSubstr(R"("next_page":null)")));
  EXPECT_EQ(connection_.call("GET", "/api/v1/tickets/SD-100235/amendments", headers).body, R"({"amendments":[],"next_page":null})");
  fault(R"({"mode":"lookup_nothing"})");
  EXPECT_EQ(list().body, R"({"amendments":[],"next_page":null})");
  EXPECT_EQ(list("?page=0").status, 400);
  EXPECT_EQ(connection_.call("GET", "/api/v1/tickets/SD-1/amendments", headers).status, 404);
}

TEST_F(ServiceDeskStandIn, RefusesAmendmentsThatTheContractDoesNotAllow) {
  post(good_ticket);
  auto status = [&](const std::string& what, const std::string& by) {
    auto amendment = good_amendment;
    amendment.replace(amendment.find(what), what.size(), by);
    return connection_.call("POST", amendments, headers, amendment).status;
  };
  EXPECT_EQ(status("1234567890-2", "1234567890-3"), 400) << "not its number";
  EXPECT_EQ(status("1234567890-2", "2234567890-2"), 400) << "another ticket's";
  EXPECT_EQ(status("1234567890-2", "1234567890"), 400);
  EXPECT_EQ(status("\"text\":\"اصلاح\",", ""), 400);
  EXPECT_EQ(status("2026-12-01", "2026-12-32"), 400);
  EXPECT_EQ(status("2026-12-01", "1405/09/10"), 400);
  EXPECT_EQ(status("\"answer\":null", "\"answers\":null"), 400);
  EXPECT_EQ(status("\"region\":\"3\"", "\"region\":\"0\""), 400);
  EXPECT_EQ(status("\"unit\":\"خدمات شهری\"", "\"unit\":3"), 400);
  EXPECT_EQ(connection_.call("POST", "/api/v1/tickets/SD-1/amendments", headers, good_amendment).status, 404);
  EXPECT_EQ(connection_.call("POST", amendments, "Content-Type: application/json\r\n", good_amendment).status, 401);
  EXPECT_EQ(connection_.call("PUT", amendments, headers, good_amendment).status, 405);
  EXPECT_EQ(connection_.call("GET", "/api/v1/tickets/a/b/amendments", headers).status, 404);
  EXPECT_EQ(connection_.call("POST", amendments, headers, good_amendment).status, 201);
}

TEST(ServiceDeskStandInThatIsQuick, ClosesWhatItHolds) {
  Settings settings;
  settings.pace = {Milliseconds(0), Milliseconds(0)};
  StandIns stand_ins(settings);
  wire::Connection connection(wire::port_of(stand_ins.addresses().service_desk));
  connection.call("POST", "/api/v1/tickets", headers, good_ticket);
  EXPECT_THAT(connection.call("GET", "/api/v1/tickets/status?codes=SD-100234", headers).body,
              HasSubstr(R"("status":"closed","note":"رسیدگی شد")"));
  EXPECT_THAT(connection.call("GET", "/api/v1/tickets?external_id=1234567890", headers).body, HasSubstr(R"("status":"closed")"));
}

TEST_F(ServiceDeskStandIn, RefusesOnDemandAndStaysAwayOnDemand) {
  fault(R"({"mode":"refuse","count":1})");
  fault(R"({"mode":"status","status":503,"retry_after":1,"count":1})");
  auto refused = post(good_ticket);
  EXPECT_EQ(refused.status, 422);
  EXPECT_THAT(refused.body, HasSubstr(R"({"error":{"code":"not_accepted")"));
  EXPECT_EQ(post(good_ticket).status, 503);
  EXPECT_EQ(post(good_ticket).status, 201);
}

}  // namespace
}  // namespace salam::stand_ins
