#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <prometheus/registry.h>

#include "gateway/http/problem.h"
#include "gateway/http/server.h"
#include "gateway/observe/metrics.h"
#include "tests/unit/http/wire_client.h"

namespace salam::test {

/// A server on a free port whose `POST /v1/requests` answers 202 with what it was sent, for the key `right`.
class ServerTest : public ::testing::Test {
 protected:
  void start(http::ServerSettings settings = {}, std::vector<http::Route> more = {}) {
    settings.listen = "127.0.0.1:0";
    std::vector<http::Route> routes = {
        {http::Method::post, "/v1/requests", "intake", echo},
        {http::Method::get, "/v1/requests/{id}", "",
         [](const http::Request& request, const http::Reply& reply) { reply({.body = request.parameters[0]}); }},
        {http::Method::get, "/v1/meetings", "",
         [](const http::Request& request, const http::Reply& reply) { reply({.body = request.path}); }},
    };
    routes.insert(routes.end(), more.begin(), more.end());
    server_ = http::serve(settings, routes, authenticate, metrics_.registry());
  }

  static void echo(http::Request request, const http::Reply& reply) { reply({.status = 202, .body = std::move(request.body)}); }

  static http::Verdict authenticate(std::string_view authorization, std::string_view scope) {
    if (authorization.empty()) return {.caller = {}, .problem = "missing_key"};
    if (authorization == "Bearer right") return {.caller = http::Caller{"tester", {std::string(scope)}}, .problem = {}};
    if (authorization == "Bearer busy") return {.caller = {}, .problem = "rate_limited", .retry_after = std::chrono::seconds(7)};
    return {.caller = {}, .problem = authorization == "Bearer weak" ? "missing_scope" : "unknown_key"};
  }

  static std::string post(std::string_view body, std::string_view more_fields = "") {
    return "POST /v1/requests HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer right\r\nContent-Type: application/json\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\n" + std::string(more_fields) + "\r\n" + std::string(body);
  }
  static constexpr std::string_view get = "GET /v1/meetings HTTP/1.1\r\nHost: h\r\n\r\n";

  static std::string code_of(const Answer& answer) {
    const auto start = answer.body.find("\"code\":\"");
    if (answer.headers.count("content-type") == 0 || answer.headers.at("content-type") != "application/problem+json")
      return "no problem document";
    return start == std::string::npos ? "none" : answer.body.substr(start + 8, answer.body.find('"', start + 8) - start - 8);
  }

  /// Waits until the exposition holds `line`.
  [[nodiscard]] bool metrics_come_to_show(std::string_view line) const {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (metrics_.exposition().find(line) == std::string::npos) {
      if (std::chrono::steady_clock::now() > end) return false;
    }
    return true;
  }

  observe::Metrics metrics_;
  std::unique_ptr<http::Server> server_;
};

}  // namespace salam::test
