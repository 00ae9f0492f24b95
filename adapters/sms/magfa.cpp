#include "adapters/sms/magfa.h"

#include <chrono>
#include <stdexcept>
#include <utility>
#include <vector>

#include <openssl/evp.h>

#include "adapters/sms/caller.h"
#include "adapters/sms/magfa_wire.h"

namespace salam::sms {
namespace {

/// A send that Magfa's front has taken shows under its uid by then, whatever stands in its queues.
constexpr std::chrono::minutes absent_after{5};
/// So long Magfa knows a message.
constexpr std::chrono::hours known_for{24};
constexpr std::size_t status_batch = 100;

Timestamp now() { return std::chrono::floor<Milliseconds>(std::chrono::system_clock::now()); }

/// RFC 7617.
Sensitive<std::string> basic(const MagfaSettings& settings) {
  const auto plain = settings.username + "/" + settings.domain + ":" + settings.password.reveal();
  std::vector<unsigned char> encoded(4 * ((plain.size() + 2) / 3) + 1);
  const int length = EVP_EncodeBlock(encoded.data(), reinterpret_cast<const unsigned char*>(plain.data()), static_cast<int>(plain.size()));
  return Sensitive<std::string>("Basic " + std::string(encoded.begin(), encoded.begin() + length));
}

void check(const MagfaSettings& settings) {
  if (settings.username.empty() || settings.domain.empty() || settings.password.empty()) {
    throw std::runtime_error("Magfa needs username, domain and password");
  }
  if (settings.username.find(':') != std::string::npos || settings.domain.find(':') != std::string::npos) {
    throw std::runtime_error("Magfa's username and domain may hold no colon (RFC 7617)");
  }
  if (settings.sender.empty()) throw std::runtime_error("Magfa needs a sender: a service line of the account");
}

class Magfa final : public SmsProvider {
 public:
  Magfa(const MagfaSettings& settings, std::unique_ptr<http_client::Client> client)
      : sender_(settings.sender), authorization_(basic(settings)), caller_(std::move(client), settings.timeout, {settings.password}) {
    check(settings);
    traits_.has_lookup = true;
    traits_.absent_after = absent_after;
    traits_.uncertain_for = known_for;
    traits_.status_batch = status_batch;
    traits_.call_deadline = settings.timeout;
  }

  [[nodiscard]] const SmsTraits& traits() const override { return traits_; }

  void send(const Message& message, Handler<SendOutcome> handler) override {
    auto read = [message](const HttpReply& reply) { return magfa::read_send(reply, message, now()); };
    caller_.call<SendOutcome>(request("POST", "/send", magfa::send_body(message, sender_)), std::move(read), std::move(handler));
  }

  void look_up(const Message& message, const Handler<SmsLookupOutcome>& handler) override {
    caller_.call<SmsLookupOutcome>(request("GET", magfa::lookup_path(message), {}), magfa::read_lookup, handler);
  }

  void status(std::vector<std::string> provider_ids, Handler<StatusOutcome> handler) override {
    auto path = magfa::status_path(provider_ids);
    auto read = [ids = std::move(provider_ids)](const HttpReply& reply) { return magfa::read_status(reply, ids); };
    caller_.call<StatusOutcome>(request("GET", std::move(path), {}), std::move(read), std::move(handler));
  }

 private:
  [[nodiscard]] http_client::Request request(std::string method, std::string path, std::string body) const {
    http_client::Request request;
    request.method = std::move(method);
    request.target = std::move(path);
    request.headers = {{"Authorization", authorization_.reveal()}, {"Accept", "application/json"}};
    if (!body.empty()) request.headers.emplace_back("Content-Type", "application/json; charset=utf-8");
    request.body = std::move(body);
    return request;
  }

  std::string sender_;
  Sensitive<std::string> authorization_;
  SmsTraits traits_;
  Caller caller_;
};

}  // namespace

std::unique_ptr<SmsProvider> make_magfa(const MagfaSettings& settings, std::unique_ptr<http_client::Client> client) {
  return std::make_unique<Magfa>(settings, std::move(client));
}

std::unique_ptr<SmsProvider> make_magfa(const MagfaSettings& settings, const boost::asio::any_io_executor& executor) {
  auto client = make_client(settings, executor);
  return make_magfa(settings, std::move(client));
}

}  // namespace salam::sms
