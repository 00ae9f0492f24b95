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

constexpr std::chrono::seconds patience{30};

std::string new_key() {
  SystemRandom random;
  return Uuid::v7(SystemClock().now(), random.bytes16()).to_string();
}

/// A problem document as one reads it: what, what to do, and who was faster.
std::string told(const json::Document& problem) {
  std::string text = json::string_at(problem, "title").value_or("") + ": " + json::string_at(problem, "detail").value_or("");
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

Result<json::Document> ApiClient::get(const std::string& target) const { return send("GET", target, {}); }

Result<json::Document> ApiClient::post(const std::string& target, std::string body) const { return send("POST", target, std::move(body)); }

Result<json::Document> ApiClient::send(std::string method, const std::string& target, std::string body) const {
  http_client::Settings settings;
  settings.base_url = access_.url;
  settings.ca_file = access_.ca_file;
  settings.max_body = std::size_t{8} * 1024 * 1024;
  http_client::Request request{.method = std::move(method),
                               .target = target,
                               .headers = {{"Authorization", "Bearer " + key_}, {"Accept-Language", "fa"}},
                               .body = std::move(body)};
  if (!request.body.empty()) {
    request.headers.emplace_back("Content-Type", "application/json");
    request.headers.emplace_back("Idempotency-Key", new_key());
  }
  boost::asio::io_context io;
  std::optional<http_client::Outcome> outcome;
  const auto client = http_client::make_client(settings, io.get_executor());
  client->send(std::move(request), patience, [&](http_client::Outcome came) {
    outcome = std::move(came);
    io.stop();
  });
  io.run();
  if (const auto* const failure = std::get_if<http_client::Failure>(&*outcome)) {
    return Error{"unreachable", "the gateway at " + access_.url + " cannot be reached: " + failure->why};
  }
  const auto& response = std::get<http_client::Response>(*outcome);
  auto document = json::parse(response.body);
  if (!document) return Error{"unreadable", "HTTP " + std::to_string(response.status) + " without JSON: is this the gateway's API?"};
  if (response.status >= 300) return Error{json::string_at(*document, "code").value_or(""), told(*document)};
  return std::move(*document);
}

}  // namespace salam::app
