#include "adapters/upstream/placeholders.h"

#include <gtest/gtest.h>

#include "gateway/json/parse.h"
#include "tests/unit/upstream/support.h"

namespace salam::upstream {
namespace {

std::string rendered(std::string_view text, Escape escape, const std::string& value) {
  const auto made = Template::parse(text, escape, {true, {Placeholder::api_key}, {}});
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

std::string refused(std::string_view text, const Scope& scope) {
  const auto made = Template::parse(text, Escape::none, scope);
  return made ? "accepted" : made.error().message;
}

TEST(Template, RefusesWhatMeansNothingWhereItStands) {
  const Scope login{false, {Placeholder::user}, {}};
  EXPECT_EQ(refused("{{subject}} {{service_code}}", {}), "accepted");
  EXPECT_EQ(refused("{{page}}", {}), "{{page}} means nothing here: only a lookup has pages");
  EXPECT_EQ(refused("{{api_key}}", {}), "{{api_key}} means nothing here: it belongs to the headers and bodies of a mapped HTTP system");
  EXPECT_EQ(refused("{{token}}", {}), "{{token}} means nothing here: it belongs to the headers of a mapped HTTP system that has a [login]");
  EXPECT_EQ(refused("{{their_region}}", {}), "{{their_region}} means nothing here: it needs a table [tables.region]");
  EXPECT_EQ(refused("{{user}}", login), "accepted");
  EXPECT_EQ(refused("{{code}}", login), "{{code}} means nothing here: it belongs to a request");
}

TEST(Template, WritesANumberWhereTheTableHoldsNumbers) {
  const Scope scope{true, {Placeholder::their_kind}, {Placeholder::their_kind}};
  EXPECT_EQ(Template::parse("{{their_kind}}", Escape::json, scope)->render([](Placeholder) { return "12"; }), "12");
}

TEST(Template, LeavesTheTokensPlaceInAHeader) {
  const auto header = Template::parse("Bearer {{token}}", Escape::header, {true, {Placeholder::token}, {}});
  EXPECT_EQ(header->render([](Placeholder) { return std::string(token_mark); }), "Bearer " + std::string(token_mark));
  EXPECT_EQ(rendered("{{subject}}", Escape::header, std::string(token_mark)), "") << "no value can take its place";
}

TEST(Placeholder, GivesTheDayInBothCalendars) {
  auto request = sample_request();
  request.received_at = *parse_rfc3339("2026-11-24T23:30:00Z");
  EXPECT_EQ(value_of(Placeholder::received_on, request), "2026-11-25") << "it is past midnight in Tehran";
  EXPECT_EQ(value_of(Placeholder::received_on_jalali, request), "1405/09/04");
  EXPECT_EQ(value_of(Placeholder::received_on_jalali_persian, request), "۱۴۰۵/۰۹/۰۴");
}

TEST(Placeholder, GivesTheAddressesOfAttachments) {
  auto request = sample_request();
  EXPECT_EQ(value_of(Placeholder::media_url, request), "");
  EXPECT_EQ(value_of(Placeholder::media_urls, request), "");
  request.media_urls = {"https://a.example/1", "https://b.example/2"};
  EXPECT_EQ(value_of(Placeholder::media_url, request), "https://a.example/1");
  EXPECT_EQ(value_of(Placeholder::media_urls, request), "https://a.example/1\nhttps://b.example/2");
  EXPECT_EQ(refused("{{media_url}} {{media_urls}}", {}), "accepted");
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
