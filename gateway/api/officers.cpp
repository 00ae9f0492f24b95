#include <charconv>
#include <utility>

#include "gateway/api/context.h"
#include "gateway/domain/text.h"
#include "gateway/json/decisions.h"
#include "gateway/json/views.h"
#include "gateway/json/writer.h"

// What officers look up: what is due, and who asked what.
namespace salam::api {
namespace {

std::string token_of(const store::DuePlace& place) {
  return std::to_string(place.due.time_since_epoch().count()) + '-' + std::to_string(place.request) + '-' +
         std::to_string(static_cast<int>(place.what));
}

/// Nothing where it is no token of ours.
std::optional<store::DuePlace> place_of(std::string_view token) {
  std::int64_t due = 0;
  RequestKey request = 0;
  int what = 0;
  const auto* at = token.data();
  const auto* const end = token.data() + token.size();
  const auto number = [&at, end](auto& value) {
    const auto [stop, error] = std::from_chars(at, end, value);
    at = stop;
    return error == std::errc{};
  };
  const auto dash = [&at, end] { return at != end && *at++ == '-'; };
  if (!number(due) || !dash() || !number(request) || !dash() || !number(what) || at != end || what < 0 || what > 1) return {};
  return store::DuePlace{.due = Timestamp(Milliseconds(due)), .request = request, .what = static_cast<store::DueWhat>(what)};
}

void due(const Context& context, const http::Request& request, const http::Reply& reply) {
  const auto size = page_size_of(request, reply, {"region", "officer", "before"});
  if (!size) return;
  store::DueFilter filter{.region = {}, .what = {}, .officer = normalise(request.query_value("officer").value_or("")), .before = {}};
  if (filter.officer == context.review_officer) filter = {.region = {}, .what = store::DueWhat::review, .officer = {}, .before = {}};
  if (!read_region(request, reply, filter.region)) return;
  if (const auto text = request.query_value("before")) {
    filter.before = parse_rfc3339(*text);
    if (!filter.before) return refuse_parameter(request, reply, "before", "a time such as 2026-11-24T18:30:00+03:30");
  }
  store::DuePlace after;
  if (const auto token = request.query_value("page_token"); token && !token->empty()) {
    const auto place = place_of(*token);
    if (!place) return refuse(request, reply, {.code = "page_token_invalid"});
    after = *place;
  }
  const auto items = context.store.due(filter, after, *size);
  const auto now = context.clock.now();
  json::Writer writer;
  writer.begin_object().key("items").begin_array();
  for (const auto& [place, record] : items) {
    writer.begin_object().member("what", place.what == store::DueWhat::review ? "review" : "answer");
    writer.member("due", to_rfc3339(place.due)).member("due_jalali", jalali_date_time(place.due)).member("missed", place.due <= now);
    writer.member("responsible", responsible(context, record.request, place.what == store::DueWhat::review));
    writer.key("request").raw(json::request_view(record)).end_object();
  }
  writer.end_array();
  if (std::cmp_equal(items.size(), *size)) writer.member("next_page_token", token_of(items.back().place));
  reply(json_response(200, writer.end_object().take()));
}

void search(const Context& context, const http::Request& request, const http::Reply& reply) {
  const auto document = document_of(request, reply);
  if (!document) return;
  auto body = json::read_search(*document);
  if (!body) return refuse(request, reply, invalid_body(body.error()));
  const auto before = body->page_token.empty() ? std::optional<RequestKey>(0) : parse_page_token(body->page_token);
  if (!before) return refuse(request, reply, {.code = "page_token_invalid"});
  const auto page = context.store.search({.mobile = std::move(body->mobile),
                                          .national_id = std::move(body->national_id),
                                          .name = std::move(body->name),
                                          .text = std::move(body->text),
                                          .meeting = body->meeting.empty() ? std::nullopt : std::optional(std::move(body->meeting)),
                                          .region = body->region},
                                         *before, body->page_size);
  json::Writer writer;
  writer.begin_object().key("requests").begin_array();
  for (const auto& record : page.records) writer.raw(json::request_view(record));
  writer.end_array();
  if (page.before > 0) writer.member("next_page_token", page_token(page.before));
  reply(json_response(200, writer.end_object().take()));
}

}  // namespace

std::vector<http::Route> officer_routes(const Context& context) {
  using http::Method;
  return {
      {Method::get, "/v1/due", "read", [&context](const auto& request, const auto& reply) { due(context, request, reply); }},
      {Method::post, "/v1/requests:search", "read",
       [&context](const auto& request, const auto& reply) { search(context, request, reply); }},
  };
}

}  // namespace salam::api
