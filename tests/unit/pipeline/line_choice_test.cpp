#include "gateway/pipeline/line_choice.h"

#include <gtest/gtest.h>

namespace salam::pipeline {
namespace {

using std::chrono::seconds;

constexpr lifecycle::Backoff wait{.first = seconds(10), .cap = seconds(60)};

Clock::Steady at(int second) { return Clock::Steady{} + seconds(second); }

TEST(LineChoice, TakesTheFirstThatIsFit) {
  LineChoice choice(3, 5, wait);
  EXPECT_EQ(choice.choose(at(0)), 0u);
  choice.came_back(0, Health::misconfigured, at(0));
  EXPECT_EQ(choice.choose(at(0)), 1u);
  choice.came_back(1, Health::misconfigured, at(0));
  EXPECT_EQ(choice.choose(at(0)), 2u);
  EXPECT_TRUE(choice.any_fit());
}

TEST(LineChoice, CountsFailuresInARowOnly) {
  LineChoice choice(2, 3, wait);
  for (const auto health : {Health::failed, Health::failed, Health::ok, Health::failed, Health::failed, Health::none}) {
    choice.came_back(0, health, at(0));
  }
  EXPECT_FALSE(choice.in_trouble(0));
  choice.came_back(0, Health::failed, at(0));
  EXPECT_TRUE(choice.in_trouble(0));
}

TEST(LineChoice, TriesALineInTroubleRarerAndRarer) {
  LineChoice choice(2, 1, wait);
  choice.came_back(0, Health::failed, at(0));
  EXPECT_EQ(choice.choose(at(9)), 1u);
  EXPECT_EQ(choice.choose(at(10)), 0u) << "the trial";
  EXPECT_EQ(choice.choose(at(10)), 1u) << "one at a time";
  choice.came_back(0, Health::failed, at(11));
  EXPECT_EQ(choice.choose(at(29)), 1u);
  EXPECT_EQ(choice.choose(at(30)), 0u);
  choice.came_back(0, Health::ok, at(30));
  EXPECT_EQ(choice.choose(at(30)), 0u);
}

TEST(LineChoice, TakesTheOneWhoseWaitIsOverFirstWhereNoneIsFit) {
  LineChoice choice(2, 1, wait);
  choice.came_back(1, Health::failed, at(0));
  choice.came_back(0, Health::failed, at(5));
  EXPECT_FALSE(choice.any_fit());
  EXPECT_EQ(choice.choose(at(6)), 1u);
}

}  // namespace
}  // namespace salam::pipeline
