#include "adapters/upstream/open311_progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/upstream/amendment.h"
#include "tests/unit/upstream/bad_answers.h"
#include "tests/unit/upstream/support.h"

namespace salam::upstream {
namespace {

using testing::HasSubstr;

Open311Settings settings(ReplyFormat format = ReplyFormat::json) {
  Open311Settings made;
  made.format = format;
  made.api_key = Sensitive<std::string>("k");
  made.jurisdiction_id = "isfahan";
  return made;
}

const std::vector<std::string> asked{"1", "2", "3"};
const Timestamp noon = std::chrono::sys_days(std::chrono::year(2026) / 11 / 24) + std::chrono::hours(12);

/// What was read; nothing where it is another outcome.
std::optional<ProgressReply> reports_in(const Answer<ProgressOutcome>& answer) {
  const auto* const reply = std::get_if<ProgressReply>(&answer.outcome);
  return reply == nullptr ? std::nullopt : std::optional(*reply);
}

std::optional<ProgressReply> status_in(const http_client::Response& response, ReplyFormat format = ReplyFormat::json) {
  return reports_in(read_status(settings(format), response, asked));
}

// --- status ----------------------------------------------------------------------------------------------------------

TEST(Open311Status, IsAskedForManyAtOnce) {
  EXPECT_EQ(status_call(settings(), asked).target, "/requests.json?jurisdiction_id=isfahan&service_request_id=1%2C2%2C3");
  EXPECT_THAT(status_call(settings(ReplyFormat::xml), asked).target, HasSubstr("/requests.xml?"));
  const std::vector<std::string> odd{"A,1", "B"};
  EXPECT_THAT(status_call(settings(), odd).target, HasSubstr("service_request_id=B"));
  const std::vector<std::string> many(60, "7");
  const auto target = status_call(settings(), many).target;
  EXPECT_EQ(std::count(target.begin(), target.end(), '7'), 50);
}

TEST(Open311Status, IsReadOfThoseAskedFor) {
  const auto body = R"([
    {"service_request_id":"1","status":"closed","status_notes":"آسفالت شد","updated_datetime":"2026-11-24T15:30:00+03:30"},
    {"service_request_id":2,"status":"open","status_notes":null,"updated_datetime":"yesterday"},
    {"service_request_id":"9","status":"open"}])";
  const auto read = status_in(reply(200, body));
  ASSERT_TRUE(read);
  ASSERT_EQ(read->reports.size(), 2U);
  EXPECT_EQ(read->skipped, 0U);
  EXPECT_EQ(read->reports[0].code, "1");
  EXPECT_EQ(read->reports[0].status, "closed");
  EXPECT_EQ(read->reports[0].words, "آسفالت شد");
  EXPECT_EQ(read->reports[0].updated_at, noon);
  EXPECT_EQ(read->reports[0].update_id, "");
  EXPECT_EQ(read->reports[1].code, "2");
  EXPECT_EQ(read->reports[1].updated_at, std::nullopt);
}

TEST(Open311Status, PassesOverBadEntriesAndCountsThem) {
  const auto body = R"([null, 7, [], {}, {"service_request_id":"1"}, {"service_request_id":"0","status":"open"},
    {"service_request_id":"1","status":["open"]}, {"service_request_id":"1","status":" "}, {"service_request_id":"1","status":")" +
                    std::string(101, 'x') + R"("}, {"service_request_id":"3","status":"fixed"}])";
  const auto read = status_in(reply(200, body));
  ASSERT_TRUE(read);
  ASSERT_EQ(read->reports.size(), 1U);
  EXPECT_EQ(read->reports[0].code, "3");
  EXPECT_EQ(read->skipped, 9U);
}

TEST(Open311Status, IsReadInXml) {
  const auto body = R"(<service_requests><count>2</count>
    <request><service_request_id>1</service_request_id><status>closed</status><status_notes>x &amp; y</status_notes>
      <updated_datetime>2026-11-24T12:00:00Z</updated_datetime></request>
    <request><status>open</status></request></service_requests>)";
  const auto read = status_in(reply(200, body, "text/xml"), ReplyFormat::xml);
  ASSERT_TRUE(read);
  ASSERT_EQ(read->reports.size(), 1U);
  EXPECT_EQ(read->reports[0].words, "x & y");
  EXPECT_EQ(read->reports[0].updated_at, noon);
  EXPECT_EQ(read->skipped, 2U);
}

TEST(Open311Status, ShortensLongWords) {
  const auto body = R"([{"service_request_id":"1","status":"open","status_notes":")" + std::string(5000, 'x') + "\"}]";
  EXPECT_LT(status_in(reply(200, body))->reports.at(0).words.size(), 2100U);
}

// --- updates ---------------------------------------------------------------------------------------------------------

TEST(Open311Updates, AreAskedForByTime) {
  EXPECT_EQ(updates_call(settings(), noon, noon + std::chrono::hours(1)).target,
            "/servicerequestupdates.json?jurisdiction_id=isfahan&start_date=2026-11-24T12%3A00%3A00Z&end_date=2026-11-24T13%3A00%3A00Z");
}

