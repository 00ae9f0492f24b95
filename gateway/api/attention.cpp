#include <charconv>

#include "gateway/api/context.h"
#include "gateway/domain/text.h"
#include "gateway/json/intake.h"
#include "gateway/json/views.h"
#include "gateway/json/writer.h"

namespace salam::api {
namespace {

void write_item(json::Writer& writer, const store::AttentionItem& item) {
  writer.begin_object()
      .member("reason", to_string(item.reason))
      .member("since", to_rfc3339(item.since))
      .member("due", to_rfc3339(item.due));
  writer.member_if("detail", item.detail).key("actions").begin_array();
  for (const auto action : actions_for(item.reason)) writer.string(to_string(action));
  writer.end_array().member("settle", "/v1/requests/" + item.record.request.id.to_string() + "/settle");
  writer.key("request").raw(json::request_view(item.record)).end_object();
}

void list(const Context& context, const http::Request& request, const http::Reply& reply) {
  const auto page = page_of(request, reply, {"reason", "region"});
  if (!page) return;
  std::optional<AttentionReason> reason;
  std::optional<Region> region;
  if (const auto text = request.query_value("reason")) {
    reason = parse_attention_reason(*text);
    if (!reason) {
      return refuse_parameter(request, reply, "reason",
                              "one of uncertain, refused, unclear, poison, by_hand, no_contact, undelivered, declined");
    }
  }
  if (const auto text = request.query_value("region")) {
    region = Region::parse(*text);
    if (!region) return refuse_parameter(request, reply, "region", "1 to 15, or nazhvan");
  }
  const auto items = context.store.attention(reason, region, page->after, page->size);
  json::Writer writer;
  writer.begin_object().key("items").begin_array();
  for (const auto& item : items) write_item(writer, item);
  writer.end_array();
  if (std::cmp_equal(items.size(), page->size)) writer.member("next_page_token", page_token(items.back().id));
  reply(json_response(200, writer.end_object().take()));
}

http::Response settled(int status, std::string body, bool replayed) {
  auto response = json_response(status, std::move(body));
  if (replayed) response.headers.emplace_back("Idempotent-Replayed", "true");
  return response;
}

/// The identity of one settling, whose answer is kept for a repetition of its `Idempotency-Key`.
store::IdempotentAnswer identity_of(const Context& context, const http::Request& request) {
  return {.caller = request.caller.name,
          .key = std::string(request.header("idempotency-key")),
          .fingerprint = context.store.keyed_hash("idempotency", request.path + '\n' + request.body),
          .status = 0,
          .body = {}};
}

/// The answer to an earlier use of the same key, if there was one.
std::optional<http::Response> answered_before(const Context& context, const store::IdempotentAnswer& identity, bool persian) {
  const auto before = context.store.answered(identity.caller, identity.key);
  if (!before) return {};
  if (before->fingerprint != identity.fingerprint) return http::to_response({.code = "idempotency_key_reused"}, persian);
  return settled(before->status, before->body, true);
}

/// A request other than this one that stands in that system under that code: one of the two was mistyped.
std::optional<Record> holder_of_code(const Context& context, const Request& request, const lifecycle::Settlement& settlement) {
  if (settlement.action != SettleAction::registered) return {};
  const auto system = settlement.system.value_or(request.registration.system);
  for (auto& other : context.store.find_by_code(settlement.code)) {
    const auto& registration = other.request.registration;
    if (other.request.key != request.key && registration.system == system && registration.code == settlement.code) return std::move(other);
  }
  return {};
}

/// The version that `If-Match` (RFC 9110, 13.1.1) names; one that no request has where it is no ETag of ours.
std::optional<std::int64_t> expected_version(const http::Request& request) {
  const auto tag = request.header("if-match");
  if (tag.empty() || tag == "*") return {};
  std::int64_t version = 0;
  const auto digits = tag.substr(1, tag.size() < 2 ? 0 : tag.size() - 2);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), version);
  const bool ours = tag.front() == '"' && tag.back() == '"' && error == std::errc{} && end == digits.data() + digits.size();
  return ours ? version : 0;
}

void settle(const Context& context, const http::Request& request, const http::Reply& reply) {
  const auto document = document_of(request, reply);
  if (!document) return;
  auto settlement = json::read_settlement(*document);
  if (!settlement) return refuse(request, reply, invalid_body(settlement.error()));
  auto identity = identity_of(context, request);
  if (identity.key.empty()) return refuse(request, reply, {.code = "idempotency_key_missing"});
  const auto record = request_of(context, request, reply);
  if (!record) return;
  const bool persian = request.wants_persian();
  if (auto before = answered_before(context, identity, persian)) return reply(std::move(*before));
  if (const auto holder = holder_of_code(context, record->request, *settlement)) {
    return refuse(request, reply, {.code = "code_taken", .members = {{"request", "/v1/requests/" + holder->request.id.to_string()}}});
  }
  settlement->key = request.caller.name;
  settlement->version = expected_version(request);
  const lifecycle::Moment moment{.now = context.clock.now(), .jitter = 0, .random_bits = context.random.bits(), .attempt = {}};
  auto transition = [policy = &context.policy, settlement = *settlement, moment](const Record& current) {
    return lifecycle::settle(current, settlement, *policy, moment);
  };
  auto answer = [](store::IdempotentAnswer kept, const store::Updated& updated) {
    kept.status = 200;
    kept.body = json::request_view(updated.record);
    return kept;
  };
  context.store.update_once(
      record->request.key, std::move(transition), identity, std::move(answer),
      [&context, reply, persian, identity](store::UpdateOutcome outcome) {
        if (!outcome) {
          const auto& error = outcome.error();
          if (error.code == "already_answered") {
            return reply(
                answered_before(context, identity, persian).value_or(http::to_response({.code = "idempotency_in_progress"}, persian)));
          }
          http::Problem problem{.code = error.code};
          if (error.code == "not_settleable") problem.members.emplace_back("why", error.message);
          return reply(http::to_response(problem, persian));
        }
        context.added(std::move(outcome->tasks));
        reply(settled(200, json::request_view(outcome->record), false));
      });
}

}  // namespace

std::vector<http::Route> attention_routes(const Context& context) {
  using http::Method;
  return {
      {Method::get, "/v1/attention", "read", [&context](const auto& request, const auto& reply) { list(context, request, reply); }},
      {Method::post, "/v1/requests/{id}/settle", "operate",
       [&context](const auto& request, const auto& reply) { settle(context, request, reply); }},
  };
}

}  // namespace salam::api
