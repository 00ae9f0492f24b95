#include <ctime>

#include <gtest/gtest.h>

#include "adapters/http_client/client.h"
#include "adapters/http_client/origin.h"

namespace salam::http_client {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

milliseconds wait_for(const std::string& value) {
  Response response;
  response.headers = {{"retry-after", value}};
  return retry_after(response);
}

std::string http_date(std::chrono::seconds from_now) {
  const auto at = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now() + from_now);
  char text[64];
  std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", std::gmtime(&at));
  return text;
}

TEST(RetryAfter, ReadsSeconds) {
  EXPECT_EQ(wait_for("0"), seconds(0));
  EXPECT_EQ(wait_for("120"), seconds(120));
}

TEST(RetryAfter, IsCappedAtSixHours) {
  EXPECT_EQ(wait_for("21601"), hours(6));
  EXPECT_EQ(wait_for("99999999999999999999999999"), hours(6));
  EXPECT_EQ(wait_for("Fri, 31 Dec 2100 23:59:59 GMT"), hours(6));
}

TEST(RetryAfter, ReadsAnHttpDateInAnyOfItsForms) {
  const auto wait = wait_for(http_date(seconds(100)));
  EXPECT_GT(wait, seconds(90));
  EXPECT_LE(wait, seconds(100));
  EXPECT_EQ(wait_for("Sun, 06 Nov 1994 08:49:37 GMT"), seconds(0));
  EXPECT_EQ(wait_for("Sunday, 06-Nov-94 08:49:37 GMT"), seconds(0));
  EXPECT_EQ(wait_for("Sun Nov  6 08:49:37 1994"), seconds(0));
}

TEST(RetryAfter, IsNegativeWhereAbsentOrMalformed) {
  EXPECT_LT(retry_after({}), seconds(0));
  for (const auto* text : {"", "-5", "1.5", "soon", "Sun, 06 Nov", "5 s"}) {
    EXPECT_LT(wait_for(text), seconds(0)) << text;
  }
}

TEST(FormEncoding, EscapesAllButWhatTheFormAllows) {
  EXPECT_EQ(form_encoded({{"a b", "1&2=3+4"}, {"متن", "~*-._"}}), "a+b=1%262%3D3%2B4&%D9%85%D8%AA%D9%86=%7E*-._");
  EXPECT_EQ(form_encoded({}), "");
}

TEST(PercentEncoding, LeavesOnlyUnreservedCharacters) { EXPECT_EQ(percent_encoded("aZ9-._~ /?é*"), "aZ9-._~%20%2F%3F%C3%A9%2A"); }

std::string target_of(const std::string& base, const std::string& target) {
  Request request;
  request.target = target;
  const auto wire = wire_form(request, parse_origin(base), "test");
  return wire.substr(4, wire.find(" HTTP/1.1") - 4);
}

TEST(Origin, StandsBeforeTheTarget) {
  EXPECT_EQ(target_of("http://h", ""), "/");
  EXPECT_EQ(target_of("http://h/", "/x"), "/x");
  EXPECT_EQ(target_of("http://h", "x"), "/x");
  EXPECT_EQ(target_of("http://h", "?q"), "/?q");
  EXPECT_EQ(target_of("http://h/a/", "/x?q"), "/a/x?q");
  EXPECT_EQ(target_of("http://h/a/", "x"), "/a/x");
  EXPECT_EQ(target_of("http://h/a", "?q"), "/a?q");
  EXPECT_EQ(target_of("http://h/a", ""), "/a");
}

TEST(WireForm, NamesTheProgramUnlessTheCallerDoes) {
  Request request;
  EXPECT_EQ(wire_form(request, parse_origin("http://h"), "us"), "GET / HTTP/1.1\r\nHost: h\r\nUser-Agent: us\r\n\r\n");
  request.headers = {{"User-agent", "them"}};
  EXPECT_EQ(wire_form(request, parse_origin("http://h"), "us"), "GET / HTTP/1.1\r\nHost: h\r\nUser-agent: them\r\n\r\n");
}

TEST(Origin, ReadsSchemeHostAndPort) {
  EXPECT_EQ(parse_origin("HTTPS://Host.example").port, 443);
  EXPECT_TRUE(parse_origin("HTTPS://Host.example").tls);
  EXPECT_EQ(parse_origin("http://host.example").port, 80);
  EXPECT_EQ(parse_origin("http://[::1]:8080").host, "::1");
  EXPECT_EQ(parse_origin("http://[::1]:8080").authority, "[::1]:8080");
  EXPECT_EQ(parse_origin("http://127.0.0.1:81/x").host, "127.0.0.1");
}

}  // namespace
}  // namespace salam::http_client
