#include "adapters/upstream/mapped_follow_up.h"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/upstream/mapping_file.h"
#include "tests/unit/upstream/support.h"

namespace salam::upstream {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

const Credentials credentials{Sensitive<std::string>("secret"), Sensitive<std::string>("salam"), Sensitive<std::string>("p&ss")};
const std::vector<std::string> asked{"SD-1", "SD-2"};
const std::string registers = "[submit]\npath = \"/add\"\n[success]\nstatuses = [201]\ncode = \"/id\"\n";

Result<Mapping> parse(const std::string& more) { return parse_mapping(registers + more, "desk.toml"); }
Result<Mapping> parse_xml(const std::string& more) { return parse_mapping("reply_format = \"xml\"\n" + registers + more, "desk.toml"); }
Mapping desk() { return *parse_mapping(example("service_desk.toml"), "service_desk.toml"); }

std::string target(const std::string& follow_up, const std::vector<std::string>& codes = asked) {
  const auto mapping = parse(follow_up + "item_id = \"/id\"\nstatus = \"/s\"\n");
  return mapping ? follow_up_call(*mapping, credentials, codes).target : mapping.error().message;
}
std::string body(const std::string& follow_up) {
  const auto mapping = parse("[follow_up]\nmethod = \"POST\"\npath = \"/s\"\n" + follow_up + "item_id = \"/id\"\nstatus = \"/s\"\n");
  return mapping ? follow_up_call(*mapping, credentials, asked).body : mapping.error().message;
}

/// `SD-1 resolved`, …; or the outcome's name.
std::vector<std::string> told(const Answer<FollowUpOutcome>& answer) {
  const auto* const reports = std::get_if<std::vector<ProgressReport>>(&answer.outcome);
  if (reports == nullptr) return {std::string(name_of(answer.outcome))};
  std::vector<std::string> lines;
  for (const auto& report : *reports) {
    lines.push_back(report.code + ' ' + (report.progress ? std::string(to_string(*report.progress)) : "?"));
  }
  return lines;
}
std::vector<std::string> told(const Mapping& mapping, const std::string& body, const std::vector<std::string>& codes = asked) {
  return told(read_follow_up(mapping, codes, reply(200, body)));
}

// --- asking ----------------------------------------------------------------------------------------------------------

TEST(MappedFollowUp, AsksForManyAtOnceWithEachCodeEscaped) {
  const std::string call = "[follow_up]\npath = \"/s?codes={{upstream_codes}}\"\n";
  EXPECT_EQ(target(call), "/s?codes=SD-1,SD-2");
  EXPECT_EQ(target(call, {"a&b", "پ", "1,2", "c"}), "/s?codes=a%26b,%D9%BE,c") << "what holds the separator cannot be told apart";
  EXPECT_EQ(target(call + "separator = \"&codes=\"\n"), "/s?codes=SD-1&codes=SD-2");
  EXPECT_EQ(target("[follow_up]\npath = \"/s/{{upstream_code}}\"\n", {"a/b"}), "/s/a%2Fb");
}

TEST(MappedFollowUp, AsksInABodyOfAnyFormat) {
  EXPECT_EQ(body("body_format = \"json\"\nbody = '{\"codes\": [{{upstream_codes}}]}'\n"), R"({"codes": ["SD-1","SD-2"]})");
  EXPECT_EQ(body("body_format = \"form\"\nbody = \"c={{upstream_codes}}&k={{api_key}}\"\n"), "c=SD-1,SD-2&k=secret");
  EXPECT_EQ(body("body_format = \"xml\"\nseparator = \"</c><c>\"\nbody = \"<q><c>{{upstream_codes}}</c></q>\"\n"),
            "<q><c>SD-1</c><c>SD-2</c></q>");
}

TEST(MappedFollowUp, OfTheDeskIsWhatTheContractAsksFor) {
  const auto protocol = make_mapped_http(desk(), credentials, std::make_shared<ServiceCatalogue>(std::map<std::string, std::string>{}, ""));
  EXPECT_EQ(protocol->follow_up_batch(), 50U);
  const auto message = protocol->follow_up_request(asked, {});
  EXPECT_EQ(message.method, "GET");
  EXPECT_EQ(message.target, "/api/v1/tickets/status?codes=SD-1,SD-2");
  EXPECT_THAT(message.headers, Contains(Pair("X-Api-Key", "secret")));
}

TEST(MappedFollowUp, IsNoneWithoutItsTable) {
  const auto protocol =
      make_mapped_http(*parse(""), credentials, std::make_shared<ServiceCatalogue>(std::map<std::string, std::string>{}, ""));
  EXPECT_EQ(protocol->follow_up_batch(), 0U);
}

// --- answers ---------------------------------------------------------------------------------------------------------

TEST(MappedFollowUp, TellsWhatTheDeskSaysOfThoseAskedAfter) {
  const auto answer = read_follow_up(desk(), asked, reply(200, R"({"tickets":[
    {"code":"SD-2","status":"in_progress","note":"بازدید  شد","updated_at":"2026-11-25T12:00:00+03:30"},
    {"code":"SD-9","status":"closed"}, {"code":"SD-1","status":"انجام شد","note":null,"updated_at":"yesterday"}]})"));
  EXPECT_THAT(told(answer), ElementsAre("SD-1 resolved", "SD-2 in_progress"));
  const auto& reports = std::get<std::vector<ProgressReport>>(answer.outcome);
  EXPECT_EQ(reports[1].words, "in_progress: بازدید شد");
  EXPECT_EQ(reports[1].at, parse_rfc3339("2026-11-25T08:30:00Z"));
  EXPECT_EQ(reports[0].at, std::nullopt);
}

