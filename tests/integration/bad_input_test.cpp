#include <spdlog/fmt/fmt.h>

#include "tests/integration/gateway.h"

namespace salam::test {
namespace {

using testing::HasSubstr;

const std::string good = Gateway::form("9");

/// One gateway for a list of bad inputs: each is refused with its code, and nothing of it is stored.
class BadInput : public testing::Test {
 protected:
  void SetUp() override { city_->take("1"); }
  void TearDown() override {
    EXPECT_EQ(city_->operations("/health").at("/counts/requests"), "1") << "something was stored";
    EXPECT_EQ(city_->operations("/health").at("/counts/meetings"), "1") << "something was stored";
  }

  [[nodiscard]] std::string request(const std::string& line, const std::string& fields, const std::string& body = "") const {
    return line + " HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer " + city_->key() + "\r\n" + fields + "\r\n" + body;
  }
  [[nodiscard]] std::string post(const std::string& body, const std::string& target = "/v1/requests") const {
    return request("POST " + target, fmt::format("Content-Type: application/json\r\nContent-Length: {}\r\n", body.size()), body);
  }

  static Reply refusal(WireClient& client, const std::string& bytes, int status, const std::string& code) {
    auto answer = client.ask(bytes);
    auto reply = read_reply(answer.status, std::move(answer.body));
    reply.headers = std::move(answer.headers);
    const auto shown = bytes.substr(0, 300);
    EXPECT_EQ(reply.status, status) << shown;
    EXPECT_EQ(reply.at("/code"), code) << shown;
    EXPECT_EQ(reply.at("/type"), "urn:salam:problem:" + code) << shown;
    EXPECT_EQ(reply.at("/status"), std::to_string(status)) << shown;
    EXPECT_NE(reply.at("/detail"), "(absent)") << shown;
    EXPECT_EQ(reply.header("content-type"), "application/problem+json") << shown;
    return reply;
  }
  /// And the connection's next request is served.
  Reply expect_refused(const std::string& bytes, int status, const std::string& code) const {
    WireClient client(city_->api_port());
    auto reply = refusal(client, bytes, status, code);
    EXPECT_EQ(client.ask(request("GET /v1/meetings/m", "")).status, 200) << bytes.substr(0, 300);
    return reply;
  }
  /// And the connection is closed: nobody can tell where the next request would begin.
  void expect_refused_and_closed(const std::string& bytes, int status, const std::string& code) const {
    WireClient client(city_->api_port());
    refusal(client, bytes, status, code);
    EXPECT_TRUE(client.is_closed()) << bytes.substr(0, 300);
  }
  /// A body's refusal, with the place of the first error and something of what was expected there.
  void expect_wrong(const std::string& body, const std::string& pointer, const std::string& expected = "") const {
    const auto reply = expect_refused(post(body), 422, "schema_violation");
    EXPECT_EQ(reply.at("/errors/0/pointer"), pointer) << reply.body;
    EXPECT_THAT(reply.at("/errors/0/expected"), HasSubstr(expected)) << reply.body;
    EXPECT_NE(reply.at("/errors/0/expected"), "(absent)");
  }

