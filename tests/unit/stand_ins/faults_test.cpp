#include "tests/stand_ins/faults.h"

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/stand_ins/stand_ins.h"
#include "tests/unit/stand_ins/wire.h"

namespace salam::stand_ins {
namespace {

using testing::HasSubstr;
using Which = StandIns::Which;

class FaultyStandIn : public testing::Test {
 protected:
  wire::Reply post(int patience_ms = 5'000) {
    wire::Connection connection(port(), patience_ms);
    return connection.call(
        "POST", "/open311/v2/requests.json", "Content-Type: application/x-www-form-urlencoded\r\n",
        "api_key=stand-in-137-key&service_code=waste&address_string=x&description=bins&attribute%5Bexternal_id%5D=1234567890");
  }
  int control(const std::string& body) {
    wire::Connection connection(port());
    return connection.call("POST", "/_control/faults", "", body).status;
  }
  bool registered() {
    auto ledger = stand_ins_.control(Which::system137, "GET", "/_control/ledger", {}, "summary=1").body;
    return ledger.find(R"("count":0)") == std::string::npos;
  }
  unsigned short port() { return wire::port_of(stand_ins_.addresses().open311); }

  StandIns stand_ins_{Settings{}};
};

TEST_F(FaultyStandIn, RefusesWithoutActing) {
  control(R"({"mode":"refuse"})");
  auto reply = post();
  EXPECT_EQ(reply.status, 400);
  EXPECT_THAT(reply.body, HasSubstr("not_accepted"));
  EXPECT_FALSE(registered());
}

TEST_F(FaultyStandIn, AnswersAStatusWithoutActing) {
  control(R"({"mode":"status","status":503,"retry_after":7})");
  auto reply = post();
  EXPECT_EQ(reply.status, 503);
  EXPECT_THAT(reply.head, HasSubstr("Retry-After: 7\r\n"));
  EXPECT_FALSE(registered());
}

TEST_F(FaultyStandIn, AnswersAStatusAfterActingWhereTold) {
  control(R"({"mode":"status","status":502,"acts":true})");
  EXPECT_EQ(post().status, 502);
  EXPECT_TRUE(registered());
}

TEST_F(FaultyStandIn, ResetsBeforeActing) {
  control(R"({"mode":"reset_before"})");
  auto reply = post();
  EXPECT_TRUE(reply.reset);
  EXPECT_EQ(reply.status, 0);
  EXPECT_FALSE(registered());
}

TEST_F(FaultyStandIn, ResetsAfterActing) {
  control(R"({"mode":"reset_after"})");
  EXPECT_TRUE(post().reset);
  EXPECT_TRUE(registered());
}

TEST_F(FaultyStandIn, HangsWithoutAWord) {
  control(R"({"mode":"hang"})");
  auto reply = post(100);
  EXPECT_EQ(reply.status, 0);
  EXPECT_FALSE(reply.reset);
  EXPECT_FALSE(registered());
}

TEST_F(FaultyStandIn, IsSlow) {
  control(R"({"mode":"slow","ms":80})");
  auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(post().status, 201);
  EXPECT_GE(std::chrono::steady_clock::now() - start, Milliseconds(80));
}

TEST_F(FaultyStandIn, AnswersGarbageEmptinessAndHalfBodies) {
  control(R"({"mode":"garbage","count":1})");
  control(R"({"mode":"empty","count":1})");
  control(R"({"mode":"cut_body","count":1})");
  control(R"({"mode":"html_200","count":1})");
  EXPECT_EQ(post().body.substr(0, 2), "\x1f\x8b");
  EXPECT_EQ(post().body, "");
  auto cut = post();
  EXPECT_EQ(cut.status, 201);
  EXPECT_THAT(cut.head, HasSubstr("Content-Length: 75\r\n"));
  EXPECT_EQ(cut.body.size(), 37U);
  EXPECT_THAT(post().head, HasSubstr("text/html"));
  EXPECT_EQ(post().status, 201);
}

TEST_F(FaultyStandIn, StrikesAsOftenAsToldAndWhereItMatches) {
  control(R"({"mode":"status","status":500,"match":"asphalt"})");
  control(R"({"mode":"status","status":503,"match":"bins","count":2})");
  EXPECT_EQ(post().status, 503);
  EXPECT_EQ(post().status, 503);
  EXPECT_EQ(post().status, 201);
}

TEST_F(FaultyStandIn, SaysWhatItDoesNotKnow) {
  EXPECT_EQ(control(R"({"mode":"explode"})"), 400);
  EXPECT_EQ(control(R"({"mode":"slow","milliseconds":5})"), 400);
  EXPECT_EQ(control(R"({"mode":"status","status":"503"})"), 400);
  EXPECT_EQ(control("not JSON"), 400);
  EXPECT_EQ(post().status, 201);
}

TEST_F(FaultyStandIn, TakesFaultsAwayAndForgets) {
  control(R"({"mode":"hang"})");
  wire::Connection connection(port());
  EXPECT_EQ(connection.call("DELETE", "/_control/faults").status, 204);
  EXPECT_EQ(post().status, 201);
  EXPECT_TRUE(registered());
  EXPECT_EQ(connection.call("DELETE", "/_control/ledger").status, 204);
  EXPECT_FALSE(registered());
}

TEST_F(FaultyStandIn, GoesDownAndComesBackOnTheSamePort) {
  wire::Connection kept(port());
  ASSERT_EQ(wire::Connection(port()).call("POST", "/_control/down?ms=200").status, 202);
  auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  while (wire::Connection(port()).connected()) ASSERT_LT(std::chrono::steady_clock::now(), deadline);
  EXPECT_TRUE(kept.call("GET", "/open311/v2/services.json").reset);
  while (!wire::Connection(port()).connected()) ASSERT_LT(std::chrono::steady_clock::now(), deadline);
  EXPECT_EQ(post().status, 201);
}

TEST(Faults, StrikeWithTheSameLuckForTheSameSeed) {
  auto strikes = [] {
    Faults faults("register", {});
    EXPECT_FALSE(faults.add(R"({"mode":"refuse","probability":0.5,"seed":7})"));
    std::string pattern;
    for (int i = 0; i < 64; ++i) pattern += faults.pick("register", "") ? 'x' : '.';
    return pattern;
  };
  EXPECT_EQ(strikes(), strikes());
  EXPECT_THAT(strikes(), testing::AllOf(HasSubstr("x"), HasSubstr(".")));
}

TEST(Server, KeepsAConnectionAndRefusesWhatIsNotHttp) {
  StandIns stand_ins{Settings{}};
  wire::Connection connection(wire::port_of(stand_ins.addresses().open311));
  EXPECT_EQ(connection.call("GET", "/open311/v2/services.json").status, 200);
  EXPECT_EQ(connection.call("GET", "/open311/v2/discovery.json").status, 200);
  EXPECT_EQ(connection.send("GET /open311/v2/services.json HTTP/1.1\r\n\r\n").status, 400);
  EXPECT_EQ(connection.send("hello there\r\n\r\n").status, 400);
}

TEST(Kafka, BrokerIsThereWithItsControl) {
  Settings settings;
  settings.kafka = true;
  StandIns stand_ins(settings);
  EXPECT_THAT(stand_ins.addresses().kafka, HasSubstr("127.0.0.1:"));
  auto fault = [&](const std::string& json) { return stand_ins.control(Which::kafka, "POST", "/_control/faults", json).status; };
  EXPECT_EQ(fault(R"({"mode":"error","api_key":26,"error":"NOT_COORDINATOR","count":1})"), 201);
  EXPECT_EQ(fault(R"({"mode":"error","api_key":26,"error":"NO_SUCH_NAME","count":1})"), 400);
  EXPECT_EQ(fault(R"({"mode":"slow","ms":5})"), 201);
  EXPECT_EQ(fault(R"({"mode":"down"})"), 201);
  EXPECT_EQ(stand_ins.control(Which::kafka, "DELETE", "/_control/faults").status, 204);
}

}  // namespace
}  // namespace salam::stand_ins
