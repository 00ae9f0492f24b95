#include "adapters/upstream/login.h"

#include <map>

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/upstream/http_upstream.h"
#include "adapters/upstream/mapping_file.h"
#include "tests/unit/upstream/support.h"

namespace salam::upstream {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::Not;

const std::string mapping_text = R"([login]
path = "/login"
body_format = "form"
body = "u={{user}}&p={{password}}"
token = "/access_token"
expires_in = "/expires_in"
[submit]
path = "/add"
body_format = "json"
body = '{"ref": {{code}}}'
[submit.headers]
Authorization = "Bearer {{token}}"
[success]
statuses = [201]
code = "/id"
[lookup]
path = "/find?ref={{code}}"
items = ""
item_code = "/ref"
item_id = "/id"
[lookup.headers]
Authorization = "Bearer {{token}}"
)";

std::string with(const std::string& what, const std::string& instead) {
  auto text = mapping_text;
  return text.replace(text.find(what), what.size(), instead);
}

http_client::Response token(const std::string& text, const std::string& rest = "") {
  return reply(200, R"({"access_token":")" + text + "\"" + rest + "}");
}

class LoginTest : public testing::Test {
 protected:
  const Mapping& use(const std::string& text = mapping_text) {
    mapping = *parse_mapping(text, "");
    client = make_login_client(script, *mapping.login, mapping.reply_format, credentials, io.get_executor());
    UpstreamTraits traits;
    traits.call_deadline = deadline;
    upstream = make_http_upstream(
        traits, make_mapped_http(mapping, credentials, std::make_shared<ServiceCatalogue>(std::map<std::string, std::string>{}, "general")),
        client, executor);
    return mapping;
  }

  /// The outcome's name stands in `submitted` at the same place once it is there.
  void submit() {
    const auto at = submitted.size();
    submitted.emplace_back("none");
    upstream->submit(request, [this, at](const Reply<SubmitOutcome>& judged) {
      EXPECT_EQ(submitted.at(at), "none") << "called back twice";
      submitted.at(at) = name_of(judged.outcome);
      excerpt = judged.excerpt;
    });
  }
  [[nodiscard]] std::vector<std::string> targets() const {
    std::vector<std::string> all;
    for (const auto& sent : script->sent) all.push_back(sent.target);
    return all;
  }
  [[nodiscard]] std::string authorization(std::size_t call) const {
    for (const auto& [name, value] : script->sent.at(call).headers) {
      if (name == "Authorization") return value;
    }
    return "";
  }
  void run_for(milliseconds time) { io.run_for(time); }

  Credentials credentials{Sensitive<std::string>(""), Sensitive<std::string>("salam"), Sensitive<std::string>("p&ss")};
  milliseconds deadline = std::chrono::seconds(30);
  boost::asio::io_context io;
  FakeExecutor executor;
  Mapping mapping;
  std::shared_ptr<ScriptedClient> script = std::make_shared<ScriptedClient>();
  std::shared_ptr<http_client::Client> client;
  std::unique_ptr<Upstream> upstream;
  std::shared_ptr<const Request> request = std::make_shared<const Request>(sample_request());
  std::vector<std::string> submitted;
  std::string excerpt;
};

const http_client::Response registered = reply(201, R"({"id":"17"})");

TEST_F(LoginTest, ComesBeforeTheFirstCallAndIsKeptForTheNext) {
  use();
  submit();
  ASSERT_THAT(targets(), testing::ElementsAre("/login"));
  EXPECT_EQ(script->sent[0].body, "u=salam&p=p%26ss");
  script->answer(token("t1"));
  EXPECT_EQ(authorization(1), "Bearer t1");
  EXPECT_LE(script->timeouts[1], script->timeouts[0]) << "both within the call's deadline";
  script->answer(registered);
  submit();
  script->answer(registered);
  EXPECT_THAT(targets(), testing::ElementsAre("/login", "/add", "/add"));
  EXPECT_THAT(submitted, testing::ElementsAre("registered", "registered"));
}

