#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <spdlog/fmt/fmt.h>

#include "tests/integration/gateway.h"

namespace salam::test {
namespace {

using Which = City::Which;

constexpr std::string_view secret = "0123456789-0123456789-0123";
constexpr std::string_view hmac_key = "the key that 137 signs with";

City::Options calling_back() {
  // Nobody is asked but after a callback.
  return {.gateway = {.more = fmt::format("[system137.callback]\nsecret = \"{}\"\nhmac_key = \"{}\"\n[sms.callback]\nsecret = \"{}\"\n"
                                          "[system137.follow_up]\nfirst = \"1h\"\n",
                                          secret, hmac_key, secret),
                      .replace = {{"delivery_first_poll = \"100ms\"", "delivery_first_poll = \"1h\""},
                                  {"delivery_longest_poll = \"300ms\"", "delivery_longest_poll = \"1h\""}}}};
}

class Callbacks : public testing::Test {
 protected:
  Callbacks() : city_(calling_back()), id_(city_->take("1")) {
    EXPECT_TRUE(eventually([&] { return city_->state(id_) == "registered"; })) << city_->request(id_).body;
    code_ = city_.registered(Which::system137, id_).code;
  }

  std::string news(std::string_view status, std::string_view at = "2026-11-24T12:00:00Z") const {
    return fmt::format(R"([{{"service_request_id": "{}", "status": "{}", "updated_datetime": "{}"}}])", code_, status, at);
  }
  /// Without a key, as an outside system calls.
  Reply call_back(std::string_view target, std::string_view body, const Headers& headers = {}) const {
    return call(city_.api_port(), "POST", target, body, headers);
  }
  Reply call_signed(std::string_view body, std::string_view key = hmac_key) const {
    const auto timestamp = std::to_string(std::chrono::system_clock::to_time_t(std::chrono::system_clock::now()));
    const auto text = timestamp + "." + std::string(body);
    std::array<unsigned char, 32> digest{};
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()), text.size(),
         digest.data(), nullptr);
    std::string hex;
    for (const auto byte : digest) hex += fmt::format("{:02x}", byte);
    return call_back("/v1/callbacks/137", body, {{"X-Timestamp", timestamp}, {"X-Signature", "sha256=" + hex}});
  }
  std::string progress() { return city_->request(id_).at("/progress/state"); }

  class Ported : public City {
   public:
    explicit Ported(Options options) : City(std::move(options)) {}
    [[nodiscard]] unsigned short api_port() const { return (*this)->api_port(); }
  };
  Ported city_;
  std::string id_;
  std::string code_;
};

TEST_F(Callbacks, ThatAreSignedAreBelieved) {
  EXPECT_EQ(progress(), "open");
  EXPECT_EQ(call_signed(news("investigating")).status, 204);
  EXPECT_EQ(progress(), "in_progress");
  EXPECT_EQ(call_signed(news("closed", "2026-11-24T13:00:00Z")).status, 204);
  EXPECT_EQ(call_signed(news("investigating", "2026-11-24T12:30:00Z")).status, 204) << "it comes late";
  EXPECT_EQ(progress(), "resolved");
  EXPECT_EQ(city_->get("/v1/track/" + code_).at("/requests/0/progress/state"), "resolved");
}

TEST_F(Callbacks, ThatAreNotSignedRightlyAreRefused) {
  for (const auto& refused : {call_signed(news("closed"), "another key"), call_back("/v1/callbacks/137", news("closed")),
                              call_back("/v1/callbacks/137/another-secret-0123456789", news("closed")),
                              call_back("/v1/callbacks/service_desk/" + std::string(secret), news("closed"))}) {
    EXPECT_EQ(refused.status, 403);
    EXPECT_EQ(refused.at("/code"), "callback_refused");
  }
  EXPECT_EQ(call_back("/v1/callbacks/138", news("closed")).status, 404);
  EXPECT_EQ(progress(), "open");
}

TEST_F(Callbacks, ThatCannotBeReadAreRefusedAndThoseOfOthersPassedOver) {
  for (const auto* const body : {"", "{", "[{\"status\": \"closed\"}]", "<html>"}) {
    const auto refused = call_signed(body);
    EXPECT_EQ(refused.status, 422) << body;
    EXPECT_EQ(refused.at("/code"), "callback_unreadable");
  }
  EXPECT_EQ(call_signed(R"([{"service_request_id": "unknown", "status": "closed"}])").status, 204);
  EXPECT_EQ(progress(), "open");
}

TEST_F(Callbacks, OfASmsProviderOnlySayWhereToLook) {
  EXPECT_FALSE(city_->is_told(id_));
  ASSERT_TRUE(eventually([&] { return city_->request(id_).at("/messages/0/state") == "sent"; }));
  const auto message = city_->query("SELECT provider_id FROM messages");
  const auto target = "/v1/callbacks/sms/kavenegar/" + std::string(secret);
  EXPECT_EQ(call_back("/v1/callbacks/sms/kavenegar/another-secret-0123456789", "messageid=" + message).status, 403);
  EXPECT_EQ(call_back(target, "status=10").status, 422);
  EXPECT_EQ(call_back(target, "messageid=unknown&status=10").status, 204);
  EXPECT_FALSE(city_->is_told(id_));
  EXPECT_TRUE(eventually([&] {
    EXPECT_EQ(call_back(target, "messageid=" + message + "&status=10").status, 204);
    return city_->is_told(id_);
  }));
}

}  // namespace
}  // namespace salam::test
