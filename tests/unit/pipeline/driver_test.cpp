#include "tests/unit/pipeline/driver_fixture.h"

namespace salam::pipeline {
namespace {

using ::testing::ElementsAre;

TEST_F(DriverTest, TakesARequestFromIntakeToItsDeliveredCode) {
  const auto key = take("1");
  ASSERT_TRUE(eventually([&] { return request(key).told.has_value(); }));
  EXPECT_EQ(request(key).registration.code, "1");
  EXPECT_THAT(system137_.submitted, ElementsAre(key));
  EXPECT_THAT(sms_.sent, ElementsAre("1"));
  EXPECT_THAT(store_->tasks(Lane::clock, false, {}, 10),
              ElementsAre(::testing::Field(&Task::due, *request(key).due - lifecycle::Policy{}.approaching_before)));
}

TEST_F(DriverTest, ProvesTheLookupByAFormerRegistrationWhereNoNewOneComes) {
  system137_.lookups = {outcome::Absent{}};
  const auto former = take("1");
  ASSERT_TRUE(eventually([&] { return registered(former); }));
  EXPECT_FALSE(driver_->lookup_proved(Lane::system137));
  system137_.submits = {outcome::Uncertain{"timeout"}, outcome::Registered{"2"}};
  system137_.finds_only = former;
  const auto key = take("2");
  ASSERT_TRUE(eventually([&] { return registered(key); }));
  EXPECT_TRUE(driver_->lookup_proved(Lane::system137));
  EXPECT_THAT(system137_.submitted, ElementsAre(former, key, key));
}

TEST_F(DriverTest, WhatMayHaveActedIsLookedUpAndNotSentAgain) {
  system137_.submits = {outcome::Uncertain{"timeout"}, outcome::Registered{"second"}};
  system137_.lookups = {outcome::Found{"77"}};
  const auto key = take("1");
  ASSERT_TRUE(eventually([&] { return registered(key); }));
  EXPECT_EQ(request(key).registration.code, "77");
  EXPECT_EQ(system137_.submitted.size(), 1u);
}

TEST_F(DriverTest, AbsentIsBelievedOnlyAfterAnotherRequestProvedTheLookup) {
  system137_.submits = {outcome::Uncertain{"timeout"}, outcome::Registered{"other"}, outcome::Registered{"again"}};
  system137_.lookups = {outcome::Absent{}};
  const auto key = take("1");
  ASSERT_TRUE(eventually([&] { return request(key).attention.contains(AttentionReason::uncertain); }));
  EXPECT_EQ(system137_.submitted.size(), 1u);
  system137_.lookups = {outcome::Found{"other"}, outcome::Absent{}};
  const auto other = take("2");
  ASSERT_TRUE(eventually([&] { return registered(other) && driver_->lookup_proved(Lane::system137); }));
  ASSERT_TRUE(eventually([&] { return registered(key); }));
  EXPECT_EQ(request(key).registration.code, "again");
  EXPECT_TRUE(request(key).attention.empty());
}

TEST_F(DriverTest, APersonIsToldOfALookupFromWhichNothingCanBeConcluded) {
  system137_.submits = {outcome::Uncertain{"timeout"}};
  system137_.lookups = {outcome::Unclear{"the second page repeats the first"}};
  const auto key = take("1");
  ASSERT_TRUE(eventually([&] { return request(key).attention.contains(AttentionReason::uncertain); }));
  system137_.lookups = {outcome::Found{"77"}};
  ASSERT_TRUE(eventually([&] { return registered(key); }));
  EXPECT_TRUE(request(key).attention.empty());
}

TEST_F(DriverTest, ARefusalOf137GoesToTheDeskAndADesksRefusalToAPerson) {
  system137_.submits = {outcome::Refused{"not ours"}};
  desk_.submits = {outcome::Registered{"D-1"}, outcome::Refused{"no"}};
  const auto first = take("1");
  ASSERT_TRUE(eventually([&] { return registered(first); }));
  EXPECT_EQ(request(first).registration.system, System::service_desk);
  const auto second = take("2");
  ASSERT_TRUE(eventually([&] { return request(second).attention.contains(AttentionReason::refused); }));
}

TEST_F(DriverTest, ATokenIsPolledUntilItsCodeComes) {
  system137_.submits = {outcome::Pending{"tok"}};
  system137_.polls = {outcome::NotYet{}, outcome::Registered{"88"}};
  const auto key = take("1");
  ASSERT_TRUE(eventually([&] { return registered(key); }));
  EXPECT_EQ(system137_.submitted.size(), 1u);
}

TEST_F(DriverTest, ATokenThatIsUnclearIsAPersonsAndGoesOnBeingPolled) {
  system137_.submits = {outcome::Pending{"tok"}};
  system137_.polls = {outcome::Unclear{"an error in place of the id"}};
  const auto key = take("1");
  ASSERT_TRUE(eventually([&] { return request(key).attention.contains(AttentionReason::unclear); }));
  EXPECT_EQ(request(key).registration.state, RegistrationState::pending);
  EXPECT_EQ(request(key).registration.reason, "an error in place of the id");
  system137_.polls = {outcome::Registered{"88"}};
  ASSERT_TRUE(eventually([&] { return registered(key); }));
  EXPECT_TRUE(request(key).attention.empty());
  EXPECT_EQ(system137_.submitted.size(), 1u);
}

TEST_F(DriverTest, AnOutageDelaysAndLosesNothing) {
  system137_.submits = {outcome::TryLater{"connection refused", {}, false}};
  std::vector<RequestKey> keys;
  for (int form = 1; form <= 20; ++form) keys.push_back(take(std::to_string(form)));
  ASSERT_TRUE(eventually([&] { return driver_->status(Lane::system137).view.breaker != Breaker::closed; }));
  EXPECT_EQ(driver_->status(Lane::system137).healthy, false);
  system137_.submits = {outcome::Registered{"ok"}};
  ASSERT_TRUE(eventually([&] { return std::ranges::all_of(keys, [&](RequestKey key) { return registered(key); }); }));
  EXPECT_EQ(driver_->status(Lane::system137).healthy, true);
}

TEST_F(DriverTest, TheHoldingMessageGoesOutWhileTheUpstreamStaysAwayAndTheUpstreamsCodeLater) {
  system137_.submits = {outcome::TryLater{"down", {}, false}};
  const auto key = take("1");
  ASSERT_TRUE(eventually([&] { return request(key).told.has_value(); }));
  EXPECT_EQ(request(key).told->code, request(key).code.digits());
  system137_.submits = {outcome::Registered{"99"}};
  ASSERT_TRUE(eventually([&] { return registered(key) && sms_.sent.size() == 2; }));
  EXPECT_THAT(sms_.sent, ElementsAre(request(key).code.digits(), "99"));
}

TEST_F(DriverTest, AnUndeliveredTextIsAPersons) {
  sms_.delivery = Delivery::failed;
  const auto key = take("1");
  ASSERT_TRUE(eventually([&] { return request(key).attention.contains(AttentionReason::undelivered); }));
  EXPECT_FALSE(request(key).told);
}

TEST_F(DriverTest, WhoWaitsForTheCodeIsToldWhenItComesOrWhenTheWaitIsOver) {
  system137_.submits = {outcome::TryLater{"down", {}, false}};
  const auto key = take("1");
  std::optional<RegistrationState> late;
  driver_->await_registration(key, seconds(2), [&](const std::optional<Record>& record) { late = record->request.registration.state; });
  ASSERT_TRUE(eventually([&] { return late.has_value(); }));
  EXPECT_NE(*late, RegistrationState::registered);
  std::string code;
  driver_->await_registration(key, minutes(30), [&](const std::optional<Record>& record) { code = record->request.registration.code; });
  system137_.submits = {outcome::Registered{"5"}};
  ASSERT_TRUE(eventually([&] { return !code.empty(); }));
  EXPECT_EQ(code, "5");
}

TEST_F(DriverTest, TimersDoNotMultiplyWithTheWork) {
  for (int form = 1; form <= 30; ++form) {
    const auto key = take(std::to_string(form));
    ASSERT_TRUE(eventually([&] { return request(key).told.has_value(); }));
  }
  executor_.pass(minutes(10));
  EXPECT_LE(executor_.timers(), 1u);
}

TEST_F(DriverTest, ADrainedDriverStartsNothingMore) {
  bool drained = false;
  driver_->drain([&] { drained = true; });
  EXPECT_TRUE(drained);
  const auto key = take("1");
  executor_.pass(seconds(5));
  EXPECT_TRUE(system137_.submitted.empty());
  EXPECT_EQ(request(key).registration.state, RegistrationState::waiting);
}

TEST_F(DriverTest, APollWaitsItsMinuteWhereTheClockIsSetBackAnHour) {
  system137_.submits = {outcome::Pending{"token"}};
  system137_.polls = {outcome::Registered{"1"}};
  const auto key = take("1");
  ASSERT_TRUE(eventually([&] { return request(key).registration.state == RegistrationState::pending; }));
  executor_.set_clock(-hours(1));
  EXPECT_TRUE(registers_within(key, seconds(50), seconds(70)));
}

TEST_F(DriverTest, APollWaitsItsMinuteWhereTheClockIsSetForwardAnHour) {
  system137_.submits = {outcome::Pending{"token"}};
  system137_.polls = {outcome::Registered{"1"}};
  const auto key = take("1");
  ASSERT_TRUE(eventually([&] { return request(key).registration.state == RegistrationState::pending; }));
  executor_.set_clock(hours(1));
  take("2");  // Makes the driver look what is due.
  EXPECT_TRUE(registers_within(key, seconds(50), seconds(70)));
}

class SmallMemory : public DriverTest {
 protected:
  SmallMemory() : DriverTest({.memory = 2}) {}
};

TEST_F(SmallMemory, WhatAnOutageLeftInTheStoreAloneIsNotStuckWhereTheClockIsSetBack) {
  system137_.submits = {outcome::TryLater{"down", {}, false}};
  std::vector<RequestKey> keys;
  for (int form = 1; form <= 20; ++form) keys.push_back(take(std::to_string(form)));
  ASSERT_TRUE(eventually([&] { return driver_->status(Lane::system137).view.breaker != Breaker::closed; }));
  executor_.set_clock(-hours(1));
  system137_.submits = {outcome::Registered{"ok"}};
  pass(minutes(40));
  EXPECT_TRUE(std::ranges::all_of(keys, [&](RequestKey key) { return registered(key); }));
}

TEST_F(DriverTest, AbsentIsNotBelievedBecauseTheClockWasSetForward) {
  system137_.submits = {outcome::Registered{"proof"}, outcome::Uncertain{"timeout"}, outcome::Registered{"twice"}};
  system137_.lookups = {outcome::Found{"proof"}, outcome::Absent{}};
  const auto proof = take("1");
  ASSERT_TRUE(eventually([&] { return registered(proof) && driver_->lookup_proved(Lane::system137); }));
  const auto key = take("2");
  ASSERT_TRUE(eventually([&] { return request(key).registration.state == RegistrationState::uncertain; }));
  executor_.set_clock(hours(1));
  const auto before_settled = seconds(50);
  pass(before_settled);
  EXPECT_GT(system137_.lookups_asked, 0);
  EXPECT_EQ(request(key).registration.state, RegistrationState::uncertain);
  EXPECT_EQ(system137_.submitted.size(), 2u);
  ASSERT_TRUE(eventually([&] { return registered(key); }));
}

TEST_F(DriverTest, AnUncertainRequestIsSettledInItsTimeWhereTheClockIsSetBack) {
  system137_.submits = {outcome::Registered{"proof"}, outcome::Uncertain{"timeout"}, outcome::Registered{"again"}};
  system137_.lookups = {outcome::Found{"proof"}, outcome::Absent{}};
  const auto proof = take("1");
  ASSERT_TRUE(eventually([&] { return registered(proof) && driver_->lookup_proved(Lane::system137); }));
  const auto key = take("2");
  ASSERT_TRUE(eventually([&] { return request(key).registration.state == RegistrationState::uncertain; }));
  executor_.set_clock(-hours(1));
  EXPECT_TRUE(registers_within(key, seconds(60), minutes(5)));
}

TEST_F(DriverTest, TheLookupProvesItselfWhereTheClockWasSetBack) {
  system137_.lookups = {outcome::Absent{}};
  const auto first = take("1");
  ASSERT_TRUE(eventually([&] { return registered(first) && system137_.lookups_asked == 1; }));
  executor_.set_clock(-hours(1));
  pass(minutes(2));
  system137_.lookups = {outcome::Found{"1"}};
  take("2");
  EXPECT_TRUE(eventually([&] { return driver_->lookup_proved(Lane::system137); }));
}

}  // namespace
}  // namespace salam::pipeline
