#include <gmock/gmock.h>
#include <spdlog/spdlog.h>

#include "tests/simulation/history.h"

namespace salam::simulation {
namespace {

using testing::IsEmpty;
using testing::Not;

constexpr int requests = 20;

/// Whether one of so many histories has a breach with these words in it.
bool caught(HistorySettings settings, std::uint64_t seeds, std::string_view words) {
  settings.requests = requests;
  for (settings.seed = 1; settings.seed <= seeds; ++settings.seed) {
    for (const auto& breach : history(settings).breaches) {
      if (breach.find(words) != std::string::npos) return true;
    }
  }
  return false;
}

struct Bite {
  Mutation mutation;
  std::string_view words;
};

class Checker : public testing::Test {
 protected:
  static void SetUpTestSuite() { spdlog::set_level(spdlog::level::off); }
};

class CheckerOfMutations : public testing::TestWithParam<Bite> {
 protected:
  static void SetUpTestSuite() { spdlog::set_level(spdlog::level::off); }
};

TEST_P(CheckerOfMutations, Bites) { EXPECT_TRUE(caught({.mutation = GetParam().mutation}, 60, GetParam().words)); }

INSTANTIATE_TEST_SUITE_P(Without, CheckerOfMutations,
                         testing::Values(Bite{Mutation::no_lookup, "is registered 2 times"},
                                         Bite{Mutation::no_settling, "is registered 2 times"},
                                         Bite{Mutation::no_intent, "is registered 2 times"},
                                         Bite{Mutation::no_amendment_lookup, "stands twice"},
                                         Bite{Mutation::no_amendment_intent, "stands twice"}, Bite{Mutation::early_reply, "which is gone"},
                                         Bite{Mutation::swapped_events, "comes after"}, Bite{Mutation::no_fencing, "comes after"}),
                         [](const auto& named) { return std::string(to_string(named.param.mutation)); });

TEST_F(Checker, ReportsWhatIsDoubledWhereAnUpstreamShowsItsEntriesLaterThanPromised) {
  EXPECT_TRUE(caught({.beyond_settle_after = 0.5}, 60, "is registered 2 times"));
}

TEST_F(Checker, AHistoryIsReplayedByteForByte) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    const HistorySettings settings{.seed = seed, .requests = requests, .traced = true};
    const auto once = history(settings);
    EXPECT_THAT(once.trace, Not(IsEmpty()));
    EXPECT_EQ(once.trace, history(settings).trace);
  }
}

}  // namespace
}  // namespace salam::simulation
