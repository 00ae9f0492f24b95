#include "adapters/sms/magfa_wire.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/fmt/fmt.h>

#include "tests/unit/sms/support.h"

namespace salam::sms::magfa {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// In the middle of a working day in Tehran.
const Timestamp noon = *parse_rfc3339("2026-11-24T12:00:00+03:30");

std::string entry(std::string_view status, std::string_view id = "6204117003", std::string_view recipient = "\"989131234567\"",
                  std::string_view uid = "7301234567890123456") {
  return fmt::format(R"({{"status":{},"id":{},"userId":{},"parts":1,"tariff":1250,"alphabet":"UCS2","recipient":{}}})", status, id, uid,
                     recipient);
}
std::string envelope(std::string_view entries, int status = 0) { return fmt::format(R"({{"status":{},"messages":{}}})", status, entries); }
std::string sent(const std::string& one_entry) { return envelope("[" + one_entry + "]"); }

std::string read(std::string_view body, int http_status = 200) {
  return name_of(read_send({http_status, body, std::nullopt}, a_message(), noon).outcome);
}

TEST(MagfaSend, CarriesOneRecipientWithTheMessagesIdAsUid) {
  auto message = a_message();
  message.text = Sensitive<std::string>("سلام \"ها\"\n");
  EXPECT_EQ(send_body(message, "3000500"),
            R"({"senders":["3000500"],"recipients":["989131234567"],"messages":["سلام \"ها\"\n"],"encodings":[0],)"
            R"("uids":[7301234567890123456]})");
}

TEST(MagfaSend, IsSentWhereBothStatusesSayIt) {
  const auto body = sent(entry("0"));
  const auto reply = read_send({200, body, std::nullopt}, a_message(), noon);
  ASSERT_EQ(name_of(reply.outcome), "sent");
  EXPECT_EQ(why_of(reply.outcome), "6204117003");
  EXPECT_EQ(read(sent(entry("\"0\"", "\"6204117003\""))), "sent");
  EXPECT_EQ(read(R"({"status":0,"messages":[{"status":0,"id":5}]})"), "sent");
}

TEST(MagfaSend, FollowsEitherStatus) {
  const std::vector<std::pair<std::string, std::vector<int>>> listed{
      {"later", {8, 15, 23}},
      {"rejected", {1, 2, 3, 4, 6, 13, 20, 27, 28, 30, 33, 34}},
      {"misconfigured", {14, 16, 17, 18, 19, 22, 24, 25, 29, 31, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110}},
      {"uncertain", {5, 7, 9, 12, 21, 26, 32, 35, 100, 111, -1}},
  };
  for (const auto& [name, statuses] : listed) {
    for (const int status : statuses) {
      EXPECT_EQ(read(fmt::format(R"({{"status":{}}})", status)), name) << status;
      EXPECT_EQ(read(fmt::format(R"({{"status":0,"messages":[{{"status":{}}}]}})", status)), name) << status << " of the message";
      EXPECT_EQ(read(envelope("[" + entry("0") + "]", status)), name) << status << " over a message that says 0";
    }
  }
}

TEST(MagfaSend, WaitsForTheHoursOfAnAdvertisingLine) {
  const auto after = [](const char* time) {
    const auto reply = read_send({200, R"({"status":8})", std::nullopt}, a_message(), *parse_rfc3339(time));
    return std::get<outcome::TryLater>(reply.outcome).after;
  };
  using std::chrono::hours;
  using std::chrono::minutes;
  EXPECT_EQ(after("2026-11-24T22:00:00+03:30"), hours(9));
  EXPECT_EQ(after("2026-11-24T23:59:00+03:30"), hours(7) + minutes(1));
  EXPECT_EQ(after("2026-11-24T06:30:00+03:30"), minutes(30));
  EXPECT_EQ(after("2026-11-24T12:00:00+03:30"), minutes(15));
}

TEST(MagfaSend, IsUncertainWhereTheReplyDoesNotTell) {
  const std::vector<std::pair<std::string, std::string>> bodies{
      {"no status", R"({"messages":[]})"},
      {"a status that is no number", R"({"status":"fine"})"},
      {"no messages", R"({"status":0})"},
      {"no message", envelope("[]")},
      {"two messages", envelope("[" + entry("0") + "," + entry("0") + "]")},
      {"messages that are none", envelope("{}")},
      {"a message that is none", envelope("[1]")},
      {"no status of the message", R"({"status":0,"messages":[{"id":5}]})"},
      {"a fractional status", sent(entry("0.0"))},
      {"no id", R"({"status":0,"messages":[{"status":0}]})"},
      {"a null id", sent(entry("0", "null"))},
      {"an id of zero", sent(entry("0", "0"))},
      {"a negative id", sent(entry("0", "-5"))},
      {"an empty id", sent(entry("0", "\"\""))},
      {"an id of another kind", sent(entry("0", "\"../x\""))},
      {"an id too long", sent(entry("0", "\"" + std::string(300, '7') + "\""))},
      {"another recipient", sent(entry("0", "5", "\"989139999999\""))},
      {"another uid", sent(entry("0", "5", "\"989131234567\"", "12"))},
  };
  for (const auto& [what, body] : bodies) EXPECT_EQ(read(body), "uncertain") << what;
}

