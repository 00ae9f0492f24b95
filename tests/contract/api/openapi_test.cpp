#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "gateway/api/health.h"
#include "gateway/http/problem.h"
#include "tests/contract/api/api_fixture.h"

namespace salam::test {
namespace {

using testing::ContainerEq;
using testing::UnorderedElementsAreArray;

const ApiContract& contract() { return ApiContract::written(); }
const Description& openapi() { return contract().description(); }

using Line = std::tuple<std::string, std::string, std::string, bool>;

std::set<Line> lines(const std::vector<http::Route>& routes, bool operations) {
  std::set<Line> found;
  for (const auto& route : routes) found.emplace(http::to_string(route.method), route.path, route.scope, operations);
  return found;
}

using OpenApi = Api;

TEST_F(OpenApi, DescribesEveryRouteWithItsScopeAndNoOther) {
  auto served = lines(api::routes(*context_), false);
  served.merge(lines(api::health_routes({.store = *store_, .dependencies = {}, .draining = {}, .metrics = {}}), true));
  std::set<Line> described;
  for (const auto& one : contract().operations()) described.emplace(one.method, one.path, one.scope, one.on_operations_listener);
  EXPECT_THAT(described, ContainerEq(served));
}

TEST(OpenApiProblems, AreThoseOfTheProgram) {
  std::vector<std::string> known;
  for (const auto& kind : http::problems()) known.emplace_back(kind.code);
  EXPECT_THAT(names(openapi().at("/components/schemas/ProblemCode/enum")), UnorderedElementsAreArray(known));
}

/// Every response, shared ones included, under the status it is described for.
void for_each_response(const std::function<void(const std::string& status, const json::Value& response)>& look) {
  for (const auto& operation : contract().operations()) {
    for (const auto& [status, response] : json::member(*operation.node, "responses")->GetObject()) {
      look(std::string(json::view_of(status)), openapi().resolved(response));
    }
  }
}

TEST(OpenApiProblems, StandUnderTheirOwnStatus) {
  std::map<std::string, std::string> statuses;
  for (const auto& kind : http::problems()) statuses.emplace(kind.code, std::to_string(kind.status));
  std::set<std::string> told;
  for_each_response([&](const std::string& status, const json::Value& response) {
    const auto* const codes = json::member(response, "x-problems");
    EXPECT_EQ(codes != nullptr, json::find(response, "/content/application~1problem+json") != nullptr) << status;
    if (codes == nullptr) return;
    for (const auto& code : names(*codes)) {
      told.insert(code);
      ASSERT_TRUE(statuses.contains(code)) << code;
      if (status != "default") EXPECT_EQ(statuses[code], status) << code;
    }
  });
  for (const auto& [code, status] : statuses) EXPECT_TRUE(told.contains(code)) << code << " is described for no response";
}

/// A schema and all that it holds.
void expect_closed(const json::Value& schema, const std::string& where) {
  if (const auto* const properties = json::member(schema, "properties")) {
    const auto* const open = json::member(schema, "additionalProperties");
    EXPECT_TRUE(open != nullptr && open->IsFalse()) << where << " takes any member, so that a new one would go unnoticed";
    for (const auto& [name, property] : properties->GetObject()) expect_closed(property, where + "/" + std::string(json::view_of(name)));
  } else if (const auto* const items = json::member(schema, "items")) {
    expect_closed(*items, where + "/items");
  } else {
    const auto type = json::string_at(schema, "type").value_or("");
    EXPECT_TRUE(type != "object" && type != "array") << where << " says nothing of what it holds";
  }
}

TEST(OpenApiSchemas, NameEveryMember) {
  for (const auto& [name, schema] : openapi().at("/components/schemas").GetObject()) {
    // Described by events/, against which every event is checked.
    if (json::view_of(name) != "EventData") expect_closed(schema, std::string(json::view_of(name)));
  }
}

TEST(OpenApiSchemas, KeepToTheCheckedSubset) {
  const json::Value nothing;
  for (const auto& [name, schema] : openapi().at("/components/schemas").GetObject()) {
    EXPECT_NO_THROW(static_cast<void>(openapi().check(schema, nothing))) << json::view_of(name);
  }
  for (const auto& [name, header] : openapi().at("/components/headers").GetObject()) {
    EXPECT_NO_THROW(static_cast<void>(openapi().check(*json::member(header, "schema"), nothing))) << json::view_of(name);
  }
  for_each_response([&](const std::string& status, const json::Value& response) {
    const auto* const content = json::member(response, "content");
    if (content == nullptr) return;
    for (const auto& [type, media] : content->GetObject()) {
      EXPECT_NO_THROW(static_cast<void>(openapi().check(*json::member(media, "schema"), nothing))) << status << ' ' << json::view_of(type);
    }
  });
  for (const auto& [name, text] : json::schema_texts()) EXPECT_TRUE(json::Schema::compile(text).ok()) << name;
}

template <class Check>
int check_examples(const json::Value& media, Check check) {
  const auto* const examples = json::member(media, "examples");
  if (examples == nullptr) return 0;
  for (const auto& [name, example] : examples->GetObject()) {
    const auto& value = *json::member(openapi().resolved(example), "value");
    for (const auto& error : check(value)) ADD_FAILURE() << json::view_of(name) << " at '" << error.pointer << "': " << error.expected;
  }
  return static_cast<int>(examples->MemberCount());
}

TEST(OpenApiExamples, OfRepliesSuitTheirSchemas) {
  int seen = 0;
  for_each_response([&](const std::string&, const json::Value& response) {
    const auto* const content = json::member(response, "content");
    if (content == nullptr) return;
    for (const auto& [type, media] : content->GetObject()) {
      const auto& schema = *json::member(media, "schema");
      seen += check_examples(media, [&](const json::Value& value) {
        auto errors = openapi().check(schema, value);
        for (const auto* pointer : {"/events/0", "/events/1"}) {
          const auto* const event = json::find(value, pointer);
          if (event == nullptr) continue;
          for (auto& error : check_event(json::string_at(*event, "type").value(), *json::member(*event, "data"))) errors.push_back(error);
        }
        return errors;
      });
    }
  });
  EXPECT_GT(seen, 20);
}

TEST(OpenApiExamples, OfBodiesSuitTheirSchemas) {
  int seen = 0;
  for (const auto& operation : contract().operations()) {
    const auto name = contract().body_schema(operation);
    // A callback's body is as the outside system writes it, a spreadsheet as officers do.
    const bool as_others_write = operation.path.starts_with("/v1/callbacks/") || operation.path == "/v1/meetings/{id}/import";
    EXPECT_EQ(name.empty(), operation.method == "GET" || as_others_write) << operation.path;
    if (name.empty()) continue;
    seen += check_examples(*json::find(*operation.node, "/requestBody/content/application~1json"), [&](const json::Value& value) {
      auto errors = json::schema(name).check(value);
      const auto* const requests = json::member(value, "requests");
      if (requests == nullptr) return errors;
      for (const auto& item : requests->GetArray()) {
        for (auto& error : json::schema("intake/request").check(item)) errors.push_back(error);
      }
      return errors;
    });
  }
  EXPECT_GT(seen, 8);
}

TEST(OpenApiBodies, AreDescribedByTheSchemasThatTheProgramReadsThemWith) {
  std::set<std::string> described;
  for (const auto& operation : contract().operations()) {
    if (const auto name = contract().body_schema(operation); !name.empty()) described.insert(name);
  }
  std::set<std::string> built_in;
  for (const auto& [name, text] : json::schema_texts()) {
    if (name.starts_with("intake/")) built_in.emplace(name);
  }
  EXPECT_THAT(described, ContainerEq(built_in));
}

/// The words for an enumeration in the program, in its order.
template <class Enum>
std::vector<std::string> words() {
  std::vector<std::string> found;
  for (int i = 0;; ++i) {
    const auto word = to_string(static_cast<Enum>(i));
    if (word.empty()) return found;
    found.emplace_back(word);
  }
}

TEST(OpenApiWords, AreThoseOfTheProgram) {
  const auto written = [](const std::string& pointer) { return names(openapi().at("/components/schemas/" + pointer)); };
  EXPECT_EQ(written("State/enum"), words<RegistrationState>());
  EXPECT_EQ(written("System/enum"), words<System>());
  EXPECT_EQ(written("Kind/enum"), words<Kind>());
  EXPECT_EQ(written("MeetingStep/enum"), words<MeetingStep>());
  EXPECT_EQ(written("DeadlineState/enum"), words<DeadlineState>());
  EXPECT_EQ(written("AttentionReason/enum"), words<AttentionReason>());
  EXPECT_EQ(written("Progress/properties/state/enum"), words<Progress>());
  EXPECT_EQ(written("Told/properties/by/enum"), words<ToldBy>());
  EXPECT_EQ(written("ReviewDecision/enum"), words<ReviewDecision>());
  EXPECT_EQ(written("CloseReason/enum"), words<CloseReason>());
  EXPECT_EQ(written("AnswerChannel/enum"), words<AnswerChannel>());
  EXPECT_EQ(written("Amendment/properties/state/enum"), words<AmendmentState>());
  EXPECT_EQ(written("Amendment/properties/fields/items/enum"), words<Field>());
  EXPECT_EQ(written("Request/properties/due_stage/enum"), words<DueStage>());
  EXPECT_EQ(written("Problem/properties/state/enum"), words<RegistrationState>());
  EXPECT_EQ(written("Message/properties/kind/enum"), words<MessageKind>());
  EXPECT_EQ(written("Message/properties/state/enum"), words<MessageState>());
  EXPECT_EQ(written("AttentionItem/properties/actions/items/enum"), words<SettleAction>());
  EXPECT_EQ(written("Counts/properties/by_state/properties"), words<RegistrationState>());
  EXPECT_EQ(written("Counts/properties/registered_in/properties"), words<System>());
  EXPECT_EQ(written("Counts/properties/attention/properties"), words<AttentionReason>());
  EXPECT_EQ(written("Counts/properties/tasks/properties"), words<Lane>());
  std::vector<std::string> regions;
  for (int number = 1; number <= Region::nazhvan_number; ++number) regions.push_back(Region::from_number(number)->wire());
  EXPECT_EQ(written("Region/enum"), regions);
}

}  // namespace
}  // namespace salam::test
