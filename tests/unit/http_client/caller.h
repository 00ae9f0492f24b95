#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <boost/asio/io_context.hpp>

#include "adapters/http_client/client.h"

namespace salam::http_client {

using std::chrono::milliseconds;

constexpr milliseconds plenty = std::chrono::seconds(20);

inline Request get(std::string target = "/") {
  Request request;
  request.target = std::move(target);
  return request;
}

inline Request post(std::string body) {
  Request request;
  request.method = "POST";
  request.target = "/";
  request.body = std::move(body);
  return request;
}

/// A client, and the thread (the test's own) that it lives on.
class Caller {
 public:
  explicit Caller(std::string url) : Caller(with_url(std::move(url))) {}
  explicit Caller(const Settings& settings) : client_(make_client(settings, context_.get_executor())) {}

  /// Runs until the call is answered.
  Outcome call(Request request, milliseconds timeout = plenty) {
    std::optional<Outcome> answer;
    client_->send(std::move(request), timeout, [&](Outcome outcome) { answer = std::move(outcome); });
    run_until([&] { return answer.has_value(); });
    return answer ? std::move(*answer) : Outcome(Failure{false, "the handler was not called"});
  }

  /// The condition may come true on another thread.
  template <class Condition>
  void run_until(Condition condition) {
    const auto until = std::chrono::steady_clock::now() + 2 * plenty;
    while (!condition() && std::chrono::steady_clock::now() < until) {
      context_.restart();
      context_.run_one_for(milliseconds(10));
    }
  }

  Client& client() { return *client_; }
  void destroy_client() { client_.reset(); }
  boost::asio::io_context& context() { return context_; }

  /// A slow machine is no idle connection.
  static Settings with_url(std::string url) {
    Settings settings;
    settings.max_idle = plenty;
    settings.base_url = std::move(url);
    return settings;
  }

 private:
  boost::asio::io_context context_;
  std::unique_ptr<Client> client_;
};

}  // namespace salam::http_client
