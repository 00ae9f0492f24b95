#include <map>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/contract/kafka/kafka_test.h"
#include "tests/contract/npm/script.h"

namespace salam::kafka {
namespace {

using testing::ElementsAre;
using testing::Pair;

/// The topic's events as consumers see them that share no code with the gateway.
class IndependentConsumers : public KafkaTest {
 protected:
  static constexpr int count = 60;

  void SetUp() override {
    KafkaTest::SetUp();
    if (broker_ == nullptr) return;
    create();
    auto all = events(count, 4);
    all[0].traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    const auto log = opened();
    for (std::size_t from = 0; from < all.size(); from += 20) ASSERT_TRUE(log->publish(std::span(all).subspan(from, 20)));
  }

  static void expect_what_was_published(const std::vector<test::ReadRecord>& records) {
    expect_once_and_in_order(records, count, 4);
    const auto first = std::ranges::find_if(records, [](const auto& record) { return record.headers.at("ce_id") == "request-0:1"; });
    ASSERT_NE(first, records.end());
    EXPECT_EQ(first->value, R"({"n":0})");
    EXPECT_THAT(first->headers,
                ElementsAre(Pair("ce_id", "request-0:1"), Pair("ce_sequence", "0000000001"), Pair("ce_source", "/salam/test/1"),
                            Pair("ce_specversion", "1.0"), Pair("ce_time", "2026-11-24T18:30:00.000+03:30"),
                            Pair("ce_traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
                            Pair("ce_type", "ir.isfahan.mardomsalam.request.received.v1"), Pair("content-type", "application/json")));
  }
};

std::string text_at(const json::Value& value, std::string_view name) { return json::string_at(value, name).value_or("nothing"); }

TEST_F(IndependentConsumers, ReadByKafkajs) {
  std::filesystem::path packages;
  SALAM_NEEDS_NPM(packages);
  std::vector<test::ReadRecord> records;
  for (const auto& line : test::run_script(packages, "consumer.cjs", {broker_->address(), topic(), std::to_string(count)})) {
    test::ReadRecord record{text_at(line, "key"), text_at(line, "value"), {}, std::stoi(text_at(line, "partition"))};
    for (const auto& [name, value] : line["headers"].GetObject()) record.headers[name.GetString()] = value.GetString();
    records.push_back(std::move(record));
  }
  expect_what_was_published(records);
}

TEST_F(IndependentConsumers, ReadByKcat) {
  if (!test::on_path("kcat")) GTEST_SKIP() << "kcat is not installed (apt-get install kcat)";
  std::vector<test::ReadRecord> records;
  for (const auto& text : test::lines_of({"kcat", "-q", "-C", "-e", "-J", "-b", broker_->address(), "-t", topic()})) {
    const auto line = test::parsed(text);
    test::ReadRecord record{text_at(line, "key"), text_at(line, "payload"), {}, std::stoi(text_at(line, "partition"))};
    // Names and values in turn.
    const auto& headers = line["headers"];
    for (rapidjson::SizeType i = 0; i + 1 < headers.Size(); i += 2) record.headers[headers[i].GetString()] = headers[i + 1].GetString();
    records.push_back(std::move(record));
  }
  expect_what_was_published(records);
}

}  // namespace
}  // namespace salam::kafka
