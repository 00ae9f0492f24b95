#include "tests/kafka/reader.h"

#include <chrono>
#include <memory>
#include <set>
#include <stdexcept>

#include <librdkafka/rdkafka.h>

namespace salam::test {
namespace {

constexpr std::chrono::seconds patience{30};

struct Close {
  void operator()(rd_kafka_t* consumer) const {
    rd_kafka_consumer_close(consumer);
    rd_kafka_destroy(consumer);
  }
};
using Consumer = std::unique_ptr<rd_kafka_t, Close>;

Consumer make_consumer(const std::string& brokers) {
  auto* conf = rd_kafka_conf_new();
  rd_kafka_conf_set_log_cb(conf, nullptr);
  for (const auto& [name, value] : std::map<std::string, std::string>{{"bootstrap.servers", brokers},
                                                                      {"group.id", "reader"},
                                                                      {"isolation.level", "read_committed"},
                                                                      {"auto.offset.reset", "earliest"},
                                                                      {"enable.auto.commit", "false"},
                                                                      {"enable.partition.eof", "true"}})
    rd_kafka_conf_set(conf, name.c_str(), value.c_str(), nullptr, 0);
  return Consumer(rd_kafka_new(RD_KAFKA_CONSUMER, conf, nullptr, 0));
}

int partitions_of(rd_kafka_t* client, const std::string& topic) {
  auto* handle = rd_kafka_topic_new(client, topic.c_str(), nullptr);
  const rd_kafka_metadata_t* metadata = nullptr;
  const auto error = rd_kafka_metadata(client, 0, handle, &metadata, 10'000);
  const int count = error == RD_KAFKA_RESP_ERR_NO_ERROR ? metadata->topics[0].partition_cnt : 0;
  if (metadata != nullptr) rd_kafka_metadata_destroy(metadata);
  rd_kafka_topic_destroy(handle);
  if (count == 0) throw std::runtime_error("topic " + topic + " cannot be read");
  return count;
}

void assign_all(rd_kafka_t* consumer, const std::string& topic, int partitions) {
  auto* list = rd_kafka_topic_partition_list_new(partitions);
  for (int partition = 0; partition < partitions; ++partition)
    rd_kafka_topic_partition_list_add(list, topic.c_str(), partition)->offset = RD_KAFKA_OFFSET_BEGINNING;
  rd_kafka_assign(consumer, list);
  rd_kafka_topic_partition_list_destroy(list);
}

ReadRecord read(const rd_kafka_message_t& message) {
  ReadRecord record{std::string(static_cast<const char*>(message.key), message.key_len),
                    std::string(static_cast<const char*>(message.payload), message.len),
                    {},
                    message.partition};
  rd_kafka_headers_t* headers = nullptr;
  if (rd_kafka_message_headers(&message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return record;
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  for (std::size_t i = 0; rd_kafka_header_get_all(headers, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR; ++i)
    record.headers[name] = std::string(static_cast<const char*>(value), size);
  return record;
}

}  // namespace

std::vector<ReadRecord> read_committed(const std::string& brokers, const std::string& topic) {
  const auto consumer = make_consumer(brokers);
  const auto partitions = static_cast<std::size_t>(partitions_of(consumer.get(), topic));
  assign_all(consumer.get(), topic, static_cast<int>(partitions));

  std::vector<ReadRecord> records;
  std::set<std::int32_t> at_end;
  const auto give_up = std::chrono::steady_clock::now() + patience;
  while (at_end.size() < partitions) {
    if (std::chrono::steady_clock::now() > give_up) throw std::runtime_error("the end of topic " + topic + " was not reached");
    auto* message = rd_kafka_consumer_poll(consumer.get(), 200);
    if (message == nullptr) continue;
    if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF)
      at_end.insert(message->partition);
    else if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR)
      records.push_back(read(*message));
    rd_kafka_message_destroy(message);
  }
  return records;
}

}  // namespace salam::test
