#include <set>

#include "gateway/api/health.h"
#include "gateway/domain/amendments.h"
#include "gateway/json/writer.h"
#include "tests/contract/api/api_fixture.h"

namespace salam::test {
namespace {

using testing::AnyOf;
using testing::IsEmpty;
using testing::Not;

const std::string power_cut = R"({"region": "3", "kind": "complaint", "subject": "قطعی برق", "description": "هر شب"})";
const std::string nobody = "0193a1c2-7b1e-7c3d-9f00-5d1b2c3a4e5f";

/// Every reply in these tests is held against openapi.yaml by the fixture itself.
class Replies : public Api {
 protected:
  explicit Replies(bool personal_data_in_events = false) : Api(personal_data_in_events) {}

  Record registered(const std::string& id) {
    go(id, [&](const Record& now) { return lifecycle::begin_call(now, {}, policy_, moment()); });
    return go(id,
              [&](const Record& now) { return lifecycle::call_registered(now, "4711" + now.request.form_item.form, policy_, moment()); });
  }
  Record sent(const std::string& id) {
    const auto message = registered(id).messages.back().id;
    go(id, [&](const Record& now) { return lifecycle::message_sending(now, message, "kavenegar", policy_, moment("send")); });
    return go(id, [&](const Record& now) {
      return lifecycle::message_sent(now, message, "kavenegar", "8", std::chrono::seconds(10), policy_, moment("send"));
    });
  }
  /// One that 137 cannot take; it waits for a review.
  std::string in_review(const std::string& number, const std::string& citizen = R"({"name": "نمونه", "mobile": "09130001234"})") {
    context_->policy.desk_after_review = true;
    const auto receipt =
        post("/v1/requests", R"({"meeting": "m1", "form": ")" + number +
                                 R"(", "kind": "complaint", "subject": "قطعی برق", "description": "هر شب", "citizen": )" + citizen + "}");
    context_->policy.desk_after_review = false;
    EXPECT_EQ(receipt.at("/state"), "in_review");
    return receipt.at("/id");
  }
  /// With an Idempotency-Key of its own.
  Answer act(const std::string& id, const std::string& action, const std::string& body, Headers headers = {}) {
    headers.emplace_back("idempotency-key", std::to_string(++settlings_));
    return post("/v1/requests/" + id + "/" + action, body, std::move(headers));
  }
  Answer correct(const std::string& id, const std::string& body, const std::string& tag = "*") {
    return ask(http::Method::patch, "/v1/requests/" + id, body, {{"if-match", tag}});
  }
  Answer assign(const std::string& id, const std::string& body, Headers headers = {}) {
    return ask(http::Method::put, "/v1/requests/" + id + "/assignment", body, std::move(headers));
  }
  Record refused(const std::string& id, const std::string& why) {
    go(id, [&](const Record& now) { return lifecycle::begin_call(now, {}, policy_, moment()); });
    return go(id, [&](const Record& now) { return lifecycle::call_refused(now, why, policy_, moment()); });
  }
};

TEST_F(Replies, ToMeetingsAreAsWritten) {
  EXPECT_EQ(put("/v1/meetings/m2", meeting).response.status, 201);
  EXPECT_EQ(put("/v1/meetings/m2", meeting).response.status, 200);
  EXPECT_EQ(get("/v1/meetings/m2").response.status, 200);
  EXPECT_EQ(put("/v1/meetings/nazhvan-1", R"({"region": "ناژوان", "mosque": "x", "date": "2026-11-24"})").at("/region"), "nazhvan");
  EXPECT_EQ(get("/v1/meetings/none").response.status, 404);
  EXPECT_EQ(put("/v1/meetings/a%20b", meeting).at("/code"), "parameter_invalid");
  EXPECT_EQ(put("/v1/meetings/m2", "{").at("/code"), "json_invalid");
  EXPECT_EQ(put("/v1/meetings/m2", R"({"region": "16", "mosque": " ", "date": "2026-02-30"})").at("/code"), "schema_violation");
  take_in("1");
  EXPECT_EQ(put("/v1/meetings/m1", R"({"region": "6", "mosque": "x", "date": "2026-11-24"})").at("/code"), "meeting_has_requests");
}

TEST_F(Replies, ToMeetingsDeadlinesAreAsWritten) {
  const std::string path = "/v1/meetings/past/deadlines/letter_sent/met";
  put("/v1/meetings/past",
      R"({"region": 3, "mosque": "x", "date": "2026-09-15", "manager": "رضا", "addressees": ["شهردار"], "invitees": ["مریم"]})");
  const auto first = post(path, R"({"by": "زهرا", "at": "2026-09-20T09:30:00+03:30", "note": "نامه"})");
  EXPECT_EQ(first.at("/state"), "met");
  EXPECT_EQ(first.at("/met_at"), "2026-09-20T09:30:00.000+03:30");
  EXPECT_EQ(first.at("/late"), "false");
  const auto again = post(path, R"({"by": " زهرا", "at": "2026-09-20T06:00:00Z", "note": "نامه"})");
  EXPECT_EQ(again.response.status, 200);
  EXPECT_EQ(again.response.headers.size(), 1U) << "Idempotent-Replayed";
  const auto taken = post(path, R"({"by": "مریم"})");
  EXPECT_EQ(taken.response.status, 409);
  EXPECT_EQ(taken.at("/code"), "deadline_met");
  EXPECT_EQ(taken.at("/met_by"), "زهرا");
  EXPECT_EQ(taken.at("/met_at"), "2026-09-20T09:30:00.000+03:30");
  EXPECT_EQ(post("/v1/meetings/past/deadlines/registered/met", R"({"by": "زهرا"})").at("/late"), "true");

  for (const auto* at : {"2026-09-14T23:59:59+03:30", "2026-09-21T18:00:00+03:30"}) {
    EXPECT_EQ(post("/v1/meetings/past/deadlines/sorted/met", R"({"by": "زهرا", "at": ")" + std::string(at) + "\"}").at("/errors/0/pointer"),
              "/at");
  }
  EXPECT_EQ(post("/v1/meetings/m1/deadlines/sorted/met", R"({"by": "زهرا"})").at("/errors/0/pointer"), "/at") << "it was not held yet";
  EXPECT_EQ(post("/v1/meetings/past/deadlines/sorted/met", R"({"by": "زهرا", "at": "2026-09-15T00:00:00+03:30"})").at("/state"), "met");
  EXPECT_EQ(post("/v1/meetings/past/deadlines/answer/met", R"({"by": "زهرا"})").at("/code"), "unknown_deadline");
  EXPECT_EQ(post("/v1/meetings/none/deadlines/sorted/met", R"({"by": "زهرا"})").at("/code"), "meeting_not_found");

  const auto meeting = get("/v1/meetings/past");
  EXPECT_EQ(meeting.at("/manager"), "رضا");
  EXPECT_EQ(meeting.at("/addressees"), R"(["شهردار"])");
  EXPECT_EQ(meeting.at("/invitees"), R"(["مریم"])");
  EXPECT_EQ(meeting.at("/deadlines/2/note"), "نامه");
  EXPECT_EQ(meeting.at("/deadlines/3/state"), "open");
  EXPECT_EQ(get("/v1/meetings").at("/meetings/1/id"), "past");
  EXPECT_EQ(get("/v1/meetings?region=۳").at("/meetings/0/invitees"), "(absent)");
  EXPECT_EQ(get("/v1/deadlines?state=met").at("/deadlines/0/step"), "registered");
  EXPECT_EQ(get("/v1/deadlines?state=open&officer=رضا&region=3").at("/deadlines/0/step"), "progress_reported");
  EXPECT_EQ(get("/v1/deadlines?step=results_shown").at("/deadlines/1/meeting"), "m1");
  const auto page = get("/v1/deadlines?page_size=3");
  EXPECT_EQ(get("/v1/deadlines?page_size=3&page_token=" + page.at("/next_page_token")).at("/deadlines/0/step"), "progress_reported");
  for (const auto* bad : {"/v1/deadlines?state=late", "/v1/deadlines?step=answer", "/v1/deadlines?region=16", "/v1/meetings?region=16",
                          "/v1/meetings?state=met"}) {
    EXPECT_EQ(get(bad).at("/code"), "parameter_invalid") << bad;
  }
}

