#include "adapters/kafka/client.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include <spdlog/spdlog.h>

namespace salam::kafka {
namespace {

/// What delivery once and in order rests on, under all of its names.
constexpr std::array<std::string_view, 21> reserved{"acks",
                                                    "allow.auto.create.topics",
                                                    "bootstrap.servers",
                                                    "delivery.timeout.ms",
                                                    "enable.auto.commit",
                                                    "enable.gapless.guarantee",
                                                    "enable.idempotence",
                                                    "group.id",
                                                    "isolation.level",
                                                    "max.in.flight",
                                                    "max.in.flight.requests.per.connection",
                                                    "message.max.bytes",
                                                    "message.send.max.retries",
                                                    "message.timeout.ms",
                                                    "metadata.broker.list",
                                                    "partitioner",
                                                    "request.required.acks",
                                                    "request.timeout.ms",
                                                    "retries",
                                                    "transaction.timeout.ms",
                                                    "transactional.id"};

/// Since 2.3.0 the idempotent producer survives a disconnect with several requests in flight.
constexpr int safe_with_requests_in_flight = 0x020300ff;

spdlog::level::level_enum level_of(int syslog) {
  if (syslog <= 3) return spdlog::level::err;
  if (syslog == 4) return spdlog::level::warn;
  if (syslog <= 6) return spdlog::level::info;
  return spdlog::level::debug;
}

/// CONFWARN tells a reader of positions that it was given a producer's properties, ERROR repeats what another line has said: neither is
/// news.
bool is_news(std::string_view facility) { return facility != "CONFWARN" && facility != "ERROR"; }

void log_line(const rd_kafka_t*, int level, const char* facility, const char* text) {
  spdlog::log(is_news(facility) ? level_of(level) : spdlog::level::debug, "kafka: {}: {}", facility, text);
}

Result<void> set(rd_kafka_conf_t& conf, const std::string& name, const std::string& value) {
  std::array<char, 512> why{};
  switch (rd_kafka_conf_set(&conf, name.c_str(), value.c_str(), why.data(), why.size())) {
    case RD_KAFKA_CONF_OK:
      return {};
    case RD_KAFKA_CONF_UNKNOWN:
      return Error{"kafka_property_invalid", "librdkafka knows no property `" + name + "`"};
    default:
      // librdkafka's text would repeat the value, which may be a password.
      return Error{"kafka_property_invalid", "librdkafka does not take the value of `" + name + "`"};
  }
}

using Property = std::pair<std::string, std::string>;

Result<ConfHandle> with(Result<ConfHandle> conf, std::initializer_list<Property> properties) {
  if (!conf) return conf;
  for (const auto& [name, value] : properties)
    if (auto done = set(**conf, name, value); !done) return std::move(done).error();
  return conf;
}

Result<ConfHandle> plain_conf(const std::string& brokers) {
  ConfHandle conf(rd_kafka_conf_new());
  // Without an error callback librdkafka reports errors by the log at once, and keeps none waiting for a poll.
  rd_kafka_conf_set_log_cb(conf.get(), log_line);
  return with(std::move(conf), {{"bootstrap.servers", brokers},
                                {"client.id", "salam-gateway"},
                                {"allow.auto.create.topics", "false"},
                                {"reconnect.backoff.max.ms", "2000"}});
}

Result<ConfHandle> with_own_properties(Result<ConfHandle> conf, const Connection& connection) {
  if (!conf) return conf;
  for (const auto& [name, value] : connection.properties) {
    if (std::find(reserved.begin(), reserved.end(), name) != reserved.end())
      return Error{"kafka_property_reserved", "`" + name + "` is set by the gateway itself"};
    if (auto done = set(**conf, name, value); !done) return std::move(done).error();
  }
  return conf;
}

}  // namespace

Result<ConfHandle> connection_conf(const Connection& connection) { return with_own_properties(plain_conf(connection.brokers), connection); }

Result<ConfHandle> producer_conf(const Settings& settings) {
  auto conf = with(plain_conf(settings.connection.brokers), {{"linger.ms", "0"}, {"retry.backoff.ms", "5"}});
  return with(with_own_properties(std::move(conf), settings.connection),
              {{"transactional.id", settings.transactional_id},
               {"enable.idempotence", "true"},
               {"transaction.timeout.ms", std::to_string(settings.publish_deadline.count())},
               {"message.max.bytes", std::to_string(settings.event_max_bytes)},
               {"max.in.flight", rd_kafka_version() < safe_with_requests_in_flight ? "1" : "5"},
               {"partitioner", "murmur2_random"}});
}

Result<ConfHandle> position_reader_conf(const Settings& settings) {
  return with(connection_conf(settings.connection),
              {{"group.id", settings.group}, {"isolation.level", "read_committed"}, {"enable.auto.commit", "false"}});
}

Result<ClientHandle> make_client(rd_kafka_type_t type, ConfHandle conf) {
  std::array<char, 512> why{};
  ClientHandle client(rd_kafka_new(type, conf.get(), why.data(), why.size()));
  if (!client) return Error{"kafka_property_invalid", why.data()};
  static_cast<void>(conf.release());  // rd_kafka_new has taken it.
  return client;
}

Result<void> check(const Settings& settings) {
  const std::array<std::pair<std::string_view, const std::string*>, 5> needed{{{"brokers", &settings.connection.brokers},
                                                                               {"topic", &settings.topic},
                                                                               {"group", &settings.group},
                                                                               {"transactional_id", &settings.transactional_id},
                                                                               {"source", &settings.source}}};
  for (const auto& [name, value] : needed)
    if (value->empty()) return Error{"kafka_setting_missing", "`" + std::string(name) + "` is empty"};
  // Without brokers the client connects to nothing, and says nothing of what it cannot reach.
  auto unconnected = settings;
  unconnected.connection.brokers.clear();
  auto conf = producer_conf(unconnected);
  if (!conf) return std::move(conf).error();
  rd_kafka_conf_set_log_cb(conf->get(), nullptr);
  auto client = make_client(RD_KAFKA_PRODUCER, std::move(*conf));
  if (!client) return std::move(client).error();
  return {};
}

}  // namespace salam::kafka
