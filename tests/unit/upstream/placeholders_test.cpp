#include "adapters/upstream/placeholders.h"

#include <gtest/gtest.h>

#include "gateway/json/parse.h"
#include "tests/unit/upstream/support.h"

namespace salam::upstream {
namespace {

std::string rendered(std::string_view text, Escape escape, const std::string& value) {
  const auto made = Template::parse(text, escape);
  return made ? made->render([&](Placeholder) { return value; }) : made.error().message;
}

TEST(Template, EscapesEachValueForThePlaceItStandsIn) {
  const std::string nasty = "a\"b\\c<d>&'\n\x01 é/?";
  EXPECT_EQ(rendered(R"({"x": {{subject}}})", Escape::json, nasty), R"({"x": "a\"b\\c<d>&'\n\u0001 é/?"})");
  EXPECT_EQ(rendered(R"({"x": "[{{subject}}]"})", Escape::json, nasty), R"({"x": "[a\"b\\c<d>&'\n\u0001 é/?]"})");
  EXPECT_EQ(rendered("<x a='{{subject}}'/>", Escape::xml, nasty), "<x a='a&quot;b\\c&lt;d&gt;&amp;&apos;\n é/?'/>");
  EXPECT_EQ(rendered("/t/{{subject}}?q={{ subject }}", Escape::percent, "a/b&c=d é"), "/t/a%2Fb%26c%3Dd%20%C3%A9?q=a%2Fb%26c%3Dd%20%C3%A9");
  EXPECT_EQ(rendered("Key {{api_key}}", Escape::header, "k\r\nX-Evil: 1"), "Key kX-Evil: 1");
  EXPECT_EQ(rendered("{{subject}}", Escape::none, nasty), nasty);
}

TEST(Template, WritesNullNumberOrStringWhereAJsonPlaceholderStandsOutsideQuotes) {
  EXPECT_EQ(rendered("{{name}}", Escape::json, ""), "null");
  EXPECT_EQ(rendered("{{latitude}}", Escape::json, "32.65"), "32.65");
  EXPECT_EQ(rendered("{{form}}", Escape::json, "0042"), "\"0042\"");
  EXPECT_EQ(rendered("\"{{name}}\"", Escape::json, ""), "\"\"");
}

TEST(Template, KnowsInsideFromOutsideAfterEscapedQuotes) {
  EXPECT_EQ(rendered(R"({"a\"": {{name}}, "b": "\\", "c": {{name}}})", Escape::json, "x"), R"({"a\"": "x", "b": "\\", "c": "x"})");
}

TEST(Template, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(rendered("{{nmae}}", Escape::none, ""), "there is no placeholder {{nmae}}");
  EXPECT_EQ(rendered("{{name", Escape::none, ""), "a placeholder is not closed by }}");
}

TEST(Placeholder, GivesTheRequestsValues) {
  auto request = sample_request();
  EXPECT_EQ(value_of(Placeholder::code, request), request.code.digits());
  EXPECT_EQ(value_of(Placeholder::first_name, request), "علی");
  EXPECT_EQ(value_of(Placeholder::last_name, request), "رضایی");
  EXPECT_EQ(value_of(Placeholder::phone, request), "09131234567");
  EXPECT_EQ(value_of(Placeholder::latitude, request), "");

  request.content.citizen.mobile.reset();
  request.content.citizen.name = Sensitive<std::string>("رضایی");
  request.content.coordinates = Coordinates{32.6546, 51.668};
  request.content.category.clear();
  request.route.category = "روشنایی";
  EXPECT_EQ(value_of(Placeholder::phone, request), "۰۹۱۳ ۱۲۳ ۴۵۶۷");
  EXPECT_EQ(value_of(Placeholder::mobile, request), "");
  EXPECT_EQ(value_of(Placeholder::first_name, request), "");
  EXPECT_EQ(value_of(Placeholder::last_name, request), "رضایی");
  EXPECT_EQ(value_of(Placeholder::latitude, request), "32.654600");
  EXPECT_EQ(value_of(Placeholder::category, request), "روشنایی");
}

}  // namespace
}  // namespace salam::upstream
