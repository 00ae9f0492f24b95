#pragma once

#include <memory>

#include "adapters/kafka/settings.h"
#include "gateway/ports/event_log.h"

namespace salam::kafka {

/// Kafka as the event log: CloudEvents 1.0 in the Kafka binding's binary mode (key = aggregate, attributes as `ce_` headers), by one
/// transactional producer of librdkafka. A transaction is a run of events and its position, committed for `Settings::group` on partition 0
/// of the topic.
///
/// Errors, as `EventLogError` has them:
/// - retriable: the broker is away, the topic is missing, or a right is missing; what was sent has been aborted.
/// - fatal: fenced, or the outcome of a commit is not known; `open` fences and reads the position back.
/// - refused: the event itself cannot be written (too large, invalid record); nothing of its run was committed. The position is exact.
std::unique_ptr<EventLog> make_event_log(Settings settings);

}  // namespace salam::kafka