TEST_F(Replies, ToReportsAreAsWrittenInEveryFormat) {
  take_in("1");
  for (const auto* report : {"close-out", "week", "progress", "results", "before"}) {
    const auto path = "/v1/meetings/m1/reports/" + std::string(report);
    EXPECT_EQ(get(path).at("/report"), report);
    EXPECT_EQ(get(path).at("/personal_data"), "false");
  }
  const std::string week = "/v1/meetings/m1/reports/week";
  for (const auto& [format, media_type] : {std::pair{"csv", "text/csv"},
                                           {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
                                           {"html", "text/html"}}) {
    const auto by_parameter = get(week + "?format=" + format).response;
    const auto by_header = ask(http::Method::get, week, {}, {{"accept", media_type}}).response;
    EXPECT_EQ(by_parameter.content_type, by_header.content_type);
    EXPECT_THAT(by_header.content_type, testing::StartsWith(media_type));
    EXPECT_THAT(by_header.headers.front().second, testing::HasSubstr(std::string("filename=\"week-m1.") + format));
  }
  const auto slides = get("/v1/meetings/m1/reports/results?format=pptx").response;
  EXPECT_THAT(slides.content(), testing::StartsWith("PK"));
  EXPECT_EQ(get(week + "?format=pptx").at("/code"), "parameter_invalid");
  EXPECT_EQ(get("/v1/reports/regions?from=1405/01/01&to=2026-12-01").at("/report"), "regions");
  EXPECT_EQ(get("/v1/meetings/none/reports/week").at("/code"), "meeting_not_found");
  EXPECT_EQ(get("/v1/meetings/m1/reports/month").at("/code"), "unknown_report");
  for (const auto* query : {"?format=pdf", "?table=requests", "?personal=yes", "?colour=red"}) {
    EXPECT_EQ(get(week + query).at("/code"), "parameter_invalid") << query;
  }
  for (const auto* query : {"?from=yesterday", "?from=1405/02/01&to=1405/01/01", "?personal=true"}) {
    EXPECT_EQ(get("/v1/reports/regions" + std::string(query)).at("/code"), "parameter_invalid") << query;
  }
  const auto unknown = get("/v1/meetings/m1/reports/results?format=csv&table=requests");
  EXPECT_EQ(unknown.at("/errors/0/expected"), "one of by_subject, by_unit, deadlines, open");
}

TEST_F(Replies, ShowWhoAskedOnlyToAKeyThatMaySeeIt) {
  take_in("1");
  const std::string path = "/v1/meetings/m1/reports/week?format=csv&personal=true";
  EXPECT_EQ(get(path).at("/code"), "missing_scope");
  scopes_ = {"personal"};
  const auto personal = get(path).response;
  EXPECT_THAT(personal.content(), testing::HasSubstr("۰۹۱۳۰۰۰۱۲۳۴"));
  EXPECT_THAT(personal.headers.front().second, testing::HasSubstr("week-m1-personal.csv"));
  EXPECT_THAT(get("/v1/meetings/m1/reports/week?format=csv").response.content(), Not(testing::HasSubstr("۰۹۱۳۰۰۰۱۲۳۴")));
}

TEST_F(Replies, SayThatAReportCouldNotBeWritten) {
  context_->scratch = "/missing/folder";
  EXPECT_EQ(get("/v1/meetings/m1/reports/week").at("/code"), "report_failed");
}

TEST_F(Replies, ToInvitationsAreAsWritten) {
  const std::string path = "/v1/meetings/m1/invitation";
  EXPECT_EQ(get(path).at("/code"), "invitation_not_found");
  EXPECT_EQ(get("/v1/meetings/none/invitation").at("/code"), "meeting_not_found");
  EXPECT_EQ(put("/v1/meetings/none/invitation", R"({"date": "1405/12/01", "time": "18:30", "by": "زهرا"})").at("/code"),
            "meeting_not_found");
  take_in("1");
  take_in("2");
  take_in("3", R"("citizen": {"name": "نمونه", "mobile": "09139999999"})");
  take_in("4", R"("citizen": {"name": "نمونه"})");
  const auto draft = put(path, R"({"date": "۱۴۰۵/۱۲/۰۱", "time": "18:30", "by": "زهرا"})");
  EXPECT_EQ(draft.at("/date"), "2027-02-20");
  EXPECT_THAT(draft.at("/text"), testing::HasSubstr("منطقه ۵ روز شنبه ۱۴۰۵/۱۲/۰۱، ساعت ۱۸:۳۰، در مسجد جامع"));
  EXPECT_EQ(draft.at("/to_invite"), "2");
  EXPECT_EQ(std::stoi(draft.at("/parts_in_all")), 2 * std::stoi(draft.at("/parts")));
  EXPECT_EQ(draft.at("/without_number"), "1");
  EXPECT_EQ(draft.at("/approved_by"), "(absent)");
  EXPECT_EQ(draft.response.headers.at(0).second, "\"1\"");
  const auto other = put(path, R"({"date": "2027-02-21", "place": "حسینیه", "text": "{date} در {mosque}", "by": "زهرا"})");
  EXPECT_EQ(other.at("/text"), "یکشنبه ۱۴۰۵/۱۲/۰۲ در حسینیه");
  EXPECT_EQ(other.response.headers.at(0).second, "\"2\"");
  EXPECT_EQ(get(path).at("/place"), "حسینیه");
}

TEST_F(Replies, ToInvitationsThatCannotBeAreAsWritten) {
  const std::string path = "/v1/meetings/m1/invitation";
  const auto pointer = [&](const std::string& body) { return put(path, body).at("/errors/0/pointer"); };
  EXPECT_EQ(put(path, R"({"time": "18:30", "by": "زهرا"})").at("/code"), "schema_violation");
  EXPECT_EQ(pointer(R"({"date": "1405/13/01", "time": "18:30", "by": "زهرا"})"), "/date");
  EXPECT_EQ(pointer(R"({"date": "1405/12/01", "by": "زهرا"})"), "/time");
  EXPECT_EQ(pointer(R"({"date": "1405/12/01", "time": "18:30", "by": " "})"), "/by");
  EXPECT_EQ(pointer(R"({"date": "1405/12/01", "time": "18:30", "text": "{code} {date}", "by": "زهرا"})"), "/text");
  EXPECT_EQ(put(path, "{").at("/code"), "json_invalid");
  std::string long_text = "{date}";
  for (int i = 0; i < 200; ++i) long_text += "ن";
  EXPECT_EQ(put(path, R"({"date": "1405/12/01", "by": "زهرا", "text": ")" + long_text + "\"}").at("/code"), "invitation_too_long");
  EXPECT_EQ(put(path, R"({"date": "2026-09-20", "time": "18:30", "by": "زهرا"})").at("/code"), "invitation_date_past");
  EXPECT_EQ(put(path, R"({"date": "2026-09-21", "time": "18:30", "by": "زهرا"})").response.status, 200) << "today";
}

