#include <spdlog/fmt/fmt.h>

#include "adapters/sms/caller.h"
#include "tests/unit/sms/provider_contract.h"

/// The least that a driver must have, as adapters/README.md says it: settings, a wire that knows no transport, a provider. It speaks to a
/// panel that nobody runs.
namespace salam::sms {
namespace {

struct ToySettings {
  Sensitive<std::string> key;
  Milliseconds timeout{5'000};
};

Reply<SendOutcome> read_send(const HttpReply& reply) {
  const auto why = unreadable(reply, "Toy");
  const auto document = json::parse(reply.body);
  const auto id = document && reply.status == 200 ? whole_number(json::member(*document, "id")) : std::string();
  if (!id.empty()) return {outcome::Sent{id}, {}, why};
  if (reply.status == 422) return {outcome::Rejected{why}, {}, why};
  return {by_status_alone(reply, why), {}, why};
}

Reply<StatusOutcome> read_status(const HttpReply& reply, const std::string& asked) {
  const auto why = unreadable(reply, "Toy");
  const auto document = json::parse(reply.body);
  const auto id = document && reply.status == 200 ? whole_number(json::member(*document, "delivered")) : std::string();
  if (id.empty()) return {answer_by_status_alone<StatusOutcome>(reply, why), {}, why};
  std::vector<DeliveryStatus> statuses;
  if (id == asked) statuses.push_back({id, Delivery::delivered, {}});
  return {std::move(statuses), {}, why};
}

class Toy final : public SmsProvider {
 public:
  Toy(const ToySettings& settings, std::unique_ptr<http_client::Client> client)
      : caller_(std::move(client), settings.timeout, {settings.key}) {
    traits_.status_batch = 1;
    traits_.call_deadline = settings.timeout;
  }
  [[nodiscard]] const SmsTraits& traits() const override { return traits_; }

  void send(const Message& message, Handler<SendOutcome> handler) override {
    caller_.call<SendOutcome>({"POST", "/toy", {}, message.mobile.reveal() + " " + message.text.reveal()}, read_send, std::move(handler));
  }
  void status(std::vector<std::string> provider_ids, Handler<StatusOutcome> handler) override {
    auto read = [asked = provider_ids.front()](const HttpReply& reply) { return read_status(reply, asked); };
    caller_.call<StatusOutcome>({"GET", "/toy/" + provider_ids.front(), {}, {}}, std::move(read), std::move(handler));
  }

 private:
  SmsTraits traits_;
  Caller caller_;
};

ProviderCase toy() {
  ProviderCase provider;
  provider.name = "Toy";
  provider.secret = "toy-secret-1";
  provider.make = [](std::unique_ptr<http_client::Client> client, const boost::asio::any_io_executor&) {
    return std::make_unique<Toy>(ToySettings{Sensitive<std::string>("toy-secret-1")}, std::move(client));
  };
  provider.sent = [](const std::string& id) { return http_client::Response{200, {}, "{\"id\":" + id + "}"}; };
  provider.rejected = {422, {}, ""};
  provider.misconfigured = {401, {}, ""};
  provider.later = {429, {}, ""};
  provider.bad_answers = with_status(upstream::bad_answers({"application/json", "{\"id\":", "}"}), 200);
  provider.bad_reports = upstream::bad_answers({"application/json", "{\"delivered\":", "}"});
  return provider;
}

INSTANTIATE_TEST_SUITE_P(Toy, SmsProviderContract, testing::Values(toy()), name_of_case);

}  // namespace
}  // namespace salam::sms
