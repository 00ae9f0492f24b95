#include "gateway/http/problem.h"

#include <cctype>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace salam::http {
namespace {

using testing::HasSubstr;

TEST(Problem, IsADocumentWithStableTypeAndCode) {
  const auto response = to_response({.code = "form_reused",
                                     .errors = {{"/subject", "the same \"subject\""}, {"", "1 to 15", "region"}},
                                     .members = {{"request", "/v1/requests/7"}},
                                     .headers = {{"Link", "</v1/requests/7>"}}},
                                    false);
  EXPECT_EQ(response.status, 409);
  EXPECT_EQ(response.content_type, "application/problem+json");
  EXPECT_EQ(response.headers.front().first, "Link");
  EXPECT_EQ(
      response.body,
      R"({"type":"urn:salam:problem:form_reused","title":"The form number is taken by other content","status":409,)"
      R"("code":"form_reused","detail":"Compare with the request that is linked; 'errors' names what differs. A second request on the )"
      R"(same form needs its own item number.","request":"/v1/requests/7",)"
      R"("errors":[{"pointer":"/subject","expected":"the same \"subject\""},{"parameter":"region","expected":"1 to 15"}]})");
}

TEST(Problem, SpeaksPersianToWhoWantsIt) {
  const auto response = to_response({.code = "missing_key"}, true);
  EXPECT_THAT(response.body, HasSubstr("کلید دسترسی فرستاده نشده است"));
  EXPECT_THAT(response.headers, testing::Contains(std::pair<std::string, std::string>("Content-Language", "fa")));
}

TEST(Problem, ThatPassesSaysWhenToTryAgain) {
  using Field = std::pair<std::string, std::string>;
  for (const auto* const code : {"overloaded", "storage_unavailable", "shutting_down", "timed_out"}) {
    EXPECT_THAT(to_response({.code = code}, false).headers, testing::Contains(Field("Retry-After", "1"))) << code;
  }
  const auto later = to_response({.code = "rate_limited", .headers = {{"Retry-After", "7"}}}, false);
  EXPECT_THAT(later.headers, testing::Contains(Field("Retry-After", "7")));
  EXPECT_THAT(later.headers, testing::Not(testing::Contains(Field("Retry-After", "1"))));
}

TEST(Problem, WithACodeThatIsNotListedIsADefect) {
  const auto response = to_response({.code = "no_such_code"}, false);
  EXPECT_EQ(response.status, 500);
  EXPECT_THAT(response.body, HasSubstr("internal_error"));
}

TEST(Problem, IsValidUtf8WhateverItHolds) {
  EXPECT_THAT(to_response({.code = "bad_request", .members = {{"why", "\xff\x01"}}}, false).body, HasSubstr("\"\xEF\xBF\xBD\\u0001\""));
}

TEST(Problems, AreCompleteInBothLanguagesAndUnique) {
  std::set<std::string_view> codes;
  for (const auto& kind : problems()) {
    EXPECT_TRUE(codes.insert(kind.code).second) << kind.code;
    EXPECT_GE(kind.status, 400) << kind.code;
    EXPECT_LT(kind.status, 600) << kind.code;
    for (const auto text : {kind.title, kind.title_fa, kind.detail, kind.detail_fa}) EXPECT_FALSE(text.empty()) << kind.code;
    for (const char c : kind.code) EXPECT_TRUE(std::islower(c) != 0 || std::isdigit(c) != 0 || c == '_') << kind.code;
    for (const auto text : {kind.title_fa, kind.detail_fa}) {
      for (const std::string_view arabic : {"ي", "ك", "ى"}) EXPECT_EQ(text.find(arabic), std::string_view::npos) << kind.code;
    }
  }
}

}  // namespace
}  // namespace salam::http