TEST_F(Replies, ToApprovalsOfInvitationsAreAsWritten) {
  const std::string path = "/v1/meetings/m1/invitation/approve";
  const std::string body = R"({"by": "رضا"})";
  int told = 0;
  context_->invitation_approved = [&told] { ++told; };
  const auto approve = [&](const std::string& tag, const std::string& key) {
    return post(path, body, {{"if-match", tag}, {"idempotency-key", key}});
  };
  EXPECT_EQ(approve("\"1\"", "a").at("/code"), "invitation_not_found");
  EXPECT_EQ(post("/v1/meetings/none/invitation/approve", body, {{"if-match", "\"1\""}, {"idempotency-key", "a"}}).at("/code"),
            "meeting_not_found");
  put("/v1/meetings/m1/invitation", R"({"date": "1405/12/01", "time": "18:30", "by": "زهرا"})");
  EXPECT_EQ(approve("\"1\"", "b").at("/code"), "nobody_to_invite");
  take_in("1");
  EXPECT_EQ(post(path, body, {{"idempotency-key", "c"}}).at("/code"), "if_match_missing");
  EXPECT_EQ(post(path, body, {{"if-match", "\"1\""}}).at("/code"), "idempotency_key_missing");
  EXPECT_EQ(post(path, "{}", {{"if-match", "\"1\""}, {"idempotency-key", "c"}}).at("/code"), "schema_violation");
  EXPECT_EQ(post(path, "{", {{"if-match", "\"1\""}, {"idempotency-key", "c"}}).at("/code"), "json_invalid");
  for (const auto* tag : {"\"2\"", "*", "1"}) EXPECT_EQ(approve(tag, "c").at("/code"), "version_mismatch") << tag;
  EXPECT_EQ(told, 0);
  const auto approved = approve("\"1\"", "c");
  EXPECT_EQ(approved.at("/approved_by"), "رضا");
  EXPECT_EQ(approved.at("/to_invite"), "1");
  EXPECT_EQ(approved.at("/approved_text"), approved.at("/text"));
  EXPECT_EQ(told, 1);
  const auto again = approve("\"1\"", "c");
  EXPECT_EQ(again.response.body, approved.response.body);
  EXPECT_EQ(again.response.headers.at(0).first, "Idempotent-Replayed");
  EXPECT_EQ(post(path, R"({"by": "مریم"})", {{"if-match", "\"1\""}, {"idempotency-key", "c"}}).at("/code"), "idempotency_key_reused");
  EXPECT_EQ(told, 1);
  clock_.advance(std::chrono::hours(24 * 365));
  EXPECT_EQ(approve("\"1\"", "d").at("/code"), "invitation_date_past");
}

TEST_F(Replies, ToFormsToPrintAreAsWritten) {
  const std::string path = "/v1/meetings/m1/forms";
  const auto printed = post(path, R"({"from": 1001, "count": 3})");
  EXPECT_EQ(printed.at("/meeting"), "m1");
  EXPECT_EQ(printed.at("/forms/2/form"), "1003");
  const auto code = printed.at("/forms/0/tracking_code");
  EXPECT_EQ(printed.at("/forms/0/tracking_code_for_people"), TrackingCode::parse(code)->for_people());
  EXPECT_EQ(post(path, R"({"from": 1001, "count": 1})", {{"accept", "*/*"}}).at("/forms/0/tracking_code"), code);
  for (const auto* accept : {"text/html", "application/json;q=0.5, Text/HTML;q=0.9"}) {
    const auto page = post(path, R"({"from": 1001, "count": 1})", {{"accept", accept}}).response;
    EXPECT_EQ(page.content_type, "text/html; charset=utf-8") << accept;
    EXPECT_THAT(page.body, testing::HasSubstr(TrackingCode::parse(code)->for_people()));
  }
  const auto page = get(path + "?page_size=2");
  EXPECT_EQ(page.at("/forms/1/form"), "1002");
  EXPECT_EQ(page.at("/forms/1/printed_at"), to_rfc3339(clock_.now()));
  EXPECT_EQ(get(path + "?page_size=2&page_token=" + page.at("/next_page_token")).at("/forms/0/form"), "1003");

  EXPECT_EQ(get("/v1/track/" + code).at("/slip/mosque"), "مسجد جامع") << "the citizen may ask before anybody types";
  const auto id = take_in("1001", R"("citizen": {"name": "نمونه"})");
  EXPECT_EQ(get("/v1/track/" + code).at("/requests/0/tracking_code"), code);
  EXPECT_EQ(get("/v1/requests/" + id).at("/told/by"), "slip");
  EXPECT_EQ(get("/v1/requests/" + id + "/history").at("/events/1/data/code"), code);
  take_in("1005");
  const auto used = post(path, R"({"from": 1004, "count": 5})", {{"accept", "text/html"}});
  EXPECT_EQ(used.response.status, 409);
  EXPECT_EQ(used.at("/code"), "form_in_use");
  EXPECT_EQ(used.at("/form"), "1005");
  EXPECT_EQ(post("/v1/meetings/none/forms", R"({"from": 1, "count": 1})").at("/code"), "meeting_not_found");
  EXPECT_EQ(get("/v1/meetings/none/forms").at("/code"), "meeting_not_found");
  EXPECT_EQ(get(path + "?form=1").at("/code"), "parameter_invalid");
  EXPECT_EQ(post(path, R"({"from": 0, "count": 1})").at("/errors/0/pointer"), "/from");
  EXPECT_EQ(post(path, R"({"from": 1, "count": 1001})").at("/errors/0/pointer"), "/count");
}

