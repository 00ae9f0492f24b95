#include <map>
#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/upstream/by_hand.h"
#include "adapters/upstream/factory.h"
#include "adapters/upstream/http_upstream.h"
#include "adapters/upstream/open311.h"
#include "adapters/upstream/service_list.h"
#include "tests/unit/upstream/support.h"

namespace salam::upstream {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class HttpUpstreamTest : public testing::Test {
 public:
  std::unique_ptr<Upstream> open311(LookupKind lookup = LookupKind::attribute, Milliseconds call_deadline = Milliseconds(5000)) {
    Open311Settings settings;
    settings.lookup.kind = lookup;
    return open311(settings, call_deadline);
  }
  std::unique_ptr<Upstream> amending(const std::string& media_field = "") {
    Open311Settings settings;
    settings.amend = {.updates = true, .sets_values = false, .lookup = true, .media = true, .media_field = media_field};
    return open311(settings, Milliseconds(5000));
  }
  std::unique_ptr<Upstream> open311(FollowUpKind follow_up) {
    Open311Settings settings;
    settings.follow_up.kind = follow_up;
    return open311(settings, Milliseconds(5000));
  }
  std::unique_ptr<Upstream> open311(const Open311Settings& settings, Milliseconds call_deadline) {
    UpstreamTraits traits;
    traits.call_deadline = call_deadline;
    traits.settle_after = Milliseconds(1000);
    traits.takes_files = 1000;
    traits.amendment_takes_files = 1000;
    return make_http_upstream(traits,
                              make_open311(settings, std::make_shared<ServiceCatalogue>(std::map<std::string, std::string>{}, "other")),
                              client, executor);
  }

  std::unique_ptr<Upstream> taking_files(std::vector<ErrorRule> refused = {}) {
    Open311Settings settings;
    settings.media_field = "media";
    settings.refused = std::move(refused);
    return open311(settings, Milliseconds(5000));
  }

  template <class Outcome>
  auto note(std::optional<Reply<Outcome>>& into) {
    return [&into](Reply<Outcome> reply) {
      EXPECT_FALSE(into) << "called back twice";
      into = std::move(reply);
    };
  }

