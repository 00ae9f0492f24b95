#include <set>

#include "gateway/api/health.h"
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

  const auto id = take_in("1001", R"("citizen": {"name": "نمونه"})");
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
    go(holding, [&](const Record& now) { return lifecycle::clock_due(now, policy_, moment()); });
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
    let_deadlines_pass();
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
    EXPECT_EQ(requests.Size(), 18U);
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
      {"meeting", {"m1"}}, {"form", {"1"}}, {"region", {"5", "nazhvan"}}, {"page_size", {"1", "1000"}}, {"page_token", {"1", ""}},
      {"officer", {"x"}},  {"verbose", {}}};
  int seen = 0;
  for (const auto& operation : ApiContract::written().operations()) {
    const auto* const parameters = json::member(*operation.node, "parameters");
    if (operation.method != "GET" || parameters == nullptr || operation.on_operations_listener) continue;
    const auto path = operation.path == "/v1/requests/{id}/history" ? "/v1/requests/" + take_in("1") + "/history" : operation.path;
    for (const auto& written : parameters->GetArray()) {
      const auto& description = ApiContract::written().description();
      const auto& parameter = description.resolved(written);
      const auto name = json::string_at(parameter, "name").value();
      const auto* const choices = json::member(*description.member(parameter, "schema"), "enum");
      for (const auto& value : choices != nullptr ? names(*choices) : values.at(name)) {
        EXPECT_EQ(get(path + "?" + name + "=" + value).response.status, 200) << path << ' ' << name << '=' << value;
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
  put("/v1/meetings/1405-09-03-r5", meeting);
  put("/v1/meetings/past", R"({"region": 3, "mosque": "x", "date": "2026-08-18"})");
  const auto request = take_in("99");
  int seen = 0;
  for (const auto& operation : ApiContract::written().operations()) {
    const auto name = ApiContract::written().body_schema(operation);
    if (name.empty()) continue;
    auto path = operation.path;
    if (const auto at = path.find("{id}"); at != std::string::npos) path.replace(at, 4, operation.method == "PUT" ? "m9" : request);
    if (operation.path.ends_with("/met")) path = "/v1/meetings/past/deadlines/sorted/met";
    const auto send = [&](const json::Value& body) {
      return ask(operation.method == "PUT" ? http::Method::put : http::Method::post, path, json::to_text(body),
                 {{"idempotency-key", std::to_string(++settlings_)}, {"content-type", "application/json"}});
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
  EXPECT_GT(seen, 80);
}

}  // namespace
}  // namespace salam::test
