#include "adapters/sms/kavenegar.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "adapters/sms/caller.h"
#include "adapters/sms/kavenegar_wire.h"

namespace salam::sms {
namespace {

/// For so long `sms/statuslocalmessageid` finds one; how long one is not sent again is not documented.
constexpr std::chrono::hours local_id_lifetime{12};

class Kavenegar final : public SmsProvider {
 public:
  Kavenegar(KavenegarSettings settings, std::unique_ptr<http_client::Client> client)
      : settings_(std::move(settings)), caller_(std::move(client), settings_.timeout, {settings_.api_key}) {
    if (settings_.api_key.empty()) throw std::runtime_error("Kavenegar needs an API key");
    traits_.deduplicates = settings_.templates.empty();
    traits_.deduplicates_for = traits_.deduplicates ? local_id_lifetime : Milliseconds(0);
    traits_.status_batch = 500;
    traits_.call_deadline = settings_.timeout;
  }

  [[nodiscard]] const SmsTraits& traits() const override { return traits_; }

  void send(const Message& message, Handler<SendOutcome> handler) override {
    if (const auto found = settings_.templates.find(message.kind); found != settings_.templates.end()) {
      auto read = [message](const HttpReply& reply) { return kavenegar::read_lookup(reply, message); };
      return caller_.call<SendOutcome>(request("verify/lookup", kavenegar::lookup_form(message, found->second)), std::move(read),
                                       std::move(handler));
    }
    auto read = [message](const HttpReply& reply) { return kavenegar::read_send(reply, message); };
    caller_.call<SendOutcome>(request("sms/send", kavenegar::send_form(message, settings_.sender)), std::move(read), std::move(handler));
  }

  void status(std::vector<std::string> provider_ids, Handler<StatusOutcome> handler) override {
    auto form = kavenegar::status_form(provider_ids);
    auto read = [ids = std::move(provider_ids)](const HttpReply& reply) { return kavenegar::read_status(reply, ids); };
    caller_.call<StatusOutcome>(request("sms/status", std::move(form)), std::move(read), std::move(handler));
  }

  /// It is unsigned, so it only says where to look.
  [[nodiscard]] std::optional<DeliveryNotice> read_callback(const CallbackParameters& parameters) const override {
    const auto id = std::ranges::find(parameters, "messageid", &std::pair<std::string, std::string>::first);
    if (id == parameters.end()) return std::nullopt;
    return DeliveryNotice{.provider_id = id->second, .status = {}};
  }

 private:
  [[nodiscard]] http_client::Request request(std::string_view method, std::string form) const {
    http_client::Request request;
    request.method = "POST";
    request.target = "/v1/" + http_client::percent_encoded(settings_.api_key.reveal()) + "/" + std::string(method) + ".json";
    request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}, {"Accept", "application/json"}};
    request.body = std::move(form);
    return request;
  }

  KavenegarSettings settings_;
  SmsTraits traits_;
  Caller caller_;
};

}  // namespace

std::unique_ptr<SmsProvider> make_kavenegar(KavenegarSettings settings, std::unique_ptr<http_client::Client> client) {
  return std::make_unique<Kavenegar>(std::move(settings), std::move(client));
}

std::unique_ptr<SmsProvider> make_kavenegar(KavenegarSettings settings, const boost::asio::any_io_executor& executor) {
  auto client = make_client(settings, executor);
  return make_kavenegar(std::move(settings), std::move(client));
}

}  // namespace salam::sms
