#include "adapters/sms/kavenegar.h"

#include <stdexcept>
#include <utility>

#include "adapters/sms/kavenegar_wire.h"

namespace salam::sms {
namespace {

using http_client::Failure;
using http_client::Response;
using Steady = std::chrono::steady_clock;

/// For so long `sms/statuslocalmessageid` finds one; how long one is not sent again is not documented.
constexpr std::chrono::hours local_id_lifetime{12};

outcome::TryLater unreached(const Failure& failure) { return {failure.why, std::nullopt, false}; }

/// The key out of whatever a reply may echo.
void redact(std::string& text, const std::string& secret) {
  for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at)) {
    text.replace(at, secret.size(), "[key]");
  }
}

kavenegar::HttpReply as_reply(const Response& response) {
  const auto after = http_client::retry_after(response);
  return {response.status, response.body, after < Milliseconds(0) ? std::nullopt : std::optional(after)};
}

class Kavenegar final : public SmsProvider {
 public:
  Kavenegar(KavenegarSettings settings, std::unique_ptr<http_client::Client> client)
      : settings_(std::move(settings)), client_(std::move(client)) {
    if (settings_.api_key.empty()) {
      throw std::runtime_error("Kavenegar needs an API key");
    }
    if (settings_.timeout <= Milliseconds(0)) {
      throw std::runtime_error("Kavenegar's timeout must be longer than nothing");
    }
    traits_.deduplicates = true;
    traits_.deduplicates_for = local_id_lifetime;
    traits_.status_batch = 500;
    traits_.call_deadline = settings_.timeout;
  }

  [[nodiscard]] const SmsTraits& traits() const override { return traits_; }

  void send(const Message& message, Handler<SendOutcome> handler) override {
    auto on_failure = [](const Failure& failure) -> SendOutcome {
      return failure.nothing_sent ? SendOutcome(unreached(failure)) : SendOutcome(outcome::Uncertain{failure.why});
    };
    auto read = [message](const kavenegar::HttpReply& reply) { return kavenegar::read_send(reply, message); };
    call<SendOutcome>("send", kavenegar::send_form(message, settings_.sender), std::move(read), on_failure, std::move(handler));
  }

  void status(std::vector<std::string> provider_ids, Handler<StatusOutcome> handler) override {
    auto on_failure = [](const Failure& failure) { return StatusOutcome(unreached(failure)); };
    auto form = kavenegar::status_form(provider_ids);
    auto read = [ids = std::move(provider_ids)](const kavenegar::HttpReply& reply) { return kavenegar::read_status(reply, ids); };
    call<StatusOutcome>("status", std::move(form), std::move(read), on_failure, std::move(handler));
  }

 private:
  template <class Outcome, class Read, class OnFailure>
  void call(std::string_view method, std::string form, Read read, OnFailure on_failure, Handler<Outcome> handler) {
    http_client::Request request;
    request.method = "POST";
    request.target = "/v1/" + http_client::percent_encoded(settings_.api_key.reveal()) + "/sms/" + std::string(method) + ".json";
    request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}, {"Accept", "application/json"}};
    request.body = std::move(form);
    auto finish = [started = Steady::now(), key = settings_.api_key, read = std::move(read), on_failure,
                   handler = std::move(handler)](http_client::Outcome result) {
      Reply<Outcome> reply;
      if (auto* response = std::get_if<Response>(&result)) {
        redact(response->body, key.reveal());
        reply = read(as_reply(*response));
      } else {
        const auto& failure = std::get<Failure>(result);
        reply = {on_failure(failure), {}, failure.why};
      }
      reply.took = std::chrono::duration_cast<Milliseconds>(Steady::now() - started);
      handler(std::move(reply));
    };
    client_->send(std::move(request), settings_.timeout, std::move(finish));
  }

  KavenegarSettings settings_;
  SmsTraits traits_;
  std::unique_ptr<http_client::Client> client_;
};

}  // namespace

std::unique_ptr<SmsProvider> make_kavenegar(KavenegarSettings settings, std::unique_ptr<http_client::Client> client) {
  return std::make_unique<Kavenegar>(std::move(settings), std::move(client));
}

std::unique_ptr<SmsProvider> make_kavenegar(KavenegarSettings settings, const boost::asio::any_io_executor& executor) {
  http_client::Settings client{settings.endpoint()};
  client.max_connections = settings.max_connections;
  client.max_body = 1024 * 1024;
  return make_kavenegar(std::move(settings), http_client::make_client(client, executor));
}

}  // namespace salam::sms
