#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "tests/unit/http/server_fixture.h"

namespace salam::test {
namespace {

using std::chrono::milliseconds;

class BadInput : public ServerTest {
 protected:
  /// The refusal comes, and the next request on the connection is served.
  void expect_refusal(const std::string& bytes, int status, const std::string& code) {
    WireClient client(server_->port());
    const auto refused = client.ask(bytes);
    EXPECT_EQ(refused.status, status) << bytes.substr(0, 200);
    EXPECT_EQ(code_of(refused), code) << bytes.substr(0, 200);
    EXPECT_EQ(client.ask(post("next")).body, "next") << bytes.substr(0, 200);
  }

  /// The refusal comes, and the connection is closed: nobody can tell where the next request would begin.
  void expect_refusal_and_close(const std::string& bytes, int status, const std::string& code) {
    WireClient client(server_->port());
    const auto refused = client.ask(bytes);
    EXPECT_EQ(refused.status, status) << bytes.substr(0, 200);
    EXPECT_EQ(code_of(refused), code) << bytes.substr(0, 200);
    EXPECT_EQ(refused.headers.count("connection"), 1U) << bytes.substr(0, 200);
    EXPECT_TRUE(client.is_closed()) << bytes.substr(0, 200);
  }
};

std::string with_key(const std::string& authorization) {
  return "POST /v1/requests HTTP/1.1\r\nHost: h\r\n" + authorization + "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
}

std::string with_fields(const std::string& fields, const std::string& body = "") {
  return "POST /v1/requests HTTP/1.1\r\nAuthorization: Bearer right\r\nContent-Type: application/json\r\n" + fields + "\r\n" + body;
}

TEST_F(BadInput, WithoutAKeyIsRefusedAndSaysHowToSendOne) {
  start();
  expect_refusal(with_key(""), 401, "missing_key");
  WireClient client(server_->port());
  EXPECT_EQ(client.ask(with_key("")).headers["www-authenticate"], "Bearer realm=\"salam\"");
}

TEST_F(BadInput, WithAnUnknownKeyIsRefused) {
  start();
  expect_refusal(with_key("Authorization: Bearer wrong\r\n"), 401, "unknown_key");
}

TEST_F(BadInput, WithoutTheScopeIsRefused) {
  start();
  expect_refusal(with_key("Authorization: Bearer weak\r\n"), 403, "missing_scope");
}

TEST_F(BadInput, BeyondTheKeysRateIsToldWhenToComeBack) {
  start();
  expect_refusal(with_key("Authorization: Bearer busy\r\n"), 429, "rate_limited");
  WireClient client(server_->port());
  EXPECT_EQ(client.ask(with_key("Authorization: Bearer busy\r\n")).headers["retry-after"], "7");
}

TEST_F(BadInput, WrongPathIsNotFound) {
  start();
  expect_refusal("GET /v2/requests HTTP/1.1\r\nHost: h\r\n\r\n", 404, "not_found");
  expect_refusal("GET /v1/requests/ HTTP/1.1\r\nHost: h\r\n\r\n", 404, "not_found");
}

TEST_F(BadInput, WrongMethodNamesTheRightOnes) {
  start();
  expect_refusal("PUT /v1/requests HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}", 405, "method_not_allowed");
  WireClient client(server_->port());
  EXPECT_EQ(client.ask("BREW /v1/meetings HTTP/1.1\r\nHost: h\r\n\r\n").headers["allow"], "GET, HEAD");
}

TEST_F(BadInput, WrongMediaTypeIsRefused) {
  start();
  for (const std::string type : {"Content-Type: text/plain\r\n", "", "Content-Type: application/json; charset=windows-1256\r\n",
                                 "Content-Type: application/json\r\nContent-Encoding: gzip\r\n"}) {
    expect_refusal("POST /v1/requests HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer right\r\n" + type + "Content-Length: 2\r\n\r\n{}", 415,
                   "unsupported_media_type");
  }
}

TEST_F(BadInput, BodyOfOneMebibyteIsRefusedBeforeItIsRead) {
  start();
  expect_refusal(post(std::string(1024 * 1024, 'x')), 413, "body_too_large");
  WireClient client(server_->port());
  EXPECT_EQ(client.ask(with_fields("Host: h\r\nContent-Length: 1048576\r\n")).status, 413);
}

TEST_F(BadInput, ChunkedBodyBeyondTheLimitIsRefusedAndReadToItsEnd) {
  start();
  const std::string chunk = "4000\r\n" + std::string(0x4000, 'x') + "\r\n";
  expect_refusal(with_fields("Host: h\r\nTransfer-Encoding: chunked\r\n", chunk + chunk + chunk + chunk + chunk + "0\r\n\r\n"), 413,
                 "body_too_large");
}

TEST_F(BadInput, HugeAnnouncedBodyClosesTheConnectionAfterTheAnswer) {
  start();
  expect_refusal_and_close(with_fields("Host: h\r\nContent-Length: 99999999999\r\n"), 413, "body_too_large");
}

TEST_F(BadInput, OddTransferEncodingIsRefused) {
  start();
  for (const std::string coding :
       {"gzip", "xchunked", "chunked, gzip", "gzip, chunked", "chunked, chunked", "identity", "chunked;q=1", "\"chunked\""}) {
    expect_refusal_and_close(with_fields("Host: h\r\nTransfer-Encoding: " + coding + "\r\n", "0\r\n\r\n"), 501,
                             "transfer_encoding_unsupported");
  }
}

TEST_F(BadInput, ContradictoryFramingIsRefused) {
  start();
  for (const std::string fields :
       {"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "Content-Length: 5\r\nContent-Length: 6\r\n",
        "Content-Length: 5\r\nContent-Length: 5\r\n", "Content-Length: 5, 5\r\n", "Content-Length: -1\r\n", "Content-Length: +5\r\n",
        "Content-Length: 0x5\r\n", "Content-Length: 99999999999999999999999\r\n", "Content-Length:\r\n", "Content-Length : 5\r\n"}) {
    expect_refusal_and_close(with_fields("Host: h\r\n" + fields, "0\r\n\r\n"), 400, "bad_request");
  }
}

TEST_F(BadInput, ChunkedOnHttp10IsRefused) {
  start();
  expect_refusal_and_close("POST /v1/requests HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, "bad_request");
}

TEST_F(BadInput, AnythingButOneProperHostIsRefused) {
  start();
  for (const std::string fields :
       {"", "Host: a\r\nHost: b\r\n", "Host: a\r\nHost: a\r\n", "Host: a, b\r\n", "Host: a/b\r\n", "Host: u@a\r\n"}) {
    expect_refusal_and_close("GET /v1/meetings HTTP/1.1\r\n" + fields + "\r\n", 400, "host_invalid");
  }
}

TEST_F(BadInput, MalformedRequestLinesAndFieldsAreRefused) {
  start();
  for (const std::string bytes :
       {"\x16\x03\x01\x02 garbage\r\n\r\n", "GET\r\n\r\n", "GET /v1/meetings\r\n\r\n", "GET  /v1/meetings HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET /v1/meetings HTTP/1.1\r\nHost: h\r\nno colon\r\n\r\n", "GET /v1/meetings HTTP/1.1\r\nHost: h\r\nA\x01: b\r\n\r\n",
        "GET /v1/meetings HTTP/1.1\nHost: h\n\n\r\n\r\n"}) {
    WireClient client(server_->port());
    const int status = client.ask(bytes).status;
    EXPECT_TRUE(status == 400 || status == 505) << status << " for " << bytes;
    EXPECT_TRUE(client.is_closed());
  }
}

TEST_F(BadInput, MalformedTargetsAreRefusedAndTheConnectionGoesOn) {
  start();
  for (const std::string target : {"/v1/%zz", "/v1/%00", "/v1/%ff", "v1", "/v1/meetings?a=%f", "*"}) {
    expect_refusal("GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n", 400, "bad_request");
  }
}

TEST_F(BadInput, UnknownHttpVersionIsRefused) {
  start();
  expect_refusal_and_close("GET /v1/meetings HTTP/2.0\r\nHost: h\r\n\r\n", 505, "http_version_unsupported");
}

TEST_F(BadInput, HugeHeadersAndTrailersAreRefused) {
  start();
  expect_refusal_and_close("GET /v1/meetings HTTP/1.1\r\nHost: h\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n", 431, "header_too_large");
  expect_refusal_and_close("GET /" + std::string(20'000, 'x') + " HTTP/1.1\r\nHost: h\r\n\r\n", 431, "header_too_large");
  expect_refusal_and_close(
      with_fields("Host: h\r\nTransfer-Encoding: chunked\r\n", "2\r\n{}\r\n0\r\nX: " + std::string(80'000, 'x') + "\r\n\r\n"), 431,
      "header_too_large");
  expect_refusal_and_close(with_fields("Host: h\r\nTransfer-Encoding: chunked\r\n", "2;" + std::string(80'000, 'x') + "\r\n"), 431,
                           "header_too_large");
}

TEST_F(BadInput, BrokenChunksAreRefused) {
  start();
  for (const std::string body :
       {"zz\r\n{}\r\n0\r\n\r\n", "2\r\n{}xx0\r\n\r\n", "-2\r\n{}\r\n0\r\n\r\n", "fffffffffffffffff\r\n{}\r\n0\r\n\r\n"}) {
    expect_refusal_and_close(with_fields("Host: h\r\nTransfer-Encoding: chunked\r\n", body), 400, "bad_request");
  }
}

TEST_F(BadInput, SlowHeaderIsTimedOut) {
  start({.header_timeout = milliseconds(40)});
  expect_refusal_and_close("POST /v1/requests HTTP/1.1\r\nHost: h\r\nX-Slow: ", 408, "header_timeout");
}

TEST_F(BadInput, HeaderThatDripsIsTimedOutAsAWhole) {
  start({.header_timeout = milliseconds(100)});
  WireClient client(server_->port());
  client.send("GET /v1/meetings HTTP/1.1\r\nHost: h\r\nX-Slow: ");
  while (!client.has_something_within(milliseconds(5))) client.send("x");
  EXPECT_EQ(client.read().status, 408);
}

TEST_F(BadInput, SlowBodyIsTimedOut) {
  start({.body_timeout = milliseconds(40)});
  expect_refusal_and_close(with_fields("Host: h\r\nContent-Length: 100\r\n", "{\"half\":"), 408, "body_timeout");
}

TEST_F(BadInput, IdleConnectionIsClosedWithoutAWord) {
  start({.idle_timeout = milliseconds(40)});
  WireClient client(server_->port());
  EXPECT_TRUE(client.is_closed());
}

TEST_F(BadInput, RefusalsSpeakPersianToWhoWantsIt) {
  start();
  WireClient client(server_->port());
  const auto answer = client.ask("GET /nowhere HTTP/1.1\r\nHost: h\r\nAccept-Language: fa\r\n\r\n");
  EXPECT_NE(answer.body.find("چنین نشانی‌ای نیست"), std::string::npos);
  EXPECT_EQ(answer.headers.at("content-language"), "fa");
}

}  // namespace
}  // namespace salam::test
