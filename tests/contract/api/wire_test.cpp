#include <csignal>
#include <set>
#include <tuple>

#include "tests/contract/api/api_contract.h"
#include "tests/integration/gateway.h"

namespace salam::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

/// The program as it ships, in front of stand-ins; every reply is held against openapi.yaml.
class Wire : public testing::Test {
 protected:
  Wire()
      : stand_ins_({.deliver_after = std::chrono::milliseconds(100), .pace = {std::chrono::milliseconds(0), std::chrono::milliseconds(0)}}),
        gateway_(stand_ins_.addresses(), {.more = "[system137.follow_up]\nfirst = \"100ms\"\nlongest = \"1s\"\n",
                                          .replace = {{"[service_desk]\n", "[service_desk]\nregistration = \"after_review\"\n"}}}) {
    gateway_.start();
    EXPECT_EQ(ask("PUT", "/v1/meetings/m", "/v1/meetings/{id}", R"({"region": "5", "mosque": "مسجد", "date": ")" + day(0) + R"("})").status,
              201);
  }

  /// `path` as openapi.yaml has it.
  Reply ask(std::string_view method, std::string_view target, std::string_view path, std::string_view body = {}, Headers headers = {},
            std::string_view key = {}) {
    headers.emplace_back("Authorization", "Bearer " + (key.empty() ? gateway_.key() : std::string(key)));
    auto reply = call(gateway_.api_port(), method, target, body, headers);
    expect_as_written(reply, method, path);
    return reply;
  }
  Reply get(std::string_view target, std::string_view path) { return ask("GET", target, path); }
  Reply watch(std::string_view target, std::string_view path) {
    auto reply = call(gateway_.operations_port(), "GET", target);
    expect_as_written(reply, "GET", path);
    return reply;
  }

  static void expect_as_written(const Reply& reply, std::string_view method, std::string_view path) {
    http::Response response{.status = reply.status, .content_type = "", .headers = {}, .body = reply.body};
    for (const auto& [name, value] : reply.headers) {
      if (name == "content-type") response.content_type = value;
      response.headers.emplace_back(name, value);
    }
    const auto& contract = ApiContract::written();
    EXPECT_THAT(contract.faults(contract.operation(method, path), response), IsEmpty()) << method << ' ' << path << '\n' << reply.body;
  }

  std::string take_in(std::string_view number, std::string_view more) {
    const auto reply = ask("POST", "/v1/requests", "/v1/requests", Gateway::form(number, more));
    EXPECT_EQ(reply.status, 202) << reply.body;
    return reply.at("/id");
  }

  /// With an Idempotency-Key of its own.
  Reply act(const std::string& id, const std::string& action, std::string_view body) {
    return ask("POST", "/v1/requests/" + id + "/" + action, "/v1/requests/{id}/" + action, body,
               {{"Idempotency-Key", "action-" + std::to_string(++actions_)}});
  }
  Reply look(const std::string& id) { return get("/v1/requests/" + id, "/v1/requests/{id}"); }

