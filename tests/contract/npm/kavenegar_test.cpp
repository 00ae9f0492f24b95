#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/contract/npm/script.h"
#include "tests/stand_ins/stand_ins.h"

namespace salam::stand_ins {
namespace {

using Which = StandIns::Which;

/// The provider's own client takes our stand-in for the provider, so what the gateway's driver is tested against is no misreading of ours.
class KavenegarsOwnClient : public testing::Test {
 protected:
  void SetUp() override { SALAM_NEEDS_NPM(packages_); }

  std::vector<json::Document> told() {
    const auto url = stand_ins_.addresses().kavenegar;
    return test::run_script(packages_, "kavenegar.cjs", {url.substr(url.rfind(':') + 1), settings().key_sms, "09131234567", text});
  }
  static Settings settings() {
    Settings settings;
    settings.deliver_after = Milliseconds(0);
    return settings;
  }

  static constexpr auto text = "کد پیگیری: ۱۲۳ ۴۵۶ ۷۸۹۰ & + %";
  std::filesystem::path packages_;
  StandIns stand_ins_{settings()};
};

std::string at(const json::Document& document, std::string_view pointer) {
  const auto* const value = json::find(document, pointer);
  return value == nullptr ? "nothing" : json::text_of(*value).value_or(json::to_text(*value));
}

TEST_F(KavenegarsOwnClient, FindsInTheStandInWhatItKnowsOfKavenegar) {
  const auto replies = told();
  ASSERT_EQ(replies.size(), 6U);
  EXPECT_EQ(at(replies[0], "/status"), "200");
  EXPECT_EQ(at(replies[0], "/entries/0/message"), text);
  EXPECT_EQ(at(replies[0], "/entries/0/receptor"), "09131234567");
  EXPECT_EQ(at(replies[1], "/entries/0/messageid"), at(replies[0], "/entries/0/messageid"));
  EXPECT_EQ(at(replies[2], "/entries/0/status"), "10");
  EXPECT_EQ(at(replies[3], "/entries/0/localid"), "77");
  EXPECT_EQ(at(replies[4], "/entries/0/message"), "کد پیگیری: 1234567890");
  EXPECT_EQ(at(replies[5], "/status"), "411");
  EXPECT_EQ(at(replies[5], "/entries"), "null");
  EXPECT_THAT(stand_ins_.control(Which::sms, "GET", "/_control/ledger").body,
              testing::HasSubstr(R"("count":2,"sent":2,"delivered":2,"sent_more_than_once":0)"));
}

}  // namespace
}  // namespace salam::stand_ins