  std::shared_ptr<ScriptedClient> client = std::make_shared<ScriptedClient>();
  FakeExecutor executor;
  std::shared_ptr<const Request> amendment = std::make_shared<const Request>(amended_request());
  std::shared_ptr<const Request> request = std::make_shared<const Request>(sample_request());
  std::shared_ptr<const Request> with_files = [] {
    auto request = sample_request();
    request.files = {sample_file("a.jpg", "image/jpeg", "what the scanner saw")};
    request.media_urls = {"https://gateway.example/v1/media/ab"};
    return std::make_shared<const Request>(std::move(request));
  }();
  std::optional<Reply<SubmitOutcome>> submitted;
  std::optional<Reply<LookupOutcome>> found;
  std::optional<Reply<PollOutcome>> polled;
  std::optional<Reply<FollowUpOutcome>> followed;
  std::optional<Reply<AmendOutcome>> amended;
};

TEST_F(HttpUpstreamTest, RegistersWithinTheCallDeadline) {
  const auto upstream = open311();
  upstream->submit(request, note(submitted));
  EXPECT_FALSE(submitted);
  EXPECT_EQ(client->timeouts.at(0), Milliseconds(5000));
  client->answer(reply(201, R"([{"service_request_id":"9"}])"));
  ASSERT_TRUE(submitted);
  EXPECT_EQ(std::get<outcome::Registered>(submitted->outcome).code, "9");
  EXPECT_TRUE(upstream->traits().has_lookup);
  EXPECT_EQ(upstream->traits().settle_after, Milliseconds(1000));
}

TEST_F(HttpUpstreamTest, TellsWhatWasNeverSentFromWhatMayHaveActed) {
  const auto upstream = open311();
  upstream->submit(request, note(submitted));
  client->answer(http_client::Failure{true, "connection refused"});
  EXPECT_FALSE(std::get<outcome::TryLater>(submitted.value().outcome).reachable);
  submitted.reset();
  upstream->submit(request, note(submitted));
  client->answer(http_client::Failure{false, "timed out"});
  EXPECT_EQ(std::get<outcome::Uncertain>(submitted.value().outcome).why, "timed out");
}

TEST_F(HttpUpstreamTest, TakesFilesWhereTheDriverSendsThemAndSoManyBytesOfThem) {
  EXPECT_EQ(taking_files()->traits().takes_files, 1000U);
  EXPECT_EQ(open311()->traits().takes_files, 0U);
  EXPECT_EQ(taking_files()->traits().amendment_takes_files, 0U) << "it takes no amendments";
  EXPECT_FALSE(taking_files()->traits().amendment_takes_media);
  EXPECT_EQ(amending("media")->traits().amendment_takes_files, 1000U);
  EXPECT_TRUE(amending("media")->traits().amendment_takes_media);
  EXPECT_EQ(amending()->traits().amendment_takes_files, 0U);
  EXPECT_TRUE(amending()->traits().amendment_takes_media);
}

TEST_F(HttpUpstreamTest, SendsAnAmendmentOnceMoreWithoutTheFilesThatAreRefused) {
  auto attached = attached_request();
  attached.files = {sample_file("a.jpg", "image/jpeg", "what the scanner saw")};
  const auto upstream = amending("media");
  upstream->amend(std::make_shared<const Request>(attached), note(amended));
  client->answer(reply(413, ""));
  EXPECT_FALSE(amended) << "not before it was tried without them";
  EXPECT_THAT(client->sent.at(0).body, HasSubstr("what the scanner saw"));
  EXPECT_EQ(client->sent.at(1).body.find("what the scanner saw"), std::string::npos);
  EXPECT_THAT(client->sent.at(1).body, HasSubstr("media_url=https%3A%2F%2Fgateway.example")) << "it may still fetch them";
  client->answer(reply(200, R"([{"update_id":"9"}])"));
  EXPECT_EQ(name_of(amended.value().outcome), "amended");
  EXPECT_THAT(amended->excerpt, HasSubstr("without its files, which got HTTP 413; HTTP 200"));
  amended.reset();
  upstream->amend(std::make_shared<const Request>(attached), note(amended));
  client->answer(reply(415, ""));
  client->answer(reply(415, ""));
  EXPECT_EQ(name_of(amended.value().outcome), "unclear") << "once is enough";
}

TEST_F(HttpUpstreamTest, SendsARequestOnceMoreWithoutTheFilesThatAreRefused) {
  for (const int status : {413, 415}) {
    const auto upstream = taking_files();
    upstream->submit(with_files, note(submitted));
    client->answer(reply(status, ""));
    EXPECT_FALSE(submitted) << "not before it was tried without them";
    EXPECT_THAT(client->sent.at(0).body, HasSubstr("what the scanner saw"));
    EXPECT_EQ(client->sent.at(1).body.find("what the scanner saw"), std::string::npos);
    EXPECT_THAT(client->sent.at(1).body, HasSubstr("media_url=https%3A%2F%2Fgateway.example")) << "it may still fetch them";
    EXPECT_LE(client->timeouts.at(1), client->timeouts.at(0)) << "within the same deadline";
    client->answer(reply(201, R"([{"service_request_id":"9"}])"));
    EXPECT_EQ(std::get<outcome::Registered>(submitted.value().outcome).code, "9");
    EXPECT_THAT(submitted->excerpt, HasSubstr("without its files, which got HTTP " + std::to_string(status) + "; HTTP 201"));
    submitted.reset();
    client->sent.clear();
    client->timeouts.clear();
  }
}

TEST_F(HttpUpstreamTest, SendsNothingAThirdTime) {
  const auto upstream = taking_files();
  upstream->submit(with_files, note(submitted));
  client->answer(reply(415, ""));
  client->answer(reply(415, ""));
  EXPECT_EQ(name_of(submitted.value().outcome), "unclear");
  submitted.reset();
  upstream->submit(with_files, note(submitted));
  client->answer(reply(413, ""));
  client->answer(http_client::Failure{false, "timed out"});
  EXPECT_EQ(name_of(submitted.value().outcome), "uncertain");
  EXPECT_EQ(client->sent.size(), 4U);
}

TEST_F(HttpUpstreamTest, SendsNothingAgainWhereItsFilesAreNotWhy) {
  const auto upstream = taking_files();
  for (const auto& [status, outcome] : std::map<int, std::string_view>{{400, "unclear"}, {500, "uncertain"}, {503, "try_later"}}) {
    upstream->submit(with_files, note(submitted));
    client->answer(reply(status, ""));
    EXPECT_EQ(name_of(submitted.value().outcome), outcome) << status;
    submitted.reset();
  }
  upstream->submit(request, note(submitted));
  client->answer(reply(413, ""));
  EXPECT_EQ(name_of(submitted.value().outcome), "unclear") << "it carried none";
}

TEST_F(HttpUpstreamTest, BelievesTheConfigurationOfARefusalWithFiles) {
  const auto upstream = taking_files({{{413}, {}, {}}});
  upstream->submit(with_files, note(submitted));
  client->answer(reply(413, ""));
  EXPECT_EQ(name_of(submitted.value().outcome), "refused");
}

TEST_F(HttpUpstreamTest, ReadsALookupsPagesWithinOneDeadline) {
  const auto upstream = open311();
  upstream->look_up(request, note(found));
  client->answer(reply(200, R"([{"service_request_id":"1"}])"));
  EXPECT_FALSE(found);
  ASSERT_EQ(client->sent.size(), 2U);
  EXPECT_THAT(client->sent[1].target, HasSubstr("page=2"));
  EXPECT_LE(client->timeouts[1], client->timeouts[0]);
  client->answer(reply(200, "[]"));
  EXPECT_EQ(name_of(found.value().outcome), "absent");
}

TEST_F(HttpUpstreamTest, AsksForNoFurtherPageAfterTheDeadline) {
  const auto upstream = open311(LookupKind::attribute, Milliseconds(1));
  const auto start = std::chrono::steady_clock::now();
  upstream->look_up(request, note(found));
  while (std::chrono::steady_clock::now() < start + std::chrono::milliseconds(2)) {
  }
  client->answer(reply(200, R"([{"service_request_id":"1"}])"));
  EXPECT_EQ(name_of(found.value().outcome), "try_later");
  EXPECT_EQ(client->sent.size(), 1U);
}

TEST_F(HttpUpstreamTest, TriesALookupAgainWhoseNextPageFails) {
  const auto upstream = open311();
  upstream->look_up(request, note(found));
  client->answer(reply(200, R"([{"service_request_id":"1"}])"));
  client->answer(http_client::Failure{false, "reset"});
  EXPECT_EQ(name_of(found.value().outcome), "try_later");
}

TEST_F(HttpUpstreamTest, PollsATokenAgainAfterAFailure) {
  const auto upstream = open311();
  upstream->poll("t", note(polled));
  client->answer(http_client::Failure{false, "reset"});
  EXPECT_EQ(name_of(polled.value().outcome), "try_later");
}

TEST_F(HttpUpstreamTest, TellsOfAnAmendmentWithinTheCallDeadline) {
  const auto upstream = amending();
  EXPECT_TRUE(upstream->traits().amends && upstream->traits().has_amendment_lookup);
  EXPECT_FALSE(upstream->traits().amendment_sets_values);
  upstream->amend(amendment, note(amended));
  EXPECT_FALSE(amended);
  EXPECT_EQ(client->timeouts.at(0), Milliseconds(5000));
  EXPECT_THAT(client->sent.at(0).body, HasSubstr("update_id=" + sample_mark));
  client->answer(reply(200, R"([{"update_id":"9"}])"));
  EXPECT_EQ(name_of(amended.value().outcome), "amended");
}

TEST_F(HttpUpstreamTest, TellsAnAmendmentThatWasNeverSentFromOneThatMayHaveBeenMade) {
  const auto upstream = amending();
  const auto outcome_of = [&](http_client::Outcome answer) {
    amended.reset();
    upstream->amend(amendment, note(amended));
    client->answer(std::move(answer));
    return std::string(name_of(amended.value().outcome));
  };
  EXPECT_EQ(outcome_of(http_client::Failure{true, "connection refused"}), "try_later");
  EXPECT_FALSE(std::get<outcome::TryLater>(amended->outcome).reachable);
  EXPECT_EQ(outcome_of(http_client::Failure{true, "no certificate", true}), "misconfigured");
  EXPECT_EQ(outcome_of(http_client::Failure{false, "timed out"}), "uncertain");
  EXPECT_EQ(amended->excerpt, "timed out");
}

TEST_F(HttpUpstreamTest, LooksAnAmendmentUpBetweenItsIntentAndNow) {
  const auto upstream = amending();
  upstream->look_up_amendment(amendment, note(found));
  EXPECT_THAT(client->sent.at(0).target, HasSubstr("/servicerequestupdates.json?start_date=2026-11-25T15"));
  client->answer(reply(200, R"([{"update_id":")" + sample_mark + "\"}]"));
  EXPECT_EQ(name_of(found.value().outcome), "found");
  found.reset();
  upstream->look_up_amendment(amendment, note(found));
  client->answer(http_client::Failure{false, "reset"});
  EXPECT_EQ(name_of(found.value().outcome), "try_later");
}

