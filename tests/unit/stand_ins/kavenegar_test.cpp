#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/stand_ins/stand_ins.h"
#include "tests/unit/stand_ins/wire.h"

namespace salam::stand_ins {
namespace {

using testing::HasSubstr;
using testing::Not;
using Which = StandIns::Which;

Settings delivering_at_once() {
  Settings settings;
  settings.deliver_after = Milliseconds(0);
  return settings;
}

class KavenegarStandIn : public testing::Test {
 protected:
  wire::Reply call(const std::string& method, const std::string& parameters) {
    return connection_.call("POST", "/v1/stand-in-sms-key/sms/" + method + ".json", "Content-Type: application/x-www-form-urlencoded\r\n",
                            parameters);
  }
  wire::Reply send(const std::string& parameters) { return call("send", parameters); }
  std::string ledger() { return stand_ins_.control(Which::sms, "GET", "/_control/ledger").body; }

  StandIns stand_ins_{delivering_at_once()};
  wire::Connection connection_{wire::port_of(stand_ins_.addresses().kavenegar)};
};

TEST_F(KavenegarStandIn, SendsAndShowsTheEntry) {
  auto reply = send("receptor=%2B989131234567&message=salam&localid=77&sender=10004346");
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(reply.body, testing::AllOf(HasSubstr(R"({"return":{"status":200,)"), HasSubstr(R"("messageid":85463238)"),
                                         HasSubstr(R"("receptor":"09131234567")"), HasSubstr(R"("message":"salam")")));
}

TEST_F(KavenegarStandIn, TakesGetToo) {
  EXPECT_EQ(connection_.call("GET", "/v1/stand-in-sms-key/sms/send.json?receptor=09131234567&message=salam").status, 200);
}

TEST_F(KavenegarStandIn, NeverSendsAKnownLocalIdAgain) {
  send("receptor=09131234567&message=first&localid=77");
  auto again = send("receptor=09131234567&message=second&localid=77");
  EXPECT_THAT(again.body,
              testing::AllOf(HasSubstr(R"("messageid":85463238)"), HasSubstr(R"("message":"first")"), Not(HasSubstr("second"))));
  EXPECT_THAT(ledger(), testing::AllOf(HasSubstr(R"("count":1,"sent":1)"), HasSubstr(R"("sent":1,"asked":2)")));
}

TEST_F(KavenegarStandIn, SendsEveryTimeWithoutALocalId) {
  send("receptor=09131234567&message=a");
  send("receptor=09131234567&message=a");
  EXPECT_THAT(ledger(), HasSubstr(R"("count":2,"sent":2)"));
}

TEST_F(KavenegarStandIn, MirrorsTheErrorInTheHttpStatus) {
  auto status_of = [&](const std::string& parameters) { return send(parameters).status; };
  EXPECT_EQ(status_of("message=a"), 400);
  EXPECT_EQ(status_of("receptor=09131234567"), 400);
  EXPECT_EQ(status_of("receptor=09131234567&message="), 413);
  EXPECT_EQ(status_of("receptor=09131234567&message=" + std::string(901, 'a')), 413);
  EXPECT_EQ(status_of("receptor=09131234567&message=" + std::string(900, 'a')), 200);
  EXPECT_EQ(status_of("receptor=03132345678&message=a"), 411);
  EXPECT_EQ(status_of("receptor=0913123456&message=a"), 411);
  EXPECT_EQ(status_of("receptor=09131234567&message=a&sender=SALAM"), 412);
  EXPECT_EQ(status_of("receptor=09131234567&message=a&date=tomorrow"), 417);
  EXPECT_EQ(status_of("receptor=09131234567&message=a&localid=x1"), 422);
  EXPECT_EQ(status_of("receptor=09131234567,09131234568&message=a&localid=5"), 422);
  EXPECT_EQ(status_of("receptor=09131234567&message=%FF"), 422);
  auto reply = send("receptor=1&message=a");
  EXPECT_THAT(reply.body, testing::AllOf(HasSubstr(R"({"return":{"status":411,)"), HasSubstr(R"("entries":null)")));
}

TEST_F(KavenegarStandIn, WantsItsKeyAKnownMethodAndGetOrPost) {
  EXPECT_EQ(connection_.call("GET", "/v1/wrong/sms/send.json?receptor=09131234567&message=a").status, 403);
  EXPECT_EQ(call("sendx", "receptor=09131234567&message=a").status, 404);
  EXPECT_EQ(connection_.call("PUT", "/v1/stand-in-sms-key/sms/send.json").status, 405);
  EXPECT_EQ(connection_.call("GET", "/v1/stand-in-sms-key/sms/send.xml?receptor=09131234567&message=a").status, 404);
}

TEST_F(KavenegarStandIn, DoesNotReadAJsonBody) {
  auto reply =
      connection_.call("POST", "/v1/stand-in-sms-key/sms/send.json", "Content-Type: application/json\r\n", R"({"receptor":"0913"})");
  EXPECT_EQ(reply.status, 400);
}

TEST_F(KavenegarStandIn, TellsWhatBecameOfATextByTheReceiver) {
  auto status_after = [&, id = 85463238](const std::string& receptor) mutable {
    send("receptor=" + receptor + "&message=a");
    return call("status", "messageid=" + std::to_string(id++)).body;
  };
  EXPECT_THAT(status_after("09131234567"), HasSubstr(R"("status":10,"statustext":"رسیده به گیرنده")"));
  EXPECT_THAT(status_after("09131230000"), HasSubstr(R"("status":11)"));
  EXPECT_THAT(status_after("09131230001"), HasSubstr(R"("status":14)"));
  EXPECT_THAT(status_after("09131230002"), HasSubstr(R"("status":6)"));
  EXPECT_THAT(status_after("09131230003"), HasSubstr(R"("status":5)"));
}

TEST_F(KavenegarStandIn, AnswersTheStatusOfManyAndOfUnknownOnes) {
  send("receptor=09131234567&message=a&localid=9223372036854775807");
  EXPECT_THAT(call("status", "messageid=85463238,1").body,
              testing::AllOf(HasSubstr(R"("messageid":85463238,"status":10)"), HasSubstr(R"("messageid":1,"status":100)")));
  EXPECT_THAT(call("statuslocalmessageid", "localid=9223372036854775807").body,
              HasSubstr(R"("messageid":85463238,"localid":"9223372036854775807","status":10)"));
  EXPECT_THAT(call("statuslocalmessageid", "localid=4").body, HasSubstr(R"("localid":"4","status":100)"));
  EXPECT_EQ(call("status", "").status, 400);
  std::string many = "1";
  for (int i = 0; i < 500; ++i) many += ",1";
  EXPECT_EQ(call("status", "messageid=" + many).status, 414);
}

TEST_F(KavenegarStandIn, SendsAnApprovedTemplateEveryTime) {
  const auto look_up = [&](const std::string& parameters) {
    return connection_.call("POST", "/v1/stand-in-sms-key/verify/lookup.json", "Content-Type: application/x-www-form-urlencoded\r\n",
                            parameters);
  };
  const std::string good = "receptor=09131234567&template=salam-registered&token=1234567890";
  EXPECT_THAT(look_up(good).body, testing::AllOf(HasSubstr(R"("messageid":85463238)"), HasSubstr("1234567890")));
  EXPECT_THAT(look_up(good + "&localid=5").body, HasSubstr(R"("messageid":85463239)"));
  EXPECT_EQ(look_up("template=salam-registered&token=1").status, 400);
  EXPECT_EQ(look_up("receptor=1&template=salam-registered&token=1").status, 411);
  EXPECT_EQ(look_up("receptor=09131234567&template=another&token=1").status, 424);
  EXPECT_EQ(look_up("receptor=09131234567&template=salam-registered&token=1+2").status, 431);
}

TEST_F(KavenegarStandIn, TakesAWholeUrlAsTarget) {
  EXPECT_EQ(connection_.call("GET", "http://api.kavenegar.com/v1/stand-in-sms-key/sms/send.json?receptor=09131234567&message=a").status,
            200);
}

TEST(KavenegarStandInThatTakesItsTime, HasATextQueuedFirst) {
  Settings settings;
  settings.deliver_after = std::chrono::minutes(5);
  StandIns stand_ins(settings);
  wire::Connection connection(wire::port_of(stand_ins.addresses().kavenegar));
  EXPECT_THAT(connection.call("GET", "/v1/stand-in-sms-key/sms/send.json?receptor=09131234567&message=a").body,
              HasSubstr(R"("status":1,)"));
}

TEST_F(KavenegarStandIn, ShowsATextThatWentOutTwice) {
  stand_ins_.control(Which::sms, "POST", "/_control/faults", R"({"mode":"duplicate"})");
  send("receptor=09131234567&message=a&localid=5");
  EXPECT_THAT(ledger(), HasSubstr(R"("count":1,"sent":2,"delivered":1,"sent_more_than_once":1)"));
}

TEST_F(KavenegarStandIn, MirrorsTheStatusOfAFault) {
  stand_ins_.control(Which::sms, "POST", "/_control/faults", R"({"mode":"status","status":418,"text":"اعتبار کافی نیست"})");
  auto reply = send("receptor=09131234567&message=a&localid=5");
  EXPECT_EQ(reply.status, 418);
  EXPECT_EQ(reply.body, R"({"return":{"status":418,"message":"اعتبار کافی نیست"},"entries":null})");
}

}  // namespace
}  // namespace salam::stand_ins
