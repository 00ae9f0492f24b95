#include "adapters/kafka/record.h"

#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/kafka/outbox_store.h"

namespace salam::kafka {
namespace {

using testing::ElementsAre;
using testing::Pair;

std::vector<std::pair<std::string, std::string>> headers_of(const OutboxEvent& event) {
  const auto headers = cloud_event_headers(event, "/salam/isfahan/1");
  std::vector<std::pair<std::string, std::string>> read;
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  while (rd_kafka_header_get_all(headers.get(), read.size(), &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR)
    read.emplace_back(name, std::string(static_cast<const char*>(value), size));
  return read;
}

TEST(CloudEventHeaders, HoldEveryAttributeInBinaryMode) {
  auto event = test::event(9, "019a", 12);
  event.traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  EXPECT_THAT(headers_of(event), ElementsAre(Pair("ce_specversion", "1.0"), Pair("ce_id", "019a:12"), Pair("ce_source", "/salam/isfahan/1"),
                                             Pair("ce_type", event.type), Pair("ce_time", event.time), Pair("ce_sequence", "0000000012"),
                                             Pair("ce_traceparent", event.traceparent), Pair("content-type", "application/json")));
}

TEST(CloudEventHeaders, LeaveOutATraceThatIsNotThere) {
  for (const auto& [name, value] : headers_of(test::event(9, "019a", 12))) EXPECT_NE(name, "ce_traceparent");
}

}  // namespace
}  // namespace salam::kafka