TEST_F(HttpUpstreamTest, LeavesAmendmentsToAPersonWhereNoneAreConfigured) {
  const auto upstream = open311();
  EXPECT_FALSE(upstream->traits().amends || upstream->traits().has_amendment_lookup);
  EXPECT_FALSE(make_by_hand(executor)->traits().amends);
  upstream->amend(amendment, note(amended));
  upstream->look_up_amendment(amendment, note(found));
  EXPECT_FALSE(amended || found) << "never from inside the call";
  executor.run_posted();
  EXPECT_EQ(name_of(amended.value().outcome), "unclear");
  EXPECT_EQ(name_of(found.value().outcome), "unclear");
  EXPECT_TRUE(client->sent.empty());
}

TEST_F(HttpUpstreamTest, FollowsManyRegistrationsInOneCallWithinTheDeadline) {
  const auto upstream = open311(FollowUpKind::requests);
  EXPECT_EQ(upstream->traits().follow_up_batch, 50U);
  upstream->follow_up({"1", "2"}, note(followed));
  EXPECT_FALSE(followed);
  EXPECT_THAT(client->sent.at(0).target, HasSubstr("/requests.json?service_request_id=1%2C2"));
  EXPECT_EQ(client->timeouts.at(0), Milliseconds(5000));
  client->answer(reply(200, R"([{"service_request_id":"2","status":"closed"},{"service_request_id":"3","status":"closed"}])"));
  const auto& reports = std::get<std::vector<ProgressReport>>(followed.value().outcome);
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_EQ(reports[0].code, "2");
  EXPECT_EQ(reports[0].progress, Progress::resolved);
}

