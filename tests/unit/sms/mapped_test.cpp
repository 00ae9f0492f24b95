#include "adapters/sms/mapped.h"

#include <filesystem>
#include <fstream>
#include <functional>
#include <stdexcept>

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/sms/mapped_file.h"
#include "tests/unit/sms/support.h"

namespace salam::sms {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const std::string example = std::string(SALAM_SOURCE_DIR) + "/docker/examples/sms_panel.toml";

MappedSettings settings() {
  MappedSettings settings;
  settings.mapping_file = example;
  settings.api_key = Sensitive<std::string>("geheim-secret-1");
  settings.sender = "30007732";
  settings.timeout = Milliseconds(4321);
  return settings;
}

class MappedSms : public testing::Test {
 protected:
  Script script_;
  boost::asio::io_context io_;
  std::unique_ptr<SmsProvider> provider_ = make_mapped(settings(), std::make_unique<ScriptedClient>(script_), io_.get_executor());
};

Message holding() {
  auto message = a_message();
  message.kind = MessageKind::holding;
  message.text = Sensitive<std::string>("سلام \"ها\"");
  return message;
}

TEST_F(MappedSms, SendsTheTextAsItIsWhereItsKindHasNoTemplate) {
  script_.answer({replied(200, R"({"status":1,"data":{"messageIds":[876240022]}})")});
  EXPECT_EQ(why_of(send(*provider_, holding()).outcome), "876240022");
  EXPECT_EQ(script_.request().method, "POST");
  EXPECT_EQ(script_.request().target, "/v1/send/bulk");
  EXPECT_EQ(script_.request().body, R"({"lineNumber": "30007732", "messageText": "سلام \"ها\"", "mobiles": ["09131234567"]})");
  EXPECT_THAT(script_.request().headers, testing::Contains(testing::Pair("X-Api-Key", "geheim-secret-1")));
  EXPECT_EQ(script_.timeout, Milliseconds(4321));
}

TEST_F(MappedSms, SendsTheCodeByAnApprovedTemplateWhereItsKindHasOne) {
  script_.answer({replied(200, R"({"status":1,"data":{"messageIds":[5]}})")});
  send(*provider_, a_message());
  EXPECT_EQ(script_.request().target, "/v1/send/verify");
  EXPECT_EQ(script_.request().body,
            R"({"mobile": "09131234567", "templateId": 100001, "parameters": [{"name": "CODE", "value": "1234567890"}]})");
}

TEST_F(MappedSms, FollowsTheMappingsRules) {
  const auto outcome_of = [&](int status, const std::string& body) {
    script_.answer({replied(status, body)});
    return send(*provider_, holding()).outcome;
  };
  EXPECT_EQ(name_of(outcome_of(200, R"({"status":104,"message":"شماره نادرست"})")), "rejected");
  EXPECT_THAT(why_of(outcome_of(200, R"({"status":104,"message":"شماره نادرست"})")), HasSubstr("شماره نادرست"));
  EXPECT_EQ(name_of(outcome_of(400, R"({"status":20,"message":"busy"})")), "later");
  EXPECT_EQ(name_of(outcome_of(200, R"({"status":102,"message":"credit"})")), "misconfigured");
  EXPECT_EQ(name_of(outcome_of(401, R"({})")), "misconfigured");
  EXPECT_EQ(name_of(outcome_of(503, R"({})")), "later");
  EXPECT_EQ(name_of(outcome_of(200, R"({"status":77})")), "uncertain");
  EXPECT_EQ(name_of(outcome_of(400, R"({"status":77})")), "uncertain");
  EXPECT_EQ(name_of(outcome_of(200, R"({"status":1,"data":{"messageIds":[5,6]}})")), "uncertain");
}