  /// What people decide, from the review to the answer, and two days that run out.
  void decide(const std::string& reviewed, const std::string& registered) {
    EXPECT_TRUE(eventually([&] { return look(reviewed).at("/state") == "in_review"; }));
    EXPECT_EQ(act(reviewed, "review", R"({"decision": "to_desk", "by": "مریم"})").status, 200);
    EXPECT_EQ(act(reviewed, "review", R"({"decision": "to_desk", "by": "مریم"})").at("/code"), "not_in_review");
    const auto assignment = R"({"unit": "x", "by": "مریم", "due": ")" + day(1) + R"("})";
    EXPECT_EQ(ask("PUT", "/v1/requests/" + registered + "/assignment", "/v1/requests/{id}/assignment", assignment).status, 200);
    EXPECT_EQ(ask("PUT", "/v1/meetings/m/assignments", "/v1/meetings/{id}/assignments",
                  R"({"by": "مریم", "assignments": [{"form": "2", "unit": "x"}, {"form": "99", "unit": "x"}]})")
                  .status,
              200);
    EXPECT_EQ(correct(registered, "\"1\"").at("/code"), "version_mismatch");
    EXPECT_EQ(correct(registered, look(registered).header("etag")).status, 200);
    EXPECT_EQ(get("/v1/requests/" + registered + "/versions", "/v1/requests/{id}/versions").count("/versions"), 1U);
    EXPECT_TRUE(eventually([&] { return types_sent().contains("ir.isfahan.mardomsalam.deadline.approaching.v1"); }));
    EXPECT_EQ(act(registered, "answer", R"({"channel": "sms", "text": "در برنامه است", "by": "مریم"})").status, 200);
    EXPECT_EQ(act(registered, "withdraw", R"({"reason": "برطرف شد", "by": "مریم"})").status, 200);
    const auto told = [&] { return look(registered).at("/amendment/state"); };
    EXPECT_TRUE(eventually([&] { return told() == "none" || told() == "held"; }));
    if (told() == "held") EXPECT_EQ(act(registered, "settle", R"({"action": "dealt_with", "by": "مریم"})").status, 200);
    EXPECT_EQ(ask("PUT", "/v1/meetings/old", "/v1/meetings/{id}", R"({"region": "5", "mosque": "مسجد", "date": "2020-01-07"})").status,
              201);
    EXPECT_EQ(ask("POST", "/v1/requests", "/v1/requests",
                  R"({"meeting": "old", "form": "1", "kind": "request", "subject": "a", "description": "b"})")
                  .status,
              202);
    EXPECT_EQ(ask("POST", "/v1/requests:search", "/v1/requests:search", R"({"name": "نمونه"})").status, 200);
    EXPECT_EQ(get("/v1/due", "/v1/due").status, 200);
    EXPECT_EQ(get("/v1/units", "/v1/units").status, 200);
  }
  Reply correct(const std::string& id, const std::string& tag) {
    return ask("PATCH", "/v1/requests/" + id, "/v1/requests/{id}", R"({"description": "عمیق", "by": "مریم"})", {{"If-Match", tag}});
  }

  void invite() {
    const auto body = R"({"time": "18:30", "by": "زهرا", "date": ")" + day(30) + "\"}";
    const auto draft = ask("PUT", "/v1/meetings/m/invitation", "/v1/meetings/{id}/invitation", body);
    EXPECT_EQ(draft.at("/to_invite"), "2");
    EXPECT_EQ(ask("POST", "/v1/meetings/m/invitation/approve", "/v1/meetings/{id}/invitation/approve", R"({"by": "زهرا"})",
                  {{"If-Match", draft.header("etag")}, {"Idempotency-Key", "invite"}})
                  .status,
              200);
    EXPECT_EQ(get("/v1/meetings/m/invitation", "/v1/meetings/{id}/invitation").status, 200);
  }

  std::set<std::string> types_sent() {
    const auto reply = get("/v1/events?page_size=1000", "/v1/events");
    std::set<std::string> types;
    for (std::size_t i = 0; i < reply.count("/events"); ++i) types.insert(reply.at("/events/" + std::to_string(i) + "/type"));
    return types;
  }

  stand_ins::StandIns stand_ins_;
  Gateway gateway_;
  int actions_ = 0;
};

