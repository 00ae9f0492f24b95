#include "gateway/api/context.h"
#include "gateway/json/intake.h"
#include "gateway/json/parse.h"
#include "gateway/json/writer.h"

namespace salam::api {
namespace {

/// The outbox as it would stand in Kafka, for installations without a broker.
void list(const Context& context, const http::Request& request, const http::Reply& reply) {
  const auto page = page_of(request, reply);
  if (!page) return;
  const auto events = context.store.outbox(page->after, page->size);
  json::Writer writer;
  writer.begin_object().key("events").begin_array();
  for (const auto& event : events) {
    writer.begin_object().member("id", event.aggregate + ":" + std::to_string(event.sequence)).member("sequence", event.sequence);
    writer.member("subject", event.aggregate).member("type", event.type).member("time", event.time);
    writer.member_if("traceparent", event.traceparent).key("data").raw(event.data).end_object();
  }
  writer.end_array();
  if (!events.empty()) writer.member("next_page_token", page_token(events.back().position));
  reply(json_response(200, writer.end_object().take()));
}

/// A named person lets publishing go on from the event that the broker refuses for good.
void release(const Context& context, const http::Request& request, const http::Reply& reply) {
  const auto document = document_of(request, reply);
  if (!document) return;
  const auto decision = json::read_event_release(*document);
  if (!decision) return refuse(request, reply, invalid_body(decision.error()));
  const auto by = decision->by + " (key: " + request.caller.name + ")";
  if (const auto released = context.release_relay(decision->position, decision->skip, by); !released) {
    return refuse(request, reply, {.code = released.error().code});
  }
  reply({.status = 204, .content_type = "", .headers = {}, .body = ""});
}

}  // namespace

std::vector<http::Route> event_routes(const Context& context) {
  using http::Method;
  return {
      {Method::get, "/v1/events", "read", [&context](const auto& request, const auto& reply) { list(context, request, reply); }},
      {Method::post, "/v1/events/release", "operate",
       [&context](const auto& request, const auto& reply) { release(context, request, reply); }},
  };
}

}  // namespace salam::api
