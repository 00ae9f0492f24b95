#include "gateway/api/context.h"
#include "gateway/domain/text.h"
#include "gateway/json/meeting_views.h"
#include "gateway/json/views.h"
#include "gateway/json/writer.h"

namespace salam::api {
namespace {

void track(const Context& context, const http::Request& request, const http::Reply& reply) {
  const auto& text = request.parameters.at(0);
  const auto own = TrackingCode::parse(text);
  const auto records = context.store.find_by_code(own ? own->digits() : latin_digits(text));
  const auto slip = own && records.empty() ? context.store.meeting_of_form(*own) : std::nullopt;
  if (slip) return reply(json_response(200, json::slip_view(*own, *slip)));
  if (records.empty()) return refuse(request, reply, {.code = "unknown_code"});
  json::Writer writer;
  writer.begin_object().key("requests").begin_array();
  for (const auto& record : records) writer.raw(json::track_view(record.request));
  reply(json_response(200, writer.end_array().end_object().take()));
}

}  // namespace

std::vector<http::Route> tracking_routes(const Context& context) {
  return {
      {http::Method::get, "/v1/track/{code}", "track",
       [&context](const auto& request, const auto& reply) { track(context, request, reply); }},
  };
}

}  // namespace salam::api
