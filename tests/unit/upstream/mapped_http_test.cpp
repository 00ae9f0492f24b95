#include "adapters/upstream/mapped_http.h"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/upstream/mapping_file.h"
#include "gateway/json/parse.h"
#include "tests/unit/upstream/support.h"

namespace salam::upstream {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

std::shared_ptr<const Protocol> mapped(Mapping mapping) {
  const Credentials credentials{Sensitive<std::string>("secret"), Sensitive<std::string>("salam"), Sensitive<std::string>("p&ss")};
  return make_mapped_http(std::move(mapping), credentials,
                          std::make_shared<ServiceCatalogue>(std::map<std::string, std::string>{}, "general"));
}

ReplyPath at(std::string_view pointer) { return *ReplyPath::parse(pointer, ReplyFormat::json); }

Mapping desk_mapping() { return *parse_mapping(example("service_desk.toml"), "service_desk.toml"); }
std::shared_ptr<const Protocol> desk() { return mapped(desk_mapping()); }

TEST(ServiceDeskMapping, SendsWhatTheContractAsksFor) {
  const auto message = desk()->submit_request(sample_request());
  EXPECT_EQ(message.method, "POST");
  EXPECT_EQ(message.target, "/api/v1/tickets");
  EXPECT_THAT(message.headers, Contains(Pair("X-Api-Key", "secret")));
  EXPECT_THAT(message.headers, Contains(Pair("Content-Type", "application/json")));
  const auto body = json::parse(message.body);
  ASSERT_TRUE(body);
  const auto text = [&](std::string_view pointer) { return json::to_text(*json::find(*body, pointer)); };
  EXPECT_EQ(text("/external_id"), '"' + sample_code.digits() + '"');
  EXPECT_EQ(text("/title"), "\"چاله <b>بزرگ</b>\"");
  EXPECT_EQ(text("/description"), R"("روبه‌روی پلاک ۱۲ & کوچه \"گل\"")");
  EXPECT_EQ(text("/kind"), "\"complaint\"");
  EXPECT_EQ(text("/region"), "\"5\"");
  EXPECT_EQ(text("/applicant/mobile"), "\"+989131234567\"");
  EXPECT_EQ(text("/applicant/national_id"), "null");
  EXPECT_EQ(text("/place/latitude"), "null");
  EXPECT_EQ(text("/source/item"), "2");
}

TEST(ServiceDeskMapping, MayNameItsOwnTypes) {
  auto mapping = desk_mapping();
  mapping.submit.headers.emplace_back("content-type", *Template::parse("text/xml; charset=utf-8", Escape::header));
  mapping.submit.headers.emplace_back("ACCEPT", *Template::parse("*/*", Escape::header));
  const auto message = mapped(mapping)->submit_request(sample_request());
  EXPECT_THAT(message.headers, Contains(Pair("content-type", "text/xml; charset=utf-8")));
  EXPECT_THAT(message.headers, Contains(Pair("ACCEPT", "*/*")));
  EXPECT_THAT(message.headers, Not(Contains(Pair("Content-Type", testing::_)))) << "a field sent twice is refused, or read as either";
  EXPECT_THAT(message.headers, Not(Contains(Pair("Accept", testing::_))));
}

TEST(ServiceDeskMapping, JudgesAnswersAsTheContractSays) {
  const auto protocol = desk();
  struct Case {
    int status;
    std::string body;
    std::string_view outcome;
  };
  const Case cases[] = {
      {201, R"({"ticket":{"code":"SD-1"}})", "registered"},
      {201, R"({"ticket":{"code":17}})", "registered"},
      {201, R"({"ticket":{"code":null}})", "uncertain"},
      {201, R"({"ticket":{"code":""}})", "uncertain"},
      {201, R"({"ticket":{"code":"0"}})", "uncertain"},
      {201, R"({"ticket":{"code":"a\nb"}})", "uncertain"},
      {201, R"({"ticket":{"code":")" + std::string(4096, 'x') + R"("}})", "uncertain"},
      {201, R"({"code":"SD-1"})", "uncertain"},
      {201, R"({"ticket":{"code":"SD-1)", "uncertain"},
      {201, "", "uncertain"},
      {200, "<html>", "uncertain"},
      {204, "", "uncertain"},
      {409, R"({"error":{"code":"already_exists"},"ticket":{"code":"SD-1"}})", "registered"},
      {409, R"({"error":{"code":"already_exists"}})", "uncertain"},
      {409, R"({"error":{"code":"locked"}})", "unclear"},
      {422, R"({"error":{"code":"not_accepted","message":"x"}})", "refused"},
      {422, R"({"error":{"code":"invalid","message":"x"}})", "unclear"},
      {422, "", "unclear"},
      {400, R"({"error":{"code":"not_accepted"}})", "unclear"},
      {301, "", "unclear"},
      {401, "", "misconfigured"},
      {403, "", "misconfigured"},
      {429, "", "try_later"},
      {503, "", "try_later"},
      {500, "", "uncertain"},
      {502, R"({"error":{"code":"not_accepted"}})", "uncertain"},
      {504, "", "uncertain"},
  };
  for (const auto& [status, body, outcome] : cases) {
    EXPECT_EQ(name_of(protocol->submit_answer(sample_request(), reply(status, body)).outcome), outcome)
        << status << ' ' << body.substr(0, 80);
  }
}

TEST(ServiceDeskMapping, SaysWhyTheDeskRefused) {
  const auto answer = desk()->submit_answer(sample_request(), reply(422, R"({"error":{"code":"not_accepted","message":"از علی رضایی"}})"));
  EXPECT_THAT(std::get<outcome::Refused>(answer.outcome).why, HasSubstr("HTTP 422: از"));
  EXPECT_THAT(std::get<outcome::Refused>(answer.outcome).why, Not(HasSubstr("رضایی")));
}

TEST(MappedHttp, TakesASuccessOnlyWithTheValueThatMeansIt) {
  auto mapping = desk_mapping();
  mapping.success.pointer = at("/ok");
  mapping.success.equals = {"true"};
  mapping.refused = {AnswerRule{{200}, at("/message"), {}, {"پذیرفته نیست"}, {}, at("/message")}};
  const auto protocol = mapped(mapping);
  const auto outcome = [&](std::string body) {
    return name_of(protocol->submit_answer(sample_request(), reply(200, std::move(body))).outcome);
  };
  EXPECT_EQ(outcome(R"({"ok":true,"ticket":{"code":"1"}})"), "registered");
  EXPECT_EQ(outcome(R"({"ok":false,"ticket":{"code":"1"}})"), "uncertain");
  EXPECT_EQ(outcome(R"({"ok":false,"message":"متأسفانه پذيرفته نيست"})"), "refused");
}

// --- XML ----------------------------------------------------------------------------------------------------------

const std::string soap_mapping = R"(reply_format = "xml"
[submit]
path = "/Requests.asmx"
body_format = "xml"
body = """
<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><Add>
<ref>{{code}}</ref><user>{{user}}</user><pass>{{password}}</pass><text>{{description}}</text>
</Add></soap:Body></soap:Envelope>"""
[submit.headers]
SOAPAction = '"http://tempuri.org/Add"'
[success]
pointer = "//AddResult/@ok"
equals = ["true"]
code = "//AddResult/code"
[[refused]]
statuses = [200, 500]
pointer = "//faultstring"
contains = ["پذیرفته نیست"]
why = "//faultstring"
[lookup]
method = "POST"
path = "/Requests.asmx"
body_format = "xml"
body = "<Find><ref>{{code}}</ref><page>{{page}}</page></Find>"
items = "//FindResult"
item_code = "ref"
item_id = "@no"
next = "//FindResponse/next"
)";

