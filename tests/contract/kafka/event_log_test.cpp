#include "adapters/kafka/event_log.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <set>
#include <span>

#include <gmock/gmock.h>

#include "tests/contract/kafka/kafka_test.h"

namespace salam::kafka {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;
using Kind = EventLogError::Kind;

class KafkaEventLog : public KafkaTest {};

TEST_F(KafkaEventLog, HoldsEventsOnceAndInOrder) {
  create();
  const auto log = opened();
  const auto all = events(300, 10);
  for (std::size_t from = 0; from < all.size(); from += 60) {
    const auto published = log->publish(std::span(all).subspan(from, 60));
    ASSERT_TRUE(published) << published.error().message;
  }
  const auto records = read();
  expect_once_and_in_order(records, 300, 10);
  std::map<std::string, std::set<std::int32_t>> partitions;
  for (const auto& record : records) partitions[record.key].insert(record.partition);
  for (const auto& [key, numbers] : partitions) EXPECT_EQ(numbers.size(), 1U) << key;
}

TEST_F(KafkaEventLog, WritesCloudEventsInBinaryMode) {
  create();
  auto event = test::event(7, "019a2b", 3, R"({"subject":"آب"})");
  event.traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  ASSERT_TRUE(opened()->publish(std::span(&event, 1)));
  const auto records = read();
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].key, "019a2b");
  EXPECT_EQ(records[0].value, event.data);
  EXPECT_THAT(records[0].headers,
              ElementsAre(Pair("ce_id", "019a2b:3"), Pair("ce_sequence", "0000000003"), Pair("ce_source", "/salam/test/1"),
                          Pair("ce_specversion", "1.0"), Pair("ce_time", event.time), Pair("ce_traceparent", event.traceparent),
                          Pair("ce_type", event.type), Pair("content-type", "application/json")));
}

TEST_F(KafkaEventLog, ReadsItsPositionBackWhenItIsOpened) {
  create();
  const auto first = make_event_log(settings());
  const auto none = first->open();
  ASSERT_TRUE(none) << none.error().message;
  EXPECT_FALSE(none->has_value());
  ASSERT_TRUE(first->publish(events(5, 1)));
  const auto second = make_event_log(settings());
  const auto position = second->open();
  ASSERT_TRUE(position) << position.error().message;
  EXPECT_EQ(*position, 5);
}

TEST_F(KafkaEventLog, FencesTheFormerProducerOfTheSameTransactionalId) {
  create();
  const auto former = opened();
  const auto all = events(3, 1);
  ASSERT_TRUE(former->publish(std::span(all).first(1)));
  const auto latter = opened();
  const auto fenced = former->publish(std::span(all).subspan(1, 1));
  ASSERT_FALSE(fenced);
  EXPECT_EQ(fenced.error().kind, Kind::fatal) << fenced.error().message;
  EXPECT_TRUE(latter->publish(std::span(all).subspan(1, 2)));
  expect_once_and_in_order(read(), 3, 1);
}

TEST_F(KafkaEventLog, NamesTheCommandThatCreatesAMissingTopic) {
  const auto position = make_event_log(settings())->open();
  ASSERT_FALSE(position);
  EXPECT_EQ(position.error().kind, Kind::retriable);
  EXPECT_EQ(position.error().message, "topic " + topic() + " is missing: run `salam-gateway topics create`");
}

TEST_F(KafkaEventLog, SaysWhichEventTheTopicRefuses) {
  create({{"max.message.bytes", "3000"}});
  const auto log = opened();
  auto all = events(6, 1);
  all[3].data.assign(5'000, 'x');
  const auto refused = log->publish(all);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, Kind::refused) << refused.error().message;
  EXPECT_EQ(refused.error().position, 4);
  EXPECT_EQ(read().size(), 0U);
}

TEST_F(KafkaEventLog, PublishesABatchThatOnlyTogetherIsTooLarge) {
  create({{"max.message.bytes", "3000"}});
  const auto log = opened();
  auto all = events(6, 1);
  for (auto& event : all) event.data.assign(2'000, 'x');
  const auto published = log->publish(all);
  ASSERT_TRUE(published) << published.error().message;
  expect_once_and_in_order(read(), 6, 1);
}

/// A reader that shares no code with the gateway's tests.
std::string output_of(const std::string& command) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::string output;
  std::array<char, 4'096> buffer{};
  while (const auto size = std::fread(buffer.data(), 1, buffer.size(), pipe.get())) output.append(buffer.data(), size);
  return output;
}

TEST_F(KafkaEventLog, IsReadByKcat) {
  if (std::system("command -v kcat >/dev/null") != 0) {
    GTEST_LOG_(INFO) << "kcat is not installed";
    return;
  }
  create();
  ASSERT_TRUE(opened()->publish(events(2, 1)));
  const auto output = output_of("kcat -q -C -e -b " + broker_->address() + " -t " + topic() + " -f '%k %h %s\\n'");
  EXPECT_THAT(output, AllOf(HasSubstr("request-0 ce_specversion=1.0,ce_id=request-0:1,ce_source=/salam/test/1"),
                            HasSubstr("ce_id=request-0:2"), HasSubstr(R"(content-type=application/json {"n":1})")));
}

}  // namespace
}  // namespace salam::kafka
