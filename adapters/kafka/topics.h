#pragma once

#include <map>
#include <string>

#include "adapters/kafka/settings.h"

namespace salam::kafka {

struct TopicSpec {
  std::string name;
  int partitions = 6;
  int replication = -1;                       ///< −1: the broker's default.
  std::map<std::string, std::string> config;  ///< `retention.ms`, `min.insync.replicas`, …
};

enum class TopicCreation { created, already_there };

/// By the admin API; a topic that stands already is left as it is. Errors: `topic_not_created` with the broker's words,
/// `kafka_property_invalid`, `kafka_property_reserved`.
Result<TopicCreation> create_topic(const Connection& connection, const TopicSpec& spec, Milliseconds deadline = Milliseconds{30'000});

}  // namespace salam::kafka