TEST_F(Replies, ToSpreadsheetsAreAsWritten) {
  const std::string path = "/v1/meetings/m1/import";
  const std::string sheet = "شماره فرم,موضوع,شرح,یادداشت\n1,a,b,c\n1,a,x,\n,a,b,\n";
  for (const auto* accept : {"application/json", "text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}) {
    for (const auto* query : {"?dry_run=true", "", "?dry_run=false&sheet=a"}) {
      const auto response = post(path + query, sheet, {{"accept", accept}}).response;
      EXPECT_EQ(response.status, 200) << accept;
      EXPECT_THAT(response.content_type, testing::StartsWith(accept));
    }
  }
  const auto again = post(path, sheet);
  EXPECT_EQ(again.at("/totals/replayed"), "1");
  EXPECT_EQ(again.at("/lines/1/differs_in/0"), "/description");
  EXPECT_EQ(again.at("/lines/2/outcome"), "refused");
  EXPECT_EQ(again.at("/warnings/0"), "این ستون‌ها شناخته نشد و نادیده گرفته شد: «یادداشت».");
  for (const auto& [body, code] : std::vector<std::pair<std::string, std::string>>{{"a,b\n1,2\n", "sheet_headings"},
                                                                                   {"", "sheet_empty"},
                                                                                   {"a\n\"b", "sheet_damaged"},
                                                                                   {"<html>", "sheet_type"},
                                                                                   {std::string(200, ',') + "a", "sheet_too_large"}}) {
    EXPECT_EQ(post(path, body).at("/code"), code);
  }
  EXPECT_EQ(post("/v1/meetings/none/import", sheet).at("/code"), "meeting_not_found");
  EXPECT_EQ(post(path + "?dry_run=1", sheet).at("/code"), "parameter_invalid");
  EXPECT_EQ(get("/v1/import-template?colour=red").at("/code"), "parameter_invalid");
}

TEST_F(Replies, ToIntakeAreAsWritten) {
  take_in("1");
  EXPECT_EQ(post("/v1/requests", form("1")).response.status, 200);
  EXPECT_EQ(post("/v1/requests", form("1", R"("item": 1, "category": "x")")).at("/code"), "form_reused");
  EXPECT_EQ(post("/v1/requests", R"({"meeting": "none", "form": "1", "kind": "request", "subject": "a", "description": "b"})").at("/code"),
            "unknown_meeting");
  EXPECT_EQ(post("/v1/requests", "nonsense").at("/code"), "json_invalid");
  EXPECT_EQ(post("/v1/requests", R"({"meeting": "m1"})", {{"accept-language", "fa"}}).at("/code"), "schema_violation");
}

TEST_F(Replies, ToWhoWaitsForTheCodeAreAsWritten) {
  EXPECT_EQ(post("/v1/requests", form("1"), {{"prefer", "wait=2"}}).response.status, 202);
  EXPECT_EQ(post("/v1/requests", form("1"), {{"prefer", "wait=2"}}).response.status, 200);
  registers_in_time_ = true;
  const auto receipt = post("/v1/requests", form("2"), {{"prefer", "wait=2"}});
  EXPECT_EQ(receipt.response.status, 201);
  EXPECT_EQ(receipt.at("/registered/code"), "4711");
}

TEST_F(Replies, ToBatchesAreAsWritten) {
  take_in("1");
  const auto reply = post("/v1/requests/batch", R"({"requests": [)" + form("2") + "," + form("1") + "," + form("1", R"("category": "x")") +
                                                    R"(, {"meeting": "m1"}, 5]})");
  EXPECT_EQ(reply.at("/results/0/status"), "202");
  EXPECT_EQ(reply.at("/results/1/replayed"), "true");
  EXPECT_EQ(reply.at("/results/2/problem/code"), "form_reused");
  EXPECT_EQ(reply.at("/results/3/problem/code"), "schema_violation");
  EXPECT_EQ(reply.at("/results/4/problem/code"), "schema_violation");
  EXPECT_EQ(post("/v1/requests/batch", R"({"requests": []})").at("/code"), "schema_violation");
  EXPECT_EQ(post("/v1/requests/batch", "[").at("/code"), "json_invalid");
}

/// Brings requests to every state and has every type of event written.
class EveryState : public Replies {
 protected:
  explicit EveryState(bool personal_data_in_events = false) : Replies(personal_data_in_events) {}

  void live_through_all() {
    const auto begin = [&](const Record& now) { return lifecycle::begin_call(now, {}, policy_, moment()); };
    take_in("1", R"("category": "asphalt", "citizen": {"name": "نمونه", "mobile": "۰۹۱۳ ۰۰۰ ۱۲۳۴", "national_id": "0012345679"},
      "place": {"address": "خیابان", "coordinates": {"latitude": 32.65, "longitude": 51.66}})");

    auto message = sent(take_in("2"));
    go(message.request.id.to_string(),
       [&](const Record& now) { return lifecycle::message_delivered(now, message.messages.back().id, policy_, moment("status")); });
    message = sent(take_in("3"));
    go(message.request.id.to_string(),
       [&](const Record& now) { return lifecycle::message_failed(now, message.messages.back().id, "blocked", policy_, moment("status")); });
    EXPECT_EQ(settle(message.request.id.to_string(), R"({"action": "handed_over", "by": "زهرا"})").response.status, 200);

    const auto twice_refused = take_in("4");
    refused(twice_refused, "not ours");
    refused(twice_refused, "nor ours");
    EXPECT_EQ(settle(twice_refused, R"({"action": "registered", "by": "زهرا", "system": "137", "code": "۸۸"})").response.status, 200);

    registered(take_in("5", R"("citizen": {"mobile": "۱۲"})"));
    const auto uncertain = take_in("6");
    go(uncertain, begin);
    go(uncertain, [&](const Record& now) { return lifecycle::call_uncertain(now, "reset", {}, policy_, moment("look_up")); });
    const auto again = take_in("7");
    go(again, begin);
    go(again, [&](const Record& now) { return lifecycle::call_uncertain(now, "reset", {}, policy_, moment()); });
    EXPECT_EQ(settle(again, R"({"action": "send_again", "by": "زهرا"})").response.status, 200);
    const auto pending = take_in("8");
    go(pending, begin);
    go(pending, [&](const Record& now) { return lifecycle::call_pending(now, "token", policy_, moment("poll")); });
    const auto by_hand = take_in("9");
    go(by_hand, begin);
    go(by_hand, [&](const Record& now) { return lifecycle::call_by_hand(now, policy_, moment()); });
    const auto unclear = take_in("10");
    go(unclear, begin);
    go(unclear, [&](const Record& now) { return lifecycle::call_unclear(now, "302", policy_, moment()); });
    const auto poison = take_in("11");
    go(poison, [&](const Record& now) { return lifecycle::poisonous(now, "401", policy_, moment()); });
    const auto holding = take_in("12");
    go(holding, [&](const Record& now) {
      return lifecycle::clock_due(now, policy_, {.now = clock_.now() + policy_.holding_after, .random_bits = random_.bits()});
    });
    go(holding, [&](const Record& now) {
      return lifecycle::message_later(now, now.messages.back().id, "503", Milliseconds{5}, policy_, moment("send"));
    });
    const auto calling = take_in("13");
    go(calling, begin);
    const auto unclear_token = take_in("14");
    go(unclear_token, begin);
    go(unclear_token, [&](const Record& now) { return lifecycle::call_pending(now, "token", policy_, moment()); });
    go(unclear_token,
       [&](const Record& now) { return lifecycle::poll_unclear(now, "an error in place of the id", policy_, moment("poll")); });
    follow_up();
    decide();
    amend();
    let_deadlines_pass();
    invite();
    run_out_of_time();
  }

  /// What people decide after the meeting.
  void decide() {
    EXPECT_EQ(act(in_review("19"), "review", R"({"decision": "to_desk", "by": "مریم کریمی"})").at("/state"), "waiting");
    const auto back = act(in_review("20"), "review", R"({"decision": "to_137", "category": "asphalt", "by": "مریم کریمی"})");
    EXPECT_EQ(back.at("/registration/system") + " " + back.at("/category"), "137 asphalt");
    const auto answered = in_review("21");
    EXPECT_EQ(act(answered, "review", R"({"decision": "answered", "channel": "sms", "text": "به برق گفته شد", "by": "مریم کریمی"})")
                  .at("/closed/reason"),
              "answered");
    const auto text = record(answered).messages.back();
    EXPECT_EQ(text.kind, MessageKind::answer);
    go(answered, [&](const Record& now) { return lifecycle::message_sending(now, text.id, "kavenegar", policy_, moment("send")); });
    go(answered, [&](const Record& now) {
      return lifecycle::message_sent(now, text.id, "kavenegar", "9", std::chrono::seconds(10), policy_, moment("send"));
    });
    go(answered, [&](const Record& now) { return lifecycle::message_delivered(now, text.id, policy_, moment("status")); });
    EXPECT_EQ(act(in_review("22"), "review", R"({"decision": "twin", "twin": ")" + answered + R"(", "by": "مریم کریمی"})").at("/code"),
              "unfit_twin")
        << "one that is closed itself";
    EXPECT_EQ(
        act(in_review("23"), "review", R"({"decision": "twin", "twin": ")" + take_in("24") + R"(", "by": "مریم کریمی"})").at("/state"),
        "closed");
    EXPECT_EQ(act(take_in("25"), "withdraw", R"({"reason": "برطرف شد", "by": "مریم کریمی"})").at("/closed/reason"), "withdrawn");
  }

  /// Its system is told, in vain, and by hand.
  void amend() {
    const auto id = registered(take_in("26")).request.id.to_string();
    const auto power = lifecycle::AmendmentPower{.possible = true, .sets_values = true};
    const auto begin = [&](const Record& now) { return lifecycle::begin_amendment(now, power, policy_, moment("amend")); };
    EXPECT_EQ(correct(id, R"({"citizen": {"mobile": "09130005678"}, "by": "مریم کریمی"})").at("/amendment/fields"), R"(["mobile"])");
    go(id, begin);
    go(id, [&](const Record& now) { return lifecycle::amendment_uncertain(now, "reset", power, policy_, moment("amend")); });
    go(id, begin);
    go(id, [&](const Record& now) { return lifecycle::amendment_done(now, policy_, moment("amend")); });
    EXPECT_EQ(act(id, "answer", R"({"channel": "phone", "text": "در برنامه است", "by": "مریم کریمی"})").at("/answer/text"),
              "در برنامه است");
    go(id, [&](const Record& now) { return lifecycle::amendment_held(now, "403", policy_, moment("amend")); });
    EXPECT_EQ(get("/v1/attention?reason=amend").at("/items/0/actions"), R"(["dealt_with","send_again"])");
    EXPECT_EQ(settle(id, R"({"action": "send_again", "by": "مریم کریمی"})").at("/amendment/state"), "waiting");
    go(id, [&](const Record& now) { return lifecycle::amendment_held(now, "403", policy_, moment("amend")); });
    EXPECT_EQ(settle(id, R"({"action": "dealt_with", "by": "مریم کریمی"})").at("/amendment/state"), "none");
    EXPECT_EQ(correct(registered(take_in("27")).request.id.to_string(), R"({"citizen": null, "by": "مریم کریمی"})").at("/attention"),
              R"(["no_contact"])");
  }

  void run_out_of_time() {
    const auto strike = [&](const Record& now) { return lifecycle::clock_due(now, policy_, {.now = clock_.now()}); };
    const auto review = in_review("28");
    const auto answer = registered(take_in("29")).request.id.to_string();
    const auto assigned = assign(
        answer, R"({"unit": "معاونت عمران", "due": "2026-12-20", "explanation": "چالهٔ پلاک ۱۲", "note": "فوری", "by": "مریم کریمی"})");
    EXPECT_EQ(assigned.at("/due"), "2026-12-20T23:59:59.999+03:30");
    clock_.advance(*record(answer).request.due - clock_.now() - std::chrono::hours(1));
    go(answer, strike);
    EXPECT_EQ(get("/v1/requests/" + answer).at("/due_stage"), "approaching");
    clock_.advance(std::chrono::hours(1));
    go(answer, strike);
    go(review, strike);
    const auto list = get("/v1/attention?reason=overdue");
    EXPECT_EQ(list.at("/items/0/review"), "/v1/requests/" + review + "/review");
    EXPECT_EQ(list.at("/items/0/responsible"), "مسئول پیگیری ویژه");
    EXPECT_EQ(list.at("/items/1/answer"), "/v1/requests/" + answer + "/answer");
    EXPECT_EQ(list.at("/items/1/responsible"), "معاونت عمران");
    EXPECT_EQ(get("/v1/due").at("/items/0/missed"), "true");
  }

  /// One that is met, one that was missed, and one that comes near.
  void let_deadlines_pass() {
    put("/v1/meetings/past", R"({"region": 3, "mosque": "x", "date": "2026-09-15", "manager": "رضا"})");
    put("/v1/meetings/yesterday", R"({"region": 3, "mosque": "x", "date": "2026-09-20"})");
    EXPECT_EQ(post("/v1/meetings/past/deadlines/sorted/met", R"({"by": "زهرا"})").response.status, 200);
    const auto announced =
        store::test::Calls::wait<Result<store::Announced>>([&](const auto& handler) { store_->announce_deadlines(handler); });
    EXPECT_EQ(announced->deadlines.size(), 3U);
  }

  /// Once to each number, and one of the texts goes out.
  void invite() {
    put("/v1/meetings/m1/invitation", R"({"date": "1405/12/01", "time": "18:30", "by": "زهرا"})");
    const auto approved =
        post("/v1/meetings/m1/invitation/approve", R"({"by": "مریم"})", {{"if-match", "\"1\""}, {"idempotency-key", "invite"}});
    const auto invited = store::test::Calls::wait<Result<store::Invited>>([&](const auto& handler) {
      store_->write_invitations(
          [this](const Record& record, const std::string& text) { return lifecycle::invite(record, text, policy_, moment()); }, handler);
    });
    ASSERT_EQ(std::to_string(invited->tasks.size()), approved.at("/to_invite"));
    const auto& task = invited->tasks.front();
    const auto id = store_->find(task.request)->request.id.to_string();
    go(id, [&](const Record& now) { return lifecycle::message_sending(now, task.message, "kavenegar", policy_, moment("send")); });
    go(id, [&](const Record& now) {
      return lifecycle::message_sent(now, task.message, "kavenegar", "9", std::chrono::seconds(10), policy_, moment("send"));
    });
    EXPECT_EQ(get("/v1/meetings/m1/invitation").at("/messages/sent"), "1");
  }

  /// Two that their system gets on with, and one that it declines.
  void follow_up() {
    const auto says = [&](const std::string& id, std::optional<Progress> progress, bool declined, const std::string& words) {
      go(id, [&](const Record& now) {
        const ProgressReport report{
            .code = now.request.registration.code, .progress = progress, .declined = declined, .words = words, .at = clock_.now()};
        return lifecycle::followed_up(now, report, policy_, {.now = clock_.now()});
      });
    };
    const auto done = registered(take_in("15")).request.id.to_string();
    for (const auto progress : {Progress::open, Progress::in_progress, Progress::answered, Progress::resolved, Progress::open}) {
      says(done, progress, false, std::string(to_string(progress)) + ": …");
    }
    EXPECT_EQ(get("/v1/requests/" + done).at("/progress/state"), "reopened");
    EXPECT_EQ(get("/v1/requests/" + done).at("/progress/words"), "open: …");
    says(registered(take_in("16")).request.id.to_string(), Progress::cannot_be_done, false, "unable_to_fix");
    const auto declined = registered(take_in("17")).request.id.to_string();
    says(declined, {}, true, "not_councils_responsibility");
    EXPECT_EQ(get("/v1/attention?reason=declined").at("/items/0/actions"), R"(["dealt_with"])");
    EXPECT_EQ(settle(declined, R"({"action": "dealt_with", "by": "زهرا", "note": "به آب و فاضلاب گفته شد"})").response.status, 200);
    says(registered(take_in("18")).request.id.to_string(), {}, true, "duplicate");
  }

  void read_everything() {
    const auto list = get("/v1/requests");
    const auto requests = json::member(list.json, "requests")->GetArray();
    EXPECT_EQ(requests.Size(), 29U);
    for (const auto& request : requests) {
      const auto id = json::string_at(request, "id").value();
      get("/v1/requests/" + id);
      get("/v1/requests/" + id + "/history");
      EXPECT_EQ(get("/v1/track/" + json::string_at(request, "tracking_code").value()).response.status, 200);
    }
    EXPECT_EQ(get("/v1/attention").response.status, 200);
    EXPECT_EQ(get("/v1/events").response.status, 200);
    std::set<std::string> written;
    for (const auto& event : store_->outbox(0, 1'000)) written.insert(event.type);
    EXPECT_EQ(written, event_types());
  }
};

TEST_F(EveryState, OfARequestIsShownAsWritten) {
  live_through_all();
  read_everything();
}

TEST_F(EveryState, TellsEventsNothingPersonal) {
  live_through_all();
  for (const auto& event : store_->outbox(0, 1'000)) {
    for (const auto* personal :
         {"نمونه", "0012345679", "3000123", "3000567", "خیابان", "چاله", "برق", "در برنامه", "پلاک", "فوری", "برطرف", "زهرا", "مریم"}) {
      EXPECT_THAT(event.data, Not(testing::HasSubstr(personal))) << event.type;
    }
  }
}

class EveryStateWithPersonalData : public EveryState {
 protected:
  EveryStateWithPersonalData() : EveryState(true) {}
};

TEST_F(EveryStateWithPersonalData, OfARequestIsShownAsWritten) {
  live_through_all();
  read_everything();
  EXPECT_EQ(get("/v1/events?page_size=1").at("/events/0/data/citizen/mobile"), "+989130001234");
}

TEST_F(Replies, ToFiltersAndPagesAreAsWritten) {
  for (const auto* number : {"1", "2", "3"}) take_in(number, R"("citizen": null)");
  const auto first = get("/v1/requests?page_size=2");
  EXPECT_EQ(get("/v1/requests?page_size=2&page_token=" + first.at("/next_page_token")).at("/requests/0/form"), "1");
  const auto urgent = get("/v1/attention?page_size=2&reason=no_contact&region=5");
  EXPECT_EQ(get("/v1/attention?page_size=2&page_token=" + urgent.at("/next_page_token")).at("/items/0/request/form"), "3");
  const auto events = get("/v1/events?page_size=2");
  EXPECT_EQ(get("/v1/events?page_size=2&page_token=" + events.at("/next_page_token")).response.status, 200);
  EXPECT_EQ(get("/v1/events?page_token=1000").at("/next_page_token"), "(absent)");
  for (const auto* bad : {"/v1/requests?colour=red", "/v1/requests?state=lost", "/v1/requests?page_size=0", "/v1/attention?reason=x",
                          "/v1/attention?region=16", "/v1/events?page_size=x"}) {
    EXPECT_EQ(get(bad).at("/code"), "parameter_invalid") << bad;
  }
  for (const auto* bad : {"/v1/requests?page_token=x", "/v1/attention?page_token=-1", "/v1/events?page_token=x"}) {
    EXPECT_EQ(get(bad).at("/code"), "page_token_invalid") << bad;
  }
}

TEST_F(Replies, TakeEveryQueryParameterThatIsWritten) {
  const std::map<std::string, std::vector<std::string>> values{
      {"meeting", {"m1"}},       {"form", {"1"}},    {"region", {"5", "nazhvan"}}, {"page_size", {"1", "1000"}},
      {"page_token", {"1", ""}}, {"officer", {"x"}}, {"from", {"1405/06/01"}},     {"to", {"2026-12-01"}},
      {"table", {"by_unit"}},    {"verbose", {}},    {"code", {"4711"}},           {"before", {"2026-12-20T00:00:00Z"}}};
  scopes_ = {"personal"};
  int seen = 0;
  for (const auto& operation : ApiContract::written().operations()) {
    const auto* const parameters = json::member(*operation.node, "parameters");
    if (operation.method != "GET" || parameters == nullptr || operation.on_operations_listener) continue;
    const auto path = operation.path == "/v1/requests/{id}/history"            ? "/v1/requests/" + take_in("1") + "/history"
                      : operation.path == "/v1/meetings/{id}/forms"            ? "/v1/meetings/m1/forms"
                      : operation.path == "/v1/meetings/{id}/reports/{report}" ? "/v1/meetings/m1/reports/results"
                                                                               : operation.path;
    for (const auto& written : parameters->GetArray()) {
      const auto& description = ApiContract::written().description();
      const auto& parameter = description.resolved(written);
      const auto name = json::string_at(parameter, "name").value();
      const auto* const choices = json::member(*description.member(parameter, "schema"), "enum");
      const bool of_places = path == "/v1/due" && name == "page_token";
      for (const auto& value : choices != nullptr ? names(*choices) : of_places ? std::vector<std::string>{"1-1-1", ""} : values.at(name)) {
        EXPECT_EQ(get(path + (name == "table" ? "?format=csv&" : "?") + name + "=" + value).response.status, 200)
            << path << ' ' << name << '=' << value;
        ++seen;
      }
    }
  }
  EXPECT_GT(seen, 25);
}

TEST_F(Replies, ToSettlingAreAsWritten) {
  const auto id = take_in("1", R"("citizen": null)");
  const std::string path = "/v1/requests/" + id + "/settle";
  const std::string body = R"({"action": "handed_over", "by": "زهرا", "note": "حضوری"})";
  EXPECT_EQ(post(path, body).at("/code"), "idempotency_key_missing");
  EXPECT_EQ(post(path, "{}", {{"idempotency-key", "a"}}).at("/code"), "schema_violation");
  EXPECT_EQ(post(path, "", {{"idempotency-key", "a"}}).at("/code"), "json_invalid");
  for (const auto* tag : {"\"99\"", "1", "\"", "W/\"1\"", "\"1x\""}) {
    EXPECT_EQ(post(path, body, {{"idempotency-key", "a"}, {"if-match", tag}}).at("/code"), "version_mismatch");
  }
  EXPECT_EQ(post(path, body, {{"idempotency-key", "a"}, {"if-match", "\"1\""}}).response.status, 200);
  EXPECT_EQ(post(path, body, {{"idempotency-key", "a"}}).response.headers.size(), 1U);
  EXPECT_EQ(post(path, R"({"action": "handed_over", "by": "مریم"})", {{"idempotency-key", "a"}}).at("/code"), "idempotency_key_reused");
  EXPECT_EQ(post(path, body, {{"idempotency-key", "b"}}).at("/code"), "not_settleable");
  EXPECT_EQ(post("/v1/requests/" + nobody + "/settle", body, {{"idempotency-key", "c"}}).at("/code"), "unknown_request");
}

TEST_F(Replies, ToReviewsAreAsWritten) {
  const auto id = in_review("1");
  const std::string path = "/v1/requests/" + id + "/review";
  const std::string to_desk = R"({"decision": "to_desk", "by": "مریم کریمی"})";
  EXPECT_EQ(post(path, to_desk).at("/code"), "idempotency_key_missing");
  EXPECT_EQ(act(id, "review", "{").at("/code"), "json_invalid");
  EXPECT_EQ(act(id, "review", R"({"decision": "answered", "by": "x"})").at("/errors/0/pointer"), "/channel");
  EXPECT_EQ(act(id, "review", R"({"decision": "answered", "channel": "sms", "by": "x"})").at("/errors/0/pointer"), "/text");
  EXPECT_EQ(act(id, "review", R"({"decision": "twin", "by": "x"})").at("/errors/0/pointer"), "/twin");
  for (const auto& twin : {nobody, id, std::string("x")}) {
    EXPECT_EQ(act(id, "review", R"({"decision": "twin", "by": "x", "twin": ")" + twin + R"("})").at("/code"), "unfit_twin") << twin;
  }
  EXPECT_EQ(act(nobody, "review", to_desk).at("/code"), "unknown_request");
  EXPECT_EQ(act(id, "review", to_desk, {{"if-match", "\"99\""}}).at("/code"), "version_mismatch");
  const auto no_mobile = act(in_review("2", "null"), "review", R"({"decision": "answered", "channel": "sms", "text": "x", "by": "x"})");
  EXPECT_EQ(no_mobile.at("/code") + " " + no_mobile.at("/state"), "no_mobile in_review");
  const auto done = post(path, to_desk, {{"idempotency-key", "a"}});
  EXPECT_EQ(done.at("/review/by"), "مریم کریمی");
  EXPECT_EQ(post(path, to_desk, {{"idempotency-key", "a"}}).response.body, done.response.body);
  const auto late = act(id, "review", to_desk);
  EXPECT_EQ(late.at("/code") + " " + late.at("/decision") + " " + late.at("/reviewed_by"), "not_in_review to_desk مریم کریمی");
  EXPECT_EQ(post(path, R"({"decision": "to_137", "by": "x"})", {{"idempotency-key", "a"}}).at("/code"), "idempotency_key_reused");
}

TEST_F(Replies, ToAnswersAreAsWritten) {
  const auto id = registered(take_in("1")).request.id.to_string();
  EXPECT_EQ(act(id, "answer", R"({"channel": "sms", "by": "x"})").at("/errors/0/pointer"), "/text");
  EXPECT_EQ(act(id, "answer", R"({"channel": "sms", "by": "x", "text": ")" + std::string(1'000, 'a') + "\"}").at("/errors/0/pointer"),
            "/text");
  EXPECT_EQ(act(id, "answer", R"({"channel": "phone", "by": " "})").at("/errors/0/pointer"), "/by");
  EXPECT_EQ(act(id, "answer", "").at("/code"), "json_invalid");
  EXPECT_EQ(act(nobody, "answer", R"({"channel": "phone", "by": "x"})").at("/code"), "unknown_request");
  EXPECT_EQ(post("/v1/requests/" + id + "/answer", R"({"channel": "phone", "by": "x"})").at("/code"), "idempotency_key_missing");
  EXPECT_EQ(act(take_in("2", R"("citizen": null)"), "answer", R"({"channel": "sms", "text": "x", "by": "x"})").at("/code"), "no_mobile");
  const auto done = act(id, "answer", R"({"channel": "sms", "text": "در برنامه است", "by": "رضا مرادی"})");
  EXPECT_EQ(done.at("/answered") + " " + done.at("/answer/by") + " " + done.at("/due"), "true رضا مرادی (absent)");
  const auto late = act(id, "answer", R"({"channel": "phone", "by": "x"})", {{"accept-language", "fa"}});
  EXPECT_EQ(late.at("/code") + " " + late.at("/answered_by"), "already_answered رضا مرادی");
}

TEST_F(Replies, ToWithdrawalsAreAsWritten) {
  const std::string body = R"({"reason": "برطرف شد", "by": "رضا مرادی"})";
  const auto id = take_in("1");
  EXPECT_EQ(act(id, "withdraw", "[").at("/code"), "json_invalid");
  EXPECT_EQ(act(id, "withdraw", R"({"reason": " ", "by": "x"})").at("/errors/0/pointer"), "/reason");
  EXPECT_EQ(act(nobody, "withdraw", body).at("/code"), "unknown_request");
  go(id, [&](const Record& now) { return lifecycle::begin_call(now, {}, policy_, moment()); });
  EXPECT_EQ(act(id, "withdraw", body).at("/code"), "registration_under_way");
  go(id, [&](const Record& now) { return lifecycle::call_registered(now, "4711", policy_, moment()); });
  const auto done = act(id, "withdraw", body);
  EXPECT_EQ(done.at("/state") + " " + done.at("/closed/reason") + done.at("/amendment/fields"), R"(registered withdrawn["withdrawn"])");
  const auto late = act(id, "withdraw", body);
  EXPECT_EQ(late.at("/code") + " " + late.at("/closed_as") + " " + late.at("/closed_by"), "already_closed withdrawn رضا مرادی");
  EXPECT_EQ(act(id, "answer", R"({"channel": "phone", "by": "x"})").at("/code"), "already_closed");
  EXPECT_EQ(assign(id, R"({"unit": "x", "by": "x"})").at("/code"), "already_closed");
  EXPECT_EQ(correct(id, R"({"subject": "x", "by": "x"})").at("/code"), "already_closed");
}

TEST_F(Replies, ToAssignmentsAreAsWritten) {
  context_->units = {"معاونت عمران", "معاونت خدمات شهری"};
  EXPECT_EQ(get("/v1/units").at("/units"), R"(["معاونت عمران","معاونت خدمات شهری"])");
  const auto id = take_in("1");
  const std::string body = R"({"unit": "معاونت عمران", "due": "2026-12-20", "by": "گروه کاری"})";
  EXPECT_EQ(assign(id, "").at("/code"), "json_invalid");
  EXPECT_EQ(assign(id, R"({"unit": "معاونت عمران", "due": "2026-12-32", "by": "x"})").at("/errors/0/pointer"), "/due");
  EXPECT_EQ(assign(id, R"({"unit": "عمران", "by": "x"})").at("/code"), "unknown_unit");
  EXPECT_EQ(assign(nobody, body).at("/code"), "unknown_request");
  EXPECT_EQ(assign(id, R"({"unit": "معاونت عمران", "due": "2026-11-23", "by": "x"})").at("/code"), "due_before_meeting");
  EXPECT_EQ(assign(id, body, {{"if-match", "\"7\""}}).at("/code"), "version_mismatch");
  const auto done = assign(id, body, {{"if-match", "\"1\""}});
  EXPECT_EQ(done.at("/assignment/due_jalali") + " " + done.at("/due"), "۱۴۰۵/۰۹/۲۹ 2026-12-20T23:59:59.999+03:30");
  EXPECT_EQ(assign(id, body).at("/version"), done.at("/version")) << "the same again changes nothing";
  EXPECT_EQ(assign(id, R"({"unit": "معاونت عمران", "category": "asphalt", "by": "x"})").at("/route/category"), "asphalt")
      << "the one that events name";
  const auto elsewhere = R"({"category": "waste", "description": "قطعی برق", "by": "x"})";
  EXPECT_EQ(correct(registered(take_in("2")).request.id.to_string(), elsewhere).at("/route/category"), "waste");
}

TEST_F(Replies, ToAMeetingsAssignmentsAreAsWritten) {
  take_in("1");
  act(take_in("2"), "withdraw", R"({"reason": "x", "by": "x"})");
  const auto reply = put("/v1/meetings/m1/assignments", R"({"by": "گروه کاری", "assignments": [{"form": "۱", "unit": "معاونت عمران"},
    {"form": 1, "item": 2, "unit": "معاونت عمران"}, {"form": "2", "unit": "معاونت عمران"}, {"form": "1", "unit": "عمران", "due": "2026-11-01"}]})");
  EXPECT_EQ(reply.at("/results/0/status"), "200");
  EXPECT_EQ(reply.at("/results/1/problem/code"), "unknown_request");
  EXPECT_EQ(reply.at("/results/2/problem/code"), "already_closed");
  EXPECT_EQ(reply.at("/results/3/problem/code"), "due_before_meeting");
  EXPECT_EQ(put("/v1/meetings/none/assignments", R"({"by": "x", "assignments": [{"form": "1", "unit": "x"}]})").at("/code"),
            "meeting_not_found");
  EXPECT_EQ(put("/v1/meetings/m1/assignments", R"({"by": "x", "assignments": [{"form": "1", "unit": " "}]})").at("/errors/0/pointer"),
            "/assignments/0/unit");
  EXPECT_EQ(put("/v1/meetings/m1/assignments", "").at("/code"), "json_invalid");
}

TEST_F(Replies, ToCorrectionsAreAsWritten) {
  const auto id = take_in("1", R"("category": "asphalt", "citizen": {"name": "نمونه", "mobile": "09130001234"})");
  EXPECT_EQ(ask(http::Method::patch, "/v1/requests/" + id, R"({"by": "x"})").at("/code"), "if_match_missing");
  EXPECT_EQ(correct(id, "").at("/code"), "json_invalid");
  EXPECT_EQ(correct(nobody, R"({"by": "x"})").at("/code"), "unknown_request");
  EXPECT_EQ(correct(id, R"({"by": "x", "region": "16"})").at("/errors/0/pointer"), "/region");
  EXPECT_EQ(correct(id, R"({"by": "x", "citizen": {"nickname": "x"}})").at("/errors/0/pointer"), "/citizen/nickname");
  EXPECT_EQ(correct(id, R"({"by": "x", "subject": "قنات"})", "\"1\"").at("/subject"), "قنات");
  const auto stale = correct(id, R"({"by": "x", "subject": "چاه"})", "\"1\"");
  EXPECT_EQ(stale.at("/code") + " " + stale.at("/changed_by"), "version_mismatch x");
  EXPECT_EQ(correct(id, R"({"by": "y", "subject": "قنات"})").at("/version"), "2") << "that changes nothing";
  EXPECT_EQ(correct(id, R"({"by": "y", "category": null, "citizen": {"name": null}, "region": "ناژوان"})").at("/citizen/name"), "(absent)");
  const auto versions = get("/v1/requests/" + id + "/versions");
  EXPECT_EQ(versions.at("/original/subject"), "چاله");
  EXPECT_EQ(versions.at("/versions/0/content/subject") + versions.at("/versions/1/content/subject"), "چالهقنات");
  EXPECT_EQ(versions.at("/versions/1/replaced_by") + versions.at("/versions/2/version"), "y(absent)");
  EXPECT_EQ(get("/v1/requests/" + nobody + "/versions").at("/code"), "unknown_request");
}

TEST_F(Replies, AboutWhatIsDueAreAsWritten) {
  const auto review = in_review("1");
  assign(take_in("2"), R"({"unit": "معاونت عمران", "due": "2026-12-20", "by": "x"})");
  const auto first = get("/v1/due?page_size=1");
  EXPECT_EQ(first.at("/items/0/what") + " " + first.at("/items/0/responsible"), "review مسئول پیگیری ویژه");
  EXPECT_EQ(first.at("/items/0/request/id"), review);
  const auto second = get("/v1/due?page_size=2&page_token=" + first.at("/next_page_token"));
  EXPECT_EQ(second.at("/items/0/responsible") + " " + second.at("/items/1/responsible"), "معاونت عمران مدیر منطقه ۵");
  EXPECT_EQ(get("/v1/due?region=6").at("/items"), "[]");
  for (const auto* bad : {"/v1/due?region=16", "/v1/due?before=tomorrow", "/v1/due?page_size=0", "/v1/due?unit=x"}) {
    EXPECT_EQ(get(bad).at("/code"), "parameter_invalid") << bad;
  }
  for (const auto* bad : {"x", "1", "1-1", "1-1-2", "1-1-1x", "1--1", "99999999999999999999-1-1"}) {
    EXPECT_EQ(get("/v1/due?page_token=" + std::string(bad)).at("/code"), "page_token_invalid") << bad;
  }
}

TEST_F(Replies, ToSearchesAreAsWritten) {
  take_in("1");
  take_in("2");
  const auto first = post("/v1/requests:search", R"({"mobile": "۰۹۱۳ ۰۰۰ ۱۲۳۴", "page_size": 1})");
  EXPECT_EQ(first.at("/requests/0/form"), "2");
  const auto second = post("/v1/requests:search", R"({"name": "نمونه", "page_token": ")" + first.at("/next_page_token") + "\"}");
  EXPECT_EQ(second.at("/requests/0/form") + second.at("/next_page_token"), "1(absent)");
  EXPECT_EQ(post("/v1/requests:search", "x").at("/code"), "json_invalid");
  for (const auto* token : {"x", "1x", "0", "-1"}) {
    EXPECT_EQ(post("/v1/requests:search", R"({"name": "x", "page_token": ")" + std::string(token) + "\"}").at("/code"),
              "page_token_invalid")
        << token;
  }
  for (const auto& [body, where] :
       {std::pair{R"({"mobile": "12"})", "/mobile"}, std::pair{R"({"national_id": "1"})", "/national_id"},
        std::pair{R"({"name": "x", "region": "x"})", "/region"}, std::pair{R"({"region": 5})", ""}, std::pair{R"({"name": " "})", ""}}) {
    const auto refused = post("/v1/requests:search", body);
    EXPECT_EQ(refused.at("/code") + refused.at("/errors/0/pointer"), std::string("schema_violation") + where) << body;
  }
}