TEST_F(HttpUpstreamTest, FollowsByUpdatesSinceTheWindowBegan) {
  const auto upstream = open311(FollowUpKind::updates);
  const auto floor = [](auto time) { return std::chrono::floor<std::chrono::seconds>(time); };
  const auto before = floor(std::chrono::system_clock::now());
  upstream->follow_up({"1"}, note(followed));
  const auto& target = client->sent.at(0).target;
  EXPECT_THAT(target, HasSubstr("/servicerequestupdates.json?start_date="));
  const auto time_after = [&](std::string_view name) {
    auto text = target.substr(target.find(name) + name.size(), std::string_view("2026-11-24T12%3A00%3A00Z").size());
    for (auto at = text.find("%3A"); at != std::string::npos; at = text.find("%3A")) text.replace(at, 3, ":");
    return parse_rfc3339(text).value();
  };
  EXPECT_GE(time_after("end_date="), before);
  EXPECT_EQ(time_after("end_date=") - time_after("start_date="), std::chrono::hours(72));
  client->answer(reply(200, R"([
    {"update_id":"b","service_request_id":"1","status":"fixed","updated_datetime":"2026-11-24T13:00:00Z","description":"شد"},
    {"update_id":"a","service_request_id":"1","status":"open","updated_datetime":"2026-11-24T12:00:00Z"}])"));
  const auto& reports = std::get<std::vector<ProgressReport>>(followed.value().outcome);
  ASSERT_EQ(reports.size(), 2U);
  EXPECT_EQ(reports.back().progress, Progress::resolved) << "the newest last";
  EXPECT_EQ(reports.back().words, "fixed: شد");
}

