#include <spdlog/fmt/fmt.h>

#include "adapters/sms/kannel.h"
#include "adapters/sms/kavenegar.h"
#include "adapters/sms/magfa.h"
#include "adapters/sms/mapped.h"
#include "tests/unit/sms/provider_contract.h"

namespace salam::sms {
namespace {

constexpr auto secret = "geheim-secret-1";
constexpr auto json = "application/json";

http_client::Response reply(int status, std::string body) { return {status, {}, std::move(body)}; }

ProviderCase kavenegar() {
  static constexpr auto json_text = "درخواست شما ثبت شد.\\nکد پیگیری: ۱۲۳ ۴۵۶ ۷۸۹۰";
  ProviderCase provider;
  provider.name = "Kavenegar";
  provider.secret = secret;
  provider.make = [](std::unique_ptr<http_client::Client> client, const boost::asio::any_io_executor&) {
    KavenegarSettings settings;
    settings.api_key = Sensitive<std::string>(secret);
    return make_kavenegar(std::move(settings), std::move(client));
  };
  const auto before = fmt::format(
      R"({{"return":{{"status":200,"message":"ok"}},"entries":[{{"message":"{}","status":1,"receptor":"09131234567","messageid":)",
      json_text);
  provider.sent = [before](const std::string& id) { return reply(200, before + id + "}]}"); };
  provider.rejected = reply(411, R"({"return":{"status":411,"message":"x"},"entries":null})");
  provider.misconfigured = reply(418, R"({"return":{"status":418,"message":"x"},"entries":null})");
  provider.later = reply(451, R"({"return":{"status":451,"message":"x"},"entries":null})");
  provider.bad_answers = upstream::bad_answers({json, before, "}]}"});
  provider.bad_reports = upstream::bad_answers({json, R"({"return":{"status":200},"entries":[{"status":10,"messageid":)", "}]}"});
  return provider;
}

ProviderCase magfa() {
  ProviderCase provider;
  provider.name = "Magfa";
  provider.secret = secret;
  provider.make = [](std::unique_ptr<http_client::Client> client, const boost::asio::any_io_executor&) {
    MagfaSettings settings;
    settings.username = "salam";
    settings.domain = "isfahan";
    settings.password = Sensitive<std::string>(secret);
    settings.sender = "3000500";
    return make_magfa(settings, std::move(client));
  };
  const std::string before = R"({"status":0,"messages":[{"status":0,"recipient":"989131234567","id":)";
  provider.sent = [before](const std::string& id) { return reply(200, before + id + "}]}"); };
  provider.rejected = reply(200, R"({"status":0,"messages":[{"status":27}]})");
  provider.misconfigured = reply(200, R"({"status":14})");
  provider.later = reply(200, R"({"status":15})");
  provider.bad_answers = upstream::bad_answers({json, before, "}]}"});
  provider.bad_reports = upstream::bad_answers({json, R"({"status":0,"dlrs":[{"status":1,"mid":)", "}]}"});
  return provider;
}

ProviderCase kannel() {
  ProviderCase provider;
  provider.name = "Kannel";
  provider.secret = secret;
  provider.make = [](std::unique_ptr<http_client::Client> client, const boost::asio::any_io_executor& executor) {
    KannelSettings settings;
    settings.username = "salam";
    settings.password = Sensitive<std::string>(secret);
    settings.report_url = Sensitive<std::string>("https://gateway.example/callback/of-a-secret");
    return make_kannel(std::move(settings), std::move(client), executor);
  };
  provider.sent = [](const std::string&) { return reply(202, "0: Accepted for delivery"); };
  provider.id = std::to_string(a_message().id);
  provider.rejected = reply(400, "Empty receiver number not allowed, rejected");
  provider.misconfigured = reply(403, "Authorization failed for sendsms");
  provider.later = reply(503, "Temporal failure, try again later.");
  provider.bad_answers = with_status(upstream::bad_answers({"text/plain", "0: Accepted for ", "delivery"}), 202);
  for (auto& answer : provider.bad_answers) {
    if (answer.submit == "registered") answer.submit = "uncertain";
  }
  return provider;
}

ProviderCase mapped() {
  ProviderCase provider;
  provider.name = "Mapped";
  provider.secret = secret;
  provider.make = [](std::unique_ptr<http_client::Client> client, const boost::asio::any_io_executor& executor) {
    MappedSettings settings;
    settings.mapping_file = std::string(SALAM_SOURCE_DIR) + "/docker/examples/sms_panel.toml";
    settings.api_key = Sensitive<std::string>(secret);
    settings.sender = "3000500";
    return make_mapped(settings, std::move(client), executor);
  };
  const std::string before = R"({"status":1,"data":{"messageIds":[)";
  provider.sent = [before](const std::string& id) { return reply(200, before + id + "]}}"); };
  provider.rejected = reply(200, R"({"status":104})");
  provider.misconfigured = reply(200, R"({"status":102})");
  provider.later = reply(400, R"({"status":20})");
  provider.bad_answers = with_status(upstream::bad_answers({json, before, "]}}"}), 200);
  provider.bad_reports = with_status(upstream::bad_answers({json, R"({"data":[{"deliveryState":1,"messageId":)", "}]}"}), 200);
  provider.numeric_ids = false;
  return provider;
}

INSTANTIATE_TEST_SUITE_P(Kavenegar, SmsProviderContract, testing::Values(kavenegar()), name_of_case);
INSTANTIATE_TEST_SUITE_P(Magfa, SmsProviderContract, testing::Values(magfa()), name_of_case);
INSTANTIATE_TEST_SUITE_P(Kannel, SmsProviderContract, testing::Values(kannel()), name_of_case);
INSTANTIATE_TEST_SUITE_P(Mapped, SmsProviderContract, testing::Values(mapped()), name_of_case);

}  // namespace
}  // namespace salam::sms
