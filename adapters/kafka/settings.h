#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "gateway/domain/result.h"
#include "gateway/domain/time.h"

namespace salam::kafka {

/// How the cluster is reached: for the event log and for `topics create` alike.
struct Connection {
  std::string brokers;  ///< `host:port,host:port`.
  /// Passed straight through to librdkafka: `security.protocol`, `sasl.*`, `ssl.*` and whatever else its CONFIGURATION.md lists, except
  /// what the promise "once and in order" rests on (see `check`).
  std::map<std::string, std::string> properties;
};

struct Settings {
  Connection connection;
  std::string topic;
  std::string group;             ///< The position is committed for it: `<installation>-outbox-<incarnation>`.
  std::string transactional_id;  ///< Fixed for this gateway: the next producer with it fences the former.
  std::string source;            ///< `ce_source`: `/salam/<installation>/<incarnation>`.
  Milliseconds open_deadline{10'000};
  Milliseconds publish_deadline{15'000};    ///< Of one transaction; at least 1 s. Giving it up may take up to 5 s more.
  std::size_t event_max_bytes = 1'000'000;  ///< Of one record, key and headers included (librdkafka's `message.max.bytes`).
};

/// What can be said without a broker. Errors: `kafka_setting_missing`; `kafka_property_reserved` (the gateway sets it itself);
/// `kafka_property_invalid` with librdkafka's own words. The message never holds a property's value.
Result<void> check(const Settings& settings);

}  // namespace salam::kafka
