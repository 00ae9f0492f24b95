#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include "adapters/http_client/client.h"
#include "gateway/ports/sms_provider.h"

namespace salam::sms {

/// What the test puts there for a provider's calls, and what they were.
struct Script {
  std::deque<http_client::Outcome> answers;  ///< The last one is given again and again.
  std::vector<http_client::Request> requests;
  Milliseconds timeout{0};

  void answer(std::vector<http_client::Outcome> with) { answers.assign(with.begin(), with.end()); }
  const http_client::Request& request() const { return requests.back(); }
};

/// Answers every call at once.
class ScriptedClient final : public http_client::Client {
 public:
  explicit ScriptedClient(Script& script) : script_(script) {}
  void send(http_client::Request request, Milliseconds timeout, http_client::Handler handler) override {
    script_.requests.push_back(std::move(request));
    script_.timeout = timeout;
    auto answer = script_.answers.front();
    if (script_.answers.size() > 1) script_.answers.pop_front();
    handler(std::move(answer));
  }

 private:
  Script& script_;
};

inline http_client::Outcome replied(int status, std::string body) { return http_client::Response{status, {}, std::move(body)}; }

inline std::string name_of(const SendOutcome& outcome) {
  static constexpr const char* names[] = {"sent", "rejected", "later", "uncertain", "misconfigured"};
  return names[outcome.index()];
}
inline std::string name_of(const StatusOutcome& outcome) {
  static constexpr const char* names[] = {"told", "later", "misconfigured"};
  return names[outcome.index()];
}

/// The outcome's words for operators, or the provider's id.
inline std::string why_of(const SendOutcome& outcome) {
  return std::visit(
      [](const auto& held) -> std::string {
        if constexpr (requires { held.why; }) {
          return held.why;
        } else {
          return held.provider_id;
        }
      },
      outcome);
}

/// Fails the test where the provider does not call back exactly once.
inline Reply<SendOutcome> send(SmsProvider& provider, const Message& message) {
  std::vector<Reply<SendOutcome>> told;
  provider.send(message, [&](Reply<SendOutcome> reply) { told.push_back(std::move(reply)); });
  EXPECT_EQ(told.size(), 1U);
  return told.empty() ? Reply<SendOutcome>{outcome::Uncertain{"no answer"}, {}, {}} : std::move(told.front());
}
inline Reply<StatusOutcome> status(SmsProvider& provider, std::vector<std::string> ids) {
  std::vector<Reply<StatusOutcome>> told;
  provider.status(std::move(ids), [&](Reply<StatusOutcome> reply) { told.push_back(std::move(reply)); });
  EXPECT_EQ(told.size(), 1U);
  return told.empty() ? Reply<StatusOutcome>{outcome::TryLater{}, {}, {}} : std::move(told.front());
}

inline constexpr auto persian_text = "درخواست شما ثبت شد.\nکد پیگیری: ۱۲۳ ۴۵۶ ۷۸۹۰";

inline Message a_message() {
  Message message;
  message.id = 7'301'234'567'890'123'456;
  message.code = "1234567890";
  message.mobile = Sensitive<std::string>("+989131234567");
  message.text = Sensitive<std::string>(persian_text);
  message.attempts = 1;
  return message;
}

}  // namespace salam::sms