std::string envelope(const std::string& body) {
  return R"(<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>)" + body + "</soap:Body></soap:Envelope>";
}

TEST(XmlMapping, SpeaksToASoapService) {
  const auto message = mapped(*parse_mapping(soap_mapping, ""))->submit_request(sample_request());
  EXPECT_THAT(
      message.body,
      HasSubstr("<user>salam</user><pass>p&amp;ss</pass><text>روبه‌روی پلاک ۱۲ &amp; کوچه &quot;گل&quot;</text>"));
  EXPECT_THAT(message.headers, Contains(Pair("Accept", "application/xml, text/xml")));
  EXPECT_THAT(message.headers, Contains(Pair("SOAPAction", "\"http://tempuri.org/Add\"")));
}

TEST(XmlMapping, JudgesByXPath) {
  const auto protocol = mapped(*parse_mapping(soap_mapping, ""));
  const auto outcome = [&](int status, const std::string& body) {
    return protocol->submit_answer(sample_request(), reply(status, envelope(body), "text/xml; charset=utf-8")).outcome;
  };
  EXPECT_EQ(std::get<outcome::Registered>(outcome(200, R"(<AddResult ok="true"><code>17</code></AddResult>)")).code, "17");
  EXPECT_EQ(name_of(outcome(200, R"(<AddResult ok="false"><code>17</code></AddResult>)")), "uncertain");
  const auto refused = outcome(500, "<soap:Fault><faultstring>در این سامانه پذيرفته نيست</faultstring></soap:Fault>");
  EXPECT_THAT(std::get<outcome::Refused>(refused).why, HasSubstr("HTTP 500: در این سامانه"));
  EXPECT_EQ(name_of(outcome(500, "<soap:Fault><faultstring>Timeout expired</faultstring></soap:Fault>")), "uncertain");
}

