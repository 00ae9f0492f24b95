#include "adapters/upstream/mapped_amend.h"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/upstream/amendment.h"
#include "adapters/upstream/mapping_file.h"
#include "gateway/json/parse.h"
#include "tests/unit/upstream/support.h"

namespace salam::upstream {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

const std::string registers = "[submit]\npath = \"/add\"\n[success]\nstatuses = [201]\ncode = \"/id\"\n";

std::shared_ptr<const Protocol> mapped(Mapping mapping) {
  const Credentials credentials{Sensitive<std::string>("secret"), Sensitive<std::string>("salam"), Sensitive<std::string>("p&ss")};
  return make_mapped_http(std::move(mapping), credentials, std::make_shared<ServiceCatalogue>(std::map<std::string, std::string>{}, ""));
}
std::shared_ptr<const Protocol> mapped(const std::string& more) { return mapped(*parse_mapping(registers + more, "desk.toml")); }
std::shared_ptr<const Protocol> desk() { return mapped(*parse_mapping(example("service_desk.toml"), "service_desk.toml")); }

std::string refusal(const std::string& more) {
  const auto mapping = parse_mapping(registers + more, "desk.toml");
  return mapping ? "accepted" : mapping.error().message;
}

std::string body(const std::string& format, const std::string& text, const std::string& head = "") {
  const auto table = "[amend]\npath = \"/t/{{upstream_code}}\"\nbody_format = \"" + format + "\"\nbody = '" + text + "'\n";
  const auto mapping = parse_mapping(registers + table + head, "desk.toml");
  return mapping ? mapped(*mapping)->amend_request(amended_request()).body : mapping.error().message;
}

// --- calls -----------------------------------------------------------------------------------------------------------

TEST(MappedAmend, OfTheDeskIsWhatTheContractAsksFor) {
  const auto message = desk()->amend_request(amended_request());
  EXPECT_EQ(message.method, "POST");
  EXPECT_EQ(message.target, "/api/v1/tickets/SD-1/amendments");
  EXPECT_THAT(message.headers, Contains(Pair("X-Api-Key", "secret")));
  const auto sent = json::parse(message.body);
  ASSERT_TRUE(sent) << sent.error().message;
  const auto text = [&](std::string_view pointer) { return json::to_text(*json::find(*sent, pointer)); };
  EXPECT_EQ(text("/external_id"), '"' + sample_mark + '"');
  EXPECT_EQ(text("/number"), "2");
  EXPECT_THAT(text("/text"), HasSubstr(R"(\nدسته: آسفالت\n)"));
  EXPECT_EQ(text("/assignment/unit"), R"("خدمات شهری \"۵\"")");
  EXPECT_EQ(text("/assignment/due"), "\"2026-12-01\"");
  EXPECT_EQ(text("/assignment/explanation"), "\"ترمیم <آسفالت> & جدول\"");
  EXPECT_EQ(text("/answer"), "null");
  EXPECT_EQ(text("/category"), "\"آسفالت\"");
}

TEST(MappedAmend, EscapesEachValueForThePlaceItStandsIn) {
  EXPECT_EQ(body("json", R"({"u": {{unit}}, "n": {{amendment_number}}, "m": "[{{amendment_mark}}]", "a": {{answer}}})"),
            R"({"u": "خدمات شهری \"۵\"", "n": 2, "m": "[)" + sample_mark + R"(]", "a": null})");
  EXPECT_EQ(body("form", "u={{explanation}}&d={{due}}&j={{due_jalali}}"),
            "u=" + http_client::percent_encoded("ترمیم <آسفالت> & جدول") + "&d=2026-12-01&j=1405%2F09%2F10");
  EXPECT_EQ(body("xml", "<a><x>{{explanation}}</x><t>{{amendment_text}}</t></a>"),
            "<a><x>ترمیم &lt;آسفالت&gt; &amp; جدول</x><t>اصلاح شماره ۲ از مردم سلام (" + sample_mark +
                ")\nدسته: آسفالت\nواحد مسئول: خدمات شهری &quot;۵&quot;\nمهلت: ۱۴۰۵/۰۹/۱۰</t></a>");
}

TEST(MappedAmend, PutsTheSystemsOwnWordsInToo) {
  const std::string tables = "[tables.category]\n\"آسفالت\" = 12\n";
  EXPECT_EQ(body("json", R"({"c": {{their_category}}, "of": {{meeting_date}}})", tables), R"({"c": 12, "of": "2026-11-24"})");
  auto request = amended_request();
  request.content.category = "برق";
  const auto with_table = mapped("[amend]\npath = \"/t/{{upstream_code}}?c={{their_category}}\"\n" + tables);
  EXPECT_THAT(with_table->amendment_objection(request), HasSubstr("no entry for the category `برق`"));
  EXPECT_EQ(with_table->amendment_objection(amended_request()), "");
  EXPECT_EQ(with_table->objection(request), "") << "the registration asks for no category";
}