TEST(MappedFollowUp, LetsTheNewestOfSeveralCount) {
  const auto answer = told(desk(), R"({"tickets":[{"code":"SD-1","status":"closed","updated_at":"2026-11-25T12:00:00Z"},
    {"code":"SD-1","status":"open","updated_at":"2026-11-24T12:00:00Z"}]})");
  EXPECT_THAT(answer, ElementsAre("SD-1 open", "SD-1 resolved"));
}

TEST(MappedFollowUp, PassesOverItemsThatSayNothingUnlessAllOfThemDo) {
  const std::string bad =
      R"({"code":"SD-1"},{"code":"SD-1","status":" "},{"code":"SD-1","status":{}},{"status":"open"},7,{"code":"SD-1","status":")" +
      std::string(101, 'x') + "\"}";
  EXPECT_THAT(told(desk(), R"({"tickets":[)" + bad + R"(,{"code":"SD-2","status":"open"}]})"), ElementsAre("SD-2 open"));
  EXPECT_THAT(told(desk(), R"({"tickets":[)" + bad + "]}"), ElementsAre("try_later")) << "a misspelt path would go unnoticed";
  EXPECT_THAT(told(desk(), R"({"tickets":[]})"), IsEmpty());
}

TEST(MappedFollowUp, KeepsAWordThatNobodyExplained) {
  const auto answer = read_follow_up(desk(), asked, reply(200, R"({"tickets":[{"code":"SD-1","status":"teleported"}]})"));
  EXPECT_THAT(told(answer), ElementsAre("SD-1 ?"));
  EXPECT_EQ(std::get<std::vector<ProgressReport>>(answer.outcome)[0].words, "teleported");
}

