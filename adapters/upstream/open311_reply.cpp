#include "adapters/upstream/open311_reply.h"

#include <algorithm>
#include <utility>

#include <spdlog/fmt/fmt.h>

#include "adapters/upstream/answer.h"

namespace salam::upstream {
namespace {

constexpr std::string_view id_at = "/service_request_id";
constexpr std::string_view token_at = "/token";

const ListNames& request_names() {
  static const ListNames names{{"service_requests", "requests"}, {"request"}};
  return names;
}
const ListNames& error_names() {
  static const ListNames names{{"errors", "service_requests", "requests"}, {"error", "request"}};
  return names;
}
const ListNames& service_names() {
  static const ListNames names{{"services"}, {"service"}, true};
  return names;
}

bool says_nothing(const Entry& entry) {
  constexpr std::string_view telling[]{id_at, token_at, "/code", "/description", "/error"};
  return std::all_of(std::begin(telling), std::end(telling), [&](std::string_view at) { return entry.lacks(at); });
}

}  // namespace

SubmitReply read_submit_reply(const http_client::Response& response, ReplyFormat format) {
  SubmitReply reply;
  reply.errors = read_errors(response, format);
  const auto entries = read_entries(response, format, request_names());
  if (!entries) return reply;
  const bool one = entries->size() == 1;
  if (one) reply.id = entries->front().code(id_at);
  if (one && !reply.id) reply.token = entries->front().code(token_at);
  reply.blank = reply.errors.empty() && (entries->empty() || (one && says_nothing(entries->front())));
  return reply;
}

std::vector<ReplyError> read_errors(const http_client::Response& response, ReplyFormat format) {
  std::vector<ReplyError> errors;
  const auto entries = read_entries(response, format, error_names());
  if (!entries) return errors;
  for (const auto& entry : *entries) {
    ReplyError error{std::string(entry.text("/code")), std::string(entry.text("/description")), entry.code(id_at)};
    if (!error.code.empty() || (!error.description.empty() && !is_success(response.status))) errors.push_back(std::move(error));
  }
  return errors;
}

std::string words_of(const std::vector<ReplyError>& errors) {
  std::string words;
  for (const auto& error : errors) words += fmt::format("{}{} {}", words.empty() ? "" : "; ", error.code, error.description);
  return words;
}

Result<std::vector<TokenReply>> read_token_reply(const http_client::Response& response, ReplyFormat format) {
  const auto entries = read_entries(response, format, request_names());
  if (!entries) return entries.error();
  std::vector<TokenReply> replies;
  for (const auto& entry : *entries) replies.push_back({std::string(entry.text(token_at)), entry.code(id_at)});
  return replies;
}

Result<std::vector<RequestItem>> read_requests(const http_client::Response& response, ReplyFormat format,
                                               const std::vector<std::string>& code_at) {
  const auto entries = read_entries(response, format, request_names());
  if (!entries) return entries.error();
  std::vector<RequestItem> items;
  for (const auto& entry : *entries) {
    // As against an error in a success, which has neither.
    if (!entry.has(id_at) && !entry.has(token_at)) return Error{"reply_unreadable", "not a list of requests"};
    auto& item = items.emplace_back();
    item.raw_id = entry.text(id_at);
    item.id = entry.code(id_at);
    item.description = entry.text("/description");
    item.requested_at = parse_rfc3339(entry.text("/requested_datetime"));
    for (const auto& pointer : code_at) item.codes.emplace_back(entry.text(pointer));
  }
  return items;
}

Result<std::vector<Service>> read_services(const http_client::Response& response, ReplyFormat format) {
  const auto entries = read_entries(response, format, service_names());
  if (!entries) return entries.error();
  std::vector<Service> services;
  for (const auto& entry : *entries) {
    if (entry.lacks("/service_code")) continue;
    services.push_back(
        {std::string(entry.text("/service_code")), std::string(entry.text("/service_name")), std::string(entry.text("/keywords"))});
  }
  if (services.empty() && !entries->empty()) return Error{"reply_unreadable", "no entry of the list has a service_code"};
  return services;
}

}  // namespace salam::upstream
