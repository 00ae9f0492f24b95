#include "adapters/sms/magfa.h"

#include <functional>
#include <optional>
#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/sms/support.h"

namespace salam::sms {
namespace {

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

class MagfaTest : public testing::Test {
 protected:
  Reply<SendOutcome> send(const Message& message, std::vector<http_client::Outcome> answers) {
    script_.answer(std::move(answers));
    return sms::send(*provider_, message);
  }

  Script script_;
  std::unique_ptr<SmsProvider> provider_ = make_magfa(settings(), std::make_unique<ScriptedClient>(script_));
};

TEST_F(MagfaTest, PostsTheMessageOnceAndReadsWhatCameOfIt) {
  const auto reply = send(a_message(), {replied(200, sent)});
  EXPECT_EQ(why_of(reply.outcome), "55");
  ASSERT_EQ(script_.requests.size(), 1U);
  EXPECT_EQ(script_.request().method, "POST");
  EXPECT_EQ(script_.request().target, "/send");
  EXPECT_EQ(script_.timeout, Milliseconds(4321));
  // salam/isfahan:geheim::secret
  EXPECT_EQ(script_.request().headers.at(0),
            (std::pair<std::string, std::string>("Authorization", "Basic c2FsYW0vaXNmYWhhbjpnZWhlaW06OnNlY3JldA==")));
}

TEST_F(MagfaTest, LooksAMessageUpByItsUid) {
  const auto look_up = [&](http_client::Outcome answer) {
    script_.answer({std::move(answer)});
    std::optional<Reply<SmsLookupOutcome>> told;
    provider_->look_up(a_message(), [&](Reply<SmsLookupOutcome> reply) { told = std::move(reply); });
    return told->outcome;
  };
  EXPECT_EQ(std::get<outcome::Sent>(look_up(replied(200, found))).provider_id, "44");
  EXPECT_EQ(script_.request().method, "GET");
  EXPECT_EQ(script_.request().target, "/mid/7301234567890123456");
  EXPECT_TRUE(std::holds_alternative<outcome::Absent>(look_up(replied(200, absent))));
  EXPECT_TRUE(std::holds_alternative<outcome::TryLater>(look_up(http_client::Failure{false, "reset"})));
  EXPECT_TRUE(std::holds_alternative<outcome::TryLater>(look_up(replied(200, "<html>"))));
  EXPECT_TRUE(std::holds_alternative<outcome::Misconfigured>(look_up(replied(401, R"({"status":18})"))));
}

TEST_F(MagfaTest, SaysThatItLooksUpAndDoesNotDeduplicate) {
  const auto& traits = provider_->traits();
  EXPECT_FALSE(traits.deduplicates);
  EXPECT_TRUE(traits.has_lookup);
  EXPECT_EQ(traits.absent_after, std::chrono::minutes(5));
  EXPECT_EQ(traits.uncertain_for, std::chrono::hours(24));
  EXPECT_TRUE(traits.has_status);
  EXPECT_EQ(traits.status_batch, 100U);
  EXPECT_EQ(traits.call_deadline, Milliseconds(4321));
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