TEST(MappedFollowUp, TakesTheWholeReplyForTheListOrForTheOneItem) {
  const auto one = *parse(
      "[follow_up]\npath = \"/s/{{upstream_code}}\"\nstatus = \"/issue/closed\"\n[status]\nresolved = [\"true\"]\nopen = [\"false\"]\n");
  EXPECT_THAT(told(one, R"({"issue":{"closed":true}})", {"SD-1"}), ElementsAre("SD-1 resolved"));
  EXPECT_THAT(told(one, R"({"issue":{}})", {"SD-1"}), ElementsAre("try_later"));
  const auto many = *parse("[follow_up]\npath = \"/s?c={{upstream_codes}}\"\nitem_id = \"/id\"\nstatus = \"/s\"\n");
  EXPECT_THAT(told(many, R"([{"id":"SD-1","s":"open"}])"), ElementsAre("SD-1 open"));
  const auto xml = *parse_xml("[follow_up]\npath = \"/s/{{upstream_code}}\"\nitem_id = \"/t/@id\"\nstatus = \"/t/state\"\n");
  EXPECT_THAT(told(xml, "<t id=\"SD-1\"><state>closed</state></t>", {"SD-1"}), ElementsAre("SD-1 resolved"));
  EXPECT_THAT(told(xml, "<t id=\"SD-7\"><state>closed</state></t>", {"SD-1"}), IsEmpty());
}

TEST(MappedFollowUp, CountsOnlyWhatIsCalledASuccess) {
  const auto mapping = *parse(
      "[follow_up]\npath = \"/s?c={{upstream_codes}}\"\nstatuses = [200, 203]\npointer = \"/ok\"\nequals = [\"yes\"]\n"
      "items = \"/t\"\nitem_id = \"/id\"\nstatus = \"/s\"\n");
  EXPECT_THAT(told(mapping, R"({"ok":"yes","t":[{"id":"SD-1","s":"open"}]})"), ElementsAre("SD-1 open"));
  EXPECT_THAT(told(mapping, R"({"ok":"no","t":[{"id":"SD-1","s":"open"}]})"), ElementsAre("try_later"));
  const auto outcome = [&](int status) { return name_of(read_follow_up(desk(), asked, reply(status, R"({"tickets":[]})")).outcome); };
  EXPECT_EQ(outcome(200), "answered");
  EXPECT_EQ(outcome(204), "try_later");
  EXPECT_EQ(outcome(404), "unclear");
  EXPECT_EQ(outcome(401), "misconfigured");
  EXPECT_EQ(outcome(429), "try_later");
  EXPECT_EQ(outcome(500), "try_later");
}

// --- callbacks -------------------------------------------------------------------------------------------------------

TEST(MappedCallback, TellsOneOrMany) {
  const auto many = read_callback(desk(), R"({"tickets":[{"code":"SD-1","status":"closed"},{"code":"SD-7","status":"open"}]})");
  ASSERT_TRUE(many);
  ASSERT_EQ(many->size(), 2U);
  EXPECT_EQ((*many)[0].progress, Progress::resolved);
  const auto one =
      read_callback(*parse("[callback]\ncode = \"/ticket/id\"\nstatus = \"/ticket/state\"\n"), R"({"ticket":{"id":7,"state":"open"}})");
  ASSERT_TRUE(one);
  EXPECT_EQ(one->at(0).code, "7");
  const auto xml = read_callback(*parse_xml("[callback]\ncode = \"/t/id\"\nstatus = \"/t/s\"\n"), "<t><id>7</id><s>open</s></t>");
  ASSERT_TRUE(xml);
  EXPECT_EQ(xml->at(0).progress, Progress::open);
}

TEST(MappedCallback, IsRefusedWithWhatWasExpected) {
  const auto refusal = [](const Mapping& mapping, std::string_view body) {
    const auto read = read_callback(mapping, body);
    return read ? "accepted" : read.error().code + ": " + read.error().message;
  };
  EXPECT_EQ(refusal(desk(), "<html>"), "callback_unreadable: the body is no JSON");
  EXPECT_EQ(refusal(desk(), "{}"), "callback_unreadable: there is no list where callback.items points");
  for (const auto* const item : {"{}", R"({"code":"SD-1"})", R"({"status":"open"})", R"({"code":"0","status":"open"})"}) {
    EXPECT_THAT(refusal(desk(), std::string(R"({"tickets":[{"code":"SD-2","status":"open"},)") + item + "]}"), HasSubstr("callback.code"))
        << item;
  }
  EXPECT_EQ(refusal(*parse(""), "{}"), "callback_unreadable: the mapping file has no [callback]");
}

