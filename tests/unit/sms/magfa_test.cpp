#include "adapters/sms/magfa.h"

#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/sms/support.h"

namespace salam::sms {
namespace {

using testing::HasSubstr;

MagfaSettings settings() {
  MagfaSettings settings;
  settings.username = "salam";
  settings.domain = "isfahan";
  settings.password = Sensitive<std::string>("geheim::secret");
  settings.sender = "3000500";
  settings.timeout = Milliseconds(4321);
  return settings;
}

constexpr auto sent = R"({"status":0,"messages":[{"status":0,"id":55,"recipient":"989131234567"}]})";
constexpr auto found = R"({"status":0,"mid":44})";
constexpr auto absent = R"({"status":0,"mid":-1})";

Message tried_before() {
  auto message = a_message();
  message.attempts = 2;
  return message;
}

class MagfaTest : public testing::Test {
 protected:
  Reply<SendOutcome> send(const Message& message, std::vector<http_client::Outcome> answers) {
    script.answer(std::move(answers));
    return sms::send(*provider, message);
  }

  Script script;
  std::unique_ptr<SmsProvider> provider = make_magfa(settings(), std::make_unique<ScriptedClient>(script));
};

TEST_F(MagfaTest, PostsTheMessageOnceAndReadsWhatCameOfIt) {
  const auto reply = send(a_message(), {replied(200, sent)});
  EXPECT_EQ(why_of(reply.outcome), "55");
  ASSERT_EQ(script.requests.size(), 1U);
  EXPECT_EQ(script.request().method, "POST");
  EXPECT_EQ(script.request().target, "/send");
  EXPECT_EQ(script.timeout, Milliseconds(4321));
  // salam/isfahan:geheim::secret
  EXPECT_EQ(script.request().headers.at(0),
            (std::pair<std::string, std::string>("Authorization", "Basic c2FsYW0vaXNmYWhhbjpnZWhlaW06OnNlY3JldA==")));
}

TEST_F(MagfaTest, AsksAtOnceAfterASendThatMayHaveBeenTaken) {
  for (const auto& unclear : {http_client::Outcome(http_client::Failure{false, "reset"}), replied(200, "<html>"), replied(500, "")}) {
    script.requests.clear();
    EXPECT_EQ(why_of(send(a_message(), {unclear, replied(200, found)}).outcome), "44");
    ASSERT_EQ(script.requests.size(), 2U);
    EXPECT_EQ(script.request().target, "/mid/7301234567890123456");
  }
}

TEST_F(MagfaTest, StaysUncertainWhereThatQuestionFindsNothingYet) {
  for (const auto& answer :
       {replied(200, absent), replied(500, ""), replied(401, ""), http_client::Outcome(http_client::Failure{true, "down"})}) {
    const auto reply = send(a_message(), {http_client::Failure{false, "reset by peer"}, answer});
    EXPECT_EQ(name_of(reply.outcome), "uncertain");
    EXPECT_THAT(why_of(reply.outcome), HasSubstr("reset by peer"));
  }
}

TEST_F(MagfaTest, NeverSendsAgainWhatMagfaHas) {
  EXPECT_EQ(why_of(send(tried_before(), {replied(200, found)}).outcome), "44");
  EXPECT_EQ(script.requests.size(), 1U);
  EXPECT_EQ(script.request().method, "GET");
}

TEST_F(MagfaTest, SendsAgainOnlyWhatMagfaSaysItLacks) {
  EXPECT_EQ(why_of(send(tried_before(), {replied(200, absent), replied(200, sent)}).outcome), "55");
  EXPECT_EQ(script.requests.size(), 2U);
  script.requests.clear();
  EXPECT_EQ(name_of(send(tried_before(), {replied(200, "<html>")}).outcome), "later");
  EXPECT_EQ(name_of(send(tried_before(), {http_client::Failure{false, "reset"}}).outcome), "later");
  EXPECT_EQ(name_of(send(tried_before(), {replied(401, R"({"status":18})")}).outcome), "misconfigured");
  for (const auto& request : script.requests) EXPECT_EQ(request.method, "GET");
}

TEST_F(MagfaTest, IsUncertainAgainWhereTheSecondSendIs) {
  EXPECT_EQ(name_of(send(tried_before(), {replied(200, absent), http_client::Failure{false, "reset"}}).outcome), "uncertain");
  EXPECT_EQ(script.requests.size(), 2U);
}

TEST_F(MagfaTest, SaysThatItLooksUpAndDoesNotDeduplicate) {
  const auto& traits = provider->traits();
  EXPECT_FALSE(traits.deduplicates);
  EXPECT_TRUE(traits.looks_up);
  EXPECT_GT(traits.settle_after, Milliseconds(0));
  EXPECT_EQ(traits.repeats_after, std::chrono::hours(24));
  EXPECT_EQ(traits.status_batch, 100U);
  EXPECT_EQ(traits.call_deadline, Milliseconds(2 * 4321));
}

TEST(Magfa, RefusesSettingsThatCannotWork) {
  const auto refuses = [](const std::function<void(MagfaSettings&)>& spoil) {
    Script script;
    auto spoilt = settings();
    spoil(spoilt);
    EXPECT_THROW(make_magfa(spoilt, std::make_unique<ScriptedClient>(script)), std::runtime_error);
  };
  refuses([](MagfaSettings& settings) { settings.username.clear(); });
  refuses([](MagfaSettings& settings) { settings.domain.clear(); });
  refuses([](MagfaSettings& settings) { settings.domain = "a:b"; });
  refuses([](MagfaSettings& settings) { settings.password = {}; });
  refuses([](MagfaSettings& settings) { settings.sender.clear(); });
  refuses([](MagfaSettings& settings) { settings.timeout = Milliseconds(0); });
}

}  // namespace
}  // namespace salam::sms