TEST(MappedAmend, TellsNoMoreOfTheCitizenThanTheRegistrationDoes) {
  auto request = amended_request();
  request.handling.amendment.under_way.set();
  const std::string amends = "[amend]\npath = \"/t/{{upstream_code}}\"\nbody_format = \"form\"\nbody = \"{{amendment_text}}\"\n";
  const auto phone = http_client::percent_encoded("09131234567");
  EXPECT_THAT(mapped(amends)->amend_request(request).body, AllOf(Not(HasSubstr(phone)), HasSubstr(sample_mark)));
  const auto sends_phone =
      parse_mapping("[submit]\npath = \"/add?p={{mobile}}\"\n[success]\ncode = \"/id\"\nstatuses = [200]\n" + amends, "");
  EXPECT_THAT(mapped(*sends_phone)->amend_request(request).body, HasSubstr(phone));
}

TEST(MappedAmend, SaysWhatTheCoreMayRelyOn) {
  const auto none = mapped("");
  EXPECT_FALSE(none->amends() || none->amendment_sets_values() || none->has_amendment_lookup());
  EXPECT_TRUE(desk()->amends() && desk()->amendment_sets_values() && desk()->has_amendment_lookup());
  const auto note = mapped("[amend]\npath = \"/t/{{upstream_code}}\"\n");
  EXPECT_TRUE(note->amends());
  EXPECT_FALSE(note->amendment_sets_values() || note->has_amendment_lookup());
}

TEST(MappedAmend, HasAPlaceForAttachmentsOnlyWhereItNamesOne) {
  const std::string amends = "[amend]\npath = \"/t/{{upstream_code}}\"\n";
  EXPECT_FALSE(mapped(amends)->amendment_takes_media());
  EXPECT_FALSE(desk()->amendment_takes_media());
  EXPECT_FALSE(mapped("")->amendment_takes_media() || mapped("")->amendment_takes_files());
  EXPECT_FALSE(mapped(amends + "body_format = \"form\"\nbody = \"{{amendment_text}}\"\n")->amendment_takes_media())
      << "words are no place: whoever reads them could read the file";
  for (const auto* const place : {"{{media_url}}", "{{media_urls}}"}) {
    const auto noted = mapped(amends + "body_format = \"form\"\nbody = \"m=" + place + "\"\n");
    EXPECT_TRUE(noted->amendment_takes_media());
    EXPECT_FALSE(noted->amendment_takes_files());
  }
}

TEST(MappedAmend, PutsNewAttachmentsWhereTheyBelong) {
  const auto both = R"({"photo": {{media_url}}, "photos": {{media_urls}}})";
  const auto table = "[amend]\npath = \"/t/{{upstream_code}}\"\nbody_format = \"json\"\nbody = '" + std::string(both) + "'\n";
  const auto amends = mapped(table);
  EXPECT_EQ(
      amends->amend_request(attached_request()).body,
      R"({"photo": "https://gateway.example/v1/media/ab", "photos": "https://gateway.example/v1/media/ab\nhttps://photos.example/2.jpg"})");
  EXPECT_EQ(amends->amend_request(amended_request()).body, R"({"photo": null, "photos": null})");
}

TEST(MappedAmend, MayBeAMultipartFormWithFiles) {
  const std::string amends = "[amend]\npath = \"/t/{{upstream_code}}\"\n";
  const auto with_files = mapped(amends + R"(body_format = "multipart"
[[amend.part]]
name = "note"
value = "{{amendment_text}}"
[[amend.part]]
name = "scan"
file = true
)");
  EXPECT_TRUE(with_files->amendment_takes_media() && with_files->amendment_takes_files());
  EXPECT_FALSE(with_files->takes_files()) << "its registration is another call";
  auto request = attached_request();
  request.files = {sample_file("a.jpg", "image/jpeg", "what the scanner saw")};
  const auto sent = with_files->amend_request(request).body;
  EXPECT_THAT(sent, HasSubstr("name=\"scan\"; filename=\"a.jpg\"\r\nContent-Type: image/jpeg\r\n\r\nwhat the scanner saw\r\n"));
  EXPECT_THAT(sent, HasSubstr("پیوست: ۱ پرونده"));
  EXPECT_THAT(with_files->amend_request(amended_request()).body, Not(HasSubstr("scan")));
  EXPECT_EQ(refusal(amends + "body_format = \"multipart\""), "desk.toml: amend.part is missing: [[amend.part]] says what the form holds");
  EXPECT_EQ(refusal(amends + "body_format = \"form\"\nbody = \"x\"\n[[amend.part]]\nname = \"a\"\nvalue = \"b\""),
            "desk.toml: amend.body must not stand beside [[amend.part]]");
}

// --- answers ---------------------------------------------------------------------------------------------------------

TEST(MappedAmend, JudgesAnswersAsTheContractSays) {
  const auto repeated = R"({"amendment":{"external_id":")" + sample_mark + "\"}}";
  struct Case {
    int status;
    std::string body;
    std::string_view outcome;
  };
  const Case cases[] = {
      {201, repeated, "amended"},
      {200, repeated, "amended"},
      {201, R"({"amendment":{"external_id":")" + sample_mark + "1\"}}", "uncertain"},
      {201, R"({"login":"required"})", "uncertain"},
      {201, "", "uncertain"},
      {204, "", "uncertain"},
      {200, "<html>", "uncertain"},
      {409, R"({"error":{"code":"already_exists"}})", "amended"},
      {409, R"({"error":{"code":"locked"}})", "unclear"},
      {422, R"({"error":{"code":"not_accepted","message":"x"}})", "refused"},
      {404, R"({"error":{"code":"not_found"}})", "unclear"},
      {302, "", "unclear"},
      {401, "", "misconfigured"},
      {403, "", "misconfigured"},
      {429, "", "try_later"},
      {503, "", "try_later"},
      {500, "", "uncertain"},
      {504, "", "uncertain"},
  };
  for (const auto& [status, text, outcome] : cases) {
    EXPECT_EQ(name_of(desk()->amend_answer(amended_request(), reply(status, text)).outcome), outcome) << status << ' ' << text;
  }
}

