#include "gateway/json/decisions.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "gateway/api/batch_reply.h"
#include "gateway/api/decision.h"
#include "gateway/json/writer.h"

namespace salam::api {
namespace {

constexpr std::size_t meeting_limit = 8 * 1024 * 1024;

/// Reads the body and finds the request. Refuses by itself and returns nothing where either fails.
template <class Read>
auto read(const http::Request& request, const http::Reply& reply, Read reader)
    -> std::optional<std::decay_t<decltype(*reader(std::declval<const json::Value&>()))>> {
  const auto document = document_of(request, reply);
  if (!document) return {};
  auto body = reader(*document);
  if (body) return std::move(*body);
  refuse(request, reply, invalid_body(body.error()));
  return {};
}

void answer(const Context& context, const http::Request& request, const http::Reply& reply) {
  const auto body = read(request, reply, json::read_answer);
  if (!body) return;
  const auto record = request_of(context, request, reply);
  if (!record) return;
  carry_out_once(context, request, reply, *record, body->decider,
                 [&context, given = body->answer](const Record& current, const auto& decider, const auto& moment) {
                   return lifecycle::answer(current, given, decider, context.policy, moment);
                 });
}

/// A twin is another request, and one that was not closed as some other's twin itself.
std::optional<http::Problem> unfit_twin(const Context& context, const Request& request, const std::string& twin) {
  const auto id = Uuid::parse(twin);
  const auto other = id ? context.store.find(*id) : std::nullopt;
  const bool fits = other && other->request.key != request.key && !other->request.handling.closure;
  return fits ? std::nullopt : std::optional(http::Problem{.code = "unfit_twin"});
}

void review(const Context& context, const http::Request& request, const http::Reply& reply) {
  const auto body = read(request, reply, json::read_review);
  if (!body) return;
  const auto record = request_of(context, request, reply);
  if (!record) return;
  carry_out_once(
      context, request, reply, *record, body->decider,
      [&context, verdict = body->verdict](const Record& current, const auto& decider, const auto& moment) {
        return lifecycle::review(current, verdict, decider, context.policy, moment);
      },
      [&context, record, verdict = body->verdict]() -> std::optional<http::Problem> {
        if (verdict.decision != ReviewDecision::twin) return {};
        return unfit_twin(context, record->request, verdict.twin);
      });
}

void withdraw(const Context& context, const http::Request& request, const http::Reply& reply) {
  const auto body = read(request, reply, json::read_withdrawal);
  if (!body) return;
  const auto record = request_of(context, request, reply);
  if (!record) return;
  carry_out_once(context, request, reply, *record, *body, [&context](const Record& current, const auto& decider, const auto& moment) {
    return lifecycle::withdraw(current, decider, context.policy, moment);
  });
}

std::optional<http::Problem> unknown_unit(const Context& context, const std::string& unit, const std::string& pointer) {
  const auto& units = context.units;
  if (units.empty() || std::ranges::find(units, unit) != units.end()) return {};
  return http::Problem{.code = "unknown_unit", .errors = {{.pointer = pointer, .expected = "one of the units of GET /v1/units"}}};
}

void put_assignment(const Context& context, const http::Request& request, const http::Reply& reply) {
  const auto body = read(request, reply, json::read_assignment);
  if (!body) return;
  if (const auto problem = unknown_unit(context, body->assigning.assignment.unit, "/unit")) return refuse(request, reply, *problem);
  const auto record = request_of(context, request, reply);
  if (!record) return;
  carry_out(context, request, reply, *record, body->decider,
            [&context, assigning = body->assigning](const Record& current, const auto& decider, const auto& moment) {
              return lifecycle::assign(current, assigning, decider, context.policy, moment);
            });
}

std::string sheet_line(const json::FormAssignment& item, const http::Response& response) {
  json::Writer writer;
  writer.begin_object().member("form", item.form).member("item", item.item).member("status", response.status);
  if (response.status >= 300) writer.key("problem").raw(response.body);
  return writer.end_object().take();
}

void assign_one(const Context& context, const http::Request& request, const std::string& meeting, const json::FormAssignment& item,
                const lifecycle::Decider& decider, const http::Reply& answer) {
  if (const auto problem = unknown_unit(context, item.assigning.assignment.unit, "/unit")) return refuse(request, answer, *problem);
  for (const auto& record : context.store.list({.meeting = meeting, .form = item.form}, 0, 99)) {
    if (record.request.form_item.item != item.item) continue;
    return carry_out(context, request, answer, record, decider,
                     [&context, assigning = item.assigning](const Record& current, const auto& who, const auto& moment) {
                       return lifecycle::assign(current, assigning, who, context.policy, moment);
                     });
  }
  refuse(request, answer, {.code = "unknown_request"});
}

void put_meeting_assignments(const Context& context, const http::Request& request, const http::Reply& reply) {
  const auto body = read(request, reply, json::read_meeting_assignments);
  if (!body) return;
  const auto& meeting = request.parameters.at(0);
  if (!context.store.meeting(meeting)) return refuse(request, reply, {.code = "meeting_not_found"});
  const auto sheet = std::make_shared<BatchReply>(body->assignments.size(), reply);
  std::size_t index = 0;
  for (const auto& item : body->assignments) {
    assign_one(context, request, meeting, item, body->decider,
               [sheet, index, item](const http::Response& response) { sheet->fill(index, sheet_line(item, response)); });
    ++index;
  }
}

void get_units(const Context& context, const http::Request&, const http::Reply& reply) {
  json::Writer writer;
  writer.begin_object().key("units").begin_array();
  for (const auto& unit : context.units) writer.string(unit);
  reply(json_response(200, writer.end_array().end_object().take()));
}

void patch(const Context& context, const http::Request& request, const http::Reply& reply) {
  if (request.header("if-match").empty()) return refuse(request, reply, {.code = "if_match_missing"});
  const auto document = document_of(request, reply);
  if (!document) return;
  const auto record = request_of(context, request, reply);
  if (!record) return;
  auto body = json::read_correction(record->request, *document);
  if (!body) return refuse(request, reply, invalid_body(body.error()));
  const auto& mobile = body->content.citizen.mobile;
  auto citizen_hash = mobile ? context.store.keyed_hash("citizen", mobile->reveal()) : std::string{};
  carry_out(context, request, reply, *record, std::move(body->decider),
            [&context, content = std::move(body->content), citizen_hash = std::move(citizen_hash), rules = context.rules(),
             patched = record->request.content](const Record& current, const auto& decider, const auto& moment) -> Result<Change> {
              // What is patched must be what was read just now, also for `If-Match: *`. Calls made meanwhile do not matter to that.
              if (current.request.content != patched) return Error{"version_mismatch", "it was corrected in the meantime"};
              return lifecycle::correct(current, {.content = content, .citizen_hash = citizen_hash, .rules = rules.get()}, decider,
                                        context.policy, moment);
            });
}

void get_versions(const Context& context, const http::Request& request, const http::Reply& reply) {
  const auto record = request_of(context, request, reply);
  if (!record) return;
  json::Writer writer;
  writer.begin_object().key("original").raw(context.store.original(record->request.key)).key("versions").begin_array();
  for (const auto& former : context.store.versions(record->request.key)) {
    writer.begin_object().member("version", former.version).member("replaced_at", to_rfc3339(former.replaced_at));
    writer.member_if("replaced_by", former.replaced_by).key("content").raw(former.content).end_object();
  }
  reply(json_response(200, writer.end_array().end_object().take()));
}

}  // namespace

std::vector<http::Route> decision_routes(const Context& context) {
  using http::Method;
  const auto with = [&context](auto handler) {
    return [&context, handler](const http::Request& request, const http::Reply& reply) { handler(context, request, reply); };
  };
  return {
      {Method::post, "/v1/requests/{id}/answer", "operate", with(answer)},
      {Method::post, "/v1/requests/{id}/review", "operate", with(review)},
      {Method::post, "/v1/requests/{id}/withdraw", "operate", with(withdraw)},
      {Method::put, "/v1/requests/{id}/assignment", "operate", with(put_assignment)},
      {Method::put, "/v1/meetings/{id}/assignments", "operate", with(put_meeting_assignments), meeting_limit},
      {.method = Method::patch,
       .path = "/v1/requests/{id}",
       .scope = "operate",
       .handler = with(patch),
       .media_type = "application/merge-patch+json, application/json"},
      {Method::get, "/v1/requests/{id}/versions", "read", with(get_versions)},
      {Method::get, "/v1/units", "read", with(get_units)},
  };
}

}  // namespace salam::api