  City city_;
};

TEST_F(BadInput, OfCallersIsRefused) {
  const auto with = [](const std::string& authorization) {
    return fmt::format("POST /v1/requests HTTP/1.1\r\nHost: h\r\n{}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
                       authorization, good.size(), good);
  };
  const auto none = expect_refused(with(""), 401, "missing_key");
  EXPECT_THAT(none.header("www-authenticate"), HasSubstr("Bearer"));
  expect_refused(with("Authorization: Bearer salam_00000000_" + std::string(64, '0') + "\r\n"), 401, "unknown_key");
  expect_refused(with("Authorization: Bearer nonsense\r\n"), 401, "unknown_key");
  expect_refused(with("Authorization: Basic dXNlcjpwYXNz\r\n"), 401, "unknown_key");
  auto changed = city_->key();
  changed.back() = changed.back() == '0' ? '1' : '0';
  expect_refused(with("Authorization: Bearer " + changed + "\r\n"), 401, "unknown_key");
}

TEST_F(BadInput, OfFormsAndMeetingsIsRefused) {
  const auto reused = expect_refused(post(Gateway::form("1", R"("category": "asphalt")")), 409, "form_reused");
  EXPECT_EQ(reused.count("/errors"), 3U) << reused.body;
  const auto unknown = expect_refused(post(R"({"meeting": "none", "form": "9", "kind": "request", "subject": "s", "description": "d"})"),
                                      422, "unknown_meeting");
  EXPECT_EQ(unknown.at("/errors/0/pointer"), "/meeting");
  const auto put = [&](const std::string& id, const std::string& body) {
    return request("PUT /v1/meetings/" + id, fmt::format("Content-Type: application/json\r\nContent-Length: {}\r\n", body.size()), body);
  };
  expect_refused(put("n", R"({"region": 16, "mosque": "x", "date": "2026-11-24"})"), 422, "schema_violation");
  expect_refused(put("n", R"({"region": 1, "mosque": " ", "date": "2026-11-24"})"), 422, "schema_violation");
  expect_refused(put("n", R"({"region": 1, "mosque": "x", "date": "2026-02-30"})"), 422, "schema_violation");
  expect_refused(put("n%20n", R"({"region": 1, "mosque": "x", "date": "2026-11-24"})"), 400, "parameter_invalid");
}

TEST_F(BadInput, ThatIsNoProperJsonIsRefused) {
  std::vector<std::string> bodies{
      "",
      "nonsense",
      "{\"meeting\": ",
      good + "x",
      good + good,
      good + std::string("\0GARBAGE", 8),
      Gateway::form("9", "\"category\": \"\xff\xfe\""),
      Gateway::form("9", "\"category\": \"\xed\xa0\x80\""),
      Gateway::form("9", R"("category": "\ud800")"),
      Gateway::form("9", R"("form": "10")"),
      Gateway::form("9", R"("citizen": {"name": "a", "name": "b"})"),
      Gateway::form("9", R"("item": 0.)" + std::string(60, '0') + "e-2147483639"),
      Gateway::form("9", R"("item": 128.7400000000000000000000000000000000000000000000000000000000000000000e-336)"),
      Gateway::form("9", R"("item": 1e999)"),
      Gateway::form("9", R"("item": NaN)"),
      Gateway::form("9", R"("item": 1,)"),
      std::string(60'000, '['),
      std::string(60'000, '{')};
  for (const auto& body : bodies) expect_refused(post(body), 400, "json_invalid");
  std::string nested;
  for (int i = 0; i < 10'000; ++i) nested += R"({"a":)";
  expect_refused(post(nested), 400, "json_invalid");
  expect_refused(post(std::string(1'000'000, '['), "/v1/requests/batch"), 400, "json_invalid");
}

TEST_F(BadInput, ThatBreaksTheSchemaSaysWhereAndWhatIsExpected) {
  const auto with = [](const std::string& more) { return Gateway::form("9", more); };
  expect_wrong("[]", "");
  expect_wrong("null", "");
  expect_wrong("{}", "/meeting");
  expect_wrong(with(R"("extra": 1)"), "/extra");
  expect_wrong(with(R"("citizen": {"nmae": "x"})"), "/citizen/nmae");
  expect_wrong(with(R"("region": 16)"), "/region");
  expect_wrong(with(R"("region": "16")"), "/region", "1 to 15, or nazhvan");
  expect_wrong(with(R"("region": "۱۷")"), "/region", "1 to 15, or nazhvan");
  expect_wrong(with(R"("region": 0)"), "/region");
  expect_wrong(with(R"("region": "")"), "/region");
  expect_wrong(with(R"("item": 0)"), "/item");
  expect_wrong(with(R"("item": 100)"), "/item");
  expect_wrong(with(R"("item": 1.5)"), "/item");
  expect_wrong(with(R"("item": "1")"), "/item");
  expect_wrong(with(R"("place": {"coordinates": {"latitude": 91, "longitude": 51}})"), "/place/coordinates/latitude");
  expect_wrong(with(R"("place": {"coordinates": {"latitude": 51, "longitude": 32}})"), "/place/coordinates/latitude");
  expect_wrong(with(R"("place": {"coordinates": {"latitude": 32}})"), "/place/coordinates/longitude");
  expect_wrong(with(R"("place": {"coordinates": {"latitude": "32", "longitude": 51}})"), "/place/coordinates/latitude");
  expect_wrong(with(R"("place": {"coordinates": [32, 51]})"), "/place/coordinates");
  expect_wrong(R"({"meeting": "m", "form": "9", "kind": "wish", "subject": "s", "description": "d"})", "/kind");
  expect_wrong(R"({"meeting": "m", "form": "9", "kind": "request", "subject": " ‌ ", "description": "d"})", "/subject");
  expect_wrong(R"({"meeting": "m", "form": "a b", "kind": "request", "subject": "s", "description": "d"})", "/form");
  expect_wrong(
      fmt::format(R"({{"meeting": "m", "form": "9", "kind": "request", "subject": "s", "description": "{}"}})", std::string(8'001, 'd')),
      "/description");
  expect_refused(post(R"({"requests": []})", "/v1/requests/batch"), 422, "schema_violation");
  expect_refused(post(R"({"requests": {}})", "/v1/requests/batch"), 422, "schema_violation");
}

TEST_F(BadInput, ThatIsTooLargeIsRefused) {
  const auto reply = expect_refused(post(std::string(1024 * 1024, 'x')), 413, "body_too_large");
  EXPECT_NE(reply.at("/limit"), "(absent)") << reply.body;
  WireClient client(city_->api_port());
  const auto early = client.ask(request("POST /v1/requests", "Content-Type: application/json\r\nContent-Length: 1048576\r\n"));
  EXPECT_EQ(early.status, 413) << "before the body comes";
  expect_refused_and_closed(request("GET /v1/requests", "X-Large: " + std::string(64 * 1024, 'x') + "\r\n"), 431, "header_too_large");
}

TEST_F(BadInput, OfPathMethodOrMediaTypeIsRefused) {
  expect_refused(request("GET /v2/requests", ""), 404, "not_found");
  expect_refused(request("GET /", ""), 404, "not_found");
  expect_refused(request("GET /health", ""), 404, "not_found");
  const auto method = expect_refused(request("DELETE /v1/requests", ""), 405, "method_not_allowed");
  EXPECT_THAT(method.header("allow"), HasSubstr("POST"));
  for (const std::string type : {"text/plain", "application/x-www-form-urlencoded", "application/json; charset=windows-1256"}) {
    const auto media =
        expect_refused(request("POST /v1/requests", fmt::format("Content-Type: {}\r\nContent-Length: {}\r\n", type, good.size()), good),
                       415, "unsupported_media_type");
    EXPECT_EQ(media.header("accept"), "application/json");
  }
}

TEST_F(BadInput, OfFramingIsRefusedAndTheConnectionClosed) {
  const std::string json = "Content-Type: application/json\r\n";
  for (const auto* const coding : {"gzip", "xchunked", "chunked, gzip", "gzip, chunked", "identity"}) {
    expect_refused_and_closed(request("POST /v1/requests", json + "Transfer-Encoding: " + coding + "\r\n", "0\r\n\r\n"), 501,
                              "transfer_encoding_unsupported");
  }
  expect_refused_and_closed(request("POST /v1/requests", json + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"), 400,
                            "bad_request");
  expect_refused_and_closed(request("POST /v1/requests", json + "Content-Length: 5\r\nContent-Length: 6\r\n", "{}"), 400, "bad_request");
  expect_refused_and_closed(request("GET /v1/requests", "Host: second\r\n"), 400, "host_invalid");
  expect_refused_and_closed("GET /v1/requests HTTP/1.1\r\n\r\n", 400, "host_invalid");
  expect_refused_and_closed("nonsense\r\n\r\n", 400, "bad_request");
}

TEST(PlainChunkedBody, IsTaken) {
  City city;
  const auto body = Gateway::form("1");
  WireClient client(city->api_port());
  for (const int status : {202, 200}) {
    const auto reply =
        client.ask(fmt::format("POST /v1/requests HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n"
                               "Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{}\r\n0\r\n\r\n",
                               city->key(), body.size(), body));
    EXPECT_EQ(reply.status, status) << reply.body;
  }
}

TEST(SlowCaller, IsCutOffWhileOthersAreServed) {
  City city({.gateway = {.replace = {{"[http]\n", "[http]\nheader_timeout = \"300ms\"\nbody_timeout = \"300ms\"\n"}}}});
  WireClient slow_header(city->api_port());
  WireClient slow_body(city->api_port());
  slow_header.send("POST /v1/requests HTTP/1.1\r\nHost: h\r\n");
  slow_body.send("POST /v1/requests HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer " + city->key() +
                 "\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{");
  city->take("1");
  EXPECT_EQ(slow_header.read().status, 408);
  EXPECT_TRUE(slow_header.is_closed());
  EXPECT_EQ(slow_body.read().status, 408);
  EXPECT_TRUE(slow_body.is_closed());
  EXPECT_EQ(city->operations("/health").at("/counts/requests"), "1");
}

TEST(KeyWithoutTheScope, IsRefusedEverywhereElse) {
  City city({.start = false});
  const auto intake = city->key_with("tablet", {"intake"});
  const auto reader = city->key_with("reader", {"read"});
  city->start();
  city->announce_meeting();
  const auto as = [&](const std::string& key, const char* method, const char* target, const std::string& body = "") {
    const auto reply = call(city->api_port(), method, target, body, {{"Authorization", "Bearer " + key}});
    EXPECT_TRUE(reply.status < 400 || reply.header("content-type") == "application/problem+json");
    return reply.status < 400 ? std::to_string(reply.status) : reply.at("/code");
  };
  EXPECT_EQ(as(intake, "POST", "/v1/requests", good), "202");
  EXPECT_EQ(as(intake, "GET", "/v1/requests"), "missing_scope");
  EXPECT_EQ(as(intake, "GET", "/v1/attention"), "missing_scope");
  EXPECT_EQ(as(intake, "GET", "/v1/events"), "missing_scope");
  EXPECT_EQ(as(reader, "GET", "/v1/requests"), "200");
  EXPECT_EQ(as(reader, "POST", "/v1/requests", good), "missing_scope");
  EXPECT_EQ(as(reader, "PUT", "/v1/meetings/n", "{}"), "missing_scope");
  EXPECT_EQ(as(reader, "POST", "/v1/requests/0190a6b0-0000-7000-8000-000000000000/settle", "{}"), "missing_scope");
}

}  // namespace
}  // namespace salam::test
