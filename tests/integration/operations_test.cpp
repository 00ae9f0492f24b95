#include <sstream>

#include <spdlog/fmt/fmt.h>

#include "tests/integration/gateway.h"

namespace salam::test {
namespace {

using testing::HasSubstr;
using Which = City::Which;

TEST(Operations, AnswerAsKubernetesAsks) {
  City city;
  EXPECT_EQ(city->operations("/livez").body, "ok\n");
  EXPECT_EQ(city->operations("/readyz").body, "ok\n");
  EXPECT_EQ(city->operations("/readyz?verbose").body, "[+]serving ok\n[+]disk ok\n[+]queue ok\nreadyz check passed\n");
  EXPECT_EQ(city->operations("/livez?verbose").status, 200);
  EXPECT_EQ(city->operations("/v1/requests").status, 404) << "the API is not served here";
}

TEST(Operations, ShowEachDependencyWithItsState) {
  City city({.stand_ins = {.kafka = true}});
  for (const auto* const name : {"137", "service_desk", "sms"}) EXPECT_EQ(city->dependency(name), "idle") << name;
  EXPECT_TRUE(eventually([&] { return city->dependency("137", "services") != "(absent)"; })) << city->operations("/health").body;
  const auto id = city->take("1");
  ASSERT_TRUE(eventually([&] { return city->is_told(id) && city->dependency("kafka") == "ok"; }));
  EXPECT_EQ(city->dependency("137"), "ok");
  EXPECT_EQ(city->dependency("sms"), "ok");
  EXPECT_NE(city->dependency("137", "since"), "(absent)");
  const auto health = city->operations("/health");
  EXPECT_EQ(health.at("/status"), "ok") << health.body;
  EXPECT_EQ(health.at("/counts/registered_in/137"), "1");
  EXPECT_EQ(health.at("/counts/told"), "1");
}

TEST(Operations, SayThatTheBrokerIsAway) {
  City city({.stand_ins = {.kafka = true}, .start = false});
  city.stand_ins().control(Which::kafka, "POST", "/_control/faults", R"({"mode": "down"})");
  city->start();
  city->announce_meeting();
  const auto id = city->take("1");
  ASSERT_TRUE(eventually([&] { return city->is_told(id); })) << "requests go their way";
  EXPECT_NE(city->dependency("kafka"), "ok");
  EXPECT_EQ(city->operations("/readyz").status, 200);
  city.stand_ins().control(Which::kafka, "POST", "/_control/faults", R"({"mode": "up"})");
  EXPECT_TRUE(eventually([&] { return city->dependency("kafka") == "ok" && city->dependency("kafka", "lag") == "0"; }))
      << city->operations("/health").body;
}

TEST(Operations, AreNotReadyWithoutRoomOnTheDisk) {
  City city({.gateway = {.replace = {{"disk_free_mib = 1\n", "disk_free_mib = 1000000\n"}}}});
  const auto readiness = city->operations("/readyz");
  if (readiness.status == 200) GTEST_SKIP() << "a disk with a terabyte free";
  EXPECT_EQ(readiness.status, 503);
  EXPECT_THAT(readiness.body, HasSubstr("[-]disk failed"));
  EXPECT_EQ(city->operations("/health").at("/status"), "not_ready");
}

TEST(Metrics, HoldTheFiguresToAlertOn) {
  City city;
  const auto id = city->take_in(Gateway::form("1", R"("citizen": {"name": "نمونه"})"));
  ASSERT_TRUE(eventually([&] { return city->state(id) == "registered"; }));
  const auto metrics = city->operations("/metrics");
  EXPECT_THAT(metrics.header("content-type"), HasSubstr("text/plain; version=0.0.4"));
  for (const auto* const name : {"salam_attention_oldest_seconds", "salam_tasks_overdue_seconds", "salam_outbox_oldest_seconds",
                                 "salam_lane_available", "salam_attention"}) {
    EXPECT_THAT(metrics.body, HasSubstr(std::string("\n") + name)) << "as the README names it";
  }
}

TEST(Metrics, FallToZeroWhenNothingIsLeft) {
  City city;
  const auto id = city->take_in(Gateway::form("1", R"("citizen": {"name": "نمونه"})"));
  const auto shows = [&](const char* line) {
    return city->operations("/metrics").body.find(std::string("\n") + line + "\n") != std::string::npos;
  };
  EXPECT_TRUE(eventually([&] { return shows(R"(salam_attention{reason="no_contact"} 1)"); }));
  ASSERT_TRUE(eventually([&] { return city->state(id) == "registered"; }));
  EXPECT_EQ(city->settle(id, R"({"action": "handed_over", "by": "زهرا احمدی"})").status, 200);
  EXPECT_TRUE(shows(R"(salam_attention{reason="no_contact"} 0)"));
  EXPECT_TRUE(shows(R"(salam_requests{state="registered"} 1)"));
  EXPECT_TRUE(shows(R"(salam_requests{state="waiting"} 0)"));
}

TEST(Log, IsJsonLineByLineWhereAsked) {
  City city({.gateway = {.more = "[log]\nformat = \"json\"\nlevel = \"debug\"\n"}});
  const auto id = city->take("1");
  ASSERT_TRUE(eventually([&] { return city->is_told(id); }));
  EXPECT_EQ(city->stop(), 0);
  std::istringstream lines(city->log());
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    EXPECT_NE(read_reply(0, line).at("/message"), "(absent)") << line;
    EXPECT_NE(read_reply(0, line).at("/time"), "(absent)") << line;
  }
  EXPECT_GE(count, 3);
}

}  // namespace
}  // namespace salam::test
