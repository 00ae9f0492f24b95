#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "adapters/http_client/client.h"
#include "adapters/sms/reply.h"
#include "gateway/domain/sensitive.h"

namespace salam::sms {

/// Carries a driver's calls: what a failure without a reply means, the time taken, and the account's secrets out of whatever comes back.
class Caller {
 public:
  /// Throws std::runtime_error where `timeout`, of one call and connect included, is not more than nothing.
  Caller(std::unique_ptr<http_client::Client> client, Milliseconds timeout, std::vector<Sensitive<std::string>> secrets);

  /// `read`: what a reply means, `HttpReply` to `Reply<Outcome>`. Destroyed, the caller drops handlers uncalled.
  template <class Outcome, class Read>
  void call(http_client::Request&& request, Read read, SmsProvider::Handler<Outcome> handler) {
    auto finish = [this, started = Steady::now(), read = std::move(read), handler = std::move(handler)](http_client::Outcome result) {
      Reply<Outcome> reply;
      if (auto* const response = std::get_if<http_client::Response>(&result)) {
        redact(response->body);
        reply = read(as_reply(*response));
      } else {
        const auto& failure = std::get<http_client::Failure>(result);
        reply = {outcome_of<Outcome>(failure), {}, failure.why};
      }
      reply.took = std::chrono::duration_cast<Milliseconds>(Steady::now() - started);
      handler(std::move(reply));
    };
    client_->send(std::move(request), timeout_, std::move(finish));
  }

 private:
  using Steady = std::chrono::steady_clock;

  /// After the first byte of a send it may have been taken; a question that failed is asked again.
  template <class Outcome>
  static Outcome outcome_of(const http_client::Failure& failure) {
    if constexpr (std::is_same_v<Outcome, SendOutcome>) {
      if (!failure.nothing_sent) return outcome::Uncertain{failure.why};
    }
    if (failure.ours_to_mend) return outcome::Misconfigured{failure.why};
    return outcome::TryLater{failure.why, std::nullopt, false};
  }
  static HttpReply as_reply(const http_client::Response& response);
  void redact(std::string& text) const;

  std::unique_ptr<http_client::Client> client_;
  Milliseconds timeout_;
  std::vector<Sensitive<std::string>> secrets_;
};

}  // namespace salam::sms