// --- files -----------------------------------------------------------------------------------------------------------

TEST(MappedFollowUpFile, NamesFileKeyAndReason) {
  const auto fault = [](const std::string& text) {
    const auto mapping = parse(text);
    return mapping ? "accepted" : mapping.error().message;
  };
  const std::string many = "[follow_up]\npath = \"/s?c={{upstream_codes}}\"\n";
  const std::string paths = "item_id = \"/id\"\nstatus = \"/s\"\n";
  EXPECT_EQ(fault(many + paths), "accepted");
  EXPECT_EQ(fault("[follow_up]\npath = \"/s\"\n" + paths),
            "desk.toml: follow_up.path (or body) must hold {{upstream_codes}}, or {{upstream_code}} where one is asked after at a time");
  EXPECT_EQ(fault("[follow_up]\npath = \"/s/{{upstream_code}}\"\nbatch = 2\n" + paths),
            "desk.toml: follow_up.batch must be 1, as the call holds {{upstream_code}}");
  EXPECT_EQ(fault(many + "batch = 501\n" + paths), "desk.toml: follow_up.batch must be a whole number from 1 to 500");
  EXPECT_EQ(fault(many + "separator = \" \"\n" + paths),
            "desk.toml: follow_up.separator must be ASCII, without blanks and #, and not empty");
  EXPECT_EQ(fault(many + "status = \"/s\"\n"), "desk.toml: follow_up.item_id is missing");
  EXPECT_EQ(fault(many + "item_id = \"/id\"\n"), "desk.toml: follow_up.status is missing");
  EXPECT_EQ(fault(many + "statuses = [404]\n" + paths), "desk.toml: follow_up.statuses must be from 200 to 299");
  EXPECT_EQ(fault(many + "equals = [\"x\"]\n" + paths),
            "desk.toml: follow_up.pointer is missing: equals and contains look at the value there");
  EXPECT_EQ(fault(many + paths + "state = \"/s\"\n"), "desk.toml: follow_up.state is not a known key");
  EXPECT_EQ(fault("[follow_up]\npath = \"/s?c={{code}}\"\n" + paths),
            "desk.toml: follow_up.path {{code}} means nothing here: it belongs to a request");
  EXPECT_EQ(fault("[lookup]\npath = \"/s?c={{upstream_codes}}\"\n"),
            "desk.toml: lookup.path {{upstream_codes}} means nothing here: it belongs to a [follow_up]");
  EXPECT_EQ(fault("[callback]\nstatus = \"/s\"\n"), "desk.toml: callback.code is missing");
  EXPECT_EQ(fault("[callback]\ncode = \"/c\"\nstatus = \"s\"\n"),
            "desk.toml: callback.status must be a JSON Pointer, such as /ticket/code");
  EXPECT_EQ(fault("[status]\nresolved = \"done\"\n"), "desk.toml: status.resolved must be a list of strings");
  EXPECT_EQ(fault("[status]\nfinished = [\"done\"]\n"), "desk.toml: status.finished is not a known key");
}

TEST(MappedFollowUpFile, KnowsNoTablesOfRequestsInItsCall) {
  const auto mapping = parse(
      "[tables.region]\ndefault = \"D\"\n[follow_up]\npath = \"/s?c={{upstream_codes}}&r={{their_region}}\"\n"
      "item_id = \"/id\"\nstatus = \"/s\"\n");
  ASSERT_FALSE(mapping);
  EXPECT_THAT(mapping.error().message, HasSubstr("follow_up.path {{their_region}} means nothing here"));
}

}  // namespace
}  // namespace salam::upstream