TEST_F(Replies, AboutWhatIsNotThereAreAsWritten) {
  for (const auto* id : {nobody.c_str(), "x"}) {
    EXPECT_EQ(get("/v1/requests/" + std::string(id)).at("/code"), "unknown_request");
    EXPECT_EQ(get("/v1/requests/" + std::string(id) + "/history").at("/code"), "unknown_request");
  }
  EXPECT_EQ(get("/v1/track/1234").at("/code"), "unknown_code");
}

TEST_F(Replies, ExplainRoutingAsWritten) {
  EXPECT_EQ(post("/v1/routing/explain", power_cut).at("/rule"), "power");
  EXPECT_EQ(post("/v1/routing/explain", R"({"region": 1, "kind": "thanks"})").at("/rules/0/fired"), "false");
  EXPECT_EQ(post("/v1/routing/explain", R"({"region": "16", "kind": "thanks"})").at("/code"), "schema_violation");
  EXPECT_EQ(post("/v1/routing/explain", "{").at("/code"), "json_invalid");
}

TEST_F(Replies, ToReleasingAnEventAreAsWritten) {
  EXPECT_EQ(post("/v1/events/release", R"({"position": 7, "by": "زهرا", "skip": true})").response.status, 204);
  EXPECT_EQ(released_, "skipped by زهرا (key: tablet)");
  EXPECT_EQ(post("/v1/events/release", R"({"position": 7, "by": "زهرا"})").response.status, 204);
  EXPECT_EQ(released_, "tried again by زهرا (key: tablet)");
  EXPECT_EQ(post("/v1/events/release", R"({"position": 8, "by": "زهرا"})").at("/code"), "relay_not_refused");
  EXPECT_EQ(post("/v1/events/release", R"({"position": 7, "by": " "})").at("/errors/0/pointer"), "/by");
  EXPECT_EQ(post("/v1/events/release", "7,").at("/code"), "json_invalid");
}

