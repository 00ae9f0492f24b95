#include "adapters/kafka/event_log.h"

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "adapters/kafka/handles.h"
#include "tests/kafka/outbox_store.h"

namespace salam::kafka {
namespace {

using testing::HasSubstr;
using testing::Not;
using Kind = EventLogError::Kind;

constexpr std::int16_t produce_request = 0;
constexpr std::int16_t add_partitions_request = 24;
constexpr std::int16_t end_transaction_request = 26;

/// librdkafka's own mock cluster: it commits transactions but forgets positions.
class MockCluster {
 public:
  MockCluster() : client_(mock_client()), cluster_(rd_kafka_handle_mock_cluster(client_.get())) {}

  std::string brokers() const { return rd_kafka_mock_cluster_bootstraps(cluster_); }
  void add_topic(const char* topic) { rd_kafka_mock_topic_create(cluster_, topic, 3, 1); }
  void fail_topic(const char* topic, rd_kafka_resp_err_t error) { rd_kafka_mock_topic_set_error(cluster_, topic, error); }
  void fail_next(std::int16_t request, rd_kafka_resp_err_t error) { rd_kafka_mock_push_request_errors(cluster_, request, 1, error); }

 private:
  static rd_kafka_t* mock_client() {
    auto* conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "test.mock.num.brokers", "1", nullptr, 0);
    rd_kafka_conf_set_log_cb(conf, nullptr);
    return rd_kafka_new(RD_KAFKA_PRODUCER, conf, nullptr, 0);
  }

  ClientHandle client_;
  rd_kafka_mock_cluster_t* cluster_;
};

class EventLogTest : public testing::Test {
 protected:
  EventLogTest() { cluster_.add_topic("events"); }

