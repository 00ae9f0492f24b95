#include "gateway/pipeline/scheduler.h"

#include <gmock/gmock.h>

namespace salam::pipeline {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class SchedulerTest : public ::testing::Test {
 protected:
  static std::array<LaneSettings, lane_count> settings() {
    std::array<LaneSettings, lane_count> lanes;
    for (auto& lane : lanes)
      lane = {.rate = 1e6, .in_flight = 4, .batch = 1, .memory = 8, .breaker_failures = 3, .breaker_wait = {seconds(5), seconds(60)}};
    lanes[static_cast<std::size_t>(Lane::sms_status)].batch = 3;
    return lanes;
  }

  Task task(std::int64_t id, milliseconds due = milliseconds(0), Lane lane = Lane::system137) {
    return {.id = id, .lane = lane, .due = start_ + due, .request = id, .message = 0};
  }
  Now now() const { return {.wall = start_ + passed_, .steady = Clock::Steady{} + seconds(1000) + passed_}; }
  void pass(milliseconds time) { passed_ += time; }

  /// Nothing waits in the store; then what starts now.
  std::vector<std::int64_t> started(Lane lane = Lane::system137) {
    std::vector<std::int64_t> ids;
    for (const auto& action : scheduler_.advance(now())) {
      if (const auto* load = std::get_if<Load>(&action)) scheduler_.loaded(*load, {});
      if (const auto* start = std::get_if<Start>(&action); start != nullptr && start->lane == lane) {
        for (const auto& one : start->tasks) ids.push_back(one.id);
      }
    }
    return ids;
  }
  void store_is_empty() { EXPECT_TRUE(started().empty()); }
  bool finish(std::int64_t id, Health health, std::optional<Milliseconds> pause = {}) {
    return scheduler_.finished(task(id), health, pause, 1.0, now());
  }

