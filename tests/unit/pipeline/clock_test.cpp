#include "tests/unit/pipeline/driver_fixture.h"

/// What the by-law sets a time for, on the virtual clock.
namespace salam::pipeline {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

class ClockTest : public DriverTest {
 protected:
  ClockTest() : DriverTest({.desk_after_review = true}) {}

  RequestKey in_review() {
    system137_.submits = {outcome::Refused{"not ours"}};
    const auto key = take("1");
    EXPECT_TRUE(eventually([&] { return request(key).registration.state == RegistrationState::in_review; }));
    return key;
  }
  std::vector<std::string> events(RequestKey key) {
    std::vector<std::string> types;
    for (const auto& entry : store_->history(key, 0, 100)) types.push_back(entry.type);
    return types;
  }
  std::ptrdiff_t count(RequestKey key, EventType type) { return std::ranges::count(events(key), cloud_event_type(type)); }
  /// Lets time pass until so long before or after that.
  void pass_until(Timestamp time) { pass_days(time - executor_.now()); }
  bool overdue(RequestKey key) { return request(key).attention.contains(AttentionReason::overdue); }
};

TEST_F(ClockTest, WhoseRequestWaitsForAReviewIsTextedItsCodeAtOnce) {
  const auto key = in_review();
  pass(seconds(30));
  ASSERT_TRUE(request(key).told);
  EXPECT_EQ(request(key).told->code, request(key).code.digits());
  pass(policy_.holding_after + minutes(1));
  EXPECT_THAT(sms_.sent, ElementsAre(request(key).code.digits())) << "and once";
}

TEST_F(ClockTest, AMissedReviewStandsOnTheListOnceAndGoesNowhereByItself) {
  const auto key = in_review();
  const auto due = *request(key).handling.review_due;
  pass_until(due - hours(1));
  EXPECT_FALSE(overdue(key));
  pass_until(due + minutes(1));
  EXPECT_TRUE(overdue(key));
  pass_days(hours(72));
  EXPECT_EQ(count(key, EventType::deadline_missed), 1);
  EXPECT_THAT(desk_.submitted, IsEmpty());
  decide(key, [](const Record& record, const auto& decider, const auto& policy, const auto& moment) {
    return lifecycle::review(record, {.decision = ReviewDecision::to_desk}, decider, policy, moment);
  });
  ASSERT_TRUE(eventually([&] { return registered(key); }));
  EXPECT_THAT(desk_.submitted, ElementsAre(key));
  EXPECT_THAT(request(key).attention, IsEmpty());
}

TEST_F(ClockTest, TheLastDayToAnswerIsAnnouncedAndItsMissToo) {
  const auto key = take("1");
  ASSERT_TRUE(eventually([&] { return registered(key); }));
  const auto due = *request(key).due;
  pass_until(due - policy_.approaching_before - hours(1));
  EXPECT_THAT(events(key), Not(Contains(cloud_event_type(EventType::deadline_approaching))));
  pass_until(due - policy_.approaching_before + minutes(1));
  EXPECT_EQ(count(key, EventType::deadline_approaching), 1);
  pass_until(due - hours(1));
  EXPECT_FALSE(overdue(key));
  pass_until(due + minutes(1));
  EXPECT_TRUE(overdue(key));
  EXPECT_EQ(request(key).due_stage, DueStage::missed);
  pass_days(hours(72));
  EXPECT_EQ(count(key, EventType::deadline_approaching), 1);
  EXPECT_EQ(count(key, EventType::deadline_missed), 1);
  decide(key, [](const Record& record, const auto& decider, const auto& policy, const auto& moment) {
    return lifecycle::answer(record, {}, decider, policy, moment);
  });
  EXPECT_THAT(request(key).attention, IsEmpty());
}

TEST_F(ClockTest, AnsweredInTimeItIsAnnouncedNoMore) {
  const auto key = take("1");
  ASSERT_TRUE(eventually([&] { return registered(key); }));
  const auto due = *request(key).due;
  decide(key, [](const Record& record, const auto& decider, const auto& policy, const auto& moment) {
    return lifecycle::answer(record, {}, decider, policy, moment);
  });
  pass_until(due + hours(24));
  EXPECT_EQ(count(key, EventType::deadline_approaching) + count(key, EventType::deadline_missed), 0);
}

TEST_F(ClockTest, WhatFallsDueWhileTheGatewayIsDownIsAnnouncedWhenItStarts) {
  const auto key = in_review();
  EXPECT_TRUE(executor_.run_until([&] { return settled() && !executor_.has_work(); }));
  executor_.forget_timers();
  executor_.pass(hours(72));
  EXPECT_FALSE(overdue(key));
  restart();
  EXPECT_TRUE(eventually([&] { return overdue(key); }));
}

}  // namespace
}  // namespace salam::pipeline