  Settings settings() const {
    return {.connection = {.brokers = cluster_.brokers(), .properties = {}},
            .topic = "events",
            .group = "test-outbox-1",
            .transactional_id = "test",
            .source = "/salam/test/1",
            .open_deadline = Milliseconds{5'000},
            .publish_deadline = Milliseconds{5'000},
            .event_max_bytes = 2'000};
  }
  static std::vector<OutboxEvent> run(int count) {
    std::vector<OutboxEvent> events;
    for (int i = 1; i <= count; ++i) events.push_back(test::event(100 + i, "a", i));
    return events;
  }
  std::unique_ptr<EventLog> opened() {
    auto log = make_event_log(settings());
    const auto position = log->open();
    EXPECT_TRUE(position) << position.error().message;
    return log;
  }

  MockCluster cluster_;
};

/// Again for as long as the log asks for it, up to 10 s.
Result<void, EventLogError> publish_as_the_relay_does(EventLog& log, const std::vector<OutboxEvent>& events) {
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds{10};
  auto published = log.publish(events);
  while (!published && published.error().kind == EventLogError::Kind::retriable && std::chrono::steady_clock::now() < give_up) {
    published = log.publish(events);
  }
  return published;
}

TEST_F(EventLogTest, OpensWithoutAPositionWhereNoneWasCommitted) {
  auto log = make_event_log(settings());
  const auto position = log->open();
  ASSERT_TRUE(position) << position.error().message;
  EXPECT_FALSE(position->has_value());
}

TEST_F(EventLogTest, MustBeOpenedBeforeItPublishes) {
  const auto published = make_event_log(settings())->publish(run(1));
  ASSERT_FALSE(published);
  EXPECT_EQ(published.error().kind, Kind::fatal);
}

TEST_F(EventLogTest, NamesTheCommandThatCreatesAMissingTopic) {
  cluster_.fail_topic("events", RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART);
  const auto position = make_event_log(settings())->open();
  ASSERT_FALSE(position);
  EXPECT_EQ(position.error().kind, Kind::retriable);
  EXPECT_EQ(position.error().message, "topic events is missing: run `salam-gateway topics create`");
}

TEST_F(EventLogTest, ComesBackWithinItsDeadlineWhereNoBrokerAnswers) {
  auto unreachable = settings();
  unreachable.connection.brokers = "127.0.0.1:1";
  unreachable.open_deadline = Milliseconds{300};
  const auto position = make_event_log(unreachable)->open();
  ASSERT_FALSE(position);
  EXPECT_EQ(position.error().kind, Kind::retriable);
  EXPECT_THAT(position.error().message, HasSubstr("brokers do not answer"));
}

TEST_F(EventLogTest, AbortsAndMayBeUsedAgainWhereARightIsMissing) {
  const auto log = opened();
  cluster_.fail_next(produce_request, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
  const auto refused = log->publish(run(3));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, Kind::retriable);
  EXPECT_THAT(refused.error().message, HasSubstr("topic events"));
  // librdkafka asks for the topic's partitions again first.
  const auto published = publish_as_the_relay_does(*log, run(3));
  EXPECT_TRUE(published) << published.error().message;
}

TEST_F(EventLogTest, IsFatalWhereItIsFencedUntilItIsOpenedAgain) {
  const auto log = opened();
  cluster_.fail_next(add_partitions_request, RD_KAFKA_RESP_ERR_PRODUCER_FENCED);
  const auto fenced = log->publish(run(1));
  ASSERT_FALSE(fenced);
  EXPECT_EQ(fenced.error().kind, Kind::fatal);
  EXPECT_EQ(log->publish(run(1)).error().kind, Kind::fatal);
  ASSERT_TRUE(log->open());
  EXPECT_TRUE(log->publish(run(1)));
}

TEST_F(EventLogTest, IsFatalWhereACommitsOutcomeIsNotKnown) {
  const auto log = opened();
  cluster_.fail_next(end_transaction_request, RD_KAFKA_RESP_ERR_INVALID_TXN_STATE);
  const auto unknown = log->publish(run(1));
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().kind, Kind::fatal);
}

TEST_F(EventLogTest, SendsABatchThatWasTooLargeOneByOne) {
  const auto log = opened();
  cluster_.fail_next(produce_request, RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE);
  // librdkafka 2.0.2 may call its state erroneous once after a batch that was too large.
  const auto published = publish_as_the_relay_does(*log, run(5));
  EXPECT_TRUE(published) << published.error().message;
}

TEST_F(EventLogTest, SaysWhichEventIsTooLarge) {
  const auto log = opened();
  auto events = run(4);
  events[2].data.assign(3'000, 'x');
  const auto refused = log->publish(events);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, Kind::refused);
  EXPECT_EQ(refused.error().position, events[2].position);
  EXPECT_TRUE(publish_as_the_relay_does(*log, run(2)));
}

TEST_F(EventLogTest, TakesALibrdkafkaPropertyFromTheConfiguration) {
  auto with_property = settings();
  with_property.connection.properties["compression.type"] = "lz4";
  EXPECT_TRUE(check(with_property));
}

TEST_F(EventLogTest, IsCheckedWithoutAConnection) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  sockaddr_in address{.sin_family = AF_INET, .sin_port = 0, .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
  socklen_t size = sizeof(address);
  ASSERT_EQ(bind(listener, reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(listen(listener, 1), 0);
  ASSERT_EQ(getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size), 0);
  auto with_listener = settings();
  with_listener.connection.brokers = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  EXPECT_TRUE(check(with_listener));
  EXPECT_EQ(accept(listener, nullptr, nullptr), -1) << "somebody has connected";
  close(listener);
}

TEST_F(EventLogTest, NamesAPropertyThatLibrdkafkaDoesNotKnow) {
  auto wrong = settings();
  wrong.connection.properties["sasl.pasword"] = "s3cret";
  const auto checked = check(wrong);
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code, "kafka_property_invalid");
  EXPECT_THAT(checked.error().message, HasSubstr("`sasl.pasword`"));
  EXPECT_THAT(checked.error().message, Not(HasSubstr("s3cret")));
}

TEST_F(EventLogTest, KeepsThePropertiesThatOnceAndInOrderRestsOn) {
  for (const auto* name : {"acks", "enable.idempotence", "max.in.flight", "partitioner", "transactional.id", "message.max.bytes"}) {
    auto wrong = settings();
    wrong.connection.properties[name] = "1";
    const auto checked = check(wrong);
    ASSERT_FALSE(checked) << name;
    EXPECT_EQ(checked.error().code, "kafka_property_reserved") << name;
  }
}

TEST_F(EventLogTest, NamesASettingThatIsMissing) {
  auto wrong = settings();
  wrong.topic.clear();
  EXPECT_EQ(check(wrong).error().code, "kafka_setting_missing");
}

}  // namespace
}  // namespace salam::kafka