TEST_F(HttpUpstreamTest, FollowsAgainLaterWhereThereIsNoAnswer) {
  const auto upstream = open311(FollowUpKind::requests);
  const auto outcome_of = [&](http_client::Outcome answer) {
    followed.reset();
    upstream->follow_up({"1"}, note(followed));
    client->answer(std::move(answer));
    return std::string(name_of(followed.value().outcome));
  };
  EXPECT_EQ(outcome_of(http_client::Failure{false, "timed out after 5000 ms"}), "try_later");
  EXPECT_FALSE(std::get<outcome::TryLater>(followed->outcome).reachable);
  EXPECT_EQ(followed->excerpt, "timed out after 5000 ms");
  EXPECT_EQ(outcome_of(reply(200, "<html>")), "try_later");
  EXPECT_EQ(outcome_of(reply(503, "")), "try_later");
  EXPECT_EQ(outcome_of(reply(404, "")), "unclear");
  EXPECT_EQ(outcome_of(reply(403, "")), "misconfigured");
}

TEST_F(HttpUpstreamTest, FollowsNothingWhereThatIsSwitchedOff) {
  EXPECT_EQ(open311(FollowUpKind::none)->traits().follow_up_batch, 0U);
  EXPECT_EQ(make_by_hand(executor)->traits().follow_up_batch, 0U);
}

TEST_F(HttpUpstreamTest, ReadsCallbacksAsItsProtocolDoes) {
  const auto upstream = open311(FollowUpKind::requests);
  const auto told = upstream->read_callback(R"([{"service_request_id":"1","status":"closed"}])");
  ASSERT_TRUE(told);
  EXPECT_EQ(told->at(0).progress, Progress::resolved);
  EXPECT_EQ(upstream->read_callback("<html>").error().code, "callback_unreadable");
  EXPECT_EQ(make_by_hand(executor)->read_callback("{}").error().code, "callback_unreadable");
}

TEST_F(HttpUpstreamTest, NeverCallsBackFromInsideTheCall) {
  const auto upstream = open311(LookupKind::none);
  EXPECT_FALSE(upstream->traits().has_lookup);
  upstream->look_up(request, note(found));
  EXPECT_FALSE(found);
  executor.run_posted();
  EXPECT_EQ(name_of(found.value().outcome), "unclear");
}

/// What a driver says of a request that it has no words for.
class Objecting final : public Protocol {
 public:
  [[nodiscard]] std::string objection(const Request&) const override { return "no word for it"; }
  [[nodiscard]] http_client::Request submit_request(const Request&) const override { return {}; }
  [[nodiscard]] Answer<SubmitOutcome> submit_answer(const Request&, const http_client::Response&) const override { return {}; }
  [[nodiscard]] bool has_lookup() const override { return true; }
  [[nodiscard]] std::unique_ptr<Lookup> look_up(const Request&) const override { return nullptr; }
  [[nodiscard]] bool amends() const override { return true; }
  [[nodiscard]] std::string amendment_objection(const Request&) const override { return "no word for it either"; }
  [[nodiscard]] bool has_tokens() const override { return false; }
  [[nodiscard]] http_client::Request poll_request(std::string_view) const override { return {}; }
  [[nodiscard]] Answer<PollOutcome> poll_answer(std::string_view, const http_client::Response&) const override { return {}; }
};