TEST_F(Wire, CarriesOnlyRepliesAndEventsThatAreWritten) {
  stand_ins_.control(stand_ins::StandIns::Which::system137, "POST", "/_control/faults", R"({"mode": "refuse", "match": "noise"})");
  const std::string reachable = R"("citizen": {"name": "نمونه", "mobile": "09130001234"})";
  take_in("1", reachable);
  take_in("2", R"("citizen": {"mobile": "09130000000"})");
  const auto silent = take_in("3", R"("citizen": null)");
  const auto refused = take_in("4", reachable + R"(, "category": "noise")");
  const auto waited = ask("POST", "/v1/requests", "/v1/requests", Gateway::form("5", reachable), {{"Prefer", "wait=20"}});
  EXPECT_EQ(waited.status, 201) << waited.body;
  EXPECT_EQ(ask("POST", "/v1/requests", "/v1/requests", Gateway::form("5", reachable)).status, 200);
  EXPECT_EQ(ask("POST", "/v1/requests", "/v1/requests", Gateway::form("5", R"("category": "waste")")).status, 409);
  EXPECT_EQ(ask("POST", "/v1/requests/batch", "/v1/requests/batch", R"({"requests": [)" + Gateway::form("6", reachable) + ", 5]}").status,
            200);
  EXPECT_EQ(ask("POST", "/v1/requests/" + silent + "/settle", "/v1/requests/{id}/settle", R"({"action": "handed_over", "by": "زهرا"})",
                {{"Idempotency-Key", "1"}})
                .status,
            200);
  invite();
  decide(refused, waited.at("/id"));

  ask("PUT", "/v1/meetings/past", "/v1/meetings/{id}", R"({"region": "5", "mosque": "مسجد", "date": "2026-01-01"})");
  EXPECT_EQ(
      ask("POST", "/v1/meetings/past/deadlines/sorted/met", "/v1/meetings/{id}/deadlines/{step}/met", R"({"by": "زهرا"})").at("/late"),
      "true");
  EXPECT_EQ(get("/v1/meetings", "/v1/meetings").count("/meetings"), 3U);
  EXPECT_EQ(get("/v1/deadlines?state=met", "/v1/deadlines").count("/deadlines"), 1U);

  EXPECT_TRUE(eventually([&] { return types_sent() == event_types(); })) << testing::PrintToString(types_sent());

  const auto list = get("/v1/requests", "/v1/requests");
  ASSERT_EQ(list.count("/requests"), 7U);
  for (std::size_t i = 0; i < 7; ++i) {
    const auto at = "/requests/" + std::to_string(i);
    get("/v1/requests/" + list.at(at + "/id"), "/v1/requests/{id}");
    get("/v1/requests/" + list.at(at + "/id") + "/history", "/v1/requests/{id}/history");
    EXPECT_EQ(get("/v1/track/" + list.at(at + "/tracking_code"), "/v1/track/{code}").status, 200);
  }
  EXPECT_EQ(get("/v1/attention", "/v1/attention").status, 200);
  EXPECT_EQ(get("/v1/meetings/m", "/v1/meetings/{id}").status, 200);
  EXPECT_EQ(
      ask("POST", "/v1/routing/explain", "/v1/routing/explain", R"({"region": "3", "kind": "complaint", "subject": "قطعی برق"})").status,
      200);
  EXPECT_EQ(ask("POST", "/v1/events/release", "/v1/events/release", R"({"position": 1, "by": "زهرا"})").at("/code"), "relay_not_refused");
}