TEST(MappedAmend, TakesASuccessThatRepeatsNoMarkOnlyWhereItCanBeReadOrSaysThatItIsEmpty) {
  const auto outcome = [](const std::string& more, int status, const std::string& text) {
    const auto protocol = mapped("[amend]\npath = \"/t/{{upstream_code}}\"\n" + more);
    return name_of(protocol->amend_answer(amended_request(), reply(status, text)).outcome);
  };
  EXPECT_EQ(outcome("", 204, ""), "amended");
  EXPECT_EQ(outcome("", 200, "[]"), "amended");
  EXPECT_EQ(outcome("", 200, ""), "uncertain");
  EXPECT_EQ(outcome("", 200, "<html>"), "uncertain");
  EXPECT_EQ(outcome("statuses = [204]\n", 200, "{}"), "uncertain");
  EXPECT_EQ(outcome("pointer = \"/ok\"\nequals = [\"true\"]\n", 200, R"({"ok":true})"), "amended");
  EXPECT_EQ(outcome("pointer = \"/ok\"\nequals = [\"true\"]\n", 200, R"({"ok":false})"), "uncertain");
  EXPECT_EQ(outcome("[[later]]\nstatuses = [200]\npointer = \"/busy\"\nequals = [\"true\"]\n", 200, R"({"busy":true})"), "amended")
      << "a success that is said by a status alone comes first";
}

TEST(MappedAmend, KeepsPersonalDataOutOfWhatOperatorsSee) {
  const auto answer = desk()->amend_answer(
      amended_request(), reply(422, R"({"error":{"code":"not_accepted","message":"علی رضایی: ترمیم <آسفالت> & جدول 09131234567"}})"));
  EXPECT_THAT(std::get<outcome::Refused>(answer.outcome).why,
              AllOf(HasSubstr("HTTP 422"), Not(HasSubstr("رضایی")), Not(HasSubstr("ترمیم")), Not(HasSubstr("4567"))));
}

// --- lookup ----------------------------------------------------------------------------------------------------------

std::unique_ptr<Lookup> search(const Protocol& protocol) { return protocol.look_up_amendment(amended_request(), {}); }
std::string_view fed(Lookup& lookup, const std::string& text) {
  const auto answer = lookup.feed(reply(200, text));
  return answer ? name_of(answer->outcome) : "more";
}

TEST(MappedAmendLookup, ReadsThePagesOfTheDesk) {
  const auto protocol = desk();
  const auto lookup = search(*protocol);
  EXPECT_EQ(lookup->request().target, "/api/v1/tickets/SD-1/amendments?page=1");
  const auto first = sample_code.digits() + "-1";
  EXPECT_EQ(fed(*lookup, R"({"amendments":[{"external_id":")" + first + R"("}],"next_page":2})"), "more");
  EXPECT_EQ(lookup->request().target, "/api/v1/tickets/SD-1/amendments?page=2");
  const auto found = lookup->feed(reply(200, R"({"amendments":[{"external_id":")" + sample_mark + R"("}],"next_page":null})"));
  EXPECT_EQ(std::get<outcome::Found>(found.value().outcome).code, "");
  EXPECT_EQ(fed(*search(*protocol), R"({"amendments":[],"next_page":null})"), "absent");
  EXPECT_EQ(fed(*search(*protocol), R"({"amendments":[{"external_id":"x"}]})"), "unclear");
}

