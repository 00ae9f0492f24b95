#include <algorithm>
#include <atomic>
#include <csignal>
#include <ostream>
#include <thread>

#include <spdlog/fmt/fmt.h>

#include "tests/integration/gateway.h"

namespace salam::test {
namespace {

using testing::Each;
using testing::HasSubstr;
using Which = City::Which;

constexpr int forms = 60;

std::string meeting_of(int count) {
  std::string text;
  for (int number = 0; number < count; ++number) text += (number == 0 ? "" : ",") + Gateway::form(std::to_string(number));
  return R"({"requests": [)" + text + "]}";
}

int number_at(const Reply& reply, std::string_view pointer) { return std::stoi(reply.at(pointer)); }

/// Every request stands once in 137, every citizen was texted once and told, and the audit has nothing to say.
void expect_all_settled(City& city, int count) {
  EXPECT_TRUE(eventually([&] { return city->operations("/health").at("/counts/told") == std::to_string(count); }))
      << city->operations("/health").body;
  const auto in_137 = city.ledger(Which::system137, true);
  EXPECT_EQ(number_at(in_137, "/count"), count);
  EXPECT_EQ(number_at(in_137, "/distinct_external_ids"), count);
  EXPECT_EQ(in_137.count("/duplicates"), 0U);
  EXPECT_EQ(number_at(city.ledger(Which::sms, true), "/sent"), count);
  EXPECT_EQ(city->audit(), 0);
}

struct Moment {
  std::string name;
  Which where;
  std::string counter;
  int reached;

  friend void PrintTo(const Moment& value, std::ostream* out) { *out << value.name; }
};

class KilledAt : public testing::TestWithParam<Moment> {};

TEST_P(KilledAt, AnyMomentRegistersAndTextsEverythingOnce) {
  City city;
  city.fault(Which::system137, R"({"mode": "slow", "ms": 20})");
  const auto batch = city->post("/v1/requests/batch", meeting_of(forms));
  ASSERT_THAT(batch.each("/results", "/status"), Each("202"));
  ASSERT_TRUE(eventually([&] { return number_at(city.ledger(GetParam().where, true), GetParam().counter) >= GetParam().reached; }));
  city->kill();
  city->start();
  EXPECT_EQ(city->operations("/health").at("/counts/requests"), std::to_string(forms));
  expect_all_settled(city, forms);
}

INSTANTIATE_TEST_SUITE_P(Kills, KilledAt,
                         testing::Values(Moment{"RightAfterTheAnswer", Which::system137, "/count", 0},
                                         Moment{"TheFirstCalls", Which::system137, "/count", 1},
                                         Moment{"HalfWay", Which::system137, "/count", forms / 2},
                                         Moment{"TheFirstTexts", Which::sms, "/count", 3},
                                         Moment{"TheFirstDeliveries", Which::sms, "/delivered", 5}),
                         [](const auto& info) { return info.param.name; });

TEST(KilledAgainAndAgain, RegistersAndTextsEverythingOnce) {
  City city;
  city.fault(Which::system137, R"({"mode": "slow", "ms": 20})");
  ASSERT_EQ(city->post("/v1/requests/batch", meeting_of(forms)).status, 200);
  for (const int reached : {5, 20, 35}) {
    ASSERT_TRUE(eventually([&] { return number_at(city.ledger(Which::system137, true), "/count") >= reached; }));
    city->kill();
    city->start();
  }
  expect_all_settled(city, forms);
}

TEST(KilledDuringIntake, KeepsEverythingItAnsweredFor) {
  City city;
  std::atomic<int> taken = 0;
  std::vector<std::string> ids;
  std::thread app([&] {
    try {
      for (int number = 0;; ++number) {
        const auto reply = city->post("/v1/requests", Gateway::form(std::to_string(number)));
        if (reply.status != 202) return;
        ids.push_back(reply.at("/id"));
        ++taken;
      }
    } catch (const std::exception&) {
      return;
    }
  });
  EXPECT_TRUE(eventually([&] { return taken >= 30; }));
  city->kill();
  app.join();
  city->start();
  for (const auto& id : ids) EXPECT_EQ(city->request(id).status, 200);
  const auto stored = number_at(city->operations("/health"), "/counts/requests");
  EXPECT_GE(stored, static_cast<int>(ids.size()));
  EXPECT_LE(stored, static_cast<int>(ids.size()) + 1) << "at most the one whose answer was on the way";
  expect_all_settled(city, stored);
}

TEST(SecondGatewayOnTheSameDatabase, DoesNotStartAndLeavesTheFirstAlone) {
  City city;
  const auto second = city->run({"serve"});
  EXPECT_NE(second.code, 0);
  EXPECT_THAT(second.output, HasSubstr("another gateway works on this database"));
  EXPECT_THAT(second.output, HasSubstr("salam.db"));
  const auto id = city->take("1");
  EXPECT_TRUE(eventually([&] { return city->is_told(id); }));
}

TEST(Terminated, FinishesTheCallsThatAreUnderWay) {
  City city;
  city.fault(Which::system137, R"({"mode": "slow", "ms": 400})");
  Reply waiting;
  std::thread app([&] { waiting = city->post("/v1/requests", Gateway::form("1"), {{"Prefer", "wait=20"}}); });
  EXPECT_TRUE(eventually([&] { return city.ledger(Which::system137, true).at("/count") == "1"; }));
  WireClient idle(city->api_port());
  city->signal(SIGTERM);
  EXPECT_TRUE(eventually([&] { return city->log().find("shutting down") != std::string::npos; }));
  const auto readiness = city->operations("/readyz");
  EXPECT_EQ(readiness.status, 503) << readiness.body;
  EXPECT_THAT(readiness.body, HasSubstr("[-]serving failed: shutting down"));
  EXPECT_EQ(city->operations("/livez").status, 200);
  app.join();
  EXPECT_EQ(city->await_end(), 0) << city->log();
  EXPECT_EQ(waiting.status, 201) << waiting.body;
  EXPECT_NE(waiting.at("/registered/code"), "(absent)");

  city->start();
  EXPECT_EQ(city->state(waiting.at("/id")), "registered");
  expect_all_settled(city, 1);
}

TEST(Terminated, AnswersWhoeverStillWaitsForACode) {
  City city({.gateway = {.replace = {{"drain = \"5s\"", "drain = \"15s\""}}}});
  city.fault(Which::system137, R"({"mode": "status", "status": 503})");
  Reply waiting;
  std::thread app([&] { waiting = city->post("/v1/requests", Gateway::form("1"), {{"Prefer", "wait=30"}}); });
  EXPECT_TRUE(eventually([&] { return city->operations("/health").at("/counts/requests") == "1"; }));
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(city->stop(), 0) << city->log();
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10)) << "nobody is kept waiting for what will not come";
  app.join();
  EXPECT_EQ(waiting.status, 202) << waiting.body;
}

TEST(Terminated, WithManyRequestsWaitingLosesNone) {
  City city;
  city.fault(Which::system137, R"({"mode": "slow", "ms": 50})");
  ASSERT_EQ(city->post("/v1/requests/batch", meeting_of(forms)).status, 200);
  ASSERT_TRUE(eventually([&] { return number_at(city.ledger(Which::system137, true), "/count") >= 10; }));
  EXPECT_EQ(city->stop(), 0) << city->log();
  const auto uncertain = city->query("SELECT count(*) FROM requests WHERE state IN (2, 5)");
  EXPECT_EQ(uncertain, "0") << "every call under way was brought to its end";
  city->start();
  expect_all_settled(city, forms);
}

}  // namespace
}  // namespace salam::test