TEST_F(HttpUpstreamTest, SendsNothingThatItHasNoWordsFor) {
  const auto upstream = make_http_upstream({}, std::make_shared<Objecting>(), client, executor);
  upstream->submit(request, note(submitted));
  upstream->look_up(request, note(found));
  EXPECT_FALSE(submitted);
  executor.run_posted();
  EXPECT_EQ(std::get<outcome::Unclear>(submitted.value().outcome).why, "no word for it");
  EXPECT_EQ(std::get<outcome::Unclear>(found.value().outcome).why, "no word for it");
  upstream->amend(amendment, note(amended));
  executor.run_posted();
  EXPECT_EQ(std::get<outcome::Unclear>(amended.value().outcome).why, "no word for it either");
  EXPECT_TRUE(client->sent.empty());
}

TEST_F(HttpUpstreamTest, SurvivesItsEndWhileACallIsUnderWay) {
  auto upstream = open311();
  upstream->look_up(request, note(found));
  upstream.reset();
  auto handler = std::move(client->handlers.front());
  client.reset();
  handler(reply(200, R"([{"service_request_id":"1"}])"));
  EXPECT_FALSE(found);
}

TEST_F(HttpUpstreamTest, ByHandGivesEveryRequestToAnOfficer) {
  const auto upstream = make_by_hand(executor);
  upstream->submit(request, note(submitted));
  upstream->look_up(request, note(found));
  upstream->poll("t", note(polled));
  EXPECT_FALSE(submitted);
  executor.run_posted();
  EXPECT_EQ(name_of(submitted.value().outcome), "by_hand");
  EXPECT_EQ(name_of(found.value().outcome), "unclear");
  EXPECT_EQ(name_of(polled.value().outcome), "unclear");
  EXPECT_TRUE(upstream->traits().by_hand);
  EXPECT_FALSE(upstream->traits().has_lookup);
}

