#include <set>

#include <spdlog/fmt/fmt.h>

#include "tests/integration/gateway.h"
#include "tests/kafka/broker.h"
#include "tests/kafka/reader.h"

namespace salam::test {
namespace {

using testing::HasSubstr;
using testing::Not;
using Which = City::Which;

const std::string down = R"({"mode": "status", "status": 503, "on": "register"})";

/// A city whose events go to the real broker, in a topic of the test's own.
class RestoreBeforeTheTopic : public testing::Test {
 protected:
  void SetUp() override {
    SALAM_NEEDS_BROKER(broker_);
    const auto options = fmt::format("[kafka]\nbrokers = \"{}\"\ntopic = \"{}\"\n", broker_->address(), topic());
    city_ = std::make_unique<City>(
        City::Options{.gateway = {.more = fmt::format("[installation]\nname = \"{}\"\n", topic()),
                                  .replace = {{"[kafka]\nbrokers = \"\"\n", options + "partitions = 3\nreplication = 1\n"}}},
                      .start = false});
    ASSERT_EQ(gateway().run({"topics", "create"}).code, 0);
    gateway().start();
    gateway().announce_meeting();
  }

  static std::string topic() { return testing::UnitTest::GetInstance()->current_test_info()->name(); }
  Gateway& gateway() { return city_->gateway(); }
  [[nodiscard]] std::string file() { return (gateway().folder() / "copy.db").string(); }
  std::string incarnation() { return gateway().query("SELECT value FROM meta WHERE name = 'incarnation'"); }
  bool told(const std::string& id) {
    return eventually([&] { return gateway().is_told(id); });
  }
  bool all_published() {
    return eventually([&] { return gateway().dependency("kafka", "lag") == "0"; });
  }
  std::vector<ReadRecord> read() { return read_committed(broker_->address(), topic()); }