  Timestamp start_{std::chrono::hours(500'000)};
  milliseconds passed_{0};
  Scheduler scheduler_{settings()};
};

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST_F(SchedulerTest, RunsOneTaskOfASlotAtATimeWhateverItsId) {
  store_is_empty();
  const Task first{.id = 17, .due = start_, .request = 5, .amendment = true};
  auto next = first;
  next.id = 18;
  scheduler_.added(first);
  EXPECT_THAT(started(), ElementsAre(17));
  scheduler_.added(first);  // Put again by a decision, just before the one that runs began.
  scheduler_.finished(first, Health::ok, {}, 1.0, now());
  scheduler_.added(next);
  EXPECT_THAT(started(), ElementsAre(18)) << "the store has removed the other since";
  scheduler_.added(first);
  EXPECT_THAT(started(), IsEmpty());
  scheduler_.added({.id = 19, .due = start_, .request = 5});
  EXPECT_THAT(started(), ElementsAre(19)) << "the registration is something else";
}

TEST_F(SchedulerTest, StartsWhatIsDueInTheOrderOfDueTimes) {
  store_is_empty();
  scheduler_.added(task(1, seconds(2)));
  scheduler_.added(task(2, seconds(1)));
  EXPECT_THAT(started(), IsEmpty());
  EXPECT_EQ(scheduler_.next_wake(now()), seconds(1));
  pass(seconds(2));
  EXPECT_THAT(started(), ElementsAre(2, 1));
}

TEST_F(SchedulerTest, NeverHasMoreUnderWayThanAllowed) {
  store_is_empty();
  for (int id = 1; id <= 6; ++id) scheduler_.added(task(id));
  EXPECT_THAT(started(), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(started(), IsEmpty());
  finish(2, Health::ok);
  EXPECT_THAT(started(), ElementsAre(5));
}

TEST_F(SchedulerTest, KeepsTheRateAfterALongOutage) {
  auto lanes = settings();
  lanes[0].rate = 10;
  lanes[0].in_flight = 1000;
  lanes[0].memory = 1000;
  scheduler_ = Scheduler(lanes);
  store_is_empty();
  for (int id = 1; id <= 200; ++id) scheduler_.added(task(id));
  pass(std::chrono::hours(1));
  std::size_t count = 0;
  for (int tick = 0; tick < 100; ++tick) {
    count += started().size();
    pass(milliseconds(100));
  }
  EXPECT_GE(count, 95u);
  EXPECT_LE(count, 101u);
}

TEST_F(SchedulerTest, KeepsTheEarliestInMemoryAndLeavesTheRestInTheStore) {
  store_is_empty();
  for (int id = 1; id <= 20; ++id) scheduler_.added(task(id, milliseconds(100 - id)));
  EXPECT_EQ(scheduler_.view(Lane::system137).queued, 8u);
  EXPECT_TRUE(scheduler_.view(Lane::system137).more_in_store);
  pass(seconds(1));
  EXPECT_THAT(started(), ElementsAre(20, 19, 18, 17));
}

TEST_F(SchedulerTest, AsksTheStoreForMoreOnceItHasRoomAndLeavesOutWhatItKnows) {
  store_is_empty();
  for (int id = 1; id <= 12; ++id) scheduler_.added(task(id));
  std::optional<Load> load;
  for (const auto& action : scheduler_.advance(now())) {
    if (const auto* wanted = std::get_if<Load>(&action); wanted != nullptr && wanted->lane == Lane::system137) load = *wanted;
  }
  ASSERT_TRUE(load);
  EXPECT_EQ(load->limit, 4u);
  EXPECT_THAT(scheduler_.known(Lane::system137), ElementsAre(1, 2, 3, 4, 5, 6, 7, 8));
}

TEST_F(SchedulerTest, ATaskPutAgainWhileUnderWayRunsAgainAfterwards) {
  store_is_empty();
  scheduler_.added(task(1));
  EXPECT_THAT(started(), ElementsAre(1));
  scheduler_.added(task(1, seconds(3)));
  EXPECT_THAT(started(), IsEmpty());
  finish(1, Health::ok);
  EXPECT_THAT(started(), IsEmpty());
  pass(seconds(3));
  EXPECT_THAT(started(), ElementsAre(1));
}

TEST_F(SchedulerTest, TheBreakerOpensAfterFailuresInARowAndProbesWithOneTask) {
  store_is_empty();
  for (int id = 1; id <= 8; ++id) scheduler_.added(task(id));
  EXPECT_THAT(started(), ElementsAre(1, 2, 3, 4));
  finish(1, Health::failed);
  finish(2, Health::ok);
  finish(3, Health::failed);
  finish(4, Health::failed);
  EXPECT_EQ(scheduler_.view(Lane::system137).breaker, Breaker::closed);
  EXPECT_THAT(started(), ElementsAre(5, 6, 7, 8));
  finish(5, Health::failed);
  EXPECT_EQ(scheduler_.view(Lane::system137).breaker, Breaker::open);
  for (int id = 6; id <= 8; ++id) finish(id, Health::none);
  for (int id = 11; id <= 14; ++id) scheduler_.added(task(id));
  EXPECT_THAT(started(), IsEmpty());
  pass(seconds(5));
  EXPECT_THAT(started(), ElementsAre(14)) << "one probe at a time, the newest";
  finish(14, Health::failed);
  pass(seconds(5));
  EXPECT_THAT(started(), IsEmpty()) << "the second wait is longer";
  pass(seconds(5));
  EXPECT_THAT(started(), ElementsAre(13));
  finish(13, Health::ok);
  EXPECT_THAT(started(), ElementsAre(11, 12));
}

TEST_F(SchedulerTest, ARetryAfterRestsTheWholeLane) {
  store_is_empty();
  scheduler_.added(task(1));
  started();
  scheduler_.added(task(2));
  finish(1, Health::ok, seconds(30));
  EXPECT_THAT(started(), IsEmpty());
  EXPECT_EQ(scheduler_.next_wake(now()), seconds(30));
  pass(seconds(30));
  EXPECT_THAT(started(), ElementsAre(2));
}

TEST_F(SchedulerTest, AMisconfigurationIsProbedWithAnotherRequestAndThePoisonousOneIsNamed) {
  store_is_empty();
  scheduler_.added(task(1));
  EXPECT_THAT(started(), ElementsAre(1));
  EXPECT_FALSE(finish(1, Health::misconfigured));
  scheduler_.added(task(1));
  scheduler_.added(task(2));
  pass(seconds(5));
  EXPECT_THAT(started(), ElementsAre(2));
  EXPECT_FALSE(finish(2, Health::ok));
  EXPECT_THAT(started(), ElementsAre(1));
  EXPECT_TRUE(finish(1, Health::misconfigured)) << "another passed, and it is refused again";
}

TEST_F(SchedulerTest, AnOutageBeforeMakesNoRequestPoisonousThatIsRefusedLater) {
  store_is_empty();
  scheduler_.added(task(1));
  started();
  finish(1, Health::failed);
  scheduler_.added(task(2));
  started();
  finish(2, Health::ok);
  scheduler_.added(task(1));
  started();
  EXPECT_FALSE(finish(1, Health::misconfigured)) << "it may be the first of all to be refused";
  EXPECT_EQ(scheduler_.view(Lane::system137).breaker, Breaker::open);
}

TEST_F(SchedulerTest, ARepairedConfigurationMakesNoRequestPoisonous) {
  store_is_empty();
  scheduler_.added(task(1));
  started();
  finish(1, Health::misconfigured);
  scheduler_.added(task(1));
  scheduler_.added(task(2));
  pass(seconds(5));
  EXPECT_THAT(started(), ElementsAre(2));
  finish(2, Health::ok);
  EXPECT_THAT(started(), ElementsAre(1));
  EXPECT_FALSE(finish(1, Health::ok));
  EXPECT_EQ(scheduler_.view(Lane::system137).breaker, Breaker::closed);
}

TEST_F(SchedulerTest, StatusQuestionsGoOutInBatches) {
  started(Lane::sms_status);
  for (int id = 1; id <= 4; ++id) scheduler_.added(task(id, milliseconds(0), Lane::sms_status));
  const auto actions = scheduler_.advance(now());
  ASSERT_FALSE(actions.empty());
  EXPECT_EQ(std::get<Start>(actions[0]).tasks.size(), 3u);
}

TEST_F(SchedulerTest, ABatchThatFailsIsOneFailure) {
  started(Lane::sms_status);
  for (int id = 1; id <= 3; ++id) scheduler_.added(task(id, milliseconds(0), Lane::sms_status));
  EXPECT_THAT(started(Lane::sms_status), ElementsAre(1, 2, 3));
  for (int id = 1; id <= 3; ++id) scheduler_.finished(task(id, milliseconds(0), Lane::sms_status), Health::failed, {}, 1.0, now());
  EXPECT_EQ(scheduler_.view(Lane::sms_status).failures, 1);
  EXPECT_EQ(scheduler_.view(Lane::sms_status).breaker, Breaker::closed);
}

TEST_F(SchedulerTest, WhatWasUnderWayWhenTheBreakerOpenedDoesNotLengthenItsRest) {
  store_is_empty();
  for (int id = 1; id <= 4; ++id) scheduler_.added(task(id));
  started();
  for (int id = 1; id <= 4; ++id) finish(id, Health::failed);
  EXPECT_EQ(scheduler_.view(Lane::system137).breaker, Breaker::open);
  scheduler_.added(task(5));
  pass(seconds(5));
  EXPECT_THAT(started(), ElementsAre(5));
}

TEST_F(SchedulerTest, AProbeThatIsAskedToComeLaterIsFollowedByAnotherProbe) {
  store_is_empty();
  for (int id = 1; id <= 3; ++id) scheduler_.added(task(id));
  started();
  for (int id = 1; id <= 3; ++id) finish(id, Health::failed);
  for (int id = 11; id <= 14; ++id) scheduler_.added(task(id));
  pass(seconds(5));
  EXPECT_THAT(started(), ElementsAre(14));
  finish(14, Health::ok, seconds(20));
  pass(seconds(20));
  EXPECT_THAT(started(), ElementsAre(13)) << "busy is no proof that it works again";
}

TEST_F(SchedulerTest, NewTasksAndRetriesTakeTurns) {
  store_is_empty();
  const auto retry = [&](std::int64_t id) {
    auto again = task(id, seconds(-60));
    again.retry = true;
    return again;
  };
  for (int id = 1; id <= 4; ++id) scheduler_.added(retry(id));
  for (int id = 11; id <= 12; ++id) scheduler_.added(task(id));
  EXPECT_THAT(started(), ElementsAre(11, 1, 12, 2));
  for (const int id : {11, 1, 12, 2}) finish(id, Health::ok);
  EXPECT_THAT(started(), ElementsAre(3, 4)) << "neither waits for the other";
}

TEST_F(SchedulerTest, ANewTaskFindsRoomThoughTheMemoryIsFullOfRetries) {
  store_is_empty();
  for (int id = 1; id <= 20; ++id) {
    auto retry = task(id, seconds(-60));
    retry.retry = true;
    scheduler_.added(retry);
  }
  scheduler_.added(task(21));
  EXPECT_EQ(scheduler_.view(Lane::system137).queued, 9U);
  EXPECT_THAT(started(), testing::Contains(21));
}

TEST_F(SchedulerTest, OneLanesTroubleLeavesTheOthersAlone) {
  started();
  scheduler_.added(task(1));
  started();
  finish(1, Health::ok, seconds(60));
  scheduler_.added(task(2, milliseconds(0), Lane::service_desk));
  EXPECT_THAT(started(Lane::service_desk), ElementsAre(2));
}

}  // namespace
}  // namespace salam::pipeline