TEST(ServiceListLoader, RetriesUntilTheListIsThereAndRefreshesIt) {
  const auto client = std::make_shared<ScriptedClient>();
  const auto catalogue = std::make_shared<ServiceCatalogue>(std::map<std::string, std::string>{{"x", "gone"}}, "a");
  FakeExecutor executor;
  ServiceListStatus status;
  keep_service_list(client, {ReplyFormat::json, "isf"}, Milliseconds(3000), catalogue, executor,
                    [&](const ServiceListStatus& now) { status = now; });
  EXPECT_EQ(client->sent.at(0).target, "/services.json?jurisdiction_id=isf");
  client->answer(http_client::Failure{true, "no route"});
  EXPECT_FALSE(status.loaded);
  EXPECT_EQ(status.problem, "no route");
  EXPECT_EQ(executor.fire_next_timer(), Milliseconds(5'000));
  client->answer(reply(503, ""));
  EXPECT_EQ(executor.fire_next_timer(), Milliseconds(10'000));
  client->answer(reply(200, R"([{"service_code":"a"},{"service_code":"trees","service_name":"درخت"}])"));
  EXPECT_TRUE(status.loaded);
  EXPECT_EQ(status.services, 2U);
  EXPECT_EQ(status.problem, "");
  EXPECT_THAT(status.unknown_codes, ElementsAre("gone"));
  EXPECT_EQ(catalogue->code_for("درخت"), "trees");

  EXPECT_EQ(executor.fire_next_timer(), std::chrono::hours(6));
  client->answer(reply(200, "<html>"));
  EXPECT_TRUE(status.loaded);
  EXPECT_NE(status.problem, "");
  EXPECT_EQ(catalogue->code_for("درخت"), "trees");
}

TEST(ServiceListLoader, ReadsXmlWhereThatIsSpoken) {
  const auto client = std::make_shared<ScriptedClient>();
  const auto catalogue = std::make_shared<ServiceCatalogue>(std::map<std::string, std::string>{}, "a");
  FakeExecutor executor;
  ServiceListStatus status;
  keep_service_list(client, {ReplyFormat::xml, ""}, Milliseconds(3000), catalogue, executor,
                    [&](const ServiceListStatus& now) { status = now; });
  EXPECT_EQ(client->sent.at(0).target, "/services.xml");
  client->answer(reply(200, "<services><service><service_code>a</service_code></service></services>", "text/xml"));
  EXPECT_TRUE(status.loaded);
  EXPECT_EQ(status.services, 1U);
}

TEST(ServiceListLoader, EndsWithItsClient) {
  auto client = std::make_shared<ScriptedClient>();
  FakeExecutor executor;
  keep_service_list(client, {}, Milliseconds(3000), std::make_shared<ServiceCatalogue>(std::map<std::string, std::string>{}, "a"), executor,
                    {});
  client->answer(http_client::Failure{true, "no route"});
  client.reset();
  executor.fire_next_timer();
  EXPECT_TRUE(executor.timers.empty());
}

std::string problem_with(const Settings& settings) {
  const auto checked = check(settings, "system137");
  return checked ? "" : checked.error().message;
}

TEST(UpstreamSettings, AreRefusedWithKeyAndReason) {
  Settings settings;
  EXPECT_EQ(problem_with(settings), "") << "by hand needs nothing";
  settings.driver = DriverKind::open311;
  EXPECT_THAT(problem_with(settings), HasSubstr("system137.base_url must begin with https://"));
  settings.base_url = "https://137.example/api";
  EXPECT_THAT(problem_with(settings), HasSubstr("system137.default_service_code is missing"));
  settings.default_service_code = "other";
  EXPECT_EQ(problem_with(settings), "");
  settings.mapping_file = "/nonexistent/system137.toml";
  EXPECT_EQ(problem_with(settings), "system137.mapping_file cannot be read: /nonexistent/system137.toml");
  settings.mapping_file = std::string(SALAM_SOURCE_DIR) + "/docker/examples/system137.toml";
  EXPECT_EQ(problem_with(settings), "");
  settings.driver = DriverKind::mapped;
  EXPECT_THAT(problem_with(settings), HasSubstr("system137.toml: submit is missing"));
  settings.mapping_file.clear();
  EXPECT_THAT(problem_with(settings), HasSubstr("system137.mapping_file is missing"));
}

TEST(UpstreamSettings, NeedTheNameAndPasswordThatTheMappingNames) {
  TemporaryFile mapping(
      "[submit]\npath = \"/add\"\nbody_format = \"form\"\nbody = \"u={{user}}&p={{password}}\"\n"
      "[success]\nstatuses = [200]\ncode = \"/id\"\n");
  Settings settings;
  settings.driver = DriverKind::mapped;
  settings.base_url = "https://desk.example";
  settings.mapping_file = mapping.path();
  EXPECT_EQ(problem_with(settings), "system137.user (or user_file) is missing: the mapping file names {{user}}");
  settings.user = Sensitive<std::string>("salam");
  EXPECT_EQ(problem_with(settings), "system137.password (or password_file) is missing: the mapping file names {{password}}");
  settings.password = Sensitive<std::string>("x");
  EXPECT_EQ(problem_with(settings), "");
}

TEST(UpstreamSettings, NameTheirDrivers) {
  for (const auto kind : {DriverKind::open311, DriverKind::mapped, DriverKind::by_hand}) {
    EXPECT_EQ(parse_driver_kind(to_string(kind)), kind);
  }
  EXPECT_EQ(parse_driver_kind("soap"), std::nullopt);
}

}  // namespace
}  // namespace salam::upstream