TEST(XmlMapping, LooksUpPageByPage) {
  const auto lookup = mapped(*parse_mapping(soap_mapping, ""))->look_up(sample_request());
  EXPECT_EQ(lookup->request().body, "<Find><ref>" + sample_code.digits() + "</ref><page>1</page></Find>");
  const auto found = [](const std::string& items, const std::string& rest) {
    return reply(200, envelope("<FindResponse><FindResult>" + items + "</FindResult>" + rest + "</FindResponse>"), "text/xml");
  };
  EXPECT_EQ(lookup->feed(found("<r no='1'><ref>" + other_code.digits() + "</ref></r>", "<next>2</next>")), std::nullopt);
  EXPECT_THAT(lookup->request().body, HasSubstr("<page>2</page>"));
  const auto answer = lookup->feed(found("<r no='2'><ref> " + sample_code.digits() + "</ref></r>", "<next/>"));
  EXPECT_EQ(std::get<outcome::Found>(answer.value().outcome).code, "2");
  const auto again = mapped(*parse_mapping(soap_mapping, ""))->look_up(sample_request());
  EXPECT_EQ(name_of(again->feed(found("", "<next/>"))->outcome), "absent");
}

// --- tables -------------------------------------------------------------------------------------------------------

std::string with_tables(const std::string& tables) {
  return R"([submit]
path = "/add?place={{their_region}}"
body_format = "json"
body = '{"category": {{their_category}}, "type": {{their_kind}}}'
[success]
statuses = [200, 201]
code = "/id"
)" + tables;
}

const std::string some_tables = R"([tables.region]
5 = "D-5"
"ناژوان" = "N"
default = "CITY"
[tables.category]
"آسفالت" = "asphalt"
"فضاي سبز" = "green"
[tables.kind]
complaint = 3
default = 1
)";

TEST(CodeTables, PutOurWordsIntoTheSystems) {
  const auto protocol = mapped(*parse_mapping(with_tables(some_tables), ""));
  auto request = sample_request();
  EXPECT_EQ(protocol->submit_request(request).target, "/add?place=D-5");
  EXPECT_EQ(protocol->submit_request(request).body, R"({"category": "asphalt", "type": 3})");
  request.content.region = *Region::parse("nazhvan");
  request.content.kind = Kind::thanks;
  request.content.category = "فضای سبز";
  EXPECT_EQ(protocol->submit_request(request).target, "/add?place=N");
  EXPECT_EQ(protocol->submit_request(request).body, R"({"category": "green", "type": 1})");
  request.content.region = *Region::from_number(1);
  EXPECT_EQ(protocol->submit_request(request).target, "/add?place=CITY");
}

TEST(CodeTables, ObjectToACategoryThatTheyDoNotKnow) {
  auto request = sample_request();
  request.content.category = "برق";
  EXPECT_EQ(mapped(*parse_mapping(with_tables(some_tables), ""))->objection(request),
            "the mapping's [tables.category] has no entry for the category `برق` and no default");
  EXPECT_EQ(mapped(*parse_mapping(with_tables(some_tables), ""))->objection(sample_request()), "");
  EXPECT_EQ(desk()->objection(request), "") << "no table, no objection";
}

TEST(CodeTables, AreRefusedWhereTheyLeaveARequestWithoutACode) {
  const auto error = [](const std::string& tables) {
    const auto mapping = parse_mapping(with_tables(tables), "desk.toml");
    return mapping ? "accepted" : mapping.error().message;
  };
  EXPECT_EQ(error("[tables.region]\n1 = \"D-1\""), "desk.toml: tables.region.2 is missing, and so is a default");
  EXPECT_EQ(
      error("[tables.region]\n16 = \"N\"\ndefault = \"x\""),
      "desk.toml: tables.region.16 is not known; regions are 1 to 15 and nazhvan, kinds request, complaint, suggestion, criticism and "
      "thanks");
  EXPECT_THAT(error("[tables.kind]\nwish = 1\ndefault = 2"), HasSubstr("desk.toml: tables.kind.wish is not known"));
  EXPECT_EQ(error("[tables.kind]\ncomplaint = 1"), "desk.toml: tables.kind.request is missing, and so is a default");
  EXPECT_EQ(error("[tables.category]\n\"ي\" = \"1\"\n\"ی\" = \"2\""),
            "desk.toml: tables.category.ی stands there twice, in different spelling");
  EXPECT_EQ(error("[tables.kind]\ndefault = \"\""), "desk.toml: tables.kind.default must be a string that is not empty, or a whole number");
  EXPECT_EQ(error("[tables.colour]\nred = 1"), "desk.toml: tables.colour is not a known key");
  EXPECT_EQ(error(""), "desk.toml: submit.path {{their_region}} means nothing here: it needs a table [tables.region]");
}