TEST_F(Replies, OfProbesThatFailAreAsWritten) {
  const auto routes = api::health_routes(
      {.store = *store_, .dependencies = {}, .draining = [] { return true; }, .metrics = {}, .disk_free_mark = ~std::uint64_t{0}});
  const auto ready = std::ranges::find(routes, "/readyz", &http::Route::path);
  http::Response response;
  ready->handler({}, [&](http::Response sent) { response = std::move(sent); });
  EXPECT_EQ(response.status, 503);
  EXPECT_THAT(ApiContract::written().faults(ApiContract::written().operation("GET", "/readyz"), response), IsEmpty());
}

/// What the schemas of bodies accept and refuse, as the examples beside them say, is what the handlers accept and refuse.
TEST_F(Replies, AcceptAndRefuseTheBodiesThatTheirSchemasDo) {
  for (const auto* known : {"1405-09-03-r5", "1405-09-17-r03"}) put("/v1/meetings/" + std::string(known), meeting);
  put("/v1/meetings/past", R"({"region": 3, "mosque": "x", "date": "2026-08-18"})");
  const auto request = take_in("99");
  const std::map<std::string, http::Method> methods{
      {"PUT", http::Method::put}, {"POST", http::Method::post}, {"PATCH", http::Method::patch}};
  int seen = 0;
  for (const auto& operation : ApiContract::written().operations()) {
    const auto name = ApiContract::written().body_schema(operation);
    if (name.empty()) continue;
    auto path = operation.path;
    if (const auto at = path.find("{id}"); at != std::string::npos) path.replace(at, 4, path.starts_with("/v1/meetings") ? "m1" : request);
    if (operation.path.ends_with("/met")) path = "/v1/meetings/past/deadlines/sorted/met";
    const auto send = [&](const json::Value& body) {
      return ask(methods.at(operation.method), path, json::to_text(body),
                 {{"idempotency-key", std::to_string(++settlings_)}, {"if-match", "*"}, {"content-type", "application/json"}});
    };
    const Description examples("examples/" + name + ".json");
    for (const auto& body : examples.at("/accept").GetArray()) {
      EXPECT_THAT(send(body).response.status, Not(AnyOf(400, 422))) << path << json::to_text(body);
      ++seen;
    }
    for (const auto& example : examples.at("/reject").GetArray()) {
      const auto reply = send(example["body"]);
      EXPECT_EQ(reply.at("/code"), "schema_violation") << path << json::to_text(example);
      const auto* const errors = json::find(reply.json, "/errors");
      std::vector<std::string> pointers;
      if (errors != nullptr) {
        for (const auto& error : errors->GetArray()) pointers.push_back(json::string_at(error, "pointer").value());
      }
      EXPECT_THAT(pointers, testing::Contains(json::view_of(example["at"]))) << path << json::to_text(example);
      ++seen;
    }
  }
  EXPECT_GT(seen, 150);
}

}  // namespace
}  // namespace salam::test
