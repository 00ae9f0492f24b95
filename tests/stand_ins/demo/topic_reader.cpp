#include "tests/stand_ins/demo/topic_reader.h"

#include <stdexcept>

#include <librdkafka/rdkafka.h>

#include "tests/stand_ins/text.h"

namespace salam::stand_ins::demo {

namespace {

template <auto destroy>
struct Destroy {
  template <class Handle>
  void operator()(Handle* handle) const {
    destroy(handle);
  }
};
using Consumer = std::unique_ptr<rd_kafka_t, Destroy<rd_kafka_destroy>>;
using Record = std::unique_ptr<rd_kafka_message_t, Destroy<rd_kafka_message_destroy>>;
using Partitions = std::unique_ptr<rd_kafka_topic_partition_list_t, Destroy<rd_kafka_topic_partition_list_destroy>>;

constexpr int metadata_patience_ms = 10'000;

Consumer make_consumer(const std::string& brokers) {
  char why[256] = "";
  auto* configuration = rd_kafka_conf_new();
  for (auto [name, value] : {std::pair{"bootstrap.servers", brokers.c_str()}, std::pair{"group.id", "salam-demo"},
                             std::pair{"isolation.level", "read_committed"}, std::pair{"enable.auto.commit", "false"},
                             std::pair{"auto.offset.reset", "earliest"}, std::pair{"log_level", "0"}}) {
    rd_kafka_conf_set(configuration, name, value, nullptr, 0);
  }
  Consumer consumer(rd_kafka_new(RD_KAFKA_CONSUMER, configuration, why, sizeof why));
  if (!consumer) {
    rd_kafka_conf_destroy(configuration);
    throw std::runtime_error(std::string("No Kafka consumer: ") + why);
  }
  return consumer;
}

int partitions_of(rd_kafka_t* consumer, const std::string& topic) {
  std::unique_ptr<rd_kafka_topic_t, Destroy<rd_kafka_topic_destroy>> handle(rd_kafka_topic_new(consumer, topic.c_str(), nullptr));
  const rd_kafka_metadata_t* metadata = nullptr;
  auto error = rd_kafka_metadata(consumer, 0, handle.get(), &metadata, metadata_patience_ms);
  if (error) throw std::runtime_error("Cannot read about topic " + topic + ": " + rd_kafka_err2str(error));
  int count = metadata->topic_cnt == 1 ? metadata->topics[0].partition_cnt : 0;
  rd_kafka_metadata_destroy(metadata);
  if (count == 0) throw std::runtime_error("There is no topic " + topic);
  return count;
}

std::int64_t sequence_of(const rd_kafka_message_t& record) {
  rd_kafka_headers_t* headers = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  if (rd_kafka_message_headers(&record, &headers) || rd_kafka_header_get_last(headers, "ce_sequence", &value, &size)) return -1;
  return to_integer({static_cast<const char*>(value), size}).value_or(-1);
}

}  // namespace

struct TopicReader::Handles {
  Consumer consumer;
};

TopicReader::TopicReader(const std::string& brokers, const std::string& topic)
    : handles_(std::make_unique<Handles>(Handles{make_consumer(brokers)})) {
  auto* consumer = handles_->consumer.get();
  int count = partitions_of(consumer, topic);
  Partitions partitions(rd_kafka_topic_partition_list_new(count));
  for (int partition = 0; partition < count; ++partition) {
    rd_kafka_topic_partition_list_add(partitions.get(), topic.c_str(), partition)->offset = RD_KAFKA_OFFSET_BEGINNING;
  }
  rd_kafka_poll_set_consumer(consumer);
  if (auto error = rd_kafka_assign(consumer, partitions.get())) throw std::runtime_error(rd_kafka_err2str(error));
}

TopicReader::~TopicReader() = default;

void TopicReader::read(std::chrono::milliseconds patience) {
  auto end = std::chrono::steady_clock::now() + patience;
  while (std::chrono::steady_clock::now() < end) {
    Record record(rd_kafka_consumer_poll(handles_->consumer.get(), 100));
    if (!record) return;
    if (record->err) continue;
    auto& count = counts_[std::string(static_cast<const char*>(record->key), record->key_len)];
    auto sequence = sequence_of(*record);
    count.in_order = count.in_order && sequence == count.last_sequence + 1;
    count.last_sequence = sequence;
    ++count.events;
  }
}

}  // namespace salam::stand_ins::demo
