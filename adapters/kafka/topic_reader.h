#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "adapters/kafka/settings.h"

namespace salam::kafka {

/// A record as a consumer of the topic sees it.
struct PublishedEvent {
  std::string aggregate;  ///< Its key.
  std::string source;     ///< `ce_source`
  std::string type;       ///< `ce_type`
  std::string data;       ///< JSON.
};

/// Gives each committed record that the topic has got since then to `handler`, in each partition's order, up to the topic's end as it is
/// now; returns how many. Joins no group and commits nothing. Blocks; `progress` is told the count now and then. Errors: `topic_unreadable`
/// with librdkafka's words, `kafka_property_invalid`.
Result<std::uint64_t> read_topic(const Connection& connection, const std::string& topic, Timestamp since,
                                 const std::function<void(const PublishedEvent&)>& handler,
                                 const std::function<void(std::uint64_t)>& progress);

}  // namespace salam::kafka
