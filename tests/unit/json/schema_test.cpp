#include "gateway/json/schema.h"

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/json/writer.h"

namespace salam::json {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string refusal(std::string_view schema) {
  auto compiled = Schema::compile(schema);
  return compiled.ok() ? "accepted" : compiled.error().message;
}

FieldErrors check(std::string_view schema, std::string_view value) {
  auto compiled = Schema::compile(schema);
  auto document = parse(value);
  EXPECT_TRUE(compiled.ok() && document.ok());
  return compiled->check(*document);
}

constexpr std::string_view person = R"({"type":"object","required":["name"],"additionalProperties":false,"properties":{
  "name":{"type":"string","minLength":1,"maxLength":3},
  "age":{"type":["integer","null"],"minimum":1,"maximum":150},
  "tags":{"type":"array","maxItems":2,"items":{"$ref":"#/definitions/tag"}}},
  "definitions":{"tag":{"type":"string","pattern":"^[a-z]+$","description":"A tag."}}})";

TEST(SchemaSubset, RefusesKeywordsThatRapidJsonWouldIgnore) {
  for (const auto* keyword : {R"("format":"date")", R"("const":1)", R"("if":{},"then":{})", R"("exclusiveMinimum":1)", R"("id":"x")",
                              R"("$id":"x")", R"("anyOf":[])", R"("patternProperties":{})", R"("minlength":1)", R"("multipleOf":0.01)",
                              R"("additionalProperties":{"type":"string"})", R"("$schema":"x")"}) {
    EXPECT_THAT(refusal(std::string(R"({"type":"object",)") + keyword + "}"), HasSubstr("schema at")) << keyword;
  }
}

TEST(SchemaSubset, RefusesPatternsThatRapidJsonMisreads) {
  for (const auto* pattern : {R"(^\\d+$)", R"(\\w)", R"(\\s)", R"((?:a))", R"((?=a))", R"([a\\-z])", "(", "[a", "[a-z]{1,64}", "*", ""}) {
    EXPECT_THAT(refusal(std::string(R"({"type":"string","pattern":")") + pattern + "\"}"), HasSubstr("schema at '/pattern'")) << pattern;
  }
}

