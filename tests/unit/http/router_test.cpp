#include "gateway/http/router.h"

#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/http/target.h"

namespace salam::http {
namespace {

using testing::ElementsAre;
using testing::Pair;

Router sample() {
  return Router({{Method::post, "/v1/requests", "", {}},
                 {Method::get, "/v1/requests", "", {}},
                 {Method::post, "/v1/requests/batch", "", {}},
                 {Method::get, "/v1/requests/{id}", "", {}},
                 {Method::post, "/v1/requests/{id}/settle", "", {}}});
}

TEST(Router, FindsFixedPathsBeforeParameters) {
  const Router router = sample();
  EXPECT_EQ(router.find(Method::post, "/v1/requests/batch").index, 2U);
  const auto found = router.find(Method::get, "/v1/requests/7");
  EXPECT_EQ(found.index, 3U);
  EXPECT_THAT(found.parameters, ElementsAre("7"));
  EXPECT_THAT(router.find(Method::post, "/v1/requests/7/settle").parameters, ElementsAre("7"));
}

TEST(Router, TakesAnEncodedPathForWhatItMeans) {
  const Router router = sample();
  EXPECT_EQ(router.find(Method::post, "/v1/%72equests").index, 0U);
  EXPECT_THAT(router.find(Method::get, "/v1/requests/a%2Fsettle").parameters, ElementsAre("a/settle"));
}

TEST(Router, ServesHeadWhereItServesGet) { EXPECT_EQ(sample().find(Method::head, "/v1/requests").index, 1U); }

TEST(Router, NamesTheMethodsOfAKnownPath) {
  const auto match = sample().find(Method::delete_, "/v1/requests");
  EXPECT_EQ(match.route, nullptr);
  EXPECT_EQ(match.allow, "POST, GET, HEAD");
}

TEST(Router, KnowsNothingElse) {
  const Router router = sample();
  for (const char* path : {"/", "/v1", "/v1/requests/", "/v1//requests", "/v1/requests/7/", "/v1/Requests", "//v1/requests"}) {
    const auto match = router.find(Method::post, path);
    EXPECT_EQ(match.route, nullptr) << path;
    EXPECT_EQ(match.allow, "") << path;
  }
}

TEST(Router, RefusesTheSameRouteTwice) {
  EXPECT_THROW(Router({{Method::get, "/a/{x}", "", {}}, {Method::get, "/a/{y}", "", {}}}), std::runtime_error);
}

TEST(Target, IsSplitAndDecoded) {
  const auto target = parse_target("/v1/track/%DB%B1?q=%DA%A9+%2B&flag&x=a=b&#part");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->path, "/v1/track/۱");
  EXPECT_EQ(target->raw_path, "/v1/track/%DB%B1");
  EXPECT_THAT(target->query, ElementsAre(Pair("q", "ک +"), Pair("flag", ""), Pair("x", "a=b")));
}

TEST(Target, MayBeInAbsoluteForm) {
  EXPECT_EQ(parse_target("HTTP://h:1/a?b")->path, "/a");
  EXPECT_EQ(parse_target("https://h")->path, "/");
}

TEST(Target, IsRefusedWhereItIsMalformed) {
  for (const char* text : {"", "*", "a", "/%", "/%4", "/%4g", "/%00", "/%ff", "/?a=%c0%af", "ftp://h/"}) {
    EXPECT_FALSE(parse_target(text) && *text != '\0') << text;
  }
}

}  // namespace
}  // namespace salam::http
