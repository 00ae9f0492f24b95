#include "adapters/sms/kannel.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/sms/kannel_wire.h"
#include "tests/contract/kannel/kannel.h"
#include "tests/stand_ins/server.h"
#include "tests/stand_ins/text.h"

namespace salam::sms {
namespace {

using test::ReceivedText;
using testing::Each;
using testing::HasSubstr;
using testing::SizeIs;

constexpr std::chrono::seconds patience{20};
constexpr std::string_view report_path = "/v1/callbacks/sms/kannel/a-secret-of-the-test";

/// Our driver, the real Kannel, and an HTTP server where its reports arrive.
class KannelContract : public testing::Test {
 protected:
  void SetUp() override {
    std::string why;
    kannel_ = test::shared_kannel(why);
    const char* required = std::getenv("SALAM_REQUIRE_KANNEL");
    if (kannel_ == nullptr && required != nullptr && std::string_view(required) == "1") FAIL() << why;
    if (kannel_ == nullptr) GTEST_SKIP() << why;
    receiver_ = stand_ins::serve(io_, 0, [this](const stand_ins::Request& request) { return take_report(request); });
  }

  KannelSettings settings() const {
    KannelSettings settings;
    settings.base_url = kannel_->url();
    settings.username = test::Kannel::username;
    settings.password = Sensitive<std::string>(test::Kannel::password);
    settings.sender = "3000500";
    settings.smsc = test::Kannel::link;
    settings.report_url = Sensitive<std::string>("http://127.0.0.1:" + std::to_string(receiver_->port()) + std::string(report_path));
    return settings;
  }

  /// To a number of this test's own.
  static Message message(std::string text) {
    static std::int64_t last = 0;
    ++last;
    Message message;
    message.id = 7'301'234'567'890'123'000 + last;
    message.mobile = Sensitive<std::string>("+98913123" + std::to_string(1000 + last));
    message.text = Sensitive<std::string>(std::move(text));
    message.attempts = 1;
    return message;
  }

  Reply<SendOutcome> send(const Message& message) { return send(message, settings()); }
  Reply<SendOutcome> send(const Message& message, const KannelSettings& settings) {
    provider_ = make_kannel(settings, io_.get_executor());
    std::optional<Reply<SendOutcome>> told;
    provider_->send(message, [&](Reply<SendOutcome> reply) { told = std::move(reply); });
    run_until([&] { return told.has_value(); });
    return told.value_or(Reply<SendOutcome>{outcome::Uncertain{"no answer"}, {}, {}});
  }

  /// Runs clients and receiver until it holds, at most as long as patience lasts.
  bool run_until(const std::function<bool()>& holds) {
    const auto give_up = std::chrono::steady_clock::now() + patience;
    while (!holds()) {
      if (std::chrono::steady_clock::now() > give_up) return false;
      io_.restart();
      io_.run_for(std::chrono::milliseconds(20));
    }
    return true;
  }

  std::vector<ReceivedText> received_by(const Message& message) const {
    auto texts = kannel_->received();
    std::erase_if(texts, [&](const ReceivedText& text) { return text.to != message.mobile.reveal(); });
    return texts;
  }

  std::vector<Delivery> reported(const Message& message) const {
    std::vector<Delivery> deliveries;
    for (const auto& report : reports_)
      if (report.provider_id == std::to_string(message.id)) deliveries.push_back(report.delivery);
    return deliveries;
  }
  bool is_delivered(const Message& message) const { return std::ranges::count(reported(message), Delivery::delivered) > 0; }

  test::Kannel* kannel_ = nullptr;
  boost::asio::io_context io_{1};
  std::unique_ptr<stand_ins::Server> receiver_;
  std::unique_ptr<SmsProvider> provider_;
  std::vector<DeliveryStatus> reports_;
  int unreadable_reports_ = 0;

