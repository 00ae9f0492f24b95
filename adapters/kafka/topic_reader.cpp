#include "adapters/kafka/topic_reader.h"

#include <chrono>
#include <memory>
#include <set>
#include <string_view>
#include <utility>

#include "adapters/kafka/client.h"

namespace salam::kafka {
namespace {

using Steady = std::chrono::steady_clock;

constexpr int call_deadline = 10'000;
/// Without a record or the end of a partition for so long, the brokers are taken for gone.
constexpr std::chrono::seconds patience{30};
constexpr std::uint64_t told_every = 10'000;

using RecordHandle = std::unique_ptr<rd_kafka_message_t, Destroy<rd_kafka_message_destroy>>;

Error unreadable(const std::string& topic, std::string_view why) {
  return {"topic_unreadable", "topic " + topic + " cannot be read: " + std::string(why)};
}
Error unreadable(const std::string& topic, rd_kafka_resp_err_t error) { return unreadable(topic, rd_kafka_err2str(error)); }

Result<ClientHandle> make_reader(const Connection& connection) {
  auto conf = connection_conf(connection);
  if (!conf) return std::move(conf).error();
  for (const auto& [name, value] : {std::pair{"group.id", "salam-gateway-restore"},  // librdkafka wants one; it is never joined.
                                    std::pair{"isolation.level", "read_committed"}, std::pair{"enable.auto.commit", "false"},
                                    std::pair{"auto.offset.reset", "earliest"}, std::pair{"enable.partition.eof", "true"}})
    rd_kafka_conf_set(conf->get(), name, value, nullptr, 0);
  auto client = make_client(RD_KAFKA_CONSUMER, std::move(*conf));
  if (client) rd_kafka_poll_set_consumer(client->get());
  return client;
}

/// Every partition, from its first record since then.
Result<PartitionsHandle> starts(rd_kafka_t& client, const std::string& topic, Timestamp since) {
  const TopicHandle handle(rd_kafka_topic_new(&client, topic.c_str(), nullptr));
  const rd_kafka_metadata_t* raw = nullptr;
  const auto asked = rd_kafka_metadata(&client, 0, handle.get(), &raw, call_deadline);
  const MetadataHandle metadata(raw);
  if (asked != RD_KAFKA_RESP_ERR_NO_ERROR) return unreadable(topic, asked);
  if (metadata->topic_cnt != 1 || metadata->topics[0].partition_cnt == 0) return unreadable(topic, "it is missing");
  PartitionsHandle list(rd_kafka_topic_partition_list_new(metadata->topics[0].partition_cnt));
  for (int partition = 0; partition < metadata->topics[0].partition_cnt; ++partition)
    rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition)->offset = since.time_since_epoch().count();
  if (const auto error = rd_kafka_offsets_for_times(&client, list.get(), call_deadline); error != RD_KAFKA_RESP_ERR_NO_ERROR)
    return unreadable(topic, error);
  return list;
}

PublishedEvent event_of(const rd_kafka_message_t& record) {
  PublishedEvent event;
  event.aggregate.assign(static_cast<const char*>(record.key), record.key_len);
  event.data.assign(static_cast<const char*>(record.payload), record.len);
  rd_kafka_headers_t* headers = nullptr;
  if (rd_kafka_message_headers(&record, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return event;
  for (const auto& [name, into] : {std::pair{"ce_source", &event.source}, std::pair{"ce_type", &event.type}}) {
    const void* value = nullptr;
    std::size_t size = 0;
    if (rd_kafka_header_get_last(headers, name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR)
      into->assign(static_cast<const char*>(value), size);
  }
  return event;
}

}  // namespace

Result<std::uint64_t> read_topic(const Connection& connection, const std::string& topic, Timestamp since,
                                 const std::function<void(const PublishedEvent&)>& handler,
                                 const std::function<void(std::uint64_t)>& progress) {
  auto client = make_reader(connection);
  if (!client) return std::move(client).error();
  auto partitions = starts(**client, topic, since);
  if (!partitions) return std::move(partitions).error();
  if (const auto error = rd_kafka_assign(client->get(), partitions->get()); error != RD_KAFKA_RESP_ERR_NO_ERROR)
    return unreadable(topic, error);

  std::set<std::int32_t> at_end;
  std::uint64_t count = 0;
  auto last_sign = Steady::now();
  while (std::cmp_less(at_end.size(), (*partitions)->cnt)) {
    const RecordHandle record(rd_kafka_consumer_poll(client->get(), 500));
    if (!record) {
      if (Steady::now() > last_sign + patience) return unreadable(topic, "the brokers do not answer");
      continue;
    }
    if (record->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
      at_end.insert(record->partition);
    } else if (record->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return unreadable(topic, rd_kafka_message_errstr(record.get()));
    } else {
      handler(event_of(*record));
      if (++count % told_every == 0) progress(count);
    }
    last_sign = Steady::now();
  }
  progress(count);
  return count;
}

}  // namespace salam::kafka
