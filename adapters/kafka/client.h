#pragma once

#include "adapters/kafka/handles.h"
#include "adapters/kafka/settings.h"

/// Configured librdkafka clients, whose log lines go to the gateway's log.
namespace salam::kafka {

/// The connection alone: for the admin API and for reading a committed position.
Result<ConfHandle> connection_conf(const Connection& connection);
/// The transactional producer's.
Result<ConfHandle> producer_conf(const Settings& settings);
/// A member that reads the group's position, of committed transactions only; it never joins the group.
Result<ConfHandle> position_reader_conf(const Settings& settings);

/// Takes the configuration over. Errors: `kafka_property_invalid`, where values do not go together.
Result<ClientHandle> make_client(rd_kafka_type_t type, ConfHandle conf);

}  // namespace salam::kafka
