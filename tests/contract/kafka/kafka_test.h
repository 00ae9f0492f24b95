#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "adapters/kafka/event_log.h"
#include "adapters/kafka/topics.h"
#include "tests/kafka/broker.h"
#include "tests/kafka/outbox_store.h"
#include "tests/kafka/reader.h"

namespace salam::kafka {

/// A real broker, with a topic, group and transactional id of each test's own.
class KafkaTest : public testing::Test {
 protected:
  void SetUp() override { SALAM_NEEDS_BROKER(broker_); }

  static std::string topic() { return std::string("events-") + testing::UnitTest::GetInstance()->current_test_info()->name(); }
  Connection connection() const { return {broker_->address(), {}}; }
  void create(std::map<std::string, std::string> config = {}) const {
    const auto created = create_topic(connection(), {.name = topic(), .partitions = 3, .replication = 1, .config = std::move(config)});
    ASSERT_TRUE(created) << created.error().message;
  }
  Settings settings() const {
    return {.connection = connection(),
            .topic = topic(),
            .group = topic() + "-outbox-1",
            .transactional_id = topic(),
            .source = "/salam/test/1"};
  }
  std::unique_ptr<EventLog> opened() const {
    auto log = make_event_log(settings());
    const auto position = log->open();
    EXPECT_TRUE(position) << position.error().message;
    return log;
  }
  std::vector<test::ReadRecord> read() const { return test::read_committed(broker_->address(), topic()); }

  test::Broker* broker_ = nullptr;
};

/// So many events of so many aggregates in turn, at positions from 1.
inline std::vector<OutboxEvent> events(int count, int aggregates) {
  std::vector<OutboxEvent> all;
  for (int i = 0; i < count; ++i)
    all.push_back(
        test::event(i + 1, "request-" + std::to_string(i % aggregates), i / aggregates + 1, R"({"n":)" + std::to_string(i) + "}"));
  return all;
}

/// Each aggregate's sequences in the order in which they stand in the log.
inline std::map<std::string, std::vector<int>> sequences(const std::vector<test::ReadRecord>& records) {
  std::map<std::string, std::vector<int>> by_key;
  for (const auto& record : records) by_key[record.key].push_back(std::stoi(record.headers.at("ce_sequence")));
  return by_key;
}

/// 1, 2, … for each: nothing lost, doubled or out of order.
inline void expect_once_and_in_order(const std::vector<test::ReadRecord>& records, int count, int aggregates) {
  EXPECT_EQ(records.size(), static_cast<std::size_t>(count));
  const auto by_key = sequences(records);
  EXPECT_EQ(by_key.size(), static_cast<std::size_t>(aggregates));
  for (const auto& [key, sequence] : by_key)
    for (std::size_t i = 0; i < sequence.size(); ++i) ASSERT_EQ(sequence[i], static_cast<int>(i) + 1) << key;
}

}  // namespace salam::kafka
