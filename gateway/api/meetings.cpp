#include "gateway/api/context.h"
#include "gateway/json/intake.h"
#include "gateway/json/views.h"

namespace salam::api {
namespace {

void put_meeting(const Context& context, const http::Request& request, const http::Reply& reply) {
  const auto& id = request.parameters.at(0);
  if (!json::valid_meeting_id(id)) return refuse_parameter(request, reply, "id", "1 to 64 of A-Z a-z 0-9 . _ -");
  const auto document = document_of(request, reply);
  if (!document) return;
  const auto meeting = json::read_meeting(id, *document);
  if (!meeting) return refuse(request, reply, invalid_body(meeting.error()));
  context.store.put_meeting(*meeting,
                            [reply, view = json::meeting_view(*meeting), persian = request.wants_persian()](const Result<bool>& created) {
                              if (!created) return reply(http::to_response({.code = created.error().code}, persian));
                              reply(json_response(*created ? 201 : 200, view));
                            });
}

void get_meeting(const Context& context, const http::Request& request, const http::Reply& reply) {
  const auto meeting = context.store.meeting(request.parameters.at(0));
  if (!meeting) return refuse(request, reply, {.code = "meeting_not_found"});
  reply(json_response(200, json::meeting_view(*meeting)));
}

}  // namespace

std::vector<http::Route> meeting_routes(const Context& context) {
  using http::Method;
  return {
      {Method::put, "/v1/meetings/{id}", "intake",
       [&context](const auto& request, const auto& reply) { put_meeting(context, request, reply); }},
      {Method::get, "/v1/meetings/{id}", "intake",
       [&context](const auto& request, const auto& reply) { get_meeting(context, request, reply); }},
  };
}

}  // namespace salam::api
