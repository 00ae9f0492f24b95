#include "gateway/json/parse.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/json/writer.h"

namespace salam::json {
namespace {

using ::testing::HasSubstr;

std::string refusal(std::string_view text, const Limits& limits = {}) {
  auto parsed = parse(text, limits);
  if (parsed.ok()) return "accepted: " + to_text(*parsed);
  EXPECT_EQ(parsed.error().code, "json_invalid");
  return parsed.error().message;
}

std::string round_trip(std::string_view text) {
  auto parsed = parse(text);
  return parsed.ok() ? to_text(*parsed) : parsed.error().message;
}

TEST(Parse, ReadsADocument) {
  EXPECT_EQ(round_trip(" {\"a\":[1,-2,2.5,true,null,\"\\u0633لام\"]} \n"), "{\"a\":[1,-2,2.5,true,null,\"سلام\"]}");
}

TEST(Parse, KeepsWholeNumbersOfSixtyFourBits) {
  EXPECT_EQ(round_trip("[9223372036854775807,-9223372036854775808,18446744073709551615]"),
            "[9223372036854775807,-9223372036854775808,18446744073709551615]");
}

TEST(Parse, DocumentOutlivesTheTextItCameFrom) {
  auto text = std::make_unique<std::string>("{\"name\":\"a text that is longer than a short string\"}");
  auto document = parse(*text);
  text->assign(text->size(), 'x');
  text.reset();
  ASSERT_TRUE(document.ok());
  EXPECT_EQ(string_at(*document, "name"), "a text that is longer than a short string");
}

TEST(Parse, RefusesAMillionOpenBrackets) { EXPECT_THAT(refusal(std::string(1'000'000, '[')), HasSubstr("nested too deeply at offset 32")); }

TEST(Parse, RefusesAMillionOpenObjects) {
  std::string text;
  for (int i = 0; i < 200'000; ++i) text += "{\"a\":";
  EXPECT_THAT(refusal(text), HasSubstr("nested too deeply"));
}

TEST(Parse, AllowsTheDepthThatIsAllowed) {
  EXPECT_EQ(refusal(std::string(32, '[') + std::string(32, ']')), "accepted: " + std::string(32, '[') + std::string(32, ']'));
  EXPECT_THAT(refusal(std::string(33, '[') + std::string(33, ']')), HasSubstr("nested too deeply"));
}

TEST(Parse, RefusesNumbersThatOverflowTheExponent) {
  EXPECT_THAT(refusal("0." + std::string(60, '0') + "e-2147483639"), HasSubstr("number"));
  EXPECT_THAT(refusal("[0." + std::string(60, '0') + "1e-2147483639]"), HasSubstr("number"));
  EXPECT_THAT(refusal("1e-2147483639"), HasSubstr("number"));
  EXPECT_THAT(refusal("1e2147483647"), HasSubstr("umber"));
  EXPECT_THAT(refusal("1e99999999999999999999999"), HasSubstr("umber"));
  EXPECT_THAT(refusal("1e400"), HasSubstr("umber"));
}

TEST(Parse, RefusesLongNumbers) {
  EXPECT_THAT(refusal("[" + std::string(65, '1') + "]"), HasSubstr("number that is too long"));
  EXPECT_THAT(refusal("128.74836467836484838364836483643636483648e-336"), HasSubstr("number out of range"));
}

TEST(Parse, RefusesTwoMembersOfOneName) {
  EXPECT_THAT(refusal(R"({"a":1,"b":2,"a":3})"), HasSubstr("two members of one name"));
  EXPECT_THAT(refusal(R"({"x":{"a":1,"\u0061":1}})"), HasSubstr("two members of one name"));
}

TEST(Parse, AllowsOneNameInDifferentObjects) {
  EXPECT_EQ(round_trip(R"({"a":{"a":[{"a":1},{"a":2}]},"b":{"a":1}})"), R"({"a":{"a":[{"a":1},{"a":2}]},"b":{"a":1}})");
}

TEST(Parse, RefusesTrailingBytes) {
  EXPECT_THAT(refusal("{\"a\":1}x"), HasSubstr("at offset 7"));
  EXPECT_THAT(refusal(std::string_view("{\"a\":1}\0GARBAGE", 15)), HasSubstr("bytes after the document at offset 7"));
  EXPECT_THAT(refusal(std::string_view("{\"a\":1}\0", 8)), HasSubstr("bytes after the document"));
  EXPECT_THAT(refusal("{} {}"), HasSubstr("at offset 3"));
}

TEST(Parse, RefusesWhatIsNotUtf8) {
  EXPECT_THAT(refusal("[\"\xC3\x28\"]"), HasSubstr("encoding"));
  EXPECT_THAT(refusal("[\"\xED\xA0\x80\"]"), HasSubstr("encoding"));
  EXPECT_THAT(refusal("[\"\xC0\xAF\"]"), HasSubstr("encoding"));
  EXPECT_THAT(refusal("[\"\xF4\x90\x80\x80\"]"), HasSubstr("encoding"));
  EXPECT_THAT(refusal("[\"\xD8"), HasSubstr("offset"));
}

TEST(Parse, RefusesLoneSurrogates) {
  EXPECT_THAT(refusal(R"(["\ud800"])"), HasSubstr("surrogate"));
  EXPECT_THAT(refusal(R"(["\udc00"])"), HasSubstr("surrogate"));
  EXPECT_THAT(refusal(R"({"\udc00":1})"), HasSubstr("surrogate"));
  EXPECT_THAT(refusal(R"(["\ud800\u0061"])"), HasSubstr("surrogate"));
  EXPECT_EQ(round_trip(R"(["\ud83d\ude00","\ud55c"])"), "[\"😀\",\"한\"]");
}

TEST(Parse, RefusesWhatIsNotJson) {
  for (const auto* text : {"", " ", "{", "{\"a\"}", "[1,]", "{\"a\":1,}", "nul", "NaN", "01", "+1", ".5", "1.", "'a'", "// x\n1",
                           "\xEF\xBB\xBF{}", "[\"\n\"]", "\"\\x\"", "-"}) {
    EXPECT_THAT(refusal(text), HasSubstr("at offset")) << text;
  }
}

TEST(Parse, KeepsItsLimits) {
  EXPECT_THAT(refusal("[1,2,3]", {.max_bytes = 6}), HasSubstr("more bytes than allowed"));
  EXPECT_THAT(refusal("[\"abcd\"]", {.max_string_bytes = 3}), HasSubstr("string that is too long"));
  EXPECT_THAT(refusal(R"({"a":1,"b":2,"c":3})", {.max_members = 2}), HasSubstr("too many members"));
}

TEST(Find, FollowsAPointer) {
  auto document = parse(R"({"a":[{"b/c":"x"}],"n":12345678901234567890,"f":1.5,"t":true,"":"empty"})");
  ASSERT_TRUE(document.ok());
  EXPECT_EQ(view_of(*find(*document, "/a/0/b~1c")), "x");
  EXPECT_EQ(find(*document, "/a/1"), nullptr);
  EXPECT_EQ(find(*document, "no pointer"), nullptr);
  EXPECT_EQ(find(*document, ""), &*document);
}

TEST(Find, ReadsCodesAsTextOrNumber) {
  auto document = parse(R"({"text":"A-1","number":12345678901234567890,"flag":true,"none":null})");
  ASSERT_TRUE(document.ok());
  EXPECT_EQ(string_at(*document, "text"), "A-1");
  EXPECT_EQ(string_at(*document, "number"), "12345678901234567890");
  EXPECT_EQ(string_at(*document, "flag"), std::nullopt);
  EXPECT_EQ(string_at(*document, "none"), std::nullopt);
  EXPECT_EQ(string_at(*document, "missing"), std::nullopt);
  EXPECT_EQ(string_at(*find(*document, "/text"), "x"), std::nullopt);
}

TEST(Writer, WritesAnObject) {
  Writer writer;
  writer.begin_object().member("a", "x\"\n").member("n", 5).member("t", true).member_if("gone", "").key("list").begin_array();
  writer.number(32.5).null().raw("{\"b\":1}").end_array().end_object();
  EXPECT_EQ(writer.take(), R"({"a":"x\"\n","n":5,"t":true,"list":[32.5,null,{"b":1}]})");
  EXPECT_EQ(writer.begin_array().end_array().take(), "[]");
}

TEST(Writer, ReplacesBytesThatAreNotUtf8) {
  EXPECT_EQ(Writer().string("a\xFF\xC3(").take(), "\"a\xEF\xBF\xBD\xEF\xBF\xBD(\"");
  EXPECT_EQ(Writer().string(std::string_view()).take(), "\"\"");
}

}  // namespace
}  // namespace salam::json
