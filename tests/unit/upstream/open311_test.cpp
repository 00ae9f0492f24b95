#include "adapters/upstream/open311.h"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/domain/text.h"
#include "tests/unit/upstream/support.h"

namespace salam::upstream {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::shared_ptr<const Protocol> open311(Open311Settings settings = {}) {
  settings.api_key = Sensitive<std::string>("k&1");
  return make_open311(std::move(settings),
                      std::make_shared<ServiceCatalogue>(std::map<std::string, std::string>{{"آسفالت", "101"}}, "other"));
}

int hex(char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; }

std::map<std::string, std::string> decoded(const std::string& form) {
  std::map<std::string, std::string> fields;
  std::string name;
  std::string text;
  for (std::size_t i = 0; i <= form.size(); ++i) {
    if (i == form.size() || form[i] == '&') {
      fields[name] = std::exchange(text, "");
    } else if (form[i] == '=') {
      name = std::exchange(text, "");
    } else if (form[i] == '%') {
      text += static_cast<char>(hex(form[i + 1]) * 16 + hex(form[i + 2]));
      i += 2;
    } else {
      text += form[i] == '+' ? ' ' : form[i];
    }
  }
  return fields;
}

std::map<std::string, std::string> submitted(const Request& request, Open311Settings settings = {}) {
  return decoded(open311(std::move(settings))->submit_request(request).body);
}

TEST(Open311Submit, SendsTheRequestAsAForm) {
  const auto request = sample_request();
  const auto message = open311()->submit_request(request);
  EXPECT_EQ(message.method, "POST");
  EXPECT_EQ(message.target, "/requests.json");
  const auto fields = decoded(message.body);
  const std::map<std::string, std::string> expected{
      {"api_key", "k&1"},
      {"service_code", "101"},
      {"address_string", "خیابان چهارباغ"},
      {"first_name", "علی"},
      {"last_name", "رضایی"},
      {"phone", "09131234567"},
      {"attribute[external_id]", sample_code.digits()},
      {"description",
       "چاله ‹b›بزرگ‹/b›\nروبه‌روی پلاک ۱۲ & کوچه \"گل\"\nکد پیگیری: " + sample_code.digits()},
  };
  EXPECT_EQ(fields, expected);
}

TEST(Open311Submit, AlwaysSendsALocation) {
  auto request = sample_request();
  request.content.address = Sensitive<std::string>("");
  EXPECT_EQ(submitted(request)["address_string"], request.content.region.name());
  request.content.coordinates = Coordinates{32.65, 51.66};
  auto fields = submitted(request);
  EXPECT_EQ(fields.count("address_string"), 0U);
  EXPECT_EQ(fields["lat"], "32.650000");
  EXPECT_EQ(fields["long"], "51.660000");
}

TEST(Open311Submit, NamesTheFirstAttachmentsAddress) {
  auto request = sample_request();
  EXPECT_EQ(submitted(request).count("media_url"), 0U);
  request.media_urls = {"https://gateway.example/v1/media/ab?x=1&y=2", "https://photos.example/2.jpg"};
  EXPECT_EQ(submitted(request)["media_url"], "https://gateway.example/v1/media/ab?x=1&y=2");
}

TEST(Open311Submit, SendsFilesInAMultipartForm) {
  auto request = sample_request();
  request.media_urls = {"https://gateway.example/v1/media/ab"};
  request.files = {sample_file("فرم.jpg", "image/jpeg", "one"), sample_file("b.pdf", "application/pdf", "two")};
  Open311Settings settings;
  settings.media_field = "photo[]";
  const auto protocol = open311(settings);
  EXPECT_TRUE(protocol->takes_files());
  const auto message = protocol->submit_request(request);
  EXPECT_EQ(message.target, "/requests.json");
  EXPECT_THAT(message.headers, testing::Contains(testing::Pair("Content-Type", testing::StartsWith("multipart/form-data; boundary="))));
  EXPECT_THAT(message.body, HasSubstr("name=\"service_code\"\r\n\r\n101\r\n"));
  EXPECT_THAT(message.body, HasSubstr("name=\"attribute[external_id]\"\r\n\r\n" + sample_code.digits() + "\r\n"));
  EXPECT_THAT(message.body, HasSubstr("name=\"photo[]\"; filename=\"فرم.jpg\"\r\nContent-Type: image/jpeg\r\n\r\none\r\n"));
  EXPECT_THAT(message.body, HasSubstr("name=\"photo[]\"; filename=\"b.pdf\"\r\nContent-Type: application/pdf\r\n\r\ntwo\r\n"));
  EXPECT_THAT(message.body, Not(HasSubstr("name=\"lat\""))) << "empty fields stay out";
  EXPECT_THAT(message.body, Not(HasSubstr("media_url"))) << "it would show twice";
}

TEST(Open311Submit, SendsAddressesInAFormWhereNoFileGoesAlong) {
  auto request = sample_request();
  request.media_urls = {"https://photos.example/1.jpg"};
  Open311Settings settings;
  settings.media_field = "media";
  EXPECT_EQ(submitted(request, settings)["media_url"], "https://photos.example/1.jpg");
  EXPECT_FALSE(open311()->takes_files());
}

TEST(Open311Submit, KeepsTheCodeAsTheLastLineOfALongDescription) {
  auto request = sample_request();
  std::string text;
  for (int i = 0; i < 5000; ++i) text += "ش";
  request.content.description = Sensitive<std::string>(text);
  const auto description = submitted(request)["description"];
  EXPECT_EQ(length(description), 4000U);
  EXPECT_TRUE(description.ends_with("\nکد پیگیری: " + sample_code.digits()));
}

TEST(Open311Submit, SendsConfiguredAttributes) {
  Open311Settings settings;
  settings.code_attribute = "ref";
  settings.attributes = {{"source", *Template::parse("mardom-salam", Escape::none)},
                         {"zone", *Template::parse("{{region}}", Escape::none)}};
  auto fields = submitted(sample_request(), settings);
  EXPECT_EQ(fields["attribute[ref]"], sample_code.digits());
  EXPECT_EQ(fields["attribute[source]"], "mardom-salam");
  EXPECT_EQ(fields["attribute[zone]"], "5");
}

struct Case {
  int status;
  std::string body;
  std::string_view outcome;
};

Open311Settings rules() {
  Open311Settings settings;
  settings.refused = {{{400}, {"not_accepted"}, {}}, {{400}, {}, {"قابلیت ثبت ندارد"}}, {{422}, {}, {}}};
  settings.later = {{{400}, {"maintenance"}, {}}};
  settings.already_exists = {{{}, {"already_exists"}, {}}};
  return settings;
}

TEST(Open311Answer, IsJudgedByStatusAndBody) {
  const auto protocol = open311(rules());
  const auto request = sample_request();
  const Case cases[] = {
      {201, R"([{"service_request_id":"293944"}])", "registered"},
      {200, R"({"service_request_id":293944,"token":"t"})", "registered"},
      {200, "\xEF\xBB\xBF [{\"service_request_id\":\"1\"}]\n", "registered"},
      {202, R"({"service_requests":[{"service_request_id":"A-1","description":"x"}]})", "registered"},
      {201, R"([{"token":"12345","service_request_id":null}])", "pending"},
      {201, R"([{"token":"12345","service_request_id":"0"}])", "pending"},
      // neither id nor token, or none that can be relied on
      {201, R"([{"service_request_id":null,"token":null}])", "uncertain"},
      {201, R"([{"service_request_id":""}])", "uncertain"},
      {201, R"([{"service_request_id":"0"}])", "uncertain"},
      {201, R"([{"service_request_id":0}])", "uncertain"},
      {201, R"([{"service_request_id":"a\u0007b"}])", "uncertain"},
      {201, R"([{"service_request_id":")" + std::string(4096, '7') + R"("}])", "uncertain"},
      {201, R"([{"service_request_id":["1"]}])", "uncertain"},
      {201, R"([{"service_request_id":"1"},{"service_request_id":"2"}])", "uncertain"},
      {201, "[]", "uncertain"},
      // a success that cannot be read
      {200, "", "uncertain"},
      {200, "<html>welcome</html>", "uncertain"},
      {200, R"([{"service_request_id":"2939)", "uncertain"},
      {200, R"([{"service_request_id":"1"}] trailing)", "uncertain"},
      {200, "\"1\"", "uncertain"},
      {204, "", "uncertain"},
      {200, R"([{"code":500,"description":"failed"}])", "uncertain"},
      // refusals only by rule
      {400, R"([{"code":"not_accepted","description":"x"}])", "refused"},
      {400, R"({"errors":[{"code":"Not_Accepted"}]})", "refused"},
      {400, R"([{"code":1,"description":"first"},{"code":400,"description":"این مورد قابليت ثبت ندارد."}])", "refused"},
      {422, "", "refused"},
      {404, R"([{"code":"not_accepted"}])", "unclear"},
      {400, R"([{"code":400,"description":"the case system is down"}])", "unclear"},
      {400, R"([{"code":"maintenance","description":"x"}])", "try_later"},
      {400, "", "unclear"},
      {400, R"([{"code":"already_exists","service_request_id":"77"}])", "registered"},
      {409, R"([{"code":"already_exists","service_request_id":"0"}])", "uncertain"},
      {409, R"([{"code":"already_exists"}])", "uncertain"},
      {409, "", "unclear"},
      // the rest by status
      {301, "", "unclear"},
      {302, R"([{"service_request_id":"1"}])", "unclear"},
      {404, "", "unclear"},
      {401, "", "misconfigured"},
      {403, R"([{"code":403,"description":"api_key"}])", "misconfigured"},
      {429, "", "try_later"},
      {503, R"([{"service_request_id":"1"}])", "try_later"},
      {500, R"([{"service_request_id":"1"}])", "uncertain"},
      {502, "", "uncertain"},
      {504, "", "uncertain"},
      {599, "", "uncertain"},
      {100, "", "uncertain"},
  };
  for (const auto& [status, body, outcome] : cases) {
    EXPECT_EQ(name_of(protocol->submit_answer(request, reply(status, body)).outcome), outcome) << status << ' ' << body.substr(0, 100);
  }
}

TEST(Open311Answer, GivesIdTokenAndTheIdThatExistedBefore) {
  const auto protocol = open311(rules());
  const auto request = sample_request();
  const auto outcome = [&](int status, std::string body) {
    return protocol->submit_answer(request, reply(status, std::move(body))).outcome;
  };
  EXPECT_EQ(std::get<outcome::Registered>(outcome(200, R"([{"service_request_id":293944}])")).code, "293944");
  EXPECT_EQ(std::get<outcome::Pending>(outcome(200, R"([{"token":"t-1"}])")).token, "t-1");
  EXPECT_EQ(std::get<outcome::Registered>(outcome(409, R"([{"code":"already_exists","service_request_id":"77"}])")).code, "77");
}

TEST(Open311Answer, ObeysRetryAfter) {
  auto busy = reply(429, "");
  busy.headers.emplace_back("retry-after", "7");
  const auto later = std::get<outcome::TryLater>(open311()->submit_answer(sample_request(), busy).outcome);
  EXPECT_EQ(later.after, Milliseconds(7000));
  EXPECT_TRUE(later.reachable);
  const auto without = std::get<outcome::TryLater>(open311()->submit_answer(sample_request(), reply(503, "")).outcome);
  EXPECT_EQ(without.after, std::nullopt);
}

TEST(Open311Answer, CountsABlackboxsSuccessOnlyWhereConfigured) {
  Open311Settings settings;
  settings.blackbox = true;
  const auto protocol = open311(settings);
  const auto request = sample_request();
  const auto outcome = [&](std::string body) { return protocol->submit_answer(request, reply(200, std::move(body))).outcome; };
  EXPECT_EQ(std::get<outcome::Registered>(outcome(R"([{"service_notice":"thanks"}])")).code, sample_code.digits());
  EXPECT_EQ(name_of(outcome(R"([{"service_request_id":"0"}])")), "uncertain");
  EXPECT_EQ(name_of(outcome(R"([{"code":400,"description":"no"}])")), "uncertain");
  EXPECT_EQ(name_of(outcome(R"([{"description":"no"}])")), "uncertain");
  EXPECT_EQ(name_of(outcome(R"({"errors":[{"code":400,"description":"no"}]})")), "uncertain");
  EXPECT_EQ(name_of(outcome(R"([{"service_request_id":{}}])")), "uncertain");
  EXPECT_EQ(name_of(outcome("<html>")), "uncertain");
}

TEST(Open311Answer, ShowsTheErrorsWordsWithoutPersonalData) {
  const auto answer = open311()->submit_answer(sample_request(),
                                               reply(400, R"([{"code":400,"description":"phone 09131234567 of علی رضایی is malformed"}])"));
  EXPECT_THAT(answer.excerpt, AllOf(HasSubstr("HTTP 400"), HasSubstr("is malformed"), Not(HasSubstr("رضایی")), Not(HasSubstr("4567"))));
  const auto echo = open311()->submit_answer(sample_request(), reply(200, R"([{"service_request_id":"0","description":"چاله"}])"));
  EXPECT_THAT(echo.excerpt, Not(HasSubstr("چاله")));
}

TEST(Open311Token, IsPolledUntilItsIdIsThere) {
  const auto protocol = open311(rules());
  EXPECT_EQ(protocol->poll_request("a/b").target, "/tokens/a%2Fb.json");
  const Case cases[] = {
      {200, R"([{"service_request_id":"638344","token":"t"}])", "registered"},
      {200, R"({"service_request_id":638344})", "registered"},
      {200, R"([{"service_request_id":"1","token":"other"}])", "not_yet"},
      {200, R"([{"service_request_id":null,"token":"t"}])", "not_yet"},
      {200, R"([{"service_request_id":"","token":"t"}])", "not_yet"},
      {200, R"([{"token":"t"}])", "not_yet"},
      {200, R"([{"service_request_id":"0","token":"t"}])", "not_yet"},
      {200, "[]", "not_yet"},
      {404, "", "not_yet"},
      {200, "<html>", "try_later"},
      {500, "", "try_later"},
      {503, "", "try_later"},
      {429, "", "try_later"},
      {403, "", "misconfigured"},
      {400, "", "unclear"},
      {302, "", "unclear"},
      // a token that turned into an error
      {200, R"([{"token":"t","code":"500","description":"lost"}])", "unclear"},
      {200, R"({"errors":[{"code":"not_accepted","description":"x"}]})", "unclear"},
      {400, R"([{"code":"not_accepted","description":"x"}])", "unclear"},
      {404, R"([{"code":404,"description":"token was not found"}])", "not_yet"},
      {422, R"([{"code":"not_accepted"}])", "unclear"},
      {400, R"([{"code":"maintenance"}])", "try_later"},
      // an id beside it counts all the same
      {200, R"([{"token":"t","service_request_id":"5","code":"0"}])", "registered"},
  };
  for (const auto& [status, body, outcome] : cases) {
    EXPECT_EQ(name_of(protocol->poll_answer("t", reply(status, body)).outcome), outcome) << status << ' ' << body;
  }
}

}  // namespace
}  // namespace salam::upstream
