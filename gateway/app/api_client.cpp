#include "gateway/app/api_client.h"

#include <chrono>
#include <fstream>
#include <optional>
#include <utility>
#include <variant>

#include <boost/asio/io_context.hpp>

#include "adapters/http_client/client.h"
#include "gateway/app/core_thread.h"
#include "gateway/domain/uuid.h"

namespace salam::app {
namespace {

constexpr std::chrono::seconds patience_for_a_file{300};
constexpr std::size_t most_of_an_answer = std::size_t{256} * 1024 * 1024;

std::string new_key() {
  SystemRandom random;
  return Uuid::v7(SystemClock().now(), random.bytes16()).to_string();
}

/// A problem document as one reads it: what, what to do, and who was faster.
std::string told(const json::Document& problem) {
  std::string text = json::string_at(problem, "title").value_or("") + ": " + json::string_at(problem, "detail").value_or("");
  if (const auto why = json::string_at(problem, "why")) text.append("\n  ").append(*why);
  for (const auto& [name, value] : problem.GetObject()) {
    const auto member = json::view_of(name);
    if (value.IsString() && (member.ends_with("_by") || member.ends_with("_at") || member == "decision" || member == "state")) {
      text.append("\n  ").append(member).append(": ").append(json::view_of(value));
    }
  }
  if (const auto* const errors = json::member(problem, "errors"); errors != nullptr && errors->IsArray()) {
    for (const auto& error : errors->GetArray()) {
      const auto where = json::string_at(error, "parameter").value_or(json::string_at(error, "pointer").value_or(""));
      text.append("\n  ").append(where).append(": ").append(json::string_at(error, "expected").value_or(""));
    }
  }
  return text;
}

}  // namespace

Result<ApiClient> ApiClient::open(const ApiAccess& access) {
  std::ifstream file(access.key_file);
  std::string key;
  if (!(file >> key)) {
    return Error{"key_unreadable", "--key-file: `" + access.key_file + "` holds no API key; `salam-gateway key create` makes one"};
  }
  return ApiClient(access, std::move(key));
}

Result<json::Document> ApiClient::get(const std::string& target) const { return read(send({.method = "GET", .target = target})); }

Result<json::Document> ApiClient::put(const std::string& target, std::string body) const {
  return read(send({.method = "PUT", .target = target, .body = std::move(body)}));
}

Result<json::Document> ApiClient::post(const std::string& target, std::string body, std::string if_match) const {
  return read(send({.method = "POST", .target = target, .body = std::move(body), .if_match = std::move(if_match)}));
}

Result<json::Document> ApiClient::post_csv(const std::string& target, std::string body) const {
  return read(
      send({.method = "POST", .target = target, .body = std::move(body), .media_type = "text/csv", .patience = patience_for_a_file}));
}

Result<std::string> ApiClient::download(const std::string& target) const {
  auto answer = send({.method = "GET", .target = target, .patience = patience_for_a_file});
  if (answer && answer->status == 200) return std::move(answer->body);
  auto problem = read(std::move(answer));
  return problem ? Error{"unreadable", "no file came: is this the gateway's API?"} : std::move(problem).error();
}

Result<std::string> ApiClient::post_for_page(const std::string& target, std::string body) const {
  auto answer = send({.method = "POST", .target = target, .body = std::move(body), .accept = "text/html"});
  if (answer && answer->status == 200) return std::move(answer->body);
  auto problem = read(std::move(answer));
  return problem ? Error{"unreadable", "no page came: is this the gateway's API?"} : std::move(problem).error();
}

Result<json::Document> ApiClient::read(Result<Answer> answer) {
  if (!answer) return std::move(answer).error();
  auto document = json::parse(answer->body);
  if (!document) return Error{"unreadable", "HTTP " + std::to_string(answer->status) + " without JSON: is this the gateway's API?"};
  if (answer->status >= 300) return Error{json::string_at(*document, "code").value_or(""), told(*document)};
  return std::move(*document);
}

Result<ApiClient::Answer> ApiClient::send(Call call) const {
  http_client::Settings settings;
  settings.base_url = access_.url;
  settings.ca_file = access_.ca_file;
  settings.max_body = most_of_an_answer;
  http_client::Request request{
      .method = std::move(call.method),
      .target = std::move(call.target),
      .headers = {{"Authorization", "Bearer " + key_}, {"Accept-Language", "fa"}, {"Accept", std::move(call.accept)}},
      .body = std::move(call.body)};
  if (!request.body.empty()) {
    request.headers.emplace_back("Content-Type", std::move(call.media_type));
    request.headers.emplace_back("Idempotency-Key", new_key());
  }
  if (!call.if_match.empty()) request.headers.emplace_back("If-Match", std::move(call.if_match));
  boost::asio::io_context io;
  std::optional<http_client::Outcome> outcome;
  const auto client = http_client::make_client(settings, io.get_executor());
  client->send(std::move(request), call.patience, [&](http_client::Outcome came) {
    outcome = std::move(came);
    io.stop();
  });
  io.run();
  if (const auto* const failure = std::get_if<http_client::Failure>(&*outcome)) {
    return Error{"unreachable", "the gateway at " + access_.url + " cannot be reached: " + failure->why};
  }
  auto& response = std::get<http_client::Response>(*outcome);
  return Answer{.status = response.status, .body = std::move(response.body)};
}

}  // namespace salam::app
