#include "adapters/sms/kavenegar.h"

#include <stdexcept>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/sms/support.h"

namespace salam::sms {
namespace {

using testing::HasSubstr;
using testing::Not;

KavenegarSettings settings() {
  KavenegarSettings settings;
  settings.api_key = Sensitive<std::string>("5A/key7654321");
  settings.sender = "2000500";
  settings.timeout = Milliseconds(4321);
  return settings;
}

Message message() {
  Message message;
  message.id = 42;
  message.mobile = Sensitive<std::string>("+989131234567");
  message.text = Sensitive<std::string>("code 1");
  return message;
}

class KavenegarTest : public testing::Test {
 protected:
  Reply<SendOutcome> send(http_client::Outcome answer) {
    script_.answer({std::move(answer)});
    return sms::send(*provider_, message());
  }
  Reply<StatusOutcome> status(http_client::Outcome answer) {
    script_.answer({std::move(answer)});
    return sms::status(*provider_, {"1", "2"});
  }

  Script script_;
  std::unique_ptr<SmsProvider> provider_ = make_kavenegar(settings(), std::make_unique<ScriptedClient>(script_));
};

TEST_F(KavenegarTest, PostsTheMessageAndReadsWhatCameOfIt) {
  const auto reply = send(http_client::Response{
      200,
      {},
      R"({"return":{"status":200,"message":"ok"},"entries":[{"messageid":5,"message":"code 1","status":1,"receptor":"09131234567"}]})"});
  ASSERT_TRUE(std::holds_alternative<outcome::Sent>(reply.outcome));
  EXPECT_EQ(std::get<outcome::Sent>(reply.outcome).provider_id, "5");
  EXPECT_EQ(script_.request().method, "POST");
  EXPECT_EQ(script_.request().target, "/v1/5A%2Fkey7654321/sms/send.json");
  EXPECT_EQ(script_.request().body, "receptor=09131234567&message=code+1&localid=42&sender=2000500");
  EXPECT_EQ(script_.timeout, Milliseconds(4321));
}

TEST_F(KavenegarTest, AsksForTheStatusOfItsMessages) {
  const auto reply = status(http_client::Response{200, {}, R"({"return":{"status":200},"entries":[{"messageid":2,"status":10}]})"});
  ASSERT_EQ(reply.outcome.index(), 0U);
  EXPECT_EQ(std::get<0>(reply.outcome).at(0).delivery, Delivery::delivered);
  EXPECT_EQ(script_.request().target, "/v1/5A%2Fkey7654321/sms/status.json");
  EXPECT_EQ(script_.request().body, "messageid=1%2C2");
}

TEST_F(KavenegarTest, IsTriedLaterWhereNothingWasSentAndUncertainWhereSomethingWas) {
  const auto unsent = send(http_client::Failure{true, "connecting: refused"});
  ASSERT_TRUE(std::holds_alternative<outcome::TryLater>(unsent.outcome));
  EXPECT_FALSE(std::get<outcome::TryLater>(unsent.outcome).reachable);
  EXPECT_TRUE(std::holds_alternative<outcome::Uncertain>(send(http_client::Failure{false, "reset"}).outcome));
  EXPECT_TRUE(std::holds_alternative<outcome::TryLater>(status(http_client::Failure{false, "reset"}).outcome));
}

TEST_F(KavenegarTest, ObeysRetryAfter) {
  const auto reply = send(http_client::Response{503, {{"retry-after", "30"}}, "busy"});
  EXPECT_EQ(std::get<outcome::TryLater>(reply.outcome).after, Milliseconds(30'000));
}

TEST_F(KavenegarTest, NeverRepeatsTheKeyThatAReplyEchoes) {
  const auto reply =
      send(http_client::Response{403, {}, R"({"return":{"status":403,"message":"no account for 5A/key7654321"},"entries":null})"});
  EXPECT_THAT(std::get<outcome::Misconfigured>(reply.outcome).why, Not(HasSubstr("5A/key")));
  EXPECT_THAT(reply.excerpt, Not(HasSubstr("5A/key")));
  EXPECT_THAT(reply.excerpt, HasSubstr("no account for"));
}

TEST_F(KavenegarTest, SaysThatARepeatedMessageIsNotSentTwice) {
  EXPECT_TRUE(provider_->traits().deduplicates);
  EXPECT_EQ(provider_->traits().status_batch, 500U);
  EXPECT_EQ(provider_->traits().call_deadline, Milliseconds(4321));
}

TEST(KavenegarWithATemplate, SendsTheCodeAsItsTokenAndDeduplicatesNothing) {
  Script script;
  auto shared_line = settings();
  shared_line.templates[MessageKind::registered] = "salam-registered";
  const auto provider = make_kavenegar(shared_line, std::make_unique<ScriptedClient>(script));
  auto with_code = message();
  with_code.code = "1234567890";
  script.answer({replied(
      200, R"({"return":{"status":200},"entries":[{"messageid":5,"message":"کد: 1234567890","status":5,"receptor":"09131234567"}]})")});
  EXPECT_EQ(why_of(send(*provider, with_code).outcome), "5");
  EXPECT_EQ(script.request().target, "/v1/5A%2Fkey7654321/verify/lookup.json");
  EXPECT_EQ(script.request().body, "receptor=09131234567&template=salam-registered&token=1234567890");
  EXPECT_FALSE(provider->traits().deduplicates);
  with_code.kind = MessageKind::holding;
  send(*provider, with_code);
  EXPECT_EQ(script.request().target, "/v1/5A%2Fkey7654321/sms/send.json");
}

TEST(Kavenegar, RefusesSettingsThatCannotWork) {
  Script script;
  auto keyless = settings();
  keyless.api_key = {};
  EXPECT_THROW(make_kavenegar(keyless, std::make_unique<ScriptedClient>(script)), std::runtime_error);
  auto hasty = settings();
  hasty.timeout = Milliseconds(0);
  EXPECT_THROW(make_kavenegar(hasty, std::make_unique<ScriptedClient>(script)), std::runtime_error);
}

}  // namespace
}  // namespace salam::sms
