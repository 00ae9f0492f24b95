#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <librdkafka/rdkafka.h>

#include "adapters/kafka/record.h"
#include "gateway/domain/time.h"
#include "gateway/json/writer.h"
#include "tests/contract/api/document.h"

namespace salam::test {
namespace {

using testing::ContainerEq;
using testing::IsEmpty;
using testing::Not;

const Description& asyncapi() {
  static const Description description("asyncapi.yaml");
  return description;
}

/// The names of the messages that these references lead to.
std::set<std::string> message_names(const json::Value& references) {
  std::set<std::string> types;
  const auto add = [&](const json::Value& reference) {
    types.insert(json::string_at(asyncapi().resolved(reference), "name").value_or("(no message)"));
  };
  if (references.IsArray()) {
    for (const auto& reference : references.GetArray()) add(reference);
  } else {
    for (const auto& [name, reference] : references.GetObject()) add(reference);
  }
  return types;
}

const json::Value& trait_of(const json::Value& message) { return asyncapi().resolved((*json::member(message, "traits"))[0]); }

TEST(AsyncApi, DescribesEveryTypeOfEventAndNoOther) {
  EXPECT_THAT(message_names(asyncapi().at("/channels/requests/messages")), ContainerEq(event_types()));
  EXPECT_THAT(message_names(asyncapi().at("/operations/publish/messages")), ContainerEq(event_types()));
  EXPECT_THAT(message_names(asyncapi().at("/components/messages")), ContainerEq(event_types()));
}

TEST(AsyncApi, LeadsFromEachMessageToTheSchemaOfItsType) {
  std::set<std::string> led_to;
  for (const auto& [name, message] : asyncapi().at("/components/messages").GetObject()) {
    const auto type = json::string_at(message, "name").value();
    EXPECT_EQ(json::view_of(asyncapi().at("/components/messages/" + std::string(json::view_of(name)) + "/payload/$ref")),
              "./" + event_schema_name(type) + ".json");
    EXPECT_NO_THROW(static_cast<void>(json::schema(event_schema_name(type))));
    led_to.insert(event_schema_name(type));
  }
  std::set<std::string> built_in;
  for (const auto& [name, text] : json::schema_texts()) {
    if (name.starts_with("events/")) built_in.emplace(name);
  }
  EXPECT_THAT(led_to, ContainerEq(built_in));
}

TEST(AsyncApi, ShowsExamplesThatSuitTheirSchemas) {
  for (const auto& [name, message] : asyncapi().at("/components/messages").GetObject()) {
    const auto& example = (*json::member(message, "examples"))[0];
    const auto type = json::string_at(message, "name").value();
    for (const auto& error : check_event(type, *json::member(example, "payload"))) {
      ADD_FAILURE() << type << " at '" << error.pointer << "': " << error.expected;
    }
    const auto* const headers = json::member(example, "headers");
    if (headers != nullptr) EXPECT_THAT(asyncapi().check(asyncapi().at("/components/schemas/Headers"), *headers), IsEmpty());
  }
}

/// A record's headers as a JSON object.
json::Document headers_of(const OutboxEvent& event) {
  const auto headers = kafka::cloud_event_headers(event, "/salam/isfahan/0193a1b0-11aa-7bcd-8e1f-2a3b4c5d6e7f");
  json::Writer writer;
  writer.begin_object();
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  for (std::size_t i = 0; rd_kafka_header_get_all(headers.get(), i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR; ++i) {
    writer.member(name, std::string_view(static_cast<const char*>(value), size));
  }
  auto document = json::parse(writer.end_object().take());
  return std::move(*document);
}

OutboxEvent event_of(std::string_view type) {
  return {.position = 4711,
          .aggregate = "0193a1c2-7b1e-7c3d-9f00-5d1b2c3a4e5f",
          .sequence = 12,
          .type = std::string(type),
          .time = to_rfc3339(Timestamp(Milliseconds(1'790'000'000'000))),
          .traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
          .data = "{}"};
}

TEST(AsyncApi, DescribesTheHeadersAndTheKeyOfEveryRecord) {
  for (const auto& [name, message] : asyncapi().at("/components/messages").GetObject()) {
    const auto& trait = trait_of(message);
    const auto& described = *asyncapi().member(trait, "headers");
    auto event = event_of(json::string_at(message, "name").value());
    const auto headers = headers_of(event);
    EXPECT_THAT(asyncapi().check(described, headers), IsEmpty()) << json::to_text(headers);
    // Each header that is described is sent, where there is something to say.
    EXPECT_EQ(headers.MemberCount(), json::member(described, "properties")->MemberCount());
    event.traceparent.clear();
    EXPECT_THAT(asyncapi().check(described, headers_of(event)), IsEmpty());
    EXPECT_EQ(json::string_at(trait, "contentType"), json::string_at(headers, "content-type"));
    const auto& key = asyncapi().resolved(*json::find(trait, "/bindings/kafka/key"));
    EXPECT_THAT(asyncapi().check(key, json::Value(event.aggregate.c_str(), rapidjson::SizeType(event.aggregate.size()))), IsEmpty());
  }
}

TEST(AsyncApi, WouldNoticeAHeaderThatIsNotDescribed) {
  auto headers = headers_of(event_of("ir.isfahan.mardomsalam.request.told.v1"));
  headers.AddMember("ce_colour", "red", headers.GetAllocator());
  EXPECT_THAT(asyncapi().check(asyncapi().at("/components/schemas/Headers"), headers), Not(IsEmpty()));
}

}  // namespace
}  // namespace salam::test
