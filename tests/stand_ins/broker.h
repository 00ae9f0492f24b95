#pragma once

#include <memory>
#include <string>

#include "tests/stand_ins/message.h"

namespace salam::stand_ins {

/// A Kafka broker: librdkafka's mock cluster (rdkafka_mock.h), one node, in memory. It takes transactions, but returns no committed offset,
/// does not check producers' sequences, shows aborted records too, and keeps at most 5 MiB or 100,000 messages of a partition: it cannot
/// prove "once".
///
/// Its control stands on an HTTP port of its own, `POST /_control/faults` with one of
///   {"mode":"down"}  {"mode":"up"}  {"mode":"slow","ms":N}
///   {"mode":"error","api_key":N,"error":"NAME","count":N}   the next N requests of that kind
///   (https://kafka.apache.org/protocol#protocol_api_keys)
///                                                          fail; names as in rd_kafka_err2name: `NOT_COORDINATOR`, …
/// and `DELETE /_control/faults`.
class Broker {
 public:
  struct Settings {
    std::string topic;
    int partitions = 6;
  };

  virtual ~Broker() = default;
  /// `127.0.0.1:PORT`.
  [[nodiscard]] virtual std::string bootstrap() const = 0;
  virtual Answer control(const Request& request) = 0;
};

/// Throws std::runtime_error where librdkafka cannot start it.
std::unique_ptr<Broker> start_broker(const Broker::Settings& settings);

}  // namespace salam::stand_ins
