#include "gateway/api/context.h"
#include "gateway/json/intake.h"
#include "gateway/json/writer.h"

namespace salam::api {
namespace {

void explain(const Context& context, const http::Request& request, const http::Reply& reply) {
  const auto document = document_of(request, reply);
  if (!document) return;
  const auto question = json::read_routing_question(*document);
  if (!question) return refuse(request, reply, invalid_body(question.error()));
  const auto rules = context.rules();
  const auto decision = rules->decide(question->facts());
  json::Writer writer;
  writer.begin_object().member("system", to_string(decision.system)).member("rule", decision.rule).member("digest", decision.digest);
  writer.member_if("category", decision.category).key("rules").begin_array();
  for (const auto& trace : rules->explain(question->facts())) {
    writer.begin_object().member("rule", trace.rule).member("fired", trace.fired).member("reason", trace.reason).end_object();
  }
  reply(json_response(200, writer.end_array().end_object().take()));
}

}  // namespace

std::vector<http::Route> routing_routes(const Context& context) {
  return {
      {http::Method::post, "/v1/routing/explain", "read",
       [&context](const auto& request, const auto& reply) { explain(context, request, reply); }},
  };
}

}  // namespace salam::api