TEST(Open311Updates, AreReadInBothFormats) {
  const auto json = R"([{"update_id":638,"service_request_id":"1","status":"INVESTIGATING","updated_datetime":"2026-11-24T12:00:00Z",
    "description":"بازدید شد","media_url":""}, {"service_request_id":"1","status":"open"}])";
  const auto xml = R"(<?xml version="1.0" encoding="utf-8"?><service_request_updates><request_update><update_id>638</update_id>
    <service_request_id>1</service_request_id><status>INVESTIGATING</status><updated_datetime>2026-11-24T12:00:00Z</updated_datetime>
    <description>بازدید شد</description><media_url/></request_update>
    <request_update><service_request_id>1</service_request_id><status>open</status></request_update></service_request_updates>)";
  for (const auto& [format, body] : {std::pair{ReplyFormat::json, json}, std::pair{ReplyFormat::xml, xml}}) {
    const auto read = reports_in(read_updates(settings(format), reply(200, body, "text/plain")));
    ASSERT_TRUE(read);
    ASSERT_EQ(read->reports.size(), 1U);
    EXPECT_EQ(read->skipped, 1U);
    const auto& report = read->reports[0];
    EXPECT_EQ(report.update_id, "638");
    EXPECT_EQ(report.words, "بازدید شد");
    EXPECT_EQ(report.updated_at, noon);
    EXPECT_EQ(settings().statuses.meaning_of(report.status), (Meaning{Progress::in_progress}));
  }
}

TEST(Open311Updates, MayBeNone) {
  EXPECT_TRUE(reports_in(read_updates(settings(), reply(200, "[]")))->reports.empty());
  EXPECT_TRUE(reports_in(read_updates(settings(ReplyFormat::xml), reply(200, "<service_request_updates/>")))->reports.empty());
}

TEST(Open311Updates, TellNothingNewWhereTheyRepeatAnAmendment) {
  const auto heading = amendment_text(amended_request(), {});
  const auto updates = R"([{"update_id":")" + sample_mark + R"(","service_request_id":"1","status":"open","description":"x"},
    {"update_id":"7","service_request_id":"1","status":"open","description":"اصلاح شماره ۲ از مردم سلام ()" +
                       sample_mark + R"()\nمهلت: ۱۴۰۵/۰۹/۱۰"},
    {"update_id":"8","service_request_id":"1","status":"in_progress","description":"اصلاح شد"}])";
  EXPECT_TRUE(is_amendment_text(heading)) << heading;
  auto by_updates = settings();
  by_updates.follow_up.kind = FollowUpKind::updates;
  const auto followed = read_follow_up(by_updates, reply(200, updates), asked).outcome;
  const auto& reports = std::get<std::vector<ProgressReport>>(followed);
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_EQ(reports[0].progress, Progress::in_progress);
  EXPECT_EQ(read_callback(settings(), updates)->size(), 1U);
}

TEST(Open311Status, IsNewsAlsoBesideTheWordsOfAnAmendment) {
  const auto repeated = R"([{"service_request_id":"1","status":"in_progress","status_notes":"اصلاح شماره ۲ از مردم سلام"}])";
  EXPECT_EQ(std::get<std::vector<ProgressReport>>(read_follow_up(settings(), reply(200, repeated), asked).outcome).size(), 1U);
}

// --- bad answers -----------------------------------------------------------------------------------------------------

class Open311ProgressIn : public testing::TestWithParam<ReplyFormat> {};
INSTANTIATE_TEST_SUITE_P(, Open311ProgressIn, testing::Values(ReplyFormat::json, ReplyFormat::xml),
                         [](const auto& info) { return info.param == ReplyFormat::xml ? "Xml" : "Json"; });

TEST_P(Open311ProgressIn, HasNoReportInWhatCannotBeRead) {
  const bool is_xml = GetParam() == ReplyFormat::xml;
  const ReplyForm status = is_xml ? ReplyForm{"text/xml", "<service_requests><request><status>open</status><service_request_id>",
                                              "</service_request_id></request></service_requests>"}
                                  : ReplyForm{"application/json", R"([{"status":"open","service_request_id":)", "}]"};
  const std::vector<std::string> codes{"SD-1", "17"};
  for (const auto& bad : bad_answers(status)) {
    const auto read = read_status(settings(GetParam()), bad.response(), codes);
    const auto reports = reports_in(read);
    EXPECT_EQ(reports && !reports->reports.empty(), bad.submit == "registered") << bad.name;
    if (!reports) {
      EXPECT_EQ(std::holds_alternative<outcome::Unclear>(read.outcome), bad.look_up == "unclear") << bad.name;
    }
    const auto updates = reports_in(read_updates(settings(GetParam()), bad.response()));
    EXPECT_TRUE(!updates || updates->reports.empty()) << bad.name;
  }
}

TEST(Open311Progress, IsTriedAgainOrMendedByStatus) {
  const auto outcome = [](int status) { return read_updates(settings(), reply(status, "[]")).outcome; };
  EXPECT_TRUE(std::holds_alternative<outcome::TryLater>(outcome(503)));
  EXPECT_TRUE(std::holds_alternative<outcome::TryLater>(outcome(429)));
  EXPECT_TRUE(std::holds_alternative<outcome::Misconfigured>(outcome(403)));
  EXPECT_TRUE(std::holds_alternative<outcome::Unclear>(outcome(404)));
}

}  // namespace
}  // namespace salam::upstream