TEST(SchemaSubset, RefusesReferencesThatLeadNowhere) {
  EXPECT_THAT(refusal(R"({"type":"object","properties":{"a":{"$ref":"#/definitions/b"}}})"), HasSubstr("leads nowhere"));
  EXPECT_THAT(refusal(R"({"type":"array","items":{"$ref":"http://example.org/x"}})"), HasSubstr("only references to"));
  EXPECT_THAT(refusal(R"({"type":"array","items":{"$ref":"other.json"}})"), HasSubstr("only references to"));
  EXPECT_THAT(refusal(R"({"type":"array","items":{"$ref":"#/definitions/a"},"definitions":{"a":{"$ref":"#/definitions/a"}}})"),
              HasSubstr("another $ref"));
  EXPECT_THAT(refusal(R"({"type":"array","items":{"$ref":"#/definitions/a","type":"string"},"definitions":{"a":{"type":"string"}}})"),
              HasSubstr("stands alone"));
}

TEST(SchemaSubset, RefusesWhatSaysNothing) {
  EXPECT_THAT(refusal(R"({"maxLength":5})"), HasSubstr("names no type"));
  EXPECT_THAT(refusal(R"({"type":"text"})"), HasSubstr("not a type"));
  EXPECT_THAT(refusal(R"({"type":"object","required":["naem"],"properties":{"name":{"type":"string"}}})"), HasSubstr("does not name"));
  EXPECT_THAT(refusal(R"({"type":"string","maxLength":"5"})"), HasSubstr("not a whole number"));
  EXPECT_THAT(refusal("[]"), HasSubstr("not an object"));
  EXPECT_THAT(refusal("{"), HasSubstr("schema:"));
}

TEST(SchemaCheck, AcceptsWhatIsValid) {
  EXPECT_THAT(check(person, R"({"name":"علی","age":null,"tags":["a","b"]})"), IsEmpty());
  EXPECT_THAT(check("{}", "5"), IsEmpty());
}

TEST(SchemaCheck, NamesEveryPlaceThatIsWrong) {
  EXPECT_THAT(check(person, R"({"age":0,"tags":["a","B"],"colour/hue":1})"),
              ElementsAre(FieldError{"/name", "missing: a string of 1 to 3 characters"}, FieldError{"/age", "a whole number of 1 to 150"},
                          FieldError{"/tags/1", "a string like ^[a-z]+$. A tag."},
                          FieldError{"/colour~1hue", "no such member; known are name, age, tags"}));
}

TEST(SchemaCheck, CountsCharactersNotBytes) {
  EXPECT_THAT(check(person, R"({"name":"علی"})"), IsEmpty());
  EXPECT_THAT(check(person, R"({"name":"علیا"})"), ElementsAre(Field(&FieldError::pointer, "/name")));
}

TEST(SchemaCheck, NamesTheWholeWhereItsTypeIsWrong) {
  EXPECT_THAT(check(person, "[]"), ElementsAre(FieldError{"", "an object"}));
  EXPECT_THAT(check(person, R"({"name":"a","tags":["a","b","c"]})"), ElementsAre(FieldError{"/tags", "an array of at most 2 items"}));
  EXPECT_THAT(check(person, R"({"name":"a","tags":{}})"), ElementsAre(FieldError{"/tags", "an array of at most 2 items"}));
}

TEST(SchemaCheck, StopsAtFiftyPlaces) {
  Writer body;
  body.begin_object();
  for (int i = 0; i < 200; ++i) body.member("x" + std::to_string(i), 1);
  EXPECT_THAT(check(person, body.end_object().take()), SizeIs(50));
}

TEST(SchemaCheck, WorksOnManyThreadsAtOnce) {
  const auto compiled = Schema::compile(person);
  const auto good = parse(R"({"name":"abc","tags":["ab","cd"]})");
  const auto bad = parse(R"({"name":"abc","tags":["ab","C"]})");
  std::vector<std::thread> threads;
  std::atomic<int> wrong = 0;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 200; ++i) wrong += compiled->check(*good).empty() && compiled->check(*bad).size() == 1 ? 0 : 1;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

Document read_file(const std::filesystem::path& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  auto document = parse(text.str());
  if (!document.ok()) throw std::runtime_error(path.string() + ": " + document.error().message);
  return std::move(document).value();
}

const std::filesystem::path schemas_folder = std::filesystem::path(SALAM_SOURCE_DIR) / "schemas";

TEST(Schemas, AllThatShipAreBuiltIn) {
  std::set<std::string> in_files;
  for (const auto* folder : {"intake", "events"}) {
    for (const auto& entry : std::filesystem::directory_iterator(schemas_folder / folder)) {
      in_files.insert(std::string(folder) + "/" + entry.path().stem().string());
    }
  }
  std::set<std::string> built_in;
  for (const auto& [name, text] : schema_texts()) {
    built_in.emplace(name);
    EXPECT_NO_THROW(static_cast<void>(schema(name)));
  }
  EXPECT_EQ(built_in, in_files);
  EXPECT_GE(built_in.size(), 14U);
  EXPECT_THROW(static_cast<void>(schema("intake/unknown")), std::logic_error);
}

TEST(Schemas, AcceptAndRefuseTheirExamples) {
  for (const auto& [name, text] : schema_texts()) {
    if (!name.starts_with("intake/")) continue;
    const auto examples = read_file(schemas_folder / "examples" / (std::string(name) + ".json"));
    const auto& rules = schema(name);
    for (const auto& body : examples["accept"].GetArray()) EXPECT_THAT(rules.check(body), IsEmpty()) << name << to_text(body);
    for (const auto& example : examples["reject"].GetArray()) {
      EXPECT_THAT(rules.check(example["body"]), Contains(Field(&FieldError::pointer, std::string(view_of(example["at"])))))
          << name << to_text(example);
    }
  }
}

}  // namespace
}  // namespace salam::json
