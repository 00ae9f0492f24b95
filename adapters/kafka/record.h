#pragma once

#include <string>

#include "adapters/kafka/handles.h"
#include "gateway/ports/event_log.h"

namespace salam::kafka {

/// The event's attributes as headers: CloudEvents 1.0, Kafka protocol binding, section 3.2 (binary content mode). `ce_sequence` is the
/// sequence extension, padded to ten digits so that it sorts as text.
HeadersHandle cloud_event_headers(const OutboxEvent& event, const std::string& source);

}  // namespace salam::kafka
