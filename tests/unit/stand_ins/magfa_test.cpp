#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/stand_ins/stand_ins.h"
#include "tests/unit/stand_ins/wire.h"

namespace salam::stand_ins {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using Which = StandIns::Which;

Settings delivering_at_once() {
  Settings settings;
  settings.deliver_after = Milliseconds(0);
  return settings;
}

constexpr auto one = R"({"senders":["3000500"],"recipients":["989131234567"],"messages":["سلام"],"encodings":[0],"uids":[77]})";

class MagfaStandIn : public testing::Test {
 protected:
  /// `stand-in/magfa:stand-in-magfa-password`.
  static constexpr auto login = "Authorization: Basic c3RhbmQtaW4vbWFnZmE6c3RhbmQtaW4tbWFnZmEtcGFzc3dvcmQ=\r\n";

  wire::Reply send(const std::string& body) {
    return connection_.call("POST", "/api/http/sms/v2/send", std::string(login) + "Content-Type: application/json\r\n", body);
  }
  wire::Reply get(const std::string& path) { return connection_.call("GET", "/api/http/sms/v2/" + path, login); }
  std::string ledger() { return stand_ins_.control(Which::magfa, "GET", "/_control/ledger").body; }
  void fault(std::string_view json) { ASSERT_EQ(stand_ins_.control(Which::magfa, "POST", "/_control/faults", json).status, 201); }

  StandIns stand_ins_{delivering_at_once()};
  wire::Connection connection_{wire::port_of(stand_ins_.addresses().magfa)};
};

TEST_F(MagfaStandIn, SendsAndShowsTheMessage) {
  const auto reply = send(one);
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, R"({"status":0,"messages":[{"status":0,"id":6204117003,"userId":77,"tariff":1250,"alphabet":"UCS2","parts":1,)"
                        R"("recipient":"989131234567"}]})");
}

TEST_F(MagfaStandIn, SendsAKnownUidAgain) {
  send(one);
  EXPECT_THAT(send(one).body, HasSubstr(R"("id":6204117004)"));
  EXPECT_THAT(ledger(), HasSubstr(R"("count":2,"delivered":2,"sent_more_than_once":1)"));
  EXPECT_EQ(get("mid/77").body, R"({"status":0,"mid":6204117003})");
}

TEST_F(MagfaStandIn, FindsNothingUnderAnUnknownUid) { EXPECT_EQ(get("mid/5").body, R"({"status":0,"mid":-1})"); }

TEST_F(MagfaStandIn, WantsUserWithDomainAndPassword) {
  EXPECT_EQ(connection_.call("GET", "/api/http/sms/v2/balance").status, 401);
  EXPECT_EQ(connection_.call("GET", "/api/http/sms/v2/balance", "Authorization: Basic c3RhbmQtaW46eA==\r\n").body, R"({"status":18})");
  EXPECT_THAT(get("balance").body, HasSubstr(R"({"status":0,"balance":)"));
}

TEST_F(MagfaStandIn, WantsArraysSideBySide) {
  for (const auto* const wrong : {
           R"({})",
           R"({"senders":[],"recipients":["989131234567"],"messages":["a"]})",
           R"({"senders":["3000"],"recipients":[989131234567],"messages":["a"]})",
           R"({"senders":["3000"],"recipients":["989131234567"],"messages":["a"],"uids":["77"]})",
           R"({"senders":["3000"],"recipients":["989131234567"],"messages":["a","b"]})",
           R"({"senders":["3000"],"recipients":["989131234567"],"messages":["a"],"uid":[7]})",
       }) {
    EXPECT_EQ(send(wrong).body, R"({"status":101})") << wrong;
  }
  EXPECT_EQ(send("{").status, 400);
  EXPECT_THAT(send(R"({"senders":["3000"],"recipients":["989131234567","09131234568"],"messages":["a"],"udhs":[]})").body,
              HasSubstr(R"("recipient":"989131234568")"));
}

TEST_F(MagfaStandIn, JudgesEachMessage) {
  const auto status_of = [&](const std::string& sender, const std::string& recipient, const std::string& text, int encoding) {
    return send(R"({"senders":[")" + sender + R"("],"recipients":[")" + recipient + R"("],"messages":[")" + text + R"("],"encodings":[)" +
                std::to_string(encoding) + "]}")
        .body;
  };
  const auto refused = [](int status) { return R"({"status":0,"messages":[{"status":)" + std::to_string(status) + "}]}"; };
  EXPECT_EQ(status_of("3000", "983132345678", "a", 0), refused(1));
  EXPECT_EQ(status_of("SALAM", "989131234567", "a", 0), refused(2));
  EXPECT_EQ(status_of("3000", "989131234567", "a", 9), refused(3));
  EXPECT_EQ(status_of("3000", "989131234567", "", 0), refused(13));
  EXPECT_EQ(status_of("3000", "989131230001", "a", 2), refused(27));
  EXPECT_THAT(ledger(), HasSubstr(R"("count":0)"));
}

TEST_F(MagfaStandIn, TellsWhatBecameOfATextByTheReceiver) {
  auto status_of = [&, id = 6204117003](const std::string& recipient) mutable {
    send(R"({"senders":["3000"],"recipients":[")" + recipient + R"("],"messages":["a"]})");
    return get("statuses/" + std::to_string(id++)).body;
  };
  EXPECT_THAT(status_of("989131234567"), HasSubstr(R"({"mid":6204117003,"status":1,)"));
  EXPECT_THAT(status_of("989131230000"), HasSubstr(R"("status":2,)"));
  EXPECT_THAT(status_of("989131230002"), HasSubstr(R"("status":16,)"));
  EXPECT_THAT(status_of("989131230003"), HasSubstr(R"("status":8,)"));
  EXPECT_THAT(get("statuses/6204117003,5").body, AllOf(HasSubstr(R"("status":1,)"), HasSubstr(R"({"mid":5,"status":-1,"date":null})")));
  EXPECT_EQ(get("statuses/x").body, R"({"status":101})");
}

TEST_F(MagfaStandIn, CommitsItsFaults) {
  fault(R"({"mode":"refuse","text":"33","count":1})");
  EXPECT_EQ(send(one).body, R"({"status":0,"messages":[{"status":33}]})");
  fault(R"({"mode":"status","status":200,"text":"14","count":1})");
  EXPECT_EQ(send(one).body, R"({"status":14})");
  fault(R"({"mode":"duplicate","count":1})");
  send(one);
  EXPECT_THAT(ledger(), HasSubstr(R"("sent_more_than_once":1)"));
  fault(R"({"mode":"lookup_nothing","on":"look_up","count":1})");
  EXPECT_EQ(get("mid/77").body, R"({"status":0,"mid":-1})");
  fault(R"({"mode":"lookup_lag","ms":60000})");
  send(R"({"senders":["3000"],"recipients":["989131234567"],"messages":["a"],"uids":[78]})");
  EXPECT_EQ(get("mid/78").body, R"({"status":0,"mid":-1})");
}

}  // namespace
}  // namespace salam::stand_ins
