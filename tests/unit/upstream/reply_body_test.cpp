#include "adapters/upstream/reply_body.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/upstream/support.h"

namespace salam::upstream {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

ReplyPath path(std::string_view text, ReplyFormat format) {
  auto parsed = ReplyPath::parse(text, format);
  EXPECT_TRUE(parsed) << parsed.error().message;
  return *parsed;
}

ReplyBody json(std::string body) { return ReplyBody::read(reply(200, std::move(body)), ReplyFormat::json); }
ReplyBody xml(std::string body) { return ReplyBody::read(reply(200, std::move(body), "text/xml"), ReplyFormat::xml); }

std::vector<std::string> texts(const ReplyBody& from, std::string_view where, ReplyFormat format) {
  std::vector<std::string> found;
  for (const auto& value : from.whole().values_at(path(where, format))) found.push_back(value.text);
  return found;
}
std::vector<std::string> json_texts(const std::string& body, std::string_view where) { return texts(json(body), where, ReplyFormat::json); }
std::vector<std::string> xml_texts(const std::string& body, std::string_view where) { return texts(xml(body), where, ReplyFormat::xml); }

std::optional<std::string> json_code(const std::string& body, std::string_view where) {
  return json(body).whole().code_at(path(where, ReplyFormat::json));
}
std::optional<std::string> xml_code(const std::string& body, std::string_view where) {
  return xml(body).whole().code_at(path(where, ReplyFormat::xml));
}

TEST(JsonReply, GivesWhatAPointerLeadsTo) {
  EXPECT_THAT(json_texts(R"({"a":{"b/c":"x"}})", "/a/b~1c"), ElementsAre("x"));
  EXPECT_THAT(json_texts(R"({"a":[1,true,1.5]})", "/a/1"), ElementsAre("true"));
  EXPECT_THAT(json_texts(R"({"a":1})", "/b"), ElementsAre());
  EXPECT_THAT(json_texts("{", "/b"), ElementsAre());
}

TEST(JsonReply, TakesAStarForEveryElementOfAList) {
  const std::string fields = R"({"fields":[{"id":1,"values":["a","b"]},{"id":2},{"id":3,"values":["c"]}],"x":{"*":7}})";
  EXPECT_THAT(json_texts(fields, "/fields/*/values/*"), ElementsAre("a", "b", "c"));
  EXPECT_THAT(json_texts(fields, "/fields/*/id"), ElementsAre("1", "2", "3"));
  EXPECT_THAT(json_texts(fields, "/x/*"), ElementsAre("7")) << "a member of that name";
  EXPECT_EQ(json(R"({"errors":["a","","b"]})").whole().words_at(path("/errors/*", ReplyFormat::json)), "a; b");
}

TEST(JsonReply, TrustsACodeOnlyWhereItIsOne) {
  EXPECT_EQ(json_code(R"({"id":17})", "/id"), "17");
  EXPECT_EQ(json_code(R"({"id":true})", "/id"), std::nullopt);
  EXPECT_EQ(json_code(R"({"id":1.5})", "/id"), std::nullopt);
  EXPECT_EQ(json_code(R"([{"id":"a"},{"id":"b"}])", "/*/id"), std::nullopt) << "which of them?";
  EXPECT_EQ(json_code(R"([{"id":"a"},{"id":"a"}])", "/*/id"), "a");
}

const std::string soap = R"(<?xml version="1.0" encoding="utf-8"?>
<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><AddResponse xmlns="http://tempuri.org/">
  <AddResult ok="true"><Code> ۱۴۰۵-7 </Code><Note><![CDATA[a < b]]></Note></AddResult>
</AddResponse></soap:Body></soap:Envelope>)";

TEST(XmlReply, GivesWhatAnXPathLeadsTo) {
  EXPECT_THAT(xml_texts(soap, "/soap:Envelope/soap:Body/AddResponse/AddResult/@ok"), ElementsAre("true"));
  EXPECT_THAT(xml_texts(soap, "//*[local-name()='Note']"), ElementsAre("a < b"));
  EXPECT_THAT(xml_texts(soap, "//Note/text()"), ElementsAre("a < b"));
  EXPECT_THAT(xml_texts(soap, "concat(//AddResult/@ok, '!')"), ElementsAre("true!"));
  EXPECT_THAT(xml_texts(soap, "//None"), ElementsAre());
  EXPECT_EQ(xml_code(soap, "//Code"), "۱۴۰۵-7");
  EXPECT_EQ(xml_code(soap, "//AddResult"), std::nullopt) << "an element that holds others";
  EXPECT_EQ(xml_code("<a><id>1</id><id>2</id></a>", "/a/id"), std::nullopt) << "which of them?";
  EXPECT_EQ(xml_code("<a><id>1</id></a>", "count(/a/id)"), std::nullopt) << "a number that XPath made";
}

TEST(XmlReply, GivesTheElementsInAListAsItems) {
  const auto reply = xml(R"(<r><list total="2"><!-- none --><t id="1"/><t id="2"/></list><empty/></r>)");
  const auto items = reply.whole().items_at(path("/r/list", ReplyFormat::xml));
  ASSERT_TRUE(items);
  ASSERT_EQ(items->size(), 2U);
  EXPECT_EQ(items->at(1).code_at(path("@id", ReplyFormat::xml)), "2");
  EXPECT_EQ(items->at(0).to_text(), R"(<t id="1"/>)");
  EXPECT_EQ(reply.whole().items_at(path("", ReplyFormat::xml))->size(), 2U) << "the whole: what the root element holds";
  EXPECT_EQ(reply.whole().items_at(path("/r/empty", ReplyFormat::xml))->size(), 0U);
  EXPECT_FALSE(reply.whole().items_at(path("/r/tickets", ReplyFormat::xml))) << "no list is not an empty list";
  EXPECT_FALSE(xml("<html>").whole().items_at(path("", ReplyFormat::xml)));
}

TEST(XmlReply, IsNotReadWhereItCannotBeTrusted) {
  EXPECT_TRUE(xml("<a/>").readable());
  EXPECT_TRUE(xml("\xEF\xBB\xBF<?xml version=\"1.0\"?>\n<a>سلام</a>\n").readable());
  for (const std::string body :
       {"", " ", "a", "<a>", "<a></b>", "<a/><b/>", "x<a/>", "<a/>x", "<!DOCTYPE a><a/>", "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>",
        "<?xml version=\"1.0\" encoding=\"windows-1256\"?><a>\xD5</a>", "{\"a\":1}", "<!-- -->"}) {
    EXPECT_FALSE(xml(body).readable()) << body;
  }
  EXPECT_FALSE(xml(std::string("<a>\0</a>", 8)).readable());
}

TEST(XmlReply, HasABoundToItsDepth) {
  const auto nested = [](int depth) {
    std::string text;
    for (int i = 0; i < depth; ++i) text += "<a>";
    for (int i = 0; i < depth; ++i) text += "</a>";
    return text;
  };
  EXPECT_TRUE(xml(nested(64)).readable());
  EXPECT_FALSE(xml(nested(65)).readable());
}

TEST(ReplyPath, RefusesWhatIsNone) {
  EXPECT_EQ(ReplyPath::parse("ticket", ReplyFormat::json).error().message, "must be a JSON Pointer, such as /ticket/code");
  EXPECT_THAT(ReplyPath::parse("/a[", ReplyFormat::xml).error().message,
              HasSubstr("must be an XPath expression, such as /reply/ticket/code: "));
  EXPECT_FALSE(path("string(/a)", ReplyFormat::xml).may_lead_to_list());
}

}  // namespace
}  // namespace salam::upstream
