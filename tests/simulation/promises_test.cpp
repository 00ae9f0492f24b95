#include <algorithm>
#include <mutex>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <spdlog/spdlog.h>

#include "tests/simulation/history.h"

namespace salam::simulation {
namespace {

using testing::IsEmpty;

// In ctest each is an entry of its own; together 2,000 histories.
constexpr std::uint64_t shares = 8;
constexpr std::uint64_t seeds_in_one = 250;
constexpr int requests = 5;

std::string report(std::uint64_t seed) { return fmt::format("replay: salam-simulation --requests {} --seed {} --verbose", requests, seed); }

class Promises : public testing::TestWithParam<std::uint64_t> {
 protected:
  static void SetUpTestSuite() { spdlog::set_level(spdlog::level::off); }
};

TEST_P(Promises, HoldWhateverBreaks) {
  Counts counts;
  for (std::uint64_t i = 0; i < seeds_in_one; ++i) {
    const auto seed = GetParam() * seeds_in_one + i;
    const auto outcome = history({.seed = seed, .requests = requests});
    counts += outcome.counts;
    EXPECT_THAT(outcome.breaches, IsEmpty()) << report(seed);
  }
  // What never happens proves nothing.
  for (std::size_t i = 0; i < happenings; ++i) {
    const auto what = static_cast<Happened>(i);
    EXPECT_GT(counts[what], 0u) << to_string(what) << " never happened";
  }
}

INSTANTIATE_TEST_SUITE_P(Share, Promises, testing::Range<std::uint64_t>(0, shares));

}  // namespace
}  // namespace salam::simulation