// --- lookup -------------------------------------------------------------------------------------------------------

std::string ticket(const std::string& code, const std::string& external) {
  return R"({"code":")" + code + R"(","external_id":")" + external + R"("})";
}
std::string page(const std::string& tickets, const std::string& rest = "") { return "{\"tickets\":[" + tickets + "]" + rest + "}"; }

std::string_view fed(Lookup& lookup, const std::vector<std::string>& pages) {
  for (const auto& body : pages) {
    if (const auto answer = lookup.feed(reply(200, body))) return &body == &pages.back() ? name_of(answer->outcome) : "early";
  }
  return "more";
}

std::string_view searched(const std::vector<std::string>& pages, const Mapping& mapping = desk_mapping()) {
  return fed(*mapped(mapping)->look_up(sample_request()), pages);
}

Mapping counting() {
  auto mapping = desk_mapping();
  mapping.lookup->next.reset();
  mapping.lookup->max_pages = 3;
  return mapping;
}

TEST(MappedLookup, AsksByOurCodeAndFollowsTheNamedPages) {
  const auto lookup = desk()->look_up(sample_request());
  EXPECT_EQ(lookup->request().target, "/api/v1/tickets?external_id=" + sample_code.digits() + "&page=1");
  EXPECT_THAT(lookup->request().headers, Contains(Pair("X-Api-Key", "secret")));
  EXPECT_EQ(lookup->feed(reply(200, page(ticket("1", "x"), ",\"next_page\":\"a b\""))), std::nullopt);
  EXPECT_EQ(lookup->request().target, "/api/v1/tickets?external_id=" + sample_code.digits() + "&page=a%20b");
}

TEST(MappedLookup, BelievesAHitOnlyWhereTheItemCarriesOurCode) {
  auto lookup = desk()->look_up(sample_request());
  const auto both = page(ticket("SD-1", other_code.digits()) + "," + ticket("SD-2", sample_code.digits()));
  EXPECT_EQ(std::get<outcome::Found>(lookup->feed(reply(200, both))->outcome).code, "SD-2");
  EXPECT_EQ(searched({page(ticket("", sample_code.digits()))}), "try_later");
}

TEST(MappedLookup, BelievesAbsentOnlyOnTheLastPage) {
  EXPECT_EQ(searched({page("")}), "absent");
  EXPECT_EQ(searched({page(ticket("1", "x"), ",\"next_page\":null")}), "absent");
  EXPECT_EQ(searched({page(ticket("1", "x"), ",\"next_page\":2"), page(ticket("2", "x"))}), "absent");
  EXPECT_EQ(searched({page(ticket("1", "x"))}), "unclear") << "nothing where lookup.next points";
  EXPECT_EQ(searched({page(ticket("1", "x"), ",\"next_page\":1")}), "unclear");
  EXPECT_EQ(searched({page("", ",\"next_page\":2"), page("", ",\"next_page\":3"), page("", ",\"next_page\":2")}), "unclear");
  EXPECT_EQ(searched({page("", ",\"next_page\":[2]")}), "unclear");
}

TEST(MappedLookup, CountsPagesUntilOneIsEmpty) {
  EXPECT_EQ(searched({page(ticket("1", "x")), page(ticket("2", "x")), page("")}, counting()), "absent");
  EXPECT_EQ(searched({page(ticket("1", "x")), page(ticket("1", "x"))}, counting()), "unclear");
  EXPECT_EQ(searched({page(ticket("1", "x")), page(ticket("2", "x")), page(ticket("3", "x"))}, counting()), "unclear");
  auto lookup = mapped(counting())->look_up(sample_request());
  EXPECT_EQ(lookup->feed(reply(200, page(ticket("1", "x")))), std::nullopt);
  EXPECT_THAT(lookup->request().target, HasSubstr("&page=2"));
}

