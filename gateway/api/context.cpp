#include "gateway/api/context.h"

#include <algorithm>
#include <charconv>
#include <iterator>

#include <spdlog/fmt/fmt.h>

#include "gateway/json/parse.h"

namespace salam::api {
namespace {

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return {};
  return value;
}

}  // namespace

std::vector<http::Route> routes(const Context& context) {
  std::vector<http::Route> all;
  for (auto&& some :
       {request_routes(context), meeting_routes(context), invitation_routes(context), form_routes(context), import_routes(context),
        report_routes(context), attention_routes(context), tracking_routes(context), routing_routes(context), event_routes(context),
        callback_routes(context), attachment_routes(context), decision_routes(context), officer_routes(context)}) {
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

http::Response json_response(int status, std::string body) {
  return {.status = status, .content_type = "application/json", .headers = {}, .body = std::move(body)};
}

void refuse(const http::Request& request, const http::Reply& reply, const http::Problem& problem) {
  reply(http::to_response(problem, request.wants_persian()));
}

http::Problem invalid_body(const json::FieldErrors& errors) {
  http::Problem problem{.code = "schema_violation"};
  for (const auto& error : errors) problem.errors.push_back({.pointer = error.pointer, .expected = error.expected});
  return problem;
}

std::optional<json::Document> document_of(const http::Request& request, const http::Reply& reply) {
  auto document = json::parse(request.body);
  if (!document) {
    refuse(request, reply,
           {.code = "json_invalid", .errors = {{.pointer = "", .expected = "JSON in UTF-8, but: " + document.error().message}}});
    return {};
  }
  return std::move(*document);
}

void refuse_parameter(const http::Request& request, const http::Reply& reply, std::string_view parameter, std::string expected) {
  refuse(request, reply,
         {.code = "parameter_invalid", .errors = {{.pointer = "", .expected = std::move(expected), .parameter = std::string(parameter)}}});
}

bool knows_parameters(const http::Request& request, const http::Reply& reply, std::span<const std::string_view> known) {
  for (const auto& [name, value] : request.query) {
    if (std::ranges::find(known, name) != known.end()) continue;
    refuse_parameter(request, reply, name, fmt::format("no such parameter; known are {}", fmt::join(known, ", ")));
    return false;
  }
  return true;
}

std::optional<int> page_size_of(const http::Request& request, const http::Reply& reply, std::initializer_list<std::string_view> filters) {
  std::vector<std::string_view> known(filters);
  known.insert(known.end(), {"page_size", "page_token"});
  if (!knows_parameters(request, reply, known)) return {};
  const auto text = request.query_value("page_size");
  if (!text) return Page{}.size;
  const auto size = number(*text);
  if (!size || *size < 1 || *size > 1'000) {
    refuse_parameter(request, reply, "page_size", "a number from 1 to 1000");
    return {};
  }
  return static_cast<int>(*size);
}

std::optional<Page> page_of(const http::Request& request, const http::Reply& reply, std::initializer_list<std::string_view> filters) {
  const auto size = page_size_of(request, reply, filters);
  if (!size) return {};
  Page page{.size = *size};
  if (const auto text = request.query_value("page_token"); text && !text->empty()) {
    const auto after = parse_page_token(*text);
    if (!after) {
      refuse(request, reply, {.code = "page_token_invalid"});
      return {};
    }
    page.after = *after;
  }
  return page;
}

std::optional<std::int64_t> parse_page_token(std::string_view token) {
  const auto after = number(token);
  return after && *after >= 1 ? after : std::nullopt;
}

bool read_region(const http::Request& request, const http::Reply& reply, std::optional<Region>& region) {
  const auto text = request.query_value("region");
  if (text) region = Region::parse(*text);
  if (!text || region) return true;
  refuse_parameter(request, reply, "region", "1 to 15, or nazhvan");
  return false;
}

std::string page_token(std::int64_t last) { return std::to_string(last); }

std::string responsible(const Context& context, const Request& request, bool review) {
  if (review) return context.review_officer;
  if (const auto& assignment = request.handling.assignment) return assignment->unit;
  if (auto meeting = context.store.meeting(request.form_item.meeting); meeting && meeting->manager) return *std::move(meeting->manager);
  return "مدیر " + std::string(request.content.region.name());
}

std::optional<Record> request_of(const Context& context, const http::Request& request, const http::Reply& reply) {
  const auto id = Uuid::parse(request.parameters.at(0));
  auto record = id ? context.store.find(*id) : std::nullopt;
  if (!record) refuse(request, reply, {.code = "unknown_request"});
  return record;
}

}  // namespace salam::api
