#include "adapters/upstream/answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/upstream/support.h"

namespace salam::upstream {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string trusted(const std::string& json) {
  const auto document = json::parse(json);
  return document ? trusted_code(&*document).value_or("-") : "not JSON";
}

TEST(TrustedCode, TakesStringsAndWholeNumbers) {
  EXPECT_EQ(trusted(R"("SR-1405/17")"), "SR-1405/17");
  EXPECT_EQ(trusted(R"(" ۱۲۳۴ ")"), "۱۲۳۴");
  EXPECT_EQ(trusted("293944"), "293944");
  EXPECT_EQ(trusted("18446744073709551615"), "18446744073709551615");
  EXPECT_EQ(trusted('"' + std::string(256, 'x') + '"'), std::string(256, 'x'));
}

TEST(TrustedCode, DistrustsWhatNoSystemWouldGiveAsACode) {
  for (const auto* const json : {"null", "\"\"", "\"  \"", "0", "\"0\"", "\"000\"", "\"null\"", "\"None\"", "true", "1.5", "1e3", "[]",
                                 "{}", R"("a\u0000b")", R"("a\nb")", R"("a\u007Fb")", R"("a\u0085b")", R"("a\u202Eb")", R"("\uFEFFa")"}) {
    EXPECT_EQ(trusted(json), "-") << json;
  }
  EXPECT_EQ(trusted('"' + std::string(257, 'x') + '"'), "-");
  EXPECT_EQ(trusted('"' + std::string(4096, 'x') + '"'), "-");
  EXPECT_EQ(trusted_code(nullptr), std::nullopt);
}

TEST(Describe, KeepsPersonalDataOut) {
  const auto request = sample_request();
  const auto said = describe(reply(400, ""), "phone 0913 123 4567 of علی رضایی, خیابان چهارباغ, is bad", &request);
  EXPECT_THAT(said, HasSubstr("HTTP 400: phone"));
  EXPECT_THAT(said, HasSubstr("is bad"));
  for (const auto* const personal : {"4567", "علی", "رضایی", "چهارباغ"}) EXPECT_THAT(said, Not(HasSubstr(personal)));
}

TEST(Describe, KeepsTheAddressesOfAttachmentsOut) {
  auto request = sample_request();
  request.media_urls = {"https://gateway.example/v1/media/ab/cd"};
  EXPECT_EQ(describe(reply(400, ""), "cannot fetch https://gateway.example/v1/media/ab/cd", &request), "HTTP 400: cannot fetch [redacted]");
}

TEST(Describe, KeepsTheNamesOfFilesOut) {
  auto request = sample_request();
  request.files = {sample_file("فرم حسینی.jpg", "image/jpeg", "x")};
  EXPECT_EQ(describe(reply(415, ""), "cannot read فرم حسینی.jpg", &request), "HTTP 415: cannot read [redacted]");
}

TEST(Describe, ShowsAnErrorPagesWordsButNeverASuccesssBody) {
  const std::string page = "<html><style>p{}</style><h1>Bad\n gateway</h1><script>x()</script><p>nginx</p></html>";
  EXPECT_EQ(describe(reply(502, page, "text/html"), "", nullptr), "HTTP 502: Bad gateway nginx");
  EXPECT_EQ(describe(reply(200, page, "text/html"), "", nullptr), "HTTP 200, text/html, 84 bytes");
  EXPECT_EQ(describe(reply(500, "{\"x\":1}"), "", nullptr), "HTTP 500, application/json, 7 bytes");
  EXPECT_EQ(describe(reply(400, " {\"said\":\"علی\"}", "text/plain"), "", nullptr), "HTTP 400, text/plain, 18 bytes");
  EXPECT_EQ(describe(reply(502, "\xFF\xFE", "text/html"), "", nullptr), "HTTP 502, text/html, 2 bytes");
  EXPECT_LT(describe(reply(502, std::string(100'000, 'x'), "text/html"), "", nullptr).size(), 250U);
}

}  // namespace
}  // namespace salam::upstream
