#include "adapters/kafka/topics.h"

#include <gmock/gmock.h>

#include "tests/contract/kafka/kafka_test.h"

namespace salam::kafka {
namespace {

using testing::HasSubstr;

class KafkaTopics : public KafkaTest {
 protected:
  TopicSpec spec() const { return {.name = topic(), .partitions = 3, .replication = -1, .config = {}}; }
};

TEST_F(KafkaTopics, AreCreatedOnceAndLeftAsTheyAreAfterwards) {
  const auto first = create_topic(connection(), spec());
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ(*first, TopicCreation::created);
  auto other = spec();
  other.partitions = 5;
  const auto second = create_topic(connection(), other);
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_EQ(*second, TopicCreation::already_there);
}

TEST_F(KafkaTopics, AreNotCreatedWhereTheBrokerRefusesAndItsReasonIsTold) {
  auto wrong = spec();
  wrong.replication = 3;
  const auto created = create_topic(connection(), wrong);
  ASSERT_FALSE(created);
  EXPECT_EQ(created.error().code, "topic_not_created");
  EXPECT_THAT(created.error().message, HasSubstr("replication factor"));
}

}  // namespace
}  // namespace salam::kafka
