#include <gmock/gmock.h>

#include "tests/unit/pipeline/simulated_lane.h"

/// What the scheduler promises those behind a lane, and those who wait in it, however many wait and whatever fails.
namespace salam::pipeline {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::Each;
using testing::Field;
using testing::IsEmpty;
using testing::Le;
using testing::Lt;
using Answer = SimulatedLane::Answer;

constexpr int many = 100'000;
constexpr RequestKey first_new = 1'000'000;

LaneSettings city() { return {.rate = 50, .in_flight = 8}; }
Answer unreachable() { return {.health = Health::failed, .passes = false, .took = milliseconds(10)}; }
Answer refuses_us() { return {.health = Health::misconfigured, .passes = false}; }
/// In any span so long, at the lane's rate and with its burst.
std::size_t allowed(const LaneSettings& settings, milliseconds span) {
  return static_cast<std::size_t>(settings.rate * static_cast<double>(span.count()) / 1000 + settings.rate / 10 + 1);
}

TEST(UpstreamBackFromAnOutage, SeesTheRateAndNoStampedeThoughAHundredThousandWait) {
  static constexpr milliseconds back_at = hours(1);
  SimulatedLane lane(city(), [](RequestKey, milliseconds at) { return at < back_at ? unreachable() : Answer{}; });
  for (RequestKey key = 1; key <= many; ++key) lane.waits(key, milliseconds(key) - seconds(200));

  lane.run_until(back_at);
  EXPECT_LE(lane.arrivals().size(), 40U) << "an hour's probes";
  EXPECT_EQ(lane.most_probes_at_a_time(), 1);

  lane.run_until(back_at + minutes(45));
  EXPECT_EQ(lane.passed().size(), static_cast<std::size_t>(many));
  for (const auto span : {milliseconds(100), milliseconds(1'000), milliseconds(60'000)})
    EXPECT_LE(lane.most_within(span, back_at), allowed(city(), span)) << span.count() << " ms";
  EXPECT_LE(lane.most_in_flight(), city().in_flight);
  EXPECT_EQ(lane.most_probes_at_a_time(), 1);
  EXPECT_LE(lane.most_in_memory(), 2 * city().memory);
  std::set<RequestKey> tried_before;
  std::vector<RequestKey> order;
  for (const auto& arrival : lane.arrivals()) {
    if (arrival.at < back_at) {
      tried_before.insert(arrival.request);
    } else if (!tried_before.contains(arrival.request)) {
      order.push_back(arrival.request);
    }
  }
  EXPECT_GT(order.size(), 99'900U);
  EXPECT_TRUE(std::is_sorted(order.begin() + 1, order.end())) << "after the probe, in the order in which they came";
}

/// New ones come each second for five minutes while the old ones are tried; the longest that one waited for its registration.
milliseconds longest_wait_of_new_ones(SimulatedLane& lane) {
  const auto begin = lane.time();
  constexpr int count = 300;
  for (int i = 0; i < count; ++i) {
    lane.run_until(begin + seconds(i + 1));
    lane.comes_in(first_new + i);
  }
  lane.run_until(lane.time() + minutes(20));
  milliseconds longest{0};
  for (int i = 0; i < count; ++i) {
    const auto passed = lane.passed().find(first_new + i);
    if (passed == lane.passed().end()) return milliseconds::max();
    longest = std::max(longest, passed->second - begin - seconds(i + 1));
  }
  return longest;
}

TEST(NewRequest, IsNotKeptWaitingByAHundredThousandThatAreTriedInVain) {
  SimulatedLane lane(city(), [](RequestKey key, milliseconds) { return Answer{.passes = key >= first_new}; });
  for (RequestKey key = 1; key <= many; ++key) lane.waits(key, -hours(2), true);
  lane.run_until(minutes(10));
  EXPECT_LE(longest_wait_of_new_ones(lane), milliseconds(100 + 200)) << "its own call and a few starts";
  EXPECT_GT(lane.arrivals().size(), 900U * 50 / 2) << "the old ones go on being tried";
}

TEST(NewRequest, WaitsForTheBreakersRestAtMostWhereAHundredThousandFail) {
  SimulatedLane lane(city(), [](RequestKey key, milliseconds) { return key >= first_new ? Answer{} : unreachable(); });
  for (RequestKey key = 1; key <= many; ++key) lane.waits(key, -hours(2), true);
  lane.run_until(minutes(30));
  EXPECT_EQ(lane.view().breaker, Breaker::open) << "nothing else was there to pass";
  EXPECT_LE(longest_wait_of_new_ones(lane), city().breaker_wait.cap + milliseconds(300));
}

TEST(OldRequests, AreTriedThoughNewOnesComeFasterThanTheRate) {
  SimulatedLane lane(city(), [](RequestKey, milliseconds) { return Answer{}; });
  for (RequestKey key = 1; key <= 100; ++key) lane.waits(key, -hours(2), true);
  for (RequestKey key = first_new; key < first_new + many; ++key) lane.waits(key, -hours(1));
  lane.run_until(seconds(5));
  EXPECT_TRUE(lane.passed().contains(100));
}

TEST(PoisonousRequest, ThatFailsForEverNeverOpensTheBreakerByItself) {
  SimulatedLane lane(city(), [](RequestKey key, milliseconds) { return key == 1 ? unreachable() : Answer{}; });
  lane.comes_in(1);
  for (int minute = 1; minute <= 600; ++minute) {
    lane.run_until(minutes(minute));
    ASSERT_EQ(lane.view().breaker, Breaker::closed) << minute;
  }
  EXPECT_GE(lane.arrivals().size(), 15U);
  EXPECT_LE(longest_wait_of_new_ones(lane), milliseconds(200));
}

TEST(PoisonousRequests, ThatFailForEverCostTheOthersAFirstRestForEveryFewOfThem) {
  SimulatedLane lane(city(), [](RequestKey key, milliseconds) { return key < first_new ? unreachable() : Answer{}; });
  for (RequestKey key = 1; key <= 20; ++key) lane.comes_in(key);
  EXPECT_LE(longest_wait_of_new_ones(lane), 2 * 20 / city().breaker_failures * city().breaker_wait.first);
}

TEST(PoisonousRequests, ThatAreRefusedAsMisconfiguredAreEachFoundOutWhileOthersPass) {
  SimulatedLane lane(city(), [](RequestKey key, milliseconds) { return key <= 30 ? refuses_us() : Answer{}; });
  for (RequestKey key = 1; key <= 30; ++key) lane.comes_in(key);
  EXPECT_LE(longest_wait_of_new_ones(lane), 30 * city().breaker_wait.first);
  EXPECT_EQ(lane.poisonous().size(), 30U);
  EXPECT_THAT(lane.poisonous(), Each(Le(30)));
}

TEST(Misconfiguration, MakesNoRequestPoisonousHoweverLongItLasts) {
  SimulatedLane lane(city(), [](RequestKey, milliseconds at) { return at < hours(10) ? refuses_us() : Answer{}; });
  for (RequestKey key = 1; key <= 200; ++key) lane.comes_in(key);
  lane.run_until(hours(11));
  EXPECT_THAT(lane.poisonous(), IsEmpty());
  EXPECT_EQ(lane.passed().size(), 200U);
  EXPECT_EQ(lane.most_probes_at_a_time(), 1);
}

TEST(RetryAfter, IsObeyedByTheWholeLane) {
  SimulatedLane lane(city(), [](RequestKey, milliseconds at) {
    return at < seconds(1) ? Answer{.passes = false, .took = milliseconds(5), .pause = hours(6)} : Answer{};
  });
  for (RequestKey key = 1; key <= 1'000; ++key) lane.comes_in(key);
  lane.run_until(hours(6));
  EXPECT_THAT(lane.arrivals(), Each(Field(&SimulatedLane::Arrival::at, Lt(milliseconds(50)))));
  lane.run_until(hours(6) + minutes(1));
  EXPECT_EQ(lane.passed().size(), 1'000U);
  EXPECT_LE(lane.most_within(seconds(1)), allowed(city(), seconds(1)));
}

TEST(RetryAfter, OfOneRequestAgainAndAgainDoesNotKeepTheOthersAwayForHours) {
  SimulatedLane lane(city(), [](RequestKey key, milliseconds) {
    return key == 1 ? Answer{.passes = false, .took = milliseconds(5), .pause = hours(6)} : Answer{};
  });
  lane.comes_in(1);
  lane.comes_in(2);
  lane.run_until(hours(6) + seconds(1));
  EXPECT_TRUE(lane.passed().contains(2)) << "the first time it counts for all";
  EXPECT_EQ(lane.arrivals().size(), 3U);
  EXPECT_LE(longest_wait_of_new_ones(lane), city().breaker_wait.cap + milliseconds(200));
}

}  // namespace
}  // namespace salam::pipeline