TEST(MappedAmendLookup, FindsTheMarkAmongTheWordsOfAListThatIsWhole) {
  const auto protocol = mapped(
      "[amend]\npath = \"/t/{{upstream_code}}\"\nbody_format = \"form\"\nbody = \"n={{amendment_text}}\"\n"
      "[amend_lookup]\npath = \"/t/{{upstream_code}}\"\nitems = \"/notes\"\nitem_mark = \"/text\"\nwhole = true\n");
  const auto note = [](const std::string& text) { return R"({"notes":[{"text":null},{"text":")" + text + "\"}]}"; };
  EXPECT_EQ(search(*protocol)->request().target, "/t/SD-1");
  EXPECT_EQ(fed(*search(*protocol), note("اصلاح شماره ۲ (" + sample_mark + ")")), "found");
  EXPECT_EQ(fed(*search(*protocol), note(sample_mark + "0")), "absent");
  EXPECT_EQ(fed(*search(*protocol), R"({"notes":null})"), "try_later");
}

// --- what cannot work ------------------------------------------------------------------------------------------------

TEST(MappedAmend, IsRefusedWhereItCannotWork) {
  const std::string amend = "[amend]\npath = \"/t/{{upstream_code}}\"\n";
  const std::string text = "body_format = \"form\"\nbody = \"{{amendment_text}}\"\n";
  const std::string lookup = "[amend_lookup]\npath = \"/t\"\nitem_mark = \"/t\"\n";
  EXPECT_EQ(refusal("[amend]\npath = \"/t\"\n"),
            "desk.toml: amend.path (or body) must hold {{upstream_code}}, or {{code}} where the system knows its requests by ours");
  EXPECT_EQ(refusal("[amend]\npath = \"/t/{{code}}?x={{amendment}}\"\n"), "desk.toml: amend.path there is no placeholder {{amendment}}");
  EXPECT_EQ(refusal("[amend]\npath = \"/t/{{code}}?x={{upstream_codes}}\"\n"),
            "desk.toml: amend.path {{upstream_codes}} means nothing here: it belongs to a [follow_up]");
  EXPECT_EQ(refusal(amend + "set_values = true\n"), "desk.toml: amend.set_values is not a known key");
  EXPECT_EQ(refusal(amend + "statuses = [302]\n"), "desk.toml: amend.statuses must be from 200 to 299");
  EXPECT_EQ(refusal(amend + "mark = \"/m\"\n"), "desk.toml: amend.mark cannot be repeated: the call holds no {{amendment_mark}}");
  EXPECT_EQ(refusal(lookup), "desk.toml: amend_lookup needs an [amend]");
  EXPECT_EQ(refusal(amend + text + lookup),
            "desk.toml: amend_lookup.whole must be true where one reply holds all items, else the call must hold {{page}}");
  EXPECT_EQ(
      refusal(amend + lookup + "whole = true\n"),
      "desk.toml: amend_lookup.item_mark leads to nothing: [amend] must send {{amendment_mark}} or {{amendment_text}}, which holds it");
  EXPECT_EQ(refusal(amend + text + lookup + "whole = true\nnext = \"/n\"\n"),
            "desk.toml: amend_lookup.path must hold {{page}}, as amend_lookup.next is set");
  EXPECT_EQ(refusal(amend + text + lookup + "whole = true\n"), "accepted");
}

TEST(MappedAmend, KeepsItsPlaceholdersToItself) {
  const auto submits = [](const std::string& placeholder) {
    const auto mapping =
        parse_mapping("[submit]\npath = \"/add?x={{" + placeholder + "}}\"\n[success]\nstatuses = [201]\ncode = \"/id\"\n", "d");
    return mapping ? "accepted" : mapping.error().message;
  };
  EXPECT_EQ(submits("unit"), "d: submit.path {{unit}} means nothing here: it belongs to an [amend]");
  EXPECT_EQ(submits("upstream_code"), "d: submit.path {{upstream_code}} means nothing here: it belongs to a [follow_up] or an [amend]");
  EXPECT_EQ(submits("meeting_date"), "accepted");
  EXPECT_EQ(submits("meeting_date_jalali"), "accepted");
}

}  // namespace
}  // namespace salam::upstream
