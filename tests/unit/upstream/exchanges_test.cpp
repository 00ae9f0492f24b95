// Plays what the systems of docker/examples/ document of their interfaces: tests/data/exchanges/, each file with its source.
#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/upstream/mapped_http.h"
#include "adapters/upstream/mapping_file.h"
#include "gateway/domain/time.h"
#include "gateway/json/parse.h"
#include "tests/unit/upstream/support.h"

namespace salam::upstream {
namespace {

std::vector<std::filesystem::path> recorded(const std::string& system) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(SALAM_SOURCE_DIR) + "/tests/data/exchanges/" + system)) {
    files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

std::string name_of_file(const testing::TestParamInfo<std::filesystem::path>& info) { return info.param.stem().string(); }

json::Document read(const std::filesystem::path& path) {
  std::ifstream file(path);
  auto document = json::parse(std::string(std::istreambuf_iterator<char>(file), {}));
  EXPECT_TRUE(document) << document.error().message;
  return std::move(*document);
}

std::string text(const json::Value& value, std::string_view pointer) {
  const auto* const found = json::find(value, pointer);
  return found == nullptr ? "" : json::text_of(*found).value_or(json::to_text(*found));
}

http_client::Response response_in(const json::Value& exchange) {
  return reply(std::stoi(text(exchange, "/response/status")), text(exchange, "/response/body"), text(exchange, "/response/type"));
}

void expect_request(const http_client::Request& sent, const json::Value& exchange) {
  const auto* const request = json::find(exchange, "/request");
  EXPECT_EQ(sent.method, text(*request, "/method"));
  EXPECT_EQ(sent.target, text(*request, "/target"));
  for (const auto& header : json::find(*request, "/headers")->GetObject()) {
    EXPECT_THAT(sent.headers, testing::Contains(testing::Pair(header.name.GetString(), header.value.GetString())));
  }
  if (const auto* const wanted = json::find(*request, "/body")) {
    const auto body = json::parse(sent.body);
    ASSERT_TRUE(body) << body.error().message;
    EXPECT_TRUE(*body == *wanted) << sent.body;
  } else {
    EXPECT_EQ(sent.body, "");
  }
}

template <class Outcome>
std::string described(const Outcome& outcome) {
  std::string code;
  if constexpr (std::is_same_v<Outcome, SubmitOutcome>) {
    if (const auto* const registered = std::get_if<outcome::Registered>(&outcome)) code = registered->code;
  } else if (const auto* const found = std::get_if<outcome::Found>(&outcome)) {
    code = found->code;
  }
  return std::string(name_of(outcome)) + (code.empty() ? "" : " " + code);
}

std::string submitted(const Protocol& protocol, const json::Value& exchange) {
  expect_request(protocol.submit_request(sample_request()), exchange);
  return described(protocol.submit_answer(sample_request(), response_in(exchange)).outcome);
}

std::string looked_up(const std::unique_ptr<Lookup>& lookup, const json::Value& exchanges) {
  for (const auto& exchange : exchanges.GetArray()) {
    expect_request(lookup->request(), exchange);
    const auto answer = lookup->feed(response_in(exchange));
    const bool last = &exchange == exchanges.End() - 1;
    EXPECT_EQ(answer.has_value(), last);
    if (answer) return described(answer->outcome);
  }
  return "more pages are wanted";
}

/// Registered there under 4711, and changed since.
Request changed_request() {
  auto request = amended_request();
  request.registration.code = "4711";
  return request;
}

std::string amended(const Protocol& protocol, const json::Value& exchange) {
  expect_request(protocol.amend_request(changed_request()), exchange);
  return std::string(name_of(protocol.amend_answer(changed_request(), response_in(exchange)).outcome));
}

constexpr std::array<const char*, 3> followed_codes{"4711", "4712", "4713"};

/// `4711 resolved 2026-11-25T09:12:30Z, …`, in the order of the codes.
std::string described(const FollowUpOutcome& outcome) {
  const auto* const reports = std::get_if<std::vector<ProgressReport>>(&outcome);
  if (reports == nullptr) return std::string(name_of(outcome));
  std::map<std::string, std::string> lines;
  for (const auto& report : *reports) {
    const auto progress = report.declined ? "declined" : report.progress ? to_string(*report.progress) : "unknown";
    lines[report.code] = report.code + ' ' + std::string(progress) + ' ' + to_rfc3339(report.at.value_or(Timestamp{}));
  }
  std::string all;
  for (const auto& [code, line] : lines) all += (all.empty() ? "" : ", ") + line;
  return all.empty() ? "nothing" : all;
}

std::string followed(const Protocol& protocol, const json::Value& exchange) {
  const std::vector<std::string> codes(followed_codes.begin(), followed_codes.end());
  EXPECT_GE(protocol.follow_up_batch(), codes.size());
  expect_request(protocol.follow_up_request(codes, {}), exchange);
  return described(protocol.follow_up_answer(codes, response_in(exchange)).outcome);
}

std::string played(const Protocol& protocol, const json::Value& exchanges, const std::string& name) {
  if (name.starts_with("followed")) return followed(protocol, exchanges[0]);
  if (name.starts_with("amended")) return amended(protocol, exchanges[0]);
  if (name.starts_with("amendment")) return looked_up(protocol.look_up_amendment(changed_request(), {}), exchanges);
  const bool submits = text(exchanges, "/0/request/method") == "POST";
  return submits ? submitted(protocol, exchanges[0]) : looked_up(protocol.look_up(sample_request()), exchanges);
}

void play(const std::string& mapping, const std::filesystem::path& path) {
  const auto parsed = parse_mapping(example(mapping), mapping);
  ASSERT_TRUE(parsed) << parsed.error().message;
  const auto protocol = make_mapped_http(*parsed, {Sensitive<std::string>("secret"), {}, {}},
                                         std::make_shared<ServiceCatalogue>(std::map<std::string, std::string>{}, ""));
  const auto file = read(path);
  EXPECT_NE(text(file, "/source/0"), "") << "where this is documented";
  EXPECT_EQ(played(*protocol, *json::find(file, "/exchanges"), path.stem().string()), text(file, "/outcome"));
}

class Redmine : public testing::TestWithParam<std::filesystem::path> {};
INSTANTIATE_TEST_SUITE_P(Exchange, Redmine, testing::ValuesIn(recorded("redmine")), name_of_file);
TEST_P(Redmine, IsUnderstoodByItsMapping) { play("redmine.toml", GetParam()); }

class RequestTracker : public testing::TestWithParam<std::filesystem::path> {};
INSTANTIATE_TEST_SUITE_P(Exchange, RequestTracker, testing::ValuesIn(recorded("request_tracker")), name_of_file);
TEST_P(RequestTracker, IsUnderstoodByItsMapping) { play("request_tracker.toml", GetParam()); }

}  // namespace
}  // namespace salam::upstream
