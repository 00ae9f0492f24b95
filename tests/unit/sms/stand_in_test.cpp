#include <functional>
#include <memory>
#include <optional>

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/sms/kavenegar.h"
#include "adapters/sms/magfa.h"
#include "tests/stand_ins/stand_ins.h"
#include "tests/unit/sms/support.h"

/// Drivers over a socket against the stand-ins, which share no code with them.
namespace salam::sms {
namespace {

using stand_ins::StandIns;
using testing::HasSubstr;
using Which = StandIns::Which;

class SmsStandIns : public testing::Test {
 protected:
  static stand_ins::Settings delivering_at_once() {
    stand_ins::Settings settings;
    settings.deliver_after = stand_ins::Milliseconds(0);
    return settings;
  }

  MagfaSettings magfa_settings() const {
    MagfaSettings settings;
    settings.base_url = stand_ins_.addresses().magfa;
    settings.username = "stand-in";
    settings.domain = "magfa";
    settings.password = Sensitive<std::string>("stand-in-magfa-password");
    settings.sender = "3000500";
    return settings;
  }

  /// Runs the client until it has called back.
  template <class Outcome>
  Outcome ask(const std::function<void(SmsProvider::Handler<Outcome>)>& call) {
    std::optional<Outcome> told;
    call([&](Reply<Outcome> reply) { told = std::move(reply.outcome); });
    io_.restart();
    while (!told && io_.run_one() > 0) continue;
    return std::move(*told);
  }
  std::string sent(SmsProvider& provider, const Message& message) {
    const auto outcome = ask<SendOutcome>([&](auto handler) { provider.send(message, std::move(handler)); });
    return name_of(outcome) == "sent" ? why_of(outcome) : name_of(outcome);
  }
  SmsLookupOutcome looked_up(SmsProvider& provider, const Message& message) {
    return ask<SmsLookupOutcome>([&](const auto& handler) { provider.look_up(message, handler); });
  }
  Delivery delivery(SmsProvider& provider, const std::string& id) {
    const auto outcome = ask<StatusOutcome>([&](auto handler) { provider.status({id}, std::move(handler)); });
    return std::get<0>(outcome).at(0).delivery;
  }
  void fault(Which which, std::string_view json) { ASSERT_EQ(stand_ins_.control(which, "POST", "/_control/faults", json).status, 201); }
  std::string ledger(Which which) { return stand_ins_.control(which, "GET", "/_control/ledger").body; }

  StandIns stand_ins_{delivering_at_once()};
  boost::asio::io_context io_{1};
};

Message to(std::string mobile) {
  auto message = a_message();
  message.mobile = Sensitive<std::string>(std::move(mobile));
  return message;
}

TEST_F(SmsStandIns, TakeATextByMagfaAndTellWhatBecameOfIt) {
  const auto magfa = make_magfa(magfa_settings(), io_.get_executor());
  EXPECT_EQ(delivery(*magfa, sent(*magfa, a_message())), Delivery::delivered);
  EXPECT_THAT(ledger(Which::magfa), HasSubstr("کد پیگیری: ۱۲۳ ۴۵۶ ۷۸۹۰"));
  EXPECT_EQ(delivery(*magfa, sent(*magfa, to("+989131230000"))), Delivery::failed);
  EXPECT_EQ(delivery(*magfa, sent(*magfa, to("+989131230003"))), Delivery::on_the_way);
  EXPECT_EQ(delivery(*magfa, "5"), Delivery::unknown);
  EXPECT_EQ(sent(*magfa, to("+989131230001")), "rejected");
}

TEST_F(SmsStandIns, FindForMagfaWhatWasSentThoughItsAnswerGotLost) {
  const auto magfa = make_magfa(magfa_settings(), io_.get_executor());
  EXPECT_TRUE(std::holds_alternative<outcome::Absent>(looked_up(*magfa, a_message())));
  fault(Which::magfa, R"({"mode":"reset_after","count":1})");
  EXPECT_EQ(sent(*magfa, a_message()), "uncertain");
  const auto found = looked_up(*magfa, a_message());
  ASSERT_TRUE(std::holds_alternative<outcome::Sent>(found));
  EXPECT_EQ(delivery(*magfa, std::get<outcome::Sent>(found).provider_id), Delivery::delivered);
  EXPECT_THAT(ledger(Which::magfa), HasSubstr(R"("count":1)"));
}

TEST_F(SmsStandIns, TellMagfasAccountFromItsMessages) {
  auto settings = magfa_settings();
  settings.domain = "another";
  const auto stranger = make_magfa(settings, io_.get_executor());
  EXPECT_EQ(sent(*stranger, a_message()), "misconfigured");
  EXPECT_TRUE(std::holds_alternative<outcome::Misconfigured>(looked_up(*stranger, a_message())));
  const auto magfa = make_magfa(magfa_settings(), io_.get_executor());
  fault(Which::magfa, R"({"mode":"status","status":200,"text":"14","count":1})");
  EXPECT_EQ(sent(*magfa, a_message()), "misconfigured");
  fault(Which::magfa, R"({"mode":"status","status":503,"count":1})");
  EXPECT_EQ(sent(*magfa, a_message()), "later");
}

TEST_F(SmsStandIns, TakeAnApprovedTemplateByKavenegar) {
  KavenegarSettings settings;
  settings.base_url = stand_ins_.addresses().kavenegar;
  settings.api_key = Sensitive<std::string>("stand-in-sms-key");
  settings.templates[MessageKind::registered] = "salam-registered";
  settings.templates[MessageKind::holding] = "another";
  const auto kavenegar = make_kavenegar(settings, io_.get_executor());
  EXPECT_EQ(delivery(*kavenegar, sent(*kavenegar, a_message())), Delivery::delivered);
  auto message = a_message();
  message.code = "137 55";
  EXPECT_EQ(sent(*kavenegar, message), "rejected");
  message.kind = MessageKind::holding;
  EXPECT_EQ(sent(*kavenegar, message), "misconfigured");
}

}  // namespace
}  // namespace salam::sms