TEST(MagfaSend, NeverBelievesAStatusUnderAnotherOfHttp) {
  EXPECT_EQ(read(sent(entry("0")), 500), "uncertain");
  EXPECT_EQ(read(R"({"status":27})", 502), "uncertain");
  EXPECT_EQ(read(R"({"status":18})", 401), "misconfigured");
}

TEST(MagfaLookup, TellsWhetherMagfaHasIt) {
  const auto read = [](std::string_view body, int status = 200) { return read_lookup({status, body, std::nullopt}).outcome; };
  EXPECT_EQ(lookup_path(a_message()), "/mid/7301234567890123456");
  EXPECT_EQ(std::get<outcome::Sent>(read(R"({"status":0,"mid":6204117003})")).provider_id, "6204117003");
  EXPECT_TRUE(std::holds_alternative<outcome::Absent>(read(R"({"status":0,"mid":-1})")));
  for (const auto* const unclear : {R"({"status":0})", R"({"status":0,"mid":0})", R"({"status":0,"mid":null})", R"({"status":0,"mid":-2})",
                                    R"({"status":15,"mid":-1})", R"({"status":77,"mid":-1})", "", "<html>", "[]"}) {
    EXPECT_TRUE(std::holds_alternative<outcome::TryLater>(read(unclear))) << unclear;
  }
  EXPECT_TRUE(std::holds_alternative<outcome::Misconfigured>(read(R"({"status":18,"mid":-1})")));
  EXPECT_TRUE(std::holds_alternative<outcome::Misconfigured>(read(R"({"status":0,"mid":-1})", 404)));
}

MATCHER_P2(Stands, id, delivery, "") { return arg.provider_id == id && arg.delivery == delivery; }

StatusOutcome statuses(std::string_view body, int http_status = 200) {
  const std::vector<std::string> asked{"1", "2", "3", "4", "5", "6", "7"};
  return read_status({http_status, body, std::nullopt}, asked).outcome;
}

TEST(MagfaStatus, TellsWhereEachMessageStands) {
  EXPECT_EQ(status_path(std::vector<std::string>{"1", "22"}), "/statuses/1,22");
  const auto outcome = statuses(R"({"status":0,"dlrs":[{"mid":1,"status":0,"date":null},{"mid":2,"status":1,"date":"2026-11-24 12:00:00"},
      {"mid":"3","status":"2"},{"mid":4,"status":8},{"mid":5,"status":16},{"mid":6,"status":-1},{"mid":7,"status":99}]})");
  ASSERT_EQ(name_of(outcome), "told");
  const auto& found = std::get<0>(outcome);
  EXPECT_THAT(found, ElementsAre(Stands("1", Delivery::on_the_way), Stands("2", Delivery::delivered), Stands("3", Delivery::failed),
                                 Stands("4", Delivery::on_the_way), Stands("5", Delivery::failed), Stands("6", Delivery::unknown),
                                 Stands("7", Delivery::on_the_way)));
  EXPECT_THAT(found[2].reason, HasSubstr("handset"));
  EXPECT_THAT(found[4].reason, HasSubstr("operator"));
}

TEST(MagfaStatus, SkipsWhatNobodyAskedForOrNobodyCanRead) {
  const auto outcome = statuses(R"({"status":0,"dlrs":[{"mid":99,"status":1},{"status":1},{"mid":2},7,{"mid":3,"status":1}]})");
  EXPECT_THAT(std::get<0>(outcome), ElementsAre(Stands("3", Delivery::delivered)));
}

TEST(MagfaStatus, IsTriedLaterOrMendedWhereTheReplyDoesNotTell) {
  for (const auto* const body : {R"({"status":0})", R"({"status":0,"dlrs":{}})", R"({"status":15})", R"({"status":1})", "", "<html>"}) {
    EXPECT_EQ(name_of(statuses(body)), "later") << body;
  }
  EXPECT_EQ(name_of(statuses(R"({"status":18})")), "misconfigured");
  EXPECT_EQ(name_of(statuses("", 401)), "misconfigured");
  EXPECT_EQ(name_of(statuses("", 502)), "later");
}

}  // namespace
}  // namespace salam::sms::magfa
