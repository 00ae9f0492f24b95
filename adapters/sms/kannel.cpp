#include "adapters/sms/kannel.h"

#include <stdexcept>
#include <utility>

#include <boost/asio/post.hpp>

#include "adapters/http_client/origin.h"
#include "adapters/sms/caller.h"
#include "adapters/sms/kannel_wire.h"

namespace salam::sms {
namespace {

void check_report_url(const std::string& url) {
  if (url.empty()) throw std::runtime_error("Kannel needs the URL of its reports: nothing else tells what became of a text");
  try {
    http_client::parse_origin(url);
  } catch (const std::runtime_error& error) {
    throw std::runtime_error(std::string("the URL of Kannel's reports: ") + error.what());
  }
  if (url.find('%') != std::string::npos)
    throw std::runtime_error("the URL of Kannel's reports may hold no %: Kannel fills in what follows it");
}

void check(const KannelSettings& settings) {
  if (settings.username.empty() || settings.password.empty()) throw std::runtime_error("Kannel needs username and password");
  check_report_url(settings.report_url.reveal());
  if (settings.report_window <= Milliseconds(0)) throw std::runtime_error("Kannel's window for reports must be longer than nothing");
}

class Kannel final : public SmsProvider {
 public:
  Kannel(KannelSettings settings, std::unique_ptr<http_client::Client> client, boost::asio::any_io_executor executor)
      : settings_(std::move(settings)),
        executor_(std::move(executor)),
        caller_(std::move(client), settings_.timeout, {settings_.password, settings_.report_url}) {
    check(settings_);
    traits_.uncertain_for = settings_.report_window;
    traits_.has_status = false;
    traits_.call_deadline = settings_.timeout;
  }

  [[nodiscard]] const SmsTraits& traits() const override { return traits_; }

  void send(const Message& message, Handler<SendOutcome> handler) override {
    http_client::Request request;
    request.target = kannel::send_query(message, settings_);
    auto read = [message](const HttpReply& reply) { return kannel::read_send(reply, message); };
    caller_.call<SendOutcome>(std::move(request), std::move(read), std::move(handler));
  }

  void status(std::vector<std::string> /*provider_ids*/, Handler<StatusOutcome> handler) override {
    boost::asio::post(executor_, [alive = std::weak_ptr<bool>(alive_), handler = std::move(handler)] {
      if (!alive.expired()) handler({std::vector<DeliveryStatus>{}, {}, "Kannel reports by itself"});
    });
  }

  [[nodiscard]] std::optional<DeliveryNotice> read_callback(const CallbackParameters& parameters) const override {
    auto status = kannel::read_report(parameters);
    if (!status) return std::nullopt;
    auto id = status->provider_id;
    return DeliveryNotice{.provider_id = std::move(id), .status = std::move(status)};
  }

 private:
  KannelSettings settings_;
  boost::asio::any_io_executor executor_;
  SmsTraits traits_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>();
  Caller caller_;
};

}  // namespace

std::unique_ptr<SmsProvider> make_kannel(KannelSettings settings, std::unique_ptr<http_client::Client> client,
                                         const boost::asio::any_io_executor& executor) {
  return std::make_unique<Kannel>(std::move(settings), std::move(client), executor);
}

std::unique_ptr<SmsProvider> make_kannel(KannelSettings settings, const boost::asio::any_io_executor& executor) {
  auto client = make_client(settings, executor);
  return make_kannel(std::move(settings), std::move(client), executor);
}

}  // namespace salam::sms