TEST_F(LoginTest, IsSharedByCallsThatComeTogether) {
  use();
  submit();
  submit();
  upstream->look_up(request, [](const Reply<LookupOutcome>&) {});
  EXPECT_THAT(targets(), testing::ElementsAre("/login"));
  script->answer(token("t1"));
  EXPECT_EQ(targets().size(), 4U);
  for (std::size_t call = 1; call < 4; ++call) EXPECT_EQ(authorization(call), "Bearer t1");
}

TEST_F(LoginTest, IsMadeAnewShortlyBeforeTheTokenExpires) {
  use();
  submit();
  script->answer(token("t1", R"(,"expires_in":0)"));
  EXPECT_EQ(authorization(1), "Bearer t1");
  script->answer(registered);
  submit();
  EXPECT_EQ(targets().back(), "/login");
  script->answer(token("t2", R"(,"expires_in":"3600")"));
  script->answer(registered);
  submit();
  EXPECT_EQ(authorization(4), "Bearer t2");
}

TEST_F(LoginTest, IsMadeAnewForACallThatAnOlderTokenDidNotOpen) {
  use();
  submit();
  script->answer(token("t1"));
  script->answer(registered);
  submit();
  script->answer(reply(401, ""));
  EXPECT_EQ(targets().back(), "/login");
  EXPECT_EQ(submitted[1], "none");
  script->answer(token("t2"));
  EXPECT_EQ(authorization(4), "Bearer t2");
  EXPECT_EQ(script->sent[4].body, script->sent[2].body);
  script->answer(registered);
  EXPECT_EQ(submitted[1], "registered");
}

TEST_F(LoginTest, IsNotRepeatedForACallThatANewTokenDoesNotOpen) {
  use();
  submit();
  script->answer(token("t1"));
  script->answer(reply(401, ""));
  EXPECT_EQ(submitted[0], "misconfigured");
  submit();
  script->answer(reply(403, ""));
  script->answer(token("t2"));
  script->answer(reply(403, ""));
  EXPECT_EQ(submitted[1], "misconfigured");
  EXPECT_THAT(targets(), testing::ElementsAre("/login", "/add", "/add", "/login", "/add"));
}

TEST_F(LoginTest, IsMadeOnceWhereOneTokenIsRefusedManyTimes) {
  use();
  submit();
  script->answer(token("t1"));
  script->answer(registered);
  submit();
  submit();
  submit();
  script->answer(reply(401, ""));
  script->answer(reply(401, ""));
  EXPECT_THAT(targets(), testing::ElementsAre("/login", "/add", "/add", "/add", "/add", "/login")) << "one login for both";
  const auto third = std::move(script->handlers.front());
  script->handlers.pop_front();
  script->answer(token("t2"));
  EXPECT_EQ(authorization(7), "Bearer t2");
  third(reply(401, ""));
  EXPECT_EQ(targets().size(), 9U);
  EXPECT_EQ(targets().back(), "/add") << "repeated with the token that is there by now";
  EXPECT_EQ(authorization(8), "Bearer t2");
}

TEST_F(LoginTest, IsNotMadeAnewForAStatusThatMeansSomethingElse) {
  use(with("token = ", "renew_on = [401]\ntoken = "));
  submit();
  script->answer(token("t1"));
  script->answer(registered);
  submit();
  script->answer(reply(403, ""));
  EXPECT_EQ(submitted[1], "misconfigured");
  EXPECT_EQ(targets().size(), 3U);
}

