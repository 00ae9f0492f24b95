#include "adapters/upstream/xml.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace salam::upstream::xml {
namespace {

using testing::HasSubstr;

/// The text of the root, or what is wrong.
std::string read(const std::string& body, std::string_view type = "text/xml") {
  const auto document = parse(body, type);
  return document ? text_of((*document)->document_element()) : document.error().message;
}

std::string nested(int depth) {
  std::string text;
  for (int i = 0; i < depth; ++i) text += "<a>";
  for (int i = 0; i < depth; ++i) text += "</a>";
  return text;
}

TEST(Xml, GivesAnElementsWholeText) {
  EXPECT_EQ(read("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<!-- & --><a>12<!-- x & y -->3<![CDATA[4&5]]><b>6</b></a>\n"), "1234&5");
  EXPECT_EQ(read("<a>&lt;&amp;&gt;&quot;&apos;&#1705;&#x686;</a>"), "<&>\"'کچ");
  EXPECT_EQ(read("<a>کد</a>"), "کد");
  EXPECT_EQ(read("<a/>"), "");
}

TEST(Xml, RefusesWhatIsNotWellFormed) {
  for (const auto* const body : {"", "text", "<a>", "<a></b>", "<a/><b/>", "<a/>x", "x<a/>", "<a><b></a></b>", "<a b=c/>", "<!-- x -->",
                                 "<a>&amp</a>", "<a>&</a>", "<a>& b;</a>", "<a><![CDATA[</a>", "{\"a\":1}"}) {
    EXPECT_THAT(read(body), HasSubstr("no XML that can be relied on")) << body;
  }
}

TEST(Xml, KnowsNoDocumentTypeAndNoEntities) {
  EXPECT_THAT(read("<!DOCTYPE a><a>1</a>"), HasSubstr("document type"));
  EXPECT_THAT(read("<!DOCTYPE a [<!ENTITY e \"1\">]><a>1</a>"), HasSubstr("document type"));
  EXPECT_THAT(read("<a>&e;</a>"), HasSubstr("entity"));
  EXPECT_THAT(read("<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>"), HasSubstr("document type"));
}

TEST(Xml, RefusesCharactersThatXmlForbids) {
  for (const auto* const reference :
       {"&#0;", "&#x0;", "&#7;", "&#xD800;", "&#xFFFF;", "&#x110000;", "&#99999999999;", "&#;", "&#x;", "&#-1;", "&#1x;"}) {
    EXPECT_THAT(read("<a>1" + std::string(reference) + "2</a>"), HasSubstr("character that XML does not know")) << reference;
  }
  EXPECT_THAT(read(std::string("<a>1\0</a>", 9)), HasSubstr("control characters"));
  EXPECT_THAT(read("<a>\x07</a>"), HasSubstr("control characters"));
}

TEST(Xml, ReadsUtf8Only) {
  EXPECT_THAT(read("<a>\xD5\xCF</a>"), HasSubstr("not UTF-8"));
  EXPECT_THAT(read("<a>کد</a>", "text/xml; charset=\"Windows-1256\""), HasSubstr("said to be windows-1256"));
  EXPECT_THAT(read("<?xml version='1.0' encoding='ISO-8859-1'?><a>کد</a>"), HasSubstr("said to be iso-8859-1"));
  EXPECT_EQ(read("<?xml version='1.0' encoding='ISO-8859-1'?><a>293944</a>", "text/xml; charset=windows-1256"), "293944");
  EXPECT_EQ(read("<?xml version=\"1.0\" encoding=\"utf-16\"?><a>کد</a>"), "کد");
  EXPECT_EQ(read("<?xml version=\"1.0\" encoding=\"UTF-8\"?><a>کد</a>", "application/xml;charset=UTF8"), "کد");
  EXPECT_THAT(read(std::string("\xFF\xFE<\0a\0/\0>\0", 10)), HasSubstr("not UTF-8"));
}

TEST(Xml, KeepsItsLimits) {
  EXPECT_EQ(read(nested(32)), "");
  EXPECT_THAT(read(nested(33)), HasSubstr("too deeply"));
  EXPECT_THAT(read(nested(200'000)), HasSubstr("too deeply"));
  EXPECT_THAT(read("<a>" + std::string(2 * 1024 * 1024, '7') + "</a>"), HasSubstr("more bytes"));
}

}  // namespace
}  // namespace salam::upstream::xml