TEST_F(Wire, RefusesAsWritten) {
  const auto track_only = gateway_.key_with("tracker", {"track"});
  gateway_.signal(SIGHUP);
  ASSERT_TRUE(eventually([&] {
    return call(gateway_.api_port(), "GET", "/v1/track/1", {}, {{"Authorization", "Bearer " + track_only}}).status == 404;
  }));
  const std::string large(70'000, ' ');
  int seen = 0;
  for (const auto& operation : ApiContract::written().operations()) {
    if (operation.on_operations_listener || operation.scope.empty()) continue;
    const std::string body = operation.method == "GET" ? "" : "{}";
    const auto target = operation.path;
    const auto unknown = call(gateway_.api_port(), operation.method, target, body, {{"Authorization", "Bearer salam_00000000_x"}});
    EXPECT_EQ(unknown.status, 401) << target;
    expect_as_written(unknown, operation.method, operation.path);
    const auto without = call(gateway_.api_port(), operation.method, target, body);
    EXPECT_EQ(without.status, 401) << target;
    expect_as_written(without, operation.method, operation.path);
    if (operation.scope != "track") EXPECT_EQ(ask(operation.method, target, operation.path, body, {}, track_only).status, 403) << target;
    ++seen;
    if (body.empty()) continue;
    EXPECT_EQ(ask(operation.method, target, operation.path, body, {{"Content-Encoding", "gzip"}}).status, 415) << target;
    if (ApiContract::written().body_schema(operation).empty()) continue;
    const bool of_a_meeting = operation.path == "/v1/requests/batch" || operation.path == "/v1/meetings/{id}/assignments";
    if (!of_a_meeting) EXPECT_EQ(ask(operation.method, target, operation.path, large).status, 413) << target;
    const auto unread = ask(operation.method, target, operation.path, "nonsense", {{"Idempotency-Key", "1"}, {"If-Match", "*"}});
    EXPECT_EQ(unread.status, 400) << target;
  }
  EXPECT_GT(seen, 10);
  const auto wrong_method = call(gateway_.api_port(), "DELETE", "/v1/requests");
  EXPECT_EQ(wrong_method.status, 405);
  expect_as_written(wrong_method, "GET", "/v1/requests");
}

TEST_F(Wire, RefusesStrangersCallbacksAsWritten) {
  const std::string secret = "/not-the-secret-0123456789";
  const std::tuple<std::string_view, std::string, std::string_view> calls[] = {
      {"POST", "/v1/callbacks/137", "/v1/callbacks/{system}"},
      {"POST", "/v1/callbacks/service_desk", "/v1/callbacks/{system}"},
      {"POST", "/v1/callbacks/137" + secret, "/v1/callbacks/{system}/{secret}"},
      {"GET", "/v1/callbacks/sms/kavenegar" + secret, "/v1/callbacks/sms/{line}/{secret}"},
      {"POST", "/v1/callbacks/sms/kavenegar" + secret, "/v1/callbacks/sms/{line}/{secret}"},
  };
  for (const auto& [method, target, path] : calls) {
    const auto refused = ask(method, target, path, method == "GET" ? "" : "[]");
    EXPECT_EQ(refused.status, 403) << target;
    EXPECT_EQ(refused.at("/code"), "callback_refused") << target;
    if (method == "GET") continue;
    EXPECT_EQ(ask(method, target, path, "[]", {{"Content-Encoding", "gzip"}}).status, 415) << target;
    EXPECT_EQ(ask(method, target, path, std::string(1'100'000, ' ')).status, 413) << target;
  }
  EXPECT_EQ(ask("POST", "/v1/callbacks/138", "/v1/callbacks/{system}", "[]").status, 404);
}

TEST_F(Wire, ShowsOperatorsWhatIsWritten) {
  take_in("1", R"("citizen": null)");
  EXPECT_TRUE(eventually([&] { return call(gateway_.operations_port(), "GET", "/health").at("/counts/by_state/registered") == "1"; }));
  const auto health = watch("/health", "/health");
  EXPECT_EQ(health.at("/status"), "ok") << health.body;
  for (const auto* probe : {"/livez", "/readyz"}) {
    EXPECT_EQ(watch(probe, probe).body, "ok\n");
    EXPECT_EQ(watch(std::string(probe) + "?verbose", probe).status, 200);
  }
  EXPECT_EQ(watch("/metrics", "/metrics").status, 200);
  // The other system stays away: the state, since when, and why.
  stand_ins_.control(stand_ins::StandIns::Which::system137, "POST", "/_control/faults",
                     R"({"mode": "status", "status": 503, "on": "any"})");
  take_in("2", R"("citizen": null)");
  EXPECT_TRUE(eventually([&] { return watch("/health", "/health").at("/status") == "degraded"; }));
}

TEST_F(Wire, RefusesWhoCallsTooOftenAsWritten) {
  Gateway impatient(stand_ins_.addresses());
  impatient.set(R"(file = "keys.json")", "file = \"keys.json\"\nrate = 0.1");
  impatient.start();
  Reply reply;
  EXPECT_TRUE(eventually([&] {
    reply = impatient.get("/v1/events");
    return reply.status == 429;
  }));
  expect_as_written(reply, "GET", "/v1/events");
  EXPECT_NE(reply.header("retry-after"), "");
}

TEST_F(Wire, PublishesToTheTopicThatIsWritten) {
  const Description asyncapi("asyncapi.yaml");
  const auto& kafka = asyncapi.at("/channels/requests/bindings/kafka");
  const auto output = gateway_.run({"check-config"}).output;
  EXPECT_THAT(output, HasSubstr("topic = \"" + json::string_at(asyncapi.at("/channels/requests"), "address").value() + '"'));
  EXPECT_THAT(output, HasSubstr("topic = \"" + json::string_at(kafka, "topic").value() + '"'));
  EXPECT_THAT(output, HasSubstr("partitions = " + json::string_at(kafka, "partitions").value() + " "));
}

}  // namespace
}  // namespace salam::test