TEST_F(LoginTest, ThatFailsLosesNoRequest) {
  struct Case {
    http_client::Outcome answer;
    std::string_view outcome;
  };
  const Case cases[] = {
      {http_client::Failure{true, "connection refused"}, "try_later"},
      {http_client::Failure{false, "reset"}, "try_later"},
      {http_client::Failure{true, "the proxy refuses us", true}, "misconfigured"},
      {reply(503, ""), "try_later"},
      {reply(429, ""), "try_later"},
      {reply(200, "<html>maintenance"), "try_later"},
      {reply(401, R"({"error":"p&ss"})"), "misconfigured"},
      {reply(302, ""), "misconfigured"},
      {reply(200, R"({"error":"wrong password p&ss"})"), "misconfigured"},
      {token(""), "misconfigured"},
      {token("a\\r\\nX-Evil: 1"), "misconfigured"},
      {token(std::string(10'000, 'x')), "misconfigured"},
  };
  for (const auto& [answer, outcome] : cases) {
    use();
    submit();
    script->answer(answer);
    EXPECT_EQ(submitted.back(), outcome) << excerpt;
    EXPECT_EQ(targets().back(), "/login") << "nothing but the login was sent";
    EXPECT_THAT(excerpt, HasSubstr("login: "));
    EXPECT_THAT(excerpt, Not(HasSubstr("p&ss")));
  }
}

TEST_F(LoginTest, ThatFailsAfterARefusalLosesNoRequestEither) {
  use();
  submit();
  script->answer(token("t1"));
  script->answer(registered);
  submit();
  script->answer(reply(401, ""));
  script->answer(reply(503, ""));
  EXPECT_EQ(submitted[1], "try_later");
}

TEST_F(LoginTest, LeavesACallThatMayHaveActedUncertain) {
  use();
  submit();
  script->answer(token("t1"));
  script->answer(http_client::Failure{false, "reset"});
  EXPECT_EQ(submitted[0], "uncertain");
}

TEST_F(LoginTest, KeepsNoCallBeyondItsDeadline) {
  deadline = milliseconds(5);
  use();
  submit();
  run_for(milliseconds(50));
  EXPECT_EQ(submitted[0], "try_later");
  EXPECT_THAT(excerpt, HasSubstr("no answer in time"));
  script->answer(token("t1"));
  EXPECT_EQ(targets().size(), 1U) << "nobody waits for it any more";
}

TEST_F(LoginTest, SurvivesItsEndWhileACallIsUnderWay) {
  use();
  submit();
  upstream.reset();
  client.reset();
  script->answer(token("t1"));
  run_for(milliseconds(1));
  EXPECT_EQ(submitted[0], "none");
}

TEST_F(LoginTest, FindsTheTokenWhereItStands) {
  const auto text_of = [this](const std::string& place, const http_client::Response& response) -> std::string {
    const auto answer = token_in(response, *use(with("token = \"/access_token\"", place)).login, ReplyFormat::json);
    const auto* const token = std::get_if<Token>(&answer);
    return token == nullptr ? "none" : token->text.reveal();
  };
  http_client::Response response{
      204, {{"set-cookie", "other=1; Path=/"}, {"set-cookie", "SESSION=a=b; HttpOnly"}, {"x-auth-token", "h1"}}, ""};
  EXPECT_EQ(text_of("token_header = \"X-Auth-Token\"", response), "h1");
  EXPECT_EQ(text_of("token_cookie = \"SESSION\"", response), "a=b");
  EXPECT_EQ(text_of("token_cookie = \"ESSION\"", response), "none");
  EXPECT_EQ(text_of("token = \"/t/*\"", reply(200, R"({"t":["a","b"]})")), "none") << "which of them?";
}

TEST(LoginMapping, RefusesWhatCannotWork) {
  const auto error = [](const std::string& text) {
    const auto mapping = parse_mapping(text, "desk.toml");
    return mapping ? "accepted" : mapping.error().message;
  };
  EXPECT_EQ(error(mapping_text), "accepted");
  EXPECT_EQ(error(with("token = \"/access_token\"", "token_header = \"X\"\ntoken_cookie = \"y\"")),
            "desk.toml: login.token or token_header or token_cookie must say where the token stands; one of them, and no more");
  EXPECT_THAT(error(with("token = \"/access_token\"", "")), HasSubstr("one of them, and no more"));
  EXPECT_EQ(error(with("u={{user}}", "u={{name}}")), "desk.toml: login.body {{name}} means nothing here: it belongs to a request");
  EXPECT_EQ(error(with("Bearer {{token}}", "x")), "desk.toml: submit.headers must hold {{token}}, as there is a [login]");
  EXPECT_THAT(error(with("{{code}}", "{{token}}")), HasSubstr("submit.body {{token}} means nothing here"));
  EXPECT_EQ(error(with("token = ", "renew_on = [500]\ntoken = ")), "desk.toml: login.renew_on must be statuses from 400 to 499");
  EXPECT_EQ(error(with("path = \"/login\"", "path = \"/login?p={{password}}\"")),
            "desk.toml: login.path must hold no secret: addresses end up in logs");
}

}  // namespace
}  // namespace salam::upstream
