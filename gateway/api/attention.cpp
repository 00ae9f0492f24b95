#include "gateway/api/decision.h"
#include "gateway/domain/text.h"
#include "gateway/json/intake.h"
#include "gateway/json/views.h"
#include "gateway/json/writer.h"

namespace salam::api {
namespace {

/// What is to be done is the special follow-up officer's.
bool is_a_review(const store::AttentionItem& item) {
  return item.reason == AttentionReason::review || (item.reason == AttentionReason::overdue && item.record.request.handling.review_due);
}

void write_item(const Context& context, json::Writer& writer, const store::AttentionItem& item) {
  writer.begin_object()
      .member("reason", to_string(item.reason))
      .member("since", to_rfc3339(item.since))
      .member("due", to_rfc3339(item.due));
  writer.member_if("detail", item.detail).key("actions").begin_array();
  for (const auto action : actions_for(item.reason)) writer.string(to_string(action));
  writer.end_array().member("responsible", responsible(context, item.record.request, is_a_review(item)));
  const auto address = "/v1/requests/" + item.record.request.id.to_string();
  if (is_a_review(item)) {
    writer.member("review", address + "/review");
  } else if (item.reason == AttentionReason::overdue) {
    writer.member("answer", address + "/answer").member("assignment", address + "/assignment");
  } else {
    writer.member("settle", address + "/settle");
  }
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
      return refuse_parameter(
          request, reply, "reason",
          "one of overdue, uncertain, refused, unclear, poison, by_hand, review, no_contact, undelivered, declined, amend");
    }
  }
  if (!read_region(request, reply, region)) return;
  const auto items = context.store.attention(reason, region, page->after, page->size);
  json::Writer writer;
  writer.begin_object().key("items").begin_array();
  for (const auto& item : items) write_item(context, writer, item);
  writer.end_array();
  if (std::cmp_equal(items.size(), page->size)) writer.member("next_page_token", page_token(items.back().id));
  reply(json_response(200, writer.end_object().take()));
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

void settle(const Context& context, const http::Request& request, const http::Reply& reply) {
  const auto document = document_of(request, reply);
  if (!document) return;
  auto settlement = json::read_settlement(*document);
  if (!settlement) return refuse(request, reply, invalid_body(settlement.error()));
  const auto record = request_of(context, request, reply);
  if (!record) return;
  carry_out_once(
      context, request, reply, *record, {.by = settlement->by, .key = {}, .note = settlement->note, .version = {}},
      [&context, settlement = *settlement](const Record& current, const auto& decider, const auto& moment) {
        auto seen = settlement;
        seen.key = decider.key;
        seen.version = decider.version;
        return lifecycle::settle(current, seen, context.policy, moment);
      },
      [&context, record, settlement = *settlement]() -> std::optional<http::Problem> {
        const auto holder = holder_of_code(context, record->request, settlement);
        if (!holder) return {};
        return http::Problem{.code = "code_taken", .members = {{"request", "/v1/requests/" + holder->request.id.to_string()}}};
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
