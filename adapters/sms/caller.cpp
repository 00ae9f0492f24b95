#include "adapters/sms/caller.h"

#include <stdexcept>

namespace salam::sms {
namespace {

// A shorter one could be a piece of the reply itself.
constexpr std::size_t shortest_secret = 8;

}  // namespace

Caller::Caller(std::unique_ptr<http_client::Client> client, Milliseconds timeout, std::vector<Sensitive<std::string>> secrets)
    : client_(std::move(client)), timeout_(timeout), secrets_(std::move(secrets)) {
  if (timeout_ <= Milliseconds(0)) throw std::runtime_error("an SMS provider's timeout must be longer than nothing");
  std::erase_if(secrets_, [](const auto& secret) { return secret.reveal().size() < shortest_secret; });
}

HttpReply Caller::as_reply(const http_client::Response& response) {
  const auto after = http_client::retry_after(response);
  return {response.status, response.body, after < Milliseconds(0) ? std::nullopt : std::optional(after)};
}

void Caller::redact(std::string& text) const {
  static constexpr std::string_view redacted = "[key]";
  for (const auto& secret : secrets_) {
    for (auto at = text.find(secret.reveal()); at != std::string::npos; at = text.find(secret.reveal(), at + redacted.size())) {
      text.replace(at, secret.reveal().size(), redacted);
    }
  }
}

}  // namespace salam::sms
