#include <fstream>

#include <spdlog/fmt/fmt.h>
#include <sys/mount.h>
#include <unistd.h>

#include "adapters/kafka/event_log.h"
#include "tests/broken_parts/backlog.h"
#include "tests/kafka/broker.h"
#include "tests/kafka/jars.h"
#include "tests/kafka/reader.h"

namespace salam::test {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;
using Which = City::Which;

/// A city whose gateway publishes to a broker, with a topic and a transactional id of each test's own.
class PublishingCity {
 public:
  PublishingCity(Broker& broker, const std::string& name) : broker_(broker), topic_("broken." + name), installation_(name) {
    city_->set("brokers = \"\"\n",
               fmt::format("brokers = \"{}\"\ntopic = \"{}\"\nreplication = 1\npartitions = 3\n[installation]\nname = \"{}\"\n",
                           broker.address(), topic_, name));
    const auto created = city_->run({"topics", "create"});
    EXPECT_EQ(created.code, 0) << created.output;
    city_->start();
    city_->announce_meeting();
  }

  City& city() { return city_; }
  [[nodiscard]] Backlog& backlog() { return backlog_; }
  [[nodiscard]] const std::string& topic() const { return topic_; }
  [[nodiscard]] std::string transactional_id() const { return "salam-gateway-" + installation_; }

  void await_published() {
    ASSERT_TRUE(eventually_within(seconds(120), [&] {
      return backlog_.all_told() && city_->dependency("kafka") == "ok" && city_->dependency("kafka", "lag") == "0";
    })) << city_->operations("/health").body;
  }
  /// Everything registered, told and published, once and in order.
  void expect_recovered() {
    backlog_.expect_recovered(Which::system137);
    await_published();
    std::map<std::string, std::vector<int>> published;
    for (const auto& record : read_committed(broker_.address(), topic_)) {
      published[record.key].push_back(std::stoi(record.headers.at("ce_sequence")));
    }
    EXPECT_EQ(published, outbox(city_));
  }

 private:
  Broker& broker_;
  std::string topic_;
  std::string installation_;
  City city_{City::Options{.start = false}};
  Backlog backlog_{city_};
};

class BrokenBroker : public testing::Test {
 protected:
  void SetUp() override { SALAM_NEEDS_BROKER(broker_); }

  Broker* broker_ = nullptr;
};

TEST_F(BrokenBroker, StoppedAndStartedAgainGetsEveryEventOnceAndInOrder) {
  PublishingCity publishing(*broker_, "stopped");
  publishing.backlog().take(10);
  publishing.await_published();
  broker_->terminate();
  publishing.backlog().take(10);
  expect_failing(publishing.city(), "kafka");
  EXPECT_TRUE(eventually([&] { return publishing.backlog().all_told(); })) << "requests go their way";
  broker_->start();
  publishing.expect_recovered();
}

TEST_F(BrokenBroker, FrozenAndThawedGetsEveryEventOnceAndInOrder) {
  PublishingCity publishing(*broker_, "frozen");
  publishing.backlog().take(10);
  publishing.await_published();
  broker_->freeze();
  publishing.backlog().take(10);
  expect_failing(publishing.city(), "kafka");
  EXPECT_TRUE(eventually([&] { return publishing.backlog().all_told(); })) << "requests go their way";
  broker_->thaw();
  publishing.expect_recovered();
}

TEST_F(BrokenBroker, ThatFencesTheGatewaysProducerGetsEveryEventOnceAndInOrder) {
  PublishingCity publishing(*broker_, "fenced");
  publishing.backlog().take(5);
  publishing.await_published();
  for (int round = 0; round < 3; ++round) {
    const auto usurper = kafka::make_event_log({.connection = {broker_->address(), {}},
                                                .topic = publishing.topic(),
                                                .group = "usurper",
                                                .transactional_id = publishing.transactional_id(),
                                                .source = "/salam/usurper/1"});
    ASSERT_TRUE(usurper->open());
    publishing.backlog().take(5);
    publishing.await_published();
  }
  EXPECT_THAT(publishing.city()->dependency("kafka", "last_error"), HasSubstr("fenced"));
  publishing.expect_recovered();
}

/// A small disk of its own, where this process may mount one.
class SmallDisk {
 public:
  SmallDisk() : mounted_(mount("tmpfs", path().c_str(), "tmpfs", 0, "size=64m") == 0) {}
  ~SmallDisk() {
    if (mounted_) umount2(path().c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  [[nodiscard]] bool mounted() const { return mounted_; }
  [[nodiscard]] std::filesystem::path path() const { return folder_ / ""; }
  void fill() const {
    std::ofstream ballast(folder_ / "ballast", std::ios::binary);
    const std::string block(4'096, 'x');
    while (ballast.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) {
    }
  }
  void make_room() const { std::filesystem::remove(folder_ / "ballast"); }

 private:
  Folder folder_;
  bool mounted_;
};

TEST(BrokerWhoseDiskWasFull, GetsEveryEventOnceAndInOrder) {
  const auto jars = broker_jars();
  if (!jars && !kafka_required()) GTEST_SKIP() << jars.error().message;
  ASSERT_TRUE(jars) << jars.error().message;
  const SmallDisk disk;
  if (!disk.mounted()) GTEST_SKIP() << "needs root, to mount a small disk";
  Broker broker(*jars, {.proxied = {}, .log_dir = disk.path() / "log"});
  PublishingCity publishing(broker, "full");
  publishing.backlog().take(10);
  publishing.await_published();
  disk.fill();
  publishing.backlog().take(10);
  expect_failing(publishing.city(), "kafka");
  EXPECT_TRUE(eventually([&] { return publishing.backlog().all_told(); })) << "requests go their way";
  broker.kill();
  disk.make_room();
  broker.start();
  publishing.expect_recovered();
}

}  // namespace
}  // namespace salam::test
