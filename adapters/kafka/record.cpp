#include "adapters/kafka/record.h"

#include <string_view>

#include <spdlog/fmt/fmt.h>

namespace salam::kafka {
namespace {

void add(rd_kafka_headers_t& headers, std::string_view name, std::string_view value) {
  rd_kafka_header_add(&headers, name.data(), static_cast<ssize_t>(name.size()), value.data(), static_cast<ssize_t>(value.size()));
}

}  // namespace

HeadersHandle cloud_event_headers(const OutboxEvent& event, const std::string& source) {
  HeadersHandle headers(rd_kafka_headers_new(8));
  add(*headers, "ce_specversion", "1.0");
  add(*headers, "ce_id", fmt::format("{}:{}", event.aggregate, event.sequence));
  add(*headers, "ce_source", source);
  add(*headers, "ce_type", event.type);
  add(*headers, "ce_time", event.time);
  add(*headers, "ce_sequence", fmt::format("{:010}", event.sequence));
  if (!event.traceparent.empty()) add(*headers, "ce_traceparent", event.traceparent);
  add(*headers, "content-type", "application/json");
  return headers;
}

}  // namespace salam::kafka
