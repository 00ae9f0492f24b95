#include "adapters/sms/kannel_wire.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/sms/support.h"

namespace salam::sms::kannel {
namespace {

using testing::HasSubstr;
using testing::Not;

KannelSettings settings() {
  KannelSettings settings;
  settings.username = "salam";
  settings.password = Sensitive<std::string>("pass word&1");
  settings.sender = "3000500";
  settings.report_url = Sensitive<std::string>("https://gateway.example/v1/callbacks/sms/kannel/s3cret");
  return settings;
}

std::string read(int status, std::string_view body) { return name_of(read_send({status, body, std::nullopt}, a_message()).outcome); }

TEST(KannelSend, CarriesTheTextInUcs2AndAsksForReportsUnderTheMessagesId) {
  auto message = a_message();
  message.text = Sensitive<std::string>("کد 1");
  EXPECT_EQ(send_query(message, settings()),
            "?username=salam&password=pass+word%261&to=%2B989131234567&text=%DA%A9%D8%AF+1&charset=UTF-8&coding=2&dlr-mask=31"
            "&dlr-url=https%3A%2F%2Fgateway.example%2Fv1%2Fcallbacks%2Fsms%2Fkannel%2Fs3cret%3Fid%3D7301234567890123456%26status%3D%25d"
            "%26answer%3D%25A&from=3000500");
}

TEST(KannelSend, LeavesSenderAndLinkToTheKannelWhereNoneIsSet) {
  auto plain = settings();
  plain.sender.clear();
  EXPECT_THAT(send_query(a_message(), plain), Not(HasSubstr("&from=")));
  EXPECT_THAT(send_query(a_message(), plain), Not(HasSubstr("&smsc=")));
  plain.smsc = "operator-1";
  EXPECT_THAT(send_query(a_message(), plain), HasSubstr("&smsc=operator-1"));
}

TEST(KannelSend, IsSentOnceKannelKeepsIt) {
  for (const auto* const body : {"0: Accepted for delivery", "3: Queued for later delivery", "Sent.", "0: Accepted for delivery\n"}) {
    const auto reply = read_send({202, body, std::nullopt}, a_message());
    ASSERT_EQ(name_of(reply.outcome), "sent") << body;
    EXPECT_EQ(why_of(reply.outcome), "7301234567890123456");
  }
}

TEST(KannelSend, FollowsItsStatusAndWords) {
  EXPECT_EQ(read(403, "Authorization failed for sendsms"), "misconfigured");
  EXPECT_EQ(read(403, "Not routable. Do not try again."), "misconfigured");
  EXPECT_EQ(read(503, "Temporal failure, try again later."), "later");
  EXPECT_EQ(read(400, "Empty receiver number not allowed, rejected"), "rejected");
  EXPECT_EQ(read(400, "Missing receiver number, rejected"), "rejected");
  EXPECT_EQ(read(400, "Number(s) has/have been denied by white- and/or black-lists."), "rejected");
  EXPECT_EQ(read(400, "Sender missing and no global set, rejected"), "misconfigured");
  EXPECT_EQ(read(400, "Coding field misformed, rejected"), "misconfigured");
  EXPECT_EQ(read(404, "Unknown request."), "misconfigured");
}

TEST(KannelSend, IsUncertainWhereTheReplyIsNotKannels) {
  EXPECT_EQ(read(202, ""), "uncertain");
  EXPECT_EQ(read(202, "<html>0: Accepted for delivery</html>"), "uncertain");
  EXPECT_EQ(read(202, "7: Something else"), "uncertain");
  EXPECT_EQ(read(200, "0: Accepted for delivery"), "uncertain");
  EXPECT_EQ(read(400, "<html>Bad request</html>"), "uncertain");
  EXPECT_EQ(read(502, "Temporal failure"), "uncertain");
}

using Parameters = std::vector<std::pair<std::string, std::string>>;

std::optional<DeliveryStatus> report(const std::string& status, const std::string& answer = "") {
  return read_report(Parameters{{"id", "7301234567890123456"}, {"status", status}, {"answer", answer}});
}

TEST(KannelReport, TellsWhereTheMessageStands) {
  const std::vector<std::pair<std::string, Delivery>> kinds{{"1", Delivery::delivered},
                                                            {"2", Delivery::failed},
                                                            {"4", Delivery::on_the_way},
                                                            {"8", Delivery::on_the_way},
                                                            {"16", Delivery::failed}};
  for (const auto& [status, delivery] : kinds) {
    const auto told = report(status, "NACK/no such subscriber");
    ASSERT_TRUE(told) << status;
    EXPECT_EQ(told->provider_id, "7301234567890123456");
    EXPECT_EQ(told->delivery, delivery) << status;
    EXPECT_EQ(told->reason, delivery == Delivery::failed ? "Kannel " + status + " NACK/no such subscriber" : "") << status;
  }
}

TEST(KannelReport, KeepsTheTextAndNumbersOfAReceiptToItself) {
  const auto told = report("2", "id:1234567890 sub:001 dlvrd:000 stat:UNDELIV err:001 text:کد پیگیری 09131234567");
  ASSERT_TRUE(told);
  EXPECT_THAT(told->reason, HasSubstr("stat:UNDELIV err:001"));
  EXPECT_THAT(told->reason, Not(HasSubstr("پیگیری")));
  EXPECT_THAT(told->reason, Not(HasSubstr("1234567")));
}

TEST(KannelReport, IsNoneWhereSomethingIsMissingDoubledOrUnknown) {
  for (const auto* const status : {"", "0", "3", "32", "-1", "1x", "01", "delivered"}) EXPECT_FALSE(report(status)) << status;
  EXPECT_FALSE(read_report(Parameters{}));
  EXPECT_FALSE(read_report(Parameters{{"status", "1"}}));
  EXPECT_FALSE(read_report(Parameters{{"id", "5"}}));
  EXPECT_FALSE(read_report(Parameters{{"id", "5"}, {"id", "6"}, {"status", "1"}}));
  EXPECT_FALSE(read_report(Parameters{{"id", "5"}, {"status", "1"}, {"status", "2"}}));
  for (const auto* const id : {"", "0", "x", "-5", "5 ", "5\n", "123456789012345678901"}) {
    EXPECT_FALSE(read_report(Parameters{{"id", id}, {"status", "1"}})) << id;
  }
}

}  // namespace
}  // namespace salam::sms::kannel
