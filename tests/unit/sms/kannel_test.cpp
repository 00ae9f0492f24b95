#include "adapters/sms/kannel.h"

#include <functional>
#include <stdexcept>

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/sms/support.h"

namespace salam::sms {
namespace {

using testing::HasSubstr;
using testing::Not;

KannelSettings settings() {
  KannelSettings settings;
  settings.username = "salam";
  settings.password = Sensitive<std::string>("geheim-secret");
  settings.report_url = Sensitive<std::string>("http://127.0.0.1:8137/v1/callbacks/sms/kannel/s3cret-s3cret");
  settings.timeout = Milliseconds(4321);
  return settings;
}

class KannelTest : public testing::Test {
 protected:
  Script script_;
  boost::asio::io_context io_;
  std::unique_ptr<SmsProvider> provider_ = make_kannel(settings(), std::make_unique<ScriptedClient>(script_), io_.get_executor());
};

TEST_F(KannelTest, AsksOnceAndGivesTheMessageItsOwnId) {
  script_.answer({replied(202, "0: Accepted for delivery")});
  EXPECT_EQ(why_of(send(*provider_, a_message()).outcome), "7301234567890123456");
  ASSERT_EQ(script_.requests.size(), 1U);
  EXPECT_EQ(script_.request().method, "GET");
  EXPECT_EQ(script_.request().target.substr(0, 16), "?username=salam&");
  EXPECT_EQ(script_.timeout, Milliseconds(4321));
}

TEST_F(KannelTest, HasNobodyToAskAndSaysSoLater) {
  std::optional<Reply<StatusOutcome>> told;
  provider_->status({"5"}, [&](Reply<StatusOutcome> reply) { told = std::move(reply); });
  EXPECT_FALSE(told);
  io_.run();
  ASSERT_TRUE(told);
  EXPECT_TRUE(std::get<0>(told->outcome).empty());
  EXPECT_TRUE(script_.requests.empty());
}

TEST_F(KannelTest, TellsNothingOnceItIsGone) {
  bool told = false;
  provider_->status({"5"}, [&](const Reply<StatusOutcome>&) { told = true; });
  provider_.reset();
  io_.run();
  EXPECT_FALSE(told);
}

TEST_F(KannelTest, NeverRepeatsSecretsThatAReplyEchoes) {
  script_.answer({replied(403, "no: http://127.0.0.1:8137/v1/callbacks/sms/kannel/s3cret-s3cret geheim-secret")});
  const auto reply = send(*provider_, a_message());
  EXPECT_THAT(why_of(reply.outcome) + reply.excerpt, Not(HasSubstr("s3cret")));
  EXPECT_THAT(why_of(reply.outcome) + reply.excerpt, Not(HasSubstr("geheim")));
}

TEST_F(KannelTest, SaysThatReportsComeByThemselvesAndAnUncertainTextIsRepeated) {
  const auto& traits = provider_->traits();
  EXPECT_FALSE(traits.deduplicates);
  EXPECT_FALSE(traits.has_lookup);
  EXPECT_FALSE(traits.has_status);
  EXPECT_EQ(traits.uncertain_for, std::chrono::minutes(30));
  EXPECT_EQ(traits.call_deadline, Milliseconds(4321));
}

TEST(Kannel, RefusesSettingsThatCannotWork) {
  const auto refusal = [](const std::function<void(KannelSettings&)>& spoil) -> std::string {
    Script script;
    boost::asio::io_context io;
    auto spoilt = settings();
    spoil(spoilt);
    try {
      make_kannel(spoilt, std::make_unique<ScriptedClient>(script), io.get_executor());
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "none";
  };
  using Text = Sensitive<std::string>;
  EXPECT_THAT(refusal([](KannelSettings& settings) { settings.username.clear(); }), HasSubstr("username"));
  EXPECT_THAT(refusal([](KannelSettings& settings) { settings.password = {}; }), HasSubstr("password"));
  EXPECT_THAT(refusal([](KannelSettings& settings) { settings.report_url = {}; }), HasSubstr("reports"));
  EXPECT_THAT(refusal([](KannelSettings& settings) { settings.report_url = Text("gateway/x"); }), HasSubstr("reports"));
  EXPECT_THAT(refusal([](KannelSettings& settings) { settings.report_url = Text("http://h/s%20t"); }), HasSubstr("%"));
  EXPECT_THAT(refusal([](KannelSettings& settings) { settings.report_url = Text("http://h/s?a=b"); }), HasSubstr("query"));
  EXPECT_THAT(refusal([](KannelSettings& settings) { settings.report_window = Milliseconds(0); }), HasSubstr("window"));
  EXPECT_THAT(refusal([](KannelSettings& settings) { settings.timeout = Milliseconds(0); }), HasSubstr("timeout"));
}

}  // namespace
}  // namespace salam::sms
