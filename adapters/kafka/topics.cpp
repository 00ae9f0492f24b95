#include "adapters/kafka/topics.h"

#include <array>
#include <utility>

#include "adapters/kafka/client.h"

namespace salam::kafka {
namespace {

Error not_created(const std::string& topic, const std::string& why) {
  return {"topic_not_created", "topic " + topic + " was not created: " + why};
}

Result<NewTopicHandle> new_topic(const TopicSpec& spec) {
  std::array<char, 256> why{};
  NewTopicHandle topic(rd_kafka_NewTopic_new(spec.name.c_str(), spec.partitions, spec.replication, why.data(), why.size()));
  if (!topic) return not_created(spec.name, why.data());
  for (const auto& [name, value] : spec.config)
    if (const auto error = rd_kafka_NewTopic_set_config(topic.get(), name.c_str(), value.c_str()); error != RD_KAFKA_RESP_ERR_NO_ERROR)
      return not_created(spec.name, name + ": " + rd_kafka_err2str(error));
  return topic;
}

Result<TopicCreation> read_reply(rd_kafka_event_t& reply, const TopicSpec& spec) {
  if (rd_kafka_event_error(&reply) != RD_KAFKA_RESP_ERR_NO_ERROR) return not_created(spec.name, rd_kafka_event_error_string(&reply));
  std::size_t count = 0;
  const auto* result = rd_kafka_event_CreateTopics_result(&reply);
  const auto* topics = rd_kafka_CreateTopics_result_topics(result, &count);
  if (count != 1) return not_created(spec.name, "the broker's answer does not name it");
  switch (const auto error = rd_kafka_topic_result_error(topics[0])) {
    case RD_KAFKA_RESP_ERR_NO_ERROR:
      return TopicCreation::created;
    case RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS:
      return TopicCreation::already_there;
    default:
      const char* words = rd_kafka_topic_result_error_string(topics[0]);
      return not_created(spec.name, words != nullptr ? words : rd_kafka_err2str(error));
  }
}

}  // namespace

Result<TopicCreation> create_topic(const Connection& connection, const TopicSpec& spec, Milliseconds deadline) {
  auto conf = connection_conf(connection);
  if (!conf) return std::move(conf).error();
  auto client = make_client(RD_KAFKA_PRODUCER, std::move(*conf));
  if (!client) return std::move(client).error();
  auto topic = new_topic(spec);
  if (!topic) return std::move(topic).error();

  const int timeout = static_cast<int>(deadline.count());
  const AdminOptionsHandle options(rd_kafka_AdminOptions_new(client->get(), RD_KAFKA_ADMIN_OP_CREATETOPICS));
  std::array<char, 256> why{};
  if (rd_kafka_AdminOptions_set_request_timeout(options.get(), timeout, why.data(), why.size()) != RD_KAFKA_RESP_ERR_NO_ERROR ||
      rd_kafka_AdminOptions_set_operation_timeout(options.get(), timeout, why.data(), why.size()) != RD_KAFKA_RESP_ERR_NO_ERROR)
    return not_created(spec.name, why.data());

  const QueueHandle queue(rd_kafka_queue_new(client->get()));
  std::array<rd_kafka_NewTopic_t*, 1> topics{topic->get()};
  rd_kafka_CreateTopics(client->get(), topics.data(), topics.size(), options.get(), queue.get());
  const ReplyHandle reply(rd_kafka_queue_poll(queue.get(), timeout + 1'000));
  if (!reply) return not_created(spec.name, "the brokers did not answer");
  return read_reply(*reply, spec);
}

}  // namespace salam::kafka
