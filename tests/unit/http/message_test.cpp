#include "gateway/http/message.h"

#include <gtest/gtest.h>

namespace salam::http {
namespace {

Request with(const std::string& name, const std::string& value) {
  Request request;
  request.headers = {{name, value}};
  return request;
}

TEST(AcceptLanguage, PrefersPersianOnlyWhereItComesFirst) {
  for (const char* yes : {"fa", "fa-IR", "FA-ir,en;q=0.9", "en;q=0.5, fa;q=0.8", "ar, fa;q=0.5", "fa,en"}) {
    EXPECT_TRUE(with("accept-language", yes).wants_persian()) << yes;
  }
  for (const char* no : {"", "en", "en,fa", "fa;q=0", "fa;q=0.5,en;q=0.9", "*", "far", "fa;q=x", "fa;q=2,en;q=0.1"}) {
    EXPECT_FALSE(with("accept-language", no).wants_persian()) << no;
  }
}

TEST(Prefer, SaysHowLongToWait) {
  EXPECT_EQ(with("prefer", "wait=2").prefer_wait(), 2);
  EXPECT_EQ(with("prefer", "respond-async, Wait = \"10\"; x=1").prefer_wait(), 10);
  EXPECT_EQ(with("prefer", "wait=0").prefer_wait(), 0);
  for (const char* no : {"", "wait", "wait=", "wait=-1", "wait=two", "wait=2x", "wait=99999999999", "waiting=2", "x=wait=2"}) {
    EXPECT_EQ(with("prefer", no).prefer_wait(), std::nullopt) << no;
  }
  Request request;
  request.headers = {{"prefer", "respond-async"}, {"prefer", "wait=3"}};
  EXPECT_EQ(request.prefer_wait(), 3);
}

TEST(Message, FindsHeadersAndQueryValues) {
  Request request = with("if-match", "\"7\"");
  request.query = {{"region", "3"}, {"region", "4"}, {"empty", ""}};
  EXPECT_EQ(request.header("if-match"), "\"7\"");
  EXPECT_EQ(request.header("absent"), "");
  EXPECT_EQ(request.query_value("region"), "3");
  EXPECT_EQ(request.query_value("empty"), "");
  EXPECT_EQ(request.query_value("absent"), std::nullopt);
}

}  // namespace
}  // namespace salam::http
