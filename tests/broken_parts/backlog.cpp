#include "tests/broken_parts/backlog.h"

#include <algorithm>
#include <numeric>
#include <thread>

#include <spdlog/fmt/fmt.h>

namespace salam::test {

bool eventually_within(std::chrono::seconds patience, const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (std::chrono::steady_clock::now() < end) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return false;
}

void Backlog::take(int count) {
  for (int i = 0; i < count; ++i) {
    const auto number = ids_.size() + 1;
    // Not among the numbers that the stand-in does not deliver to.
    mobiles_.push_back(fmt::format("0913555{}", 4110 + number));
    ids_.push_back(city_->take_in(
        Gateway::form(std::to_string(number), fmt::format(R"({}"citizen": {{"name": "نمونه", "mobile": "{}"}})", more_, mobiles_.back()))));
  }
}

bool Backlog::all_told() const {
  return std::ranges::all_of(ids_, [&](const auto& id) { return city_->is_told(id); });
}

std::size_t Backlog::count(const std::string& state) const {
  return static_cast<std::size_t>(std::ranges::count_if(ids_, [&](const auto& id) { return city_->state(id) == state; }));
}

void Backlog::expect_recovered(City::Which system, std::size_t texts_each) {
  const auto last_text_is_there = [&](const auto& mobile) { return city_.texts(mobile).size() >= texts_each; };
  ASSERT_TRUE(eventually_within(
      std::chrono::seconds(60),
      [&] { return count("registered") == ids_.size() && all_told() && std::ranges::all_of(mobiles_, last_text_is_there); }))
      << city_->operations("/health").body << city_->get("/v1/attention").body;
  for (const auto& id : ids_) EXPECT_EQ(city_.registered(system, id).times, 1) << city_->get("/v1/requests/" + id + "/history").body;
  for (const auto& mobile : mobiles_) EXPECT_EQ(city_.texts(mobile).size(), texts_each) << mobile;
  expect_numbered_without_gap(outbox(city_));
  EXPECT_EQ(city_->audit(), 0);
  EXPECT_TRUE(eventually([&] { return city_->operations("/health").at("/status") == "ok"; })) << city_->operations("/health").body;
  EXPECT_EQ(city_->get("/v1/attention").count("/items"), 0U) << "nobody has anything to do";
}

void expect_failing(City& city, const std::string& dependency) {
  ASSERT_TRUE(eventually_within(std::chrono::seconds(60), [&] { return city->dependency(dependency) == "failing"; }))
      << city->operations("/health").body;
  EXPECT_NE(city->dependency(dependency, "since"), "(absent)");
  EXPECT_NE(city->dependency(dependency, "last_error"), "(absent)");
  EXPECT_EQ(city->operations("/health").at("/status"), "degraded");
  EXPECT_EQ(city->operations("/readyz").status, 200);
}

std::map<std::string, std::vector<int>> outbox(City& city) {
  std::map<std::string, std::vector<int>> sequences;
  std::string token;
  while (true) {
    const auto page = city->get("/v1/events?page_size=1000&page_token=" + token);
    if (page.count("/events") == 0) return sequences;
    for (std::size_t i = 0; i < page.count("/events"); ++i) {
      sequences[page.at(fmt::format("/events/{}/subject", i))].push_back(std::stoi(page.at(fmt::format("/events/{}/sequence", i))));
    }
    token = page.at("/next_page_token");
  }
}

void expect_numbered_without_gap(const std::map<std::string, std::vector<int>>& sequences) {
  EXPECT_FALSE(sequences.empty());
  for (const auto& [subject, numbers] : sequences) {
    std::vector<int> expected(numbers.size());
    std::iota(expected.begin(), expected.end(), 1);
    EXPECT_EQ(numbers, expected) << subject;
  }
}

}  // namespace salam::test