 private:
  stand_ins::Answer take_report(const stand_ins::Request& request) {
    const auto parameters = stand_ins::parse_form(request.query);
    auto report = parameters && request.path == report_path ? kannel::read_report(*parameters) : std::nullopt;
    report ? reports_.push_back(std::move(*report)) : void(++unreadable_reports_);
    return {{200, ""}};
  }
};

std::string outcome_of(const Reply<SendOutcome>& reply) {
  static constexpr const char* names[] = {"sent", "rejected", "later", "uncertain", "misconfigured"};
  return std::string(names[reply.outcome.index()]) + ": " + reply.excerpt;
}

TEST_F(KannelContract, DeliversPersianTextExactly) {
  const auto persian = message(
      "درخواست شما ثبت شد؛ «می‌توانید» پیگیری کنید.\nکد: ۱۲۳ ۴۵۶ ۷۸۹۰ & 100% + 😀");
  const auto reply = send(persian);
  ASSERT_TRUE(std::holds_alternative<outcome::Sent>(reply.outcome)) << outcome_of(reply);
  EXPECT_EQ(std::get<outcome::Sent>(reply.outcome).provider_id, std::to_string(persian.id));
  ASSERT_TRUE(run_until([&] { return !received_by(persian).empty(); }));
  const auto texts = received_by(persian);
  ASSERT_THAT(texts, SizeIs(1));
  EXPECT_EQ(texts[0].text, persian.text.reveal());
  EXPECT_EQ(texts[0].from, "3000500");
}

TEST_F(KannelContract, PutsALongTextTogetherAgain) {
  std::string words;
  for (int i = 0; i < 40; ++i) words += "درخواست شمارهٔ " + std::to_string(i) + " ثبت شد. ";
  const auto long_text = message(words + "پایان");
  ASSERT_EQ(outcome_of(send(long_text)), "sent: Kannel 202: 0: Accepted for delivery");
  ASSERT_TRUE(run_until([&] { return !received_by(long_text).empty(); }));
  const auto texts = received_by(long_text);
  ASSERT_THAT(texts, SizeIs(1));
  EXPECT_EQ(texts[0].text, long_text.text.reveal());
  EXPECT_GT(texts[0].parts, 10);
}

TEST_F(KannelContract, ReportsDeliveryUnderTheMessagesIdAtTheCallback) {
  const auto text = message("سلام");
  send(text);
  ASSERT_TRUE(run_until([&] { return is_delivered(text) && reported(text).size() >= 2; }));
  EXPECT_THAT(reported(text), Each(testing::AnyOf(Delivery::delivered, Delivery::on_the_way)));
  EXPECT_EQ(unreadable_reports_, 0);
}

TEST_F(KannelContract, KeepsATextWhileThereIsNoLinkAndSendsItOnce) {
  kannel_->disconnect_operator();
  const auto text = message("در صف");
  EXPECT_EQ(outcome_of(send(text)), "sent: Kannel 202: 3: Queued for later delivery");
  EXPECT_THAT(received_by(text), SizeIs(0));
  kannel_->connect_operator();
  ASSERT_TRUE(run_until([&] { return is_delivered(text); }));
  EXPECT_THAT(received_by(text), SizeIs(1));
}

TEST_F(KannelContract, TellsWhatIsOursToMend) {
  auto wrong = settings();
  wrong.password = Sensitive<std::string>("another-one");
  EXPECT_EQ(outcome_of(send(message("a"), wrong)), "misconfigured: Kannel 403: Authorization failed for sendsms");
  wrong = settings();
  wrong.smsc = "elsewhere";
  EXPECT_EQ(outcome_of(send(message("a"), wrong)), "misconfigured: Kannel 403: Not routable. Do not try again.");
  wrong = settings();
  wrong.sender.clear();
  EXPECT_EQ(outcome_of(send(message("a"), wrong)), "misconfigured: Kannel 400: Sender missing and no global set, rejected");
  wrong = settings();
  wrong.base_url = kannel_->url() + "x";
  EXPECT_THAT(outcome_of(send(message("a"), wrong)), HasSubstr("misconfigured: "));
}

TEST_F(KannelContract, RejectsAReceiverThatIsNone) {
  auto bad = message("a");
  bad.mobile = Sensitive<std::string>("");
  EXPECT_EQ(outcome_of(send(bad)), "rejected: Kannel 400: Empty receiver number not allowed, rejected");
  bad.mobile = Sensitive<std::string>("nobody");
  EXPECT_EQ(outcome_of(send(bad)), "rejected: Kannel 400: Number(s) has/have been denied by white- and/or black-lists.");
}

TEST_F(KannelContract, IsTriedLaterWhereNobodyListens) {
  auto gone = settings();
  gone.base_url = "http://127.0.0.1:" + std::to_string(receiver_->port()) + "/cgi-bin/sendsms";
  receiver_.reset();
  io_.restart();
  io_.run_for(std::chrono::milliseconds(20));
  const auto reply = send(message("a"), gone);
  ASSERT_TRUE(std::holds_alternative<outcome::TryLater>(reply.outcome)) << outcome_of(reply);
  EXPECT_FALSE(std::get<outcome::TryLater>(reply.outcome).reachable);
}

}  // namespace
}  // namespace salam::sms