TEST_F(MappedSms, NeverRepeatsTheTextThatAReplyEchoes) {
  script_.answer({replied(200, R"({"status":104,"message":"سلام \"ها\" 09131234567"})")});
  const auto reply = send(*provider_, holding());
  EXPECT_EQ(name_of(reply.outcome), "rejected");
  EXPECT_THAT(why_of(reply.outcome) + reply.excerpt, AllOf(Not(HasSubstr("سلام")), Not(HasSubstr("9131234567"))));
}

MATCHER_P2(Stands, id, delivery, "") { return arg.provider_id == id && arg.delivery == delivery; }

TEST_F(MappedSms, TellsWhatBecameOfManyByThePanelsWords) {
  script_.answer(
      {replied(200, R"({"data":[{"messageId":1,"deliveryState":1},{"messageId":2,"deliveryState":"4"},{"messageId":3,"deliveryState":3},
      {"messageId":4,"deliveryState":99},{"messageId":5,"deliveryState":-1},{"messageId":6},{"messageId":7,"deliveryState":null},
      {"messageId":99,"deliveryState":1},{"deliveryState":1},7]})")});
  const auto reply = status(*provider_, {"1", "2", "3", "4", "5", "6", "7"});
  EXPECT_EQ(script_.request().target, "/v1/send/live?ids=1%2C2%2C3%2C4%2C5%2C6%2C7");
  ASSERT_EQ(name_of(reply.outcome), "told");
  EXPECT_THAT(std::get<0>(reply.outcome),
              ElementsAre(Stands("1", Delivery::delivered), Stands("2", Delivery::failed), Stands("3", Delivery::on_the_way),
                          Stands("4", Delivery::on_the_way), Stands("5", Delivery::unknown)));
  EXPECT_THAT(std::get<0>(reply.outcome)[1].reason, HasSubstr("4"));
  EXPECT_EQ(provider_->traits().status_batch, 100U);
}

std::string text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string with(std::string text, const std::string& what, const std::string& by) {
  const auto at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return at == std::string::npos ? text : text.replace(at, what.size(), by);
}

/// A mapping of the test's own, in a file that goes with it.
class MappingFile {
 public:
  explicit MappingFile(const std::string& text)
      : path_(testing::TempDir() + "sms_" + testing::UnitTest::GetInstance()->current_test_info()->name() + ".toml") {
    std::ofstream(path_) << text;
  }
  ~MappingFile() { std::filesystem::remove(path_); }
  MappingFile(const MappingFile&) = delete;
  MappingFile& operator=(const MappingFile&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

constexpr auto small = R"(
deduplicates_for_seconds = 3600
[login]
path = "/token"
body_format = "form"
body = "u={{user}}&p={{password}}"
token = "/token"
[send]
method = "GET"
path = "/send/{{api_key}}?to={{mobile_international}}&text={{text}}&ref={{message_id}}"
[send.headers]
Authorization = "Bearer {{token}}"
[success]
statuses = [200, 201]
id = "/id"
[status]
path = "/status/{{ids}}"
status = "/state"
reason = "/why"
[status.words]
delivered = ["رسيده"]
failed = ["نرسیده"]
)";

TEST(MappedSmsPanel, LogsInAndAsksOneByOne) {
  const MappingFile file(small);
  auto settings_of_it = settings();
  settings_of_it.mapping_file = file.path();
  settings_of_it.user = Sensitive<std::string>("us er");
  settings_of_it.password = Sensitive<std::string>("pass");
  Script script;
  boost::asio::io_context io;
  const auto provider = make_mapped(settings_of_it, std::make_unique<ScriptedClient>(script), io.get_executor());
  auto message = a_message();
  message.text = Sensitive<std::string>("a b");
  script.answer({replied(200, R"({"token":"t-1"})"), replied(201, R"({"id":"x-5"})")});
  EXPECT_EQ(why_of(send(*provider, message).outcome), "x-5");
  ASSERT_EQ(script.requests.size(), 2U);
  EXPECT_EQ(script.requests[0].body, "u=us%20er&p=pass");
  EXPECT_EQ(script.request().target, "/send/geheim-secret-1?to=989131234567&text=a%20b&ref=7301234567890123456");
  EXPECT_THAT(script.request().headers, testing::Contains(testing::Pair("Authorization", "Bearer t-1")));
  EXPECT_TRUE(provider->traits().deduplicates);
  EXPECT_EQ(provider->traits().deduplicates_for, std::chrono::hours(1));

  script.answer({replied(200, R"({"state":"رسیده"})")});
  EXPECT_THAT(std::get<0>(status(*provider, {"x-5"}).outcome), ElementsAre(Stands("x-5", Delivery::delivered)));
  script.answer({replied(200, R"({"state":"نرسیده","why":"خاموش 09131234567"})")});
  const auto failed = std::get<0>(status(*provider, {"x-5"}).outcome);
  ASSERT_THAT(failed, ElementsAre(Stands("x-5", Delivery::failed)));
  EXPECT_THAT(failed[0].reason, AllOf(HasSubstr("خاموش"), Not(HasSubstr("9131234567"))));
  script.answer({replied(200, R"({"nothing":1})")});
  EXPECT_EQ(name_of(status(*provider, {"x-5"}).outcome), "later");
}

TEST(MappedSmsPanel, WithTemplatesAloneRefusesWhatNoneOfThemCarries) {
  auto text = with(with(small, "[send]", "[templates.registered]"), "[send.headers]", "[templates.registered.headers]");
  text = with(text, "{{text}}", "{{code}}");
  text += "[templates.holding]\nmethod = \"GET\"\npath = \"/h/{{mobile_international}}/{{code}}/{{message_id}}\"\n";
  const MappingFile file(text);
  auto settings_of_it = settings();
  settings_of_it.mapping_file = file.path();
  settings_of_it.user = settings_of_it.password = Sensitive<std::string>("x");
  Script script;
  boost::asio::io_context io;
  const auto provider = make_mapped(settings_of_it, std::make_unique<ScriptedClient>(script), io.get_executor());
  auto invitation = a_message();
  invitation.kind = MessageKind::invitation;
  const auto refused = send(*provider, invitation);
  EXPECT_EQ(name_of(refused.outcome), "rejected");
  EXPECT_THAT(why_of(refused.outcome), HasSubstr("no [send]"));
  EXPECT_TRUE(script.requests.empty());
}

TEST(MappedSmsPanel, IsMisconfiguredWhereTheLoginRefusesUs) {
  const MappingFile file(small);
  auto settings_of_it = settings();
  settings_of_it.mapping_file = file.path();
  settings_of_it.user = settings_of_it.password = Sensitive<std::string>("wrong");
  Script script;
  boost::asio::io_context io;
  const auto provider = make_mapped(settings_of_it, std::make_unique<ScriptedClient>(script), io.get_executor());
  script.answer({replied(401, "")});
  EXPECT_EQ(name_of(send(*provider, a_message()).outcome), "misconfigured");
  script.answer({replied(503, "")});
  EXPECT_EQ(name_of(send(*provider, a_message()).outcome), "later");
}

TEST(MappedSmsFile, SaysWhatIsWrongAndWhere) {
  const auto good = text_of(example);
  ASSERT_TRUE(mapped::parse_mapping(good, "")) << mapped::parse_mapping(good, "").error().message;
  const std::vector<std::array<std::string, 3>> wrongs{
      {"[send]", "[sned]", "send.path"},
      {"{{text}}", "{{txet}}", "send.body"},
      {"{{text}}", "{{subject}}", "send.body"},
      {R"("messageText": {{text}}, )", "", "must hold {{text}}"},
      {"[{{mobile_local}}]", "[]", "must hold {{mobile}}"},
      {R"("value": {{code}})", R"("value": 1)", "must hold {{code}}"},
      {"[templates.registered.headers]", "[templates.registred.headers]", "templates.registred"},
      {"id = \"/data/messageIds/*\"", "", "success.id"},
      {"ids={{ids}}", "ids=1", "must hold {{ids}}"},
      {"batch = 100", "batch = 5000", "status.batch"},
      {"items = \"/data\"\n", "", "status.id"},
      {"delivered = [\"1\"]", "", "status.words.delivered"},
      {"failed = [\"2\",", "failed = [\"1\",", "status.words.failed"},
      {"equals = [\"20\"]", "", "later[0].pointer"},
      {"uncertain_for_seconds = 1800", "deduplicates_for_seconds = 60", "deduplicates_for_seconds"},
      {"uncertain_for_seconds = 1800", "deduplicates_for_seconds = 60\nuncertain_for_seconds = 60", "uncertain_for_seconds"},
      {"uncertain_for_seconds = 1800", "uncertain_for_seconds = \"30m\"", "uncertain_for_seconds"},
  };
  for (const auto& [what, by, told] : wrongs) {
    const auto parsed = mapped::parse_mapping(with(good, what, by), "panel.toml");
    ASSERT_FALSE(parsed) << by;
    EXPECT_THAT(parsed.error().message, AllOf(testing::StartsWith("panel.toml: "), HasSubstr(told))) << by;
  }
  EXPECT_THAT(mapped::parse_mapping(with(small, "Bearer {{token}}", "Bearer x"), "f").error().message, HasSubstr("login"));
}

TEST(MappedSmsSettings, AreRefusedWhereTheyCannotWork) {
  const auto refusal = [](const std::function<void(MappedSettings&)>& spoil) -> std::string {
    Script script;
    boost::asio::io_context io;
    auto spoilt = settings();
    spoil(spoilt);
    try {
      make_mapped(spoilt, std::make_unique<ScriptedClient>(script), io.get_executor());
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "none";
  };
  EXPECT_THAT(refusal([](MappedSettings& settings) { settings.mapping_file.clear(); }), HasSubstr("mapping file"));
  EXPECT_THAT(refusal([](MappedSettings& settings) { settings.mapping_file = "/nowhere.toml"; }), HasSubstr("/nowhere.toml"));
  EXPECT_THAT(refusal([](MappedSettings& settings) { settings.mapping_file = "/"; }), HasSubstr("cannot be read"));
  EXPECT_THAT(refusal([](MappedSettings& settings) { settings.api_key = {}; }), HasSubstr("{{api_key}}"));
  EXPECT_THAT(refusal([](MappedSettings& settings) { settings.sender.clear(); }), HasSubstr("{{sender}}"));
  EXPECT_THAT(refusal([](MappedSettings& settings) { settings.timeout = Milliseconds(0); }), HasSubstr("timeout"));
}

}  // namespace
}  // namespace salam::sms
