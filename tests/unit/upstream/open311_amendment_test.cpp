#include "adapters/upstream/open311_amendment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/upstream/amendment.h"
#include "tests/unit/upstream/support.h"

namespace salam::upstream {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const Timestamp now = sample_request().received_at + std::chrono::days(3);

Open311Settings settings(ReplyFormat format = ReplyFormat::json) {
  Open311Settings made;
  made.format = format;
  made.api_key = Sensitive<std::string>("k");
  made.jurisdiction_id = "isfahan";
  made.refused = {{{400}, {"closed_already"}, {}}};
  made.later = {{{400}, {"maintenance"}, {}}};
  made.already_exists = {{{409}, {"already_exists"}, {}}};
  return made;
}

std::string field(const http_client::Request& message, std::string_view name) {
  const auto start = ("&" + message.body).find("&" + std::string(name) + "=");
  if (start == std::string::npos) return "absent";
  const auto value = message.body.substr(start + name.size() + 1);
  return value.substr(0, value.find('&'));
}

std::string description(const Request& request, const Open311Settings& with = settings()) {
  return field(amendment_call(with, request), "description");
}

std::string_view judged(int status, const std::string& body, ReplyFormat format = ReplyFormat::json) {
  return name_of(read_amendment(settings(format), amended_request(), reply(status, body)).outcome);
}

std::string_view found(const std::string& updates, const Request& request = amended_request()) {
  return name_of(make_open311_amendment_lookup(settings(), request, now)->feed(reply(200, updates)).value().outcome);
}

TEST(Open311Amendment, IsSentAsAnUpdateUnderItsMark) {
  const auto message = amendment_call(settings(), amended_request());
  EXPECT_EQ(message.method, "POST");
  EXPECT_EQ(message.target, "/servicerequestupdates.json");
  const std::vector<std::pair<std::string, std::string>> expected{{"api_key", "k"},
                                                                  {"jurisdiction_id", "isfahan"},
                                                                  {"service_request_id", "SD-1"},
                                                                  {"update_id", sample_mark},
                                                                  {"updated_datetime", "2026-11-26T15:00:00Z"},
                                                                  {"status", "open"},
                                                                  {"description", amendment_text(amended_request(), {})}};
  EXPECT_EQ(message.body, http_client::form_encoded(expected));
  EXPECT_EQ(amendment_call(settings(ReplyFormat::xml), amended_request()).target, "/servicerequestupdates.xml");
}

TEST(Open311Amendment, CarriesTheFirstNewAttachmentsAddressAndAllInWords) {
  const auto request = attached_request();
  EXPECT_EQ(field(amendment_call(settings(), request), "media_url"), "https%3A%2F%2Fgateway.example%2Fv1%2Fmedia%2Fab");
  EXPECT_THAT(description(request), HasSubstr(http_client::percent_encoded("https://photos.example/2.jpg")));
  EXPECT_EQ(field(amendment_call(settings(), amended_request()), "media_url"), "absent");
}

TEST(Open311Amendment, CarriesFilesInTheFieldThatTheSystemTakesThemIn) {
  auto request = attached_request();
  request.files = {sample_file("a.jpg", "image/jpeg", "what the scanner saw")};
  auto with_files = settings();
  with_files.amend.media_field = "photo";
  const auto message = amendment_call(with_files, request);
  EXPECT_EQ(message.target, "/servicerequestupdates.json");
  EXPECT_THAT(message.headers, testing::Contains(testing::Pair("Content-Type", testing::StartsWith("multipart/form-data; boundary="))));
  EXPECT_THAT(message.body,
              AllOf(HasSubstr("name=\"photo\"; filename=\"a.jpg\"\r\nContent-Type: image/jpeg\r\n\r\nwhat the scanner saw\r\n"),
                    HasSubstr("name=\"update_id\"\r\n\r\n" + sample_mark), Not(HasSubstr("name=\"media_url\""))));
}

TEST(Open311Amendment, KeepsItsMarkAndNoMarkupInALongText) {
  auto request = amended_request();
  request.content.description = Sensitive<std::string>("<b>" + std::string(9000, 'x'));
  request.handling.amendment.under_way.set(static_cast<std::size_t>(Field::description));
  EXPECT_LE(description(request).size(), 6000U);
  EXPECT_THAT(description(request), AllOf(HasSubstr(sample_mark), Not(HasSubstr("%3Cb"))));
}

TEST(Open311Amendment, TellsNoMoreOfTheCitizenThanTheRegistrationDid) {
  auto request = amended_request();
  request.content.citizen.national_id = Sensitive<std::string>("0012345679");
  request.handling.amendment.under_way.set();
  EXPECT_THAT(description(request), AllOf(HasSubstr("09131234567"), Not(HasSubstr("0012345679"))));
  auto with_attribute = settings();
  with_attribute.attributes = {{"national_id", *Template::parse("{{national_id}}", Escape::none)}};
  EXPECT_THAT(description(request, with_attribute), HasSubstr("0012345679"));
}

TEST(Open311Amendment, ClosesOnlyWhatIsWithdrawnOrClosedAlready) {
  auto request = amended_request();
  const auto status = [&] { return field(amendment_call(settings(), request), "status"); };
  request.follow_up.progress = Progress::in_progress;
  EXPECT_EQ(status(), "open");
  request.follow_up.progress = Progress::resolved;
  EXPECT_EQ(status(), "closed");
  request.follow_up.progress = Progress::reopened;
  EXPECT_EQ(status(), "open");
  request.handling.closure = Closure{CloseReason::withdrawn, "", "", {}};
  EXPECT_EQ(status(), "closed");
}

TEST(Open311Amendment, IsJudgedAsARegistrationIs) {
  EXPECT_EQ(judged(200, R"([{"update_id":"17"}])"), "amended");
  EXPECT_EQ(judged(202, R"({"update_id":17})"), "amended");
  EXPECT_EQ(judged(201, "[]"), "amended");
  EXPECT_EQ(judged(200, R"([{"code":500,"description":"lost"}])"), "uncertain");
  EXPECT_EQ(judged(200, R"({"login":"required"})"), "uncertain");
  EXPECT_EQ(judged(200, "[null]"), "uncertain");
  EXPECT_EQ(judged(200, "<html>"), "uncertain");
  EXPECT_EQ(judged(204, ""), "uncertain");
  EXPECT_EQ(judged(409, R"([{"code":"already_exists"}])"), "amended");
  EXPECT_EQ(judged(400, R"([{"code":"closed_already"}])"), "refused");
  EXPECT_EQ(judged(400, R"([{"code":"maintenance"}])"), "try_later");
  EXPECT_EQ(judged(400, ""), "unclear");
  EXPECT_EQ(judged(404, ""), "unclear");
  EXPECT_EQ(judged(403, ""), "misconfigured");
  EXPECT_EQ(judged(429, ""), "try_later");
  EXPECT_EQ(judged(503, ""), "try_later");
  EXPECT_EQ(judged(500, ""), "uncertain");
  EXPECT_EQ(judged(200, "<service_request_updates><request_update><update_id>42</update_id></request_update></service_request_updates>",
                   ReplyFormat::xml),
            "amended");
}

TEST(Open311Amendment, KeepsPersonalDataOut) {
  const auto body = R"([{"code":400,"description":"phone 09131234567 of علی رضایی: ترمیم <آسفالت> & جدول"}])";
  EXPECT_THAT(read_amendment(settings(), amended_request(), reply(400, body)).excerpt,
              AllOf(HasSubstr("phone"), Not(HasSubstr("رضایی")), Not(HasSubstr("4567")), Not(HasSubstr("ترمیم"))));
}

TEST(Open311AmendmentLookup, AsksForTheUpdatesSinceTheIntent) {
  EXPECT_EQ(make_open311_amendment_lookup(settings(), amended_request(), now)->request().target,
            "/servicerequestupdates.json?jurisdiction_id=isfahan&start_date=2026-11-25T15%3A00%3A00Z&end_date=2026-11-28T15%3A00%3A00Z");
}

TEST(Open311AmendmentLookup, KnowsItByItsIdOrItsWords) {
  EXPECT_EQ(found(R"([{"update_id":"1"},{"update_id":")" + sample_mark + "\"}]"), "found");
  EXPECT_EQ(found(R"([{"update_id":null,"service_request_id":"SD-1","description":"… )" + sample_mark + R"( …"}])"), "found");
  EXPECT_EQ(found(R"([{"update_id":")" + sample_mark + "1\",\"description\":null}]"), "absent");
  EXPECT_EQ(found("[]"), "absent");
}

TEST(Open311AmendmentLookup, BelievesAbsentOnlyOfAListThatIsWholeAndReachesBack) {
  std::string hundred;
  for (int i = 1; i <= 100; ++i) hundred += (i == 1 ? "" : ",") + (R"({"update_id":)" + std::to_string(i)) + "}";
  EXPECT_EQ(found("[" + hundred + "]"), "unclear");
  EXPECT_EQ(found("[" + hundred + R"(,{"update_id":101}])"), "absent");
  auto old = amended_request();
  old.handling.amendment.intent_at = now - std::chrono::days(90);
  EXPECT_EQ(found("[]", old), "unclear");
  EXPECT_EQ(found(R"([{"update_id":"1"},{"code":500}])"), "try_later") << "an error among them";
}

}  // namespace
}  // namespace salam::upstream