  Broker* broker_ = nullptr;
  std::unique_ptr<City> city_;
};

using Sequences = std::map<std::pair<std::string, std::string>, std::vector<int>>;  ///< By source and aggregate, in the topic's order.

Sequences sequences(const std::vector<ReadRecord>& records) {
  Sequences by_source;
  for (const auto& record : records) {
    by_source[{record.headers.at("ce_source"), record.key}].push_back(std::stoi(record.headers.at("ce_sequence")));
  }
  return by_source;
}

TEST_F(RestoreBeforeTheTopic, SkipsNoEventAndRepeatsNone) {
  const auto first = gateway().take("1");
  ASSERT_TRUE(told(first));
  city_->fault(Which::system137, down);
  const auto second = gateway().take("2");
  ASSERT_TRUE(all_published());
  // Events that are in the backup and unpublished when it is taken, published when the store is lost.
  broker_->freeze();
  const auto third = gateway().take("3");
  ASSERT_EQ(gateway().run({"backup", file()}).code, 0);
  broker_->thaw();
  city_->heal(Which::system137);
  ASSERT_TRUE(told(second));
  ASSERT_TRUE(told(third));
  const auto fourth = gateway().take("4");
  ASSERT_TRUE(told(fourth));
  ASSERT_TRUE(all_published());
  const auto old_source = "/salam/" + topic() + "/" + incarnation();
  gateway().kill();
  const auto before = sequences(read());

  const auto restored = gateway().run({"restore", file()});
  EXPECT_EQ(restored.code, 3) << restored.output;
  const auto new_source = "/salam/" + topic() + "/" + incarnation();
  ASSERT_NE(new_source, old_source);
  EXPECT_EQ(sequences(read()), before) << "restoring publishes nothing";
  gateway().start();
  ASSERT_TRUE(told(second)) << gateway().request(second).body;
  ASSERT_TRUE(told(third));
  const auto fifth = gateway().take("5");
  ASSERT_TRUE(told(fifth));
  ASSERT_TRUE(all_published());

  const auto after = sequences(read());
  for (const auto& id : {second, third, fifth}) {
    const auto in_store = gateway().get("/v1/requests/" + id + "/history").each("/events", "/sequence");
    // What the new source has goes on where the backup's published events end, without a gap, to the store's last.
    const auto& fresh = after.at({new_source, id});
    const int published_before = id == fifth ? 0 : 1;  // `received`
    ASSERT_EQ(fresh.size(), in_store.size() - static_cast<std::size_t>(published_before)) << id;
    for (std::size_t i = 0; i < fresh.size(); ++i) EXPECT_EQ(fresh[i], static_cast<int>(i) + 1 + published_before) << id;
  }
  EXPECT_FALSE(after.contains({new_source, first})) << "nothing new happened to it";
  for (const auto& [key, sequence] : before) EXPECT_EQ(after.at(key), sequence) << "the old source's events stay as they were";
  EXPECT_EQ(gateway().audit(), 0);
}

TEST_F(RestoreBeforeTheTopic, PublishesUnderTheNewSourceWhatTheOldOneNeverDid) {
  ASSERT_TRUE(told(gateway().take("1")));
  ASSERT_TRUE(all_published());
  broker_->freeze();
  const auto id = gateway().take("2");
  ASSERT_TRUE(told(id));
  ASSERT_EQ(gateway().run({"backup", file()}).code, 0);
  gateway().kill();
  broker_->thaw();
  const auto before = sequences(read());
  ASSERT_EQ(gateway().run({"restore", file()}).code, 0);
  gateway().start();
  ASSERT_TRUE(all_published());
  const auto after = sequences(read());
  ASSERT_EQ(after.size(), before.size() + 1);
  EXPECT_THAT(after.at({"/salam/" + topic() + "/" + incarnation(), id}), testing::ElementsAre(1, 2, 3, 4, 5));
}

TEST_F(RestoreBeforeTheTopic, ListsTheRequestsThatCameAfterTheBackup) {
  const auto kept = gateway().take("1");
  ASSERT_TRUE(told(kept));
  ASSERT_EQ(gateway().run({"backup", file()}).code, 0);
  const auto registered = gateway().take("2");
  ASSERT_TRUE(told(registered));
  city_->fault(Which::system137, down);
  const auto waiting = gateway().take("3/a");
  // A meeting's events are no request's, whatever its id looks like.
  ASSERT_EQ(
      gateway().put("/v1/meetings/0193a1c2-7b1e-7c3d-9f00-5d1b2c3a4e5f", R"({"region": 5, "mosque": "x", "date": "2026-01-06"})").status,
      201);
  ASSERT_TRUE(all_published());
  const auto code = gateway().request(registered).at("/registration/code");
  const auto tracking = gateway().request(waiting).at("/tracking_code");
  gateway().kill();

  const auto restored = gateway().run({"restore", file()});
  EXPECT_EQ(restored.code, 3) << restored.output;
  EXPECT_THAT(restored.output, HasSubstr("2 requests came after the backup"));
  EXPECT_THAT(restored.output, HasSubstr("LOST meeting m form 2 item 1: "));
  EXPECT_THAT(restored.output, HasSubstr("registered in 137 under " + code));
  EXPECT_THAT(restored.output, HasSubstr("LOST meeting m form 3/a item 1: tracking code " + tracking + ", waiting"));
  EXPECT_THAT(restored.output, Not(HasSubstr("form 1 item 1")));
  EXPECT_THAT(restored.output, Not(HasSubstr("NOT ASKED for requests that came after the backup: the topic")));
  EXPECT_THAT(restored.output, Not(HasSubstr("LOST tracking code"))) << "137 knows no other than the topic";
}

TEST_F(RestoreBeforeTheTopic, AsksTheUpstreamsForWhatNoEventTold) {
  ASSERT_TRUE(told(gateway().take("1")));
  ASSERT_EQ(gateway().run({"backup", file()}).code, 0);
  ASSERT_TRUE(all_published());
  broker_->freeze();
  const auto unpublished = gateway().take("2");
  ASSERT_TRUE(told(unpublished));
  gateway().kill();
  broker_->thaw();
  const auto in_137 = city_->ledger(Which::system137);
  const auto restored = gateway().run({"restore", file()});
  EXPECT_EQ(restored.code, 3) << restored.output;
  EXPECT_THAT(restored.output, HasSubstr(fmt::format("LOST tracking code {}: registered in 137 under {}",
                                                     in_137.at("/registrations/1/external_id"), in_137.at("/registrations/1/id"))));
}

TEST_F(RestoreBeforeTheTopic, RegistersALostRequestOnceThoughItsFormIsEnteredAgain) {
  ASSERT_TRUE(told(gateway().take("1")));
  ASSERT_EQ(gateway().run({"backup", file()}).code, 0);
  const auto lost = gateway().take("2");
  ASSERT_TRUE(told(lost));
  ASSERT_TRUE(all_published());
  const auto before = gateway().request(lost);
  gateway().kill();
  ASSERT_EQ(gateway().run({"restore", file()}).code, 3);
  gateway().start();
  EXPECT_EQ(gateway().request(lost).status, 404);
  EXPECT_EQ(gateway().take("2"), lost);
  ASSERT_TRUE(told(lost)) << gateway().request(lost).body;
  const auto after = gateway().request(lost);
  EXPECT_EQ(after.at("/tracking_code"), before.at("/tracking_code"));
  EXPECT_EQ(after.at("/registration/code"), before.at("/registration/code"));
  EXPECT_EQ(city_->registered(Which::system137, lost).times, 1);
}

TEST_F(RestoreBeforeTheTopic, BelievesTheTopicWhereNoLookupIs) {
  gateway().stop();
  gateway().set(R"(settle_after = "300ms")", "");
  gateway().start();
  city_->fault(Which::system137, down);
  const auto id = gateway().take("1");
  ASSERT_EQ(gateway().run({"backup", file()}).code, 0);
  city_->heal(Which::system137);
  ASSERT_TRUE(told(id));
  ASSERT_TRUE(all_published());
  gateway().kill();
  EXPECT_EQ(gateway().run({"restore", file()}).code, 0);
  gateway().start();
  ASSERT_TRUE(told(id)) << gateway().request(id).body;
  const auto in_137 = city_->registered(Which::system137, id);
  EXPECT_EQ(in_137.times, 1);
  EXPECT_EQ(gateway().request(id).at("/registration/code"), in_137.code);
  EXPECT_EQ(gateway().request(id).count("/attention"), 0U);
}

TEST_F(RestoreBeforeTheTopic, ReplacesNothingWhereTheBrokersDoNotAnswerUnlessTold) {
  const auto id = gateway().take("1");
  ASSERT_TRUE(told(id));
  ASSERT_EQ(gateway().run({"backup", file()}).code, 0);
  gateway().kill();
  gateway().set(broker_->address(), "127.0.0.1:1");
  const auto before = incarnation();
  const auto refused = gateway().run({"restore", file()});
  EXPECT_EQ(refused.code, 1);
  EXPECT_THAT(refused.output, HasSubstr("nothing was restored"));
  EXPECT_THAT(refused.output, HasSubstr("--without-topic"));
  EXPECT_EQ(incarnation(), before);
  const auto told_to = gateway().run({"restore", file(), "--without-topic"});
  EXPECT_EQ(told_to.code, 3) << told_to.output;
  EXPECT_THAT(told_to.output, HasSubstr("NOT ASKED"));
  EXPECT_NE(incarnation(), before);
}

}  // namespace
}  // namespace salam::test