TEST(MappedLookup, WithoutPagesBelievesOnlyAnEmptyList) {
  auto mapping = counting();
  mapping.lookup->call.path = *Template::parse("/find/{{code}}", Escape::percent);
  EXPECT_EQ(searched({page("")}, mapping), "absent");
  EXPECT_EQ(searched({page(ticket("1", "x"))}, mapping), "unclear");
}

TEST(MappedLookup, TriesAgainWhereAPageCannotBeRead) {
  for (const auto* const body : {"", "<html>", "{\"tickets\":", "[]", "{}", R"({"tickets":null})"})
    EXPECT_EQ(searched({body}), "try_later");
  const auto outcome = [](int status) { return name_of(desk()->look_up(sample_request())->feed(reply(status, ""))->outcome); };
  EXPECT_EQ(outcome(503), "try_later");
  EXPECT_EQ(outcome(401), "misconfigured");
  EXPECT_EQ(outcome(404), "unclear");
}

// --- files --------------------------------------------------------------------------------------------------------

TEST(MappingFile, ThatShipsCanBeRead) { EXPECT_TRUE(parse_mapping(example("service_desk.toml"), "")); }

std::string error_after(const std::string& what, const std::string& with) {
  auto text = example("service_desk.toml");
  const auto at = text.find(what);
  if (at == std::string::npos) return "not in the file: " + what;
  const auto mapping = parse_mapping(text.replace(at, what.size(), with), "desk.toml");
  return mapping ? "accepted" : mapping.error().message;
}

TEST(MappingFile, NamesFileKeyAndReason) {
  EXPECT_EQ(error_after("{{subject}}", "{{subjekt}}"), "desk.toml: submit.body there is no placeholder {{subjekt}}");
  EXPECT_THAT(error_after("\"title\": {{subject}},", "\"title\": {{subject}}"), HasSubstr("desk.toml: submit.body gives no JSON"));
  EXPECT_EQ(error_after("code = \"/ticket/code\"", ""), "desk.toml: success.code is missing");
  EXPECT_EQ(error_after("code = \"/ticket/code\"", "code = \"ticket\""),
            "desk.toml: success.code must be a JSON Pointer, such as /ticket/code");
  EXPECT_EQ(error_after("statuses = [422]", "statuses = [\"422\"]"),
            "desk.toml: refused[0].statuses must be a list of HTTP statuses from 200 to 599");
  EXPECT_EQ(error_after("why = ", "wy = "), "desk.toml: refused[0].wy is not a known key");
  EXPECT_EQ(error_after("equals = [\"not_accepted\"]", ""), "desk.toml: refused[0].pointer needs equals or contains beside it");
  EXPECT_EQ(error_after("max_pages = 20", "max_pages = 0"), "desk.toml: lookup.max_pages must be a whole number from 1 to 1000");
  EXPECT_EQ(error_after("path = \"/api/v1/tickets\"", "path = \"/t?key={{api_key}}\""),
            "desk.toml: submit.path must hold no secret: addresses end up in logs");
  EXPECT_EQ(error_after("path = \"/api/v1/tickets\"", "path = \"/t?p={{page}}\""),
            "desk.toml: submit.path {{page}} means nothing here: only a lookup has pages");
  EXPECT_EQ(
      error_after("X-Api-Key = \"{{api_key}}\"", "Authorization = \"Bearer {{token}}\""),
      "desk.toml: submit.headers.Authorization {{token}} means nothing here: it belongs to the headers of a mapped HTTP system that has "
      "a [login]");
  EXPECT_EQ(error_after("reply_format = \"json\"", "reply_format = \"csv\""), "desk.toml: reply_format must be json or xml");
  EXPECT_THAT(error_after("reply_format = \"json\"", "reply_format = \"xml\""), "accepted") << "a pointer is an XPath expression too";
  EXPECT_EQ(error_after("path = \"/api/v1/tickets\"", "path = \"/a b\""),
            "desk.toml: submit.path must begin with / and hold ASCII only, without blanks and #");
  EXPECT_EQ(error_after("\"{{api_key}}\"", "\"a\\r\\nX-Evil: 1\""),
            "desk.toml: submit.headers.X-Api-Key must be one line, without control characters");
  EXPECT_EQ(error_after("X-Api-Key =", "Content-Length ="), "desk.toml: submit.headers.Content-Length is set by the client itself");
  EXPECT_THAT(error_after("[submit]", "[submit"), HasSubstr("desk.toml: line "));
  EXPECT_EQ(error_after("[[refused]]\nstatuses = [422]\npointer = \"/error/code\"\nequals = [\"not_accepted\"]", "[[refused]]"),
            "desk.toml: refused[0].statuses is missing: a rule without a condition would hold always");
}

}  // namespace
}  // namespace salam::upstream
