#include "adapters/sms/kavenegar_wire.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/fmt/fmt.h>

#include "tests/unit/sms/support.h"

namespace salam::sms::kavenegar {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr auto json_text = "درخواست شما ثبت شد.\\nکد پیگیری: ۱۲۳ ۴۵۶ ۷۸۹۰";

std::string entry(std::string_view status, std::string_view message = json_text, std::string_view receptor = "\"09131234567\"",
                  std::string_view id = "8792343") {
  return fmt::format(
      R"({{"messageid":{},"message":"{}","status":{},"statustext":"متن وضعیت","sender":"10004346","receptor":{},"date":1356619709,"cost":120}})",
      id, message, status, receptor);
}

std::string envelope(std::string_view entries, int status = 200, std::string_view message = "تایید شد") {
  return fmt::format(R"({{"return":{{"status":{},"message":"{}"}},"entries":{}}})", status, message, entries);
}

std::string sent(const std::string& one_entry) { return envelope("[" + one_entry + "]"); }

std::string read(std::string_view body, int http_status = 200) {
  return name_of(read_send({http_status, body, std::nullopt}, a_message()).outcome);
}

TEST(KavenegarSend, CarriesReceptorTextAndLocalidInAForm) {
  auto message = a_message();
  message.text = Sensitive<std::string>("a b&c");
  EXPECT_EQ(send_form(message, "1000 5"), "receptor=09131234567&message=a+b%26c&localid=7301234567890123456&sender=1000+5");
  EXPECT_THAT(send_form(message, ""), Not(HasSubstr("sender")));
}

TEST(KavenegarSend, IsSentOnceTheProviderHasTakenIt) {
  for (const auto* status : {"1", "2", "4", "5", "10"}) {
    const auto body = sent(entry(status));
    const auto reply = read_send({200, body, std::nullopt}, a_message());
    ASSERT_EQ(name_of(reply.outcome), "sent") << status;
    EXPECT_EQ(std::get<outcome::Sent>(reply.outcome).provider_id, "8792343");
  }
}

TEST(KavenegarSend, ReadsNumbersThatComeAsTextAndReceptorsInAnySpelling) {
  EXPECT_EQ(read(sent(entry("\"1\"", json_text, "\"+989131234567\"", "\"8792343\""))), "sent");
  EXPECT_EQ(read(sent(entry("1", json_text, "\"00989131234567\""))), "sent");
  EXPECT_EQ(read(sent(entry("1", json_text, "989131234567"))), "sent");
}

TEST(KavenegarSend, IsRejectedWhereTheProviderGaveTheMessageUp) {
  for (const auto* status : {"6", "11", "13", "14"}) {
    const auto body = sent(entry(status));
    const auto reply = read_send({200, body, std::nullopt}, a_message());
    ASSERT_EQ(name_of(reply.outcome), "rejected") << status;
    EXPECT_THAT(why_of(reply.outcome), HasSubstr("متن وضعیت"));
  }
}

TEST(KavenegarSend, IsNeverSentWhereAKnownLocalidBringsAnOlderMessageBack) {
  EXPECT_EQ(read(sent(entry("10", "کد پیگیری: ۹۹۹ ۹۹۹ ۹۹۹۹"))), "rejected");
  EXPECT_EQ(read(sent(entry("10", json_text, "\"09139999999\""))), "rejected");
  EXPECT_EQ(read(sent(entry("1", ""))), "rejected");
  EXPECT_EQ(read(sent(entry("1", json_text, "\"nobody\""))), "rejected");
}

TEST(KavenegarSend, TakesTheSameTextInAnotherSpellingOfBlanksForTheSame) {
  EXPECT_EQ(read(sent(entry("1", std::string("درخواست شما ثبت شد.\\r\\nکد پیگیری: ۱۲۳ ۴۵۶ ۷۸۹۰ ")))), "sent");
}

TEST(KavenegarSend, IsUncertainWhereTheReplyDoesNotTell) {
  const std::vector<std::pair<std::string, std::string>> bodies{
      {"nothing", ""},
      {"a page", "<html><body>Welcome</body></html>"},
      {"cut off", sent(entry("1")).substr(0, 150)},
      {"bytes behind it", sent(entry("1")) + "x"},
      {"another document", "[]"},
      {"no envelope", entry("1")},
      {"no status", R"({"return":{"message":"x"},"entries":[]})"},
      {"a status that is no number", R"({"return":{"status":"fine"},"entries":[]})"},
      {"a status beyond int", R"({"return":{"status":99999999999},"entries":[]})"},
      {"an envelope of another kind", R"({"return":[200],"entries":[]})"},
      {"no entries", envelope("null")},
      {"no entry", envelope("[]")},
      {"two entries", envelope("[" + entry("1") + "," + entry("1") + "]")},
      {"an entry that is none", envelope("[1]")},
      {"entries that are none", envelope("{}")},
      {"unknown id", sent(entry("100"))},
      {"an unlisted status", sent(entry("77"))},
      {"a status of another kind", sent(entry("null"))},
      {"a fractional status", sent(entry("1.0"))},
      {"no receptor", sent(entry("1", json_text, "null"))},
      {"no id", sent(entry("1", json_text, "\"09131234567\"", "0"))},
      {"an id of another kind", sent(entry("1", json_text, "\"09131234567\"", "\"../x\""))},
      {"a negative id", sent(entry("1", json_text, "\"09131234567\"", "-5"))},
      {"no text", R"({"return":{"status":200},"entries":[{"messageid":1,"status":1,"receptor":"09131234567"}]})"},
      {"two statuses", R"({"return":{"status":411,"status":200},"entries":[]})"},
      {"invalid UTF-8", sent(entry("1", "\xff\xfe"))},
      {"deep", std::string(100'000, '[')},
      {"a status that nobody lists", envelope("null", 500)},
      {"an envelope that contradicts HTTP", envelope("null", 411)},
  };
  for (const auto& [what, body] : bodies) {
    EXPECT_EQ(read(body, what.ends_with("HTTP") ? 502 : 200), "uncertain") << what;
  }
}

TEST(KavenegarSend, FollowsTheStatusOfTheEnvelope) {
  const std::vector<std::pair<std::string, std::vector<int>>> listed{
      {"later", {409, 451}},
      {"rejected", {411, 413, 417, 422}},
      {"misconfigured", {401, 403, 404, 405, 407, 412, 418, 424, 426, 427, 429, 501}},
      {"misconfigured", {400, 402, 406, 416}},
      {"uncertain", {500, 502, 201, 0}},
  };
  for (const auto& [name, statuses] : listed) {
    for (const int status : statuses) {
      EXPECT_EQ(read(envelope("null", status, "نشد"), status), name) << status;
      EXPECT_EQ(read(envelope("null", status, "نشد"), 200), name) << status << " under HTTP 200";
    }
  }
}

TEST(KavenegarLookup, IsSentWhateverTextTheTemplateMakes) {
  const auto read = [](const std::string& body) { return name_of(read_lookup({200, body, std::nullopt}, a_message()).outcome); };
  EXPECT_EQ(lookup_form(a_message(), "salam"), "receptor=09131234567&template=salam&token=1234567890");
  EXPECT_EQ(read(sent(entry("5", "کد: 1234567890"))), "sent");
  EXPECT_EQ(read(sent(entry("6", "کد: 1234567890"))), "rejected");
  EXPECT_EQ(read(sent(entry("5", "کد: 1234567890", "\"09139999999\""))), "uncertain");
  EXPECT_EQ(read(sent(entry("5", "کد", "\"09131234567\"", "null"))), "uncertain");
  EXPECT_EQ(read(envelope("null", 424)), "misconfigured");
  EXPECT_EQ(read(envelope("null", 431)), "rejected");
}

TEST(KavenegarSend, NeverRejectsForGoodOnTheWordOfAProxy) {
  const std::vector<std::pair<std::string, std::vector<int>>> listed{
      {"later", {409, 429, 451, 503}},
      {"misconfigured", {301, 302, 307, 401, 403, 404, 407, 418, 501}},
      {"uncertain", {200, 204, 400, 411, 413, 417, 422, 500, 502, 504}},
  };
  for (const auto& [name, statuses] : listed) {
    for (const int status : statuses) {
      EXPECT_EQ(read("<html>no</html>", status), name) << status;
    }
  }
}

TEST(KavenegarSend, SaysWhenToTryAgain) {
  const auto body = envelope("null", 451);
  const auto reply = read_send({451, body, Milliseconds(7000)}, a_message());
  const auto& later = std::get<outcome::TryLater>(reply.outcome);
  EXPECT_EQ(later.after, Milliseconds(7000));
  EXPECT_TRUE(later.reachable);
}

TEST(KavenegarSend, KeepsPersonalDataOutOfWhatOperatorsSee) {
  const std::vector<std::string> bodies{
      sent(entry("1")),
      sent(entry("6")),
      sent(entry("100")),
      sent(entry("1", "other")),
      "<html>09131234567</html>",
      envelope("null", 411, "receptor 09131234567 / ۰۹۱۳۱۲۳۴۵۶۷ is bad"),
      envelope("null", 500, std::string(5000, 'x')),
  };
  for (const auto& body : bodies) {
    const auto reply = read_send({200, body, std::nullopt}, a_message());
    for (const auto& told : {reply.excerpt, why_of(reply.outcome)}) {
      EXPECT_THAT(told, Not(HasSubstr("9131234567")));
      EXPECT_THAT(told, Not(HasSubstr("۹۱۳۱۲۳۴۵۶۷")));
      EXPECT_THAT(told, Not(HasSubstr("کد پیگیری")));
      EXPECT_LT(told.size(), 1000U);
    }
  }
}

MATCHER_P2(Stands, id, delivery, "") { return arg.provider_id == id && arg.delivery == delivery; }

StatusOutcome statuses(const std::string& body, int http_status = 200) {
  const std::vector<std::string> asked{"1", "2", "3", "4", "5", "6"};
  return read_status({http_status, body, std::nullopt}, asked).outcome;
}

TEST(KavenegarStatus, AsksForAllIdsAtOnce) {
  const std::vector<std::string> ids{"1", "22"};
  EXPECT_EQ(status_form(ids), "messageid=1%2C22");
}

TEST(KavenegarStatus, TellsWhereEachMessageStands) {
  const auto outcome =
      statuses(envelope(R"([{"messageid":1,"status":4},{"messageid":2,"status":10},{"messageid":"3","status":"11","statustext":"نرسیده"},
      {"messageid":4,"status":100},{"messageid":5,"status":77}])"));
  ASSERT_EQ(outcome.index(), 0U);
  const auto& found = std::get<0>(outcome);
  EXPECT_THAT(found, ElementsAre(Stands("1", Delivery::on_the_way), Stands("2", Delivery::delivered), Stands("3", Delivery::failed),
                                 Stands("4", Delivery::unknown), Stands("5", Delivery::on_the_way)));
  EXPECT_THAT(found[2].reason, HasSubstr("نرسیده"));
}

TEST(KavenegarStatus, SkipsWhatNobodyAskedForOrNobodyCanRead) {
  const auto outcome = statuses(envelope(R"([{"messageid":99,"status":10},{"status":10},{"messageid":2},7,{"messageid":3,"status":10}])"));
  EXPECT_THAT(std::get<0>(outcome), ElementsAre(Stands("3", Delivery::delivered)));
}

TEST(KavenegarStatus, IsTriedLaterWhereTheReplyDoesNotTell) {
  for (const std::string& body : {std::string(), std::string("<html>"), envelope("null"), envelope("[]").substr(0, 20),
                                  envelope("null", 409), envelope("null", 422), envelope("null", 500)}) {
    EXPECT_TRUE(std::holds_alternative<outcome::TryLater>(statuses(body))) << body;
  }
  EXPECT_TRUE(std::holds_alternative<outcome::TryLater>(statuses("<html>", 502)));
}

TEST(KavenegarStatus, TellsThatTheAccountIsAtFault) {
  EXPECT_TRUE(std::holds_alternative<outcome::Misconfigured>(statuses(envelope("null", 403), 403)));
  EXPECT_TRUE(std::holds_alternative<outcome::Misconfigured>(statuses("<html>", 401)));
}

}  // namespace
}  // namespace salam::sms::kavenegar
