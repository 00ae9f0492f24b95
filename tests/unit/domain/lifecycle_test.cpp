#include "tests/unit/domain/lifecycle_fixture.h"

namespace salam::lifecycle {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;

TEST_F(LifecycleTest, AReceivedRequestIsSentAtOnceAndHasAClockForTheHoldingMessage) {
  const auto change = apply(received(fresh(), policy_, at()));
  ASSERT_EQ(change.tasks.size(), 2u);
  EXPECT_EQ(change.tasks[0].lane, Lane::system137);
  EXPECT_EQ(change.tasks[0].due, start);
  EXPECT_EQ(change.tasks[1].lane, Lane::clock);
  EXPECT_EQ(change.tasks[1].due, start + policy_.holding_after);
  EXPECT_THAT(change.events, ElementsAre(Field(&Event::type, EventType::received)));
}

TEST_F(LifecycleTest, TheFirstCallWaitsForAttachmentsWhereSomeMayCome) {
  policy_.wait_for_attachments = seconds(30);
  EXPECT_EQ(received(fresh(), policy_, at(), false).tasks[0].due, start) << "none will come";
  EXPECT_EQ(apply(received(fresh(), policy_, at())).tasks[0].due, start + seconds(30));
}

TEST_F(LifecycleTest, ARequestWithoutANumberIsRegisteredAllTheSameAndStandsOnTheList) {
  const auto change = apply(received(fresh(false), policy_, at()));
  EXPECT_EQ(state(), RegistrationState::waiting);
  EXPECT_TRUE(open(AttentionReason::no_contact));
  ASSERT_EQ(change.raised.size(), 1u);
  EXPECT_EQ(change.raised[0].due, start + policy_.contact_due);
  EXPECT_THAT(change.tasks, ElementsAre(Field(&Task::lane, Lane::system137), Field(&Task::lane, Lane::clock)));
  EXPECT_EQ(change.tasks[1].due, *record_.request.due - policy_.approaching_before) << "no code can be texted, but an answer is due";
}

TEST_F(LifecycleTest, TheIntentIsCommittedBeforeTheCall) {
  receive();
  apply(begin_call(record_, can_look_up_, policy_, at(seconds(3))));
  EXPECT_EQ(state(), RegistrationState::calling);
  EXPECT_EQ(record_.request.registration.intent_at, start + seconds(3));
}

TEST_F(LifecycleTest, ACallThatAProcessLeftBehindIsUncertainAndNeverSentAgainUnseen) {
  call();
  apply(begin_call(record_, can_look_up_, policy_, at(minutes(1))));
  EXPECT_EQ(state(), RegistrationState::uncertain);
  EXPECT_EQ(begin_call(record_, can_look_up_, policy_, at(minutes(2))).error().code, "look_up");
}

TEST_F(LifecycleTest, RegistrationEndsTheTasksAndWritesToTheCitizen) {
  call();
  const auto change = apply(call_registered(record_, "1234", policy_, at()));
  EXPECT_EQ(state(), RegistrationState::registered);
  EXPECT_EQ(record_.request.registration.code, "1234");
  EXPECT_THAT(change.done, ElementsAre(Field(&Task::lane, Lane::system137)));
  ASSERT_EQ(change.messages.size(), 1u);
  EXPECT_THAT(change.messages[0].text.reveal(), ::testing::HasSubstr("۱۲۳۴"));
  EXPECT_GT(change.messages[0].id, 0);
  EXPECT_THAT(change.tasks, ElementsAre(Field(&Task::lane, Lane::sms), Field(&Task::lane, Lane::clock)));
  EXPECT_EQ(change.tasks[1].due, *record_.request.due - policy_.approaching_before) << "the holding message is not needed any more";
}

TEST_F(LifecycleTest, WhatHasMovedOnIsNotTouched) {
  call();
  apply(call_registered(record_, "1234", policy_, at()));
  EXPECT_EQ(call_registered(record_, "9999", policy_, at()).error().code, "overtaken");
  EXPECT_EQ(call_refused(record_, "no", policy_, at()).error().code, "overtaken");
  EXPECT_EQ(lookup_found(record_, "9999", policy_, at()).error().code, "overtaken");
}

TEST_F(LifecycleTest, What137RefusesGoesToTheDeskAndWhatTheDeskRefusesToAPerson) {
  call();
  const auto redirected = apply(call_refused(record_, "not ours", policy_, at()));
  EXPECT_EQ(state(), RegistrationState::waiting);
  EXPECT_EQ(record_.request.registration.system, System::service_desk);
  EXPECT_THAT(redirected.tasks, ElementsAre(Field(&Task::lane, Lane::service_desk)));
  EXPECT_THAT(redirected.events, Contains(Field(&Event::type, EventType::redirected)));
  apply(begin_call(record_, can_look_up_, policy_, at()));
  const auto held = apply(call_refused(record_, "not ours either", policy_, at()));
  EXPECT_EQ(state(), RegistrationState::held);
  EXPECT_TRUE(open(AttentionReason::refused));
  EXPECT_THAT(held.tasks, IsEmpty());
}

TEST_F(LifecycleTest, TryLaterBacksOffAndObeysRetryAfter) {
  call();
  const auto change = apply(call_later(record_, "503", minutes(20), policy_, at()));
  EXPECT_EQ(state(), RegistrationState::waiting);
  ASSERT_EQ(change.tasks.size(), 1u);
  EXPECT_EQ(change.tasks[0].due, start + minutes(20));
}

TEST_F(LifecycleTest, OnlyWhatWasNeverTriedThereGoesAheadOfRetries) {
  const auto task = [](const Change& change) { return change.tasks.at(0).retry; };
  EXPECT_FALSE(task(received(fresh(), policy_, at())));
  call();
  const Record calling = record_;
  EXPECT_TRUE(task(call_later(calling, "503", {}, policy_, at()).value()));
  EXPECT_TRUE(task(call_pending(calling, "token", policy_, at()).value()));
  EXPECT_FALSE(task(call_refused(calling, "not ours", policy_, at()).value())) << "new to the desk";
  EXPECT_TRUE(task(apply(call_uncertain(calling, "timeout", can_look_up_, policy_, at()))));
  EXPECT_TRUE(task(lookup_absent(record_, start + hours(1), can_look_up_, policy_, at(hours(1))).value()));
  EXPECT_FALSE(task(
      settle(record_, {.action = SettleAction::send_again, .by = "زهرا", .key = {}, .system = {}, .code = {}, .note = {}}, policy_, at())
          .value()));
}

TEST_F(LifecycleTest, BackoffDoublesToItsCapWithJitter) {
  const Backoff backoff{seconds(5), minutes(30)};
  EXPECT_EQ(backoff.wait(1, 1.0), seconds(5));
  EXPECT_EQ(backoff.wait(3, 1.0), seconds(20));
  EXPECT_EQ(backoff.wait(3, 0.0), seconds(2));
  EXPECT_EQ(backoff.wait(1000, 1.0), minutes(30));
}

TEST_F(LifecycleTest, AnUncertainCallIsLookedUp) {
  call();
  const auto change = apply(call_uncertain(record_, "timeout", can_look_up_, policy_, at()));
  EXPECT_EQ(state(), RegistrationState::uncertain);
  EXPECT_THAT(change.tasks, ElementsAre(Field(&Task::lane, Lane::system137)));
  EXPECT_FALSE(open(AttentionReason::uncertain));
}

TEST_F(LifecycleTest, WithoutALookupAnUncertainCallIsAPersonsToSettle) {
  call();
  const auto change = apply(call_uncertain(record_, "timeout", {}, policy_, at()));
  EXPECT_TRUE(open(AttentionReason::uncertain));
  EXPECT_THAT(change.tasks, IsEmpty());
  EXPECT_THAT(change.done, Contains(Field(&Task::lane, Lane::system137)));
}

TEST_F(LifecycleTest, AbsentIsBelievedOnlyLateEnoughAndFromAProvedLookup) {
  call();
  apply(call_uncertain(record_, "timeout", can_look_up_, policy_, at()));
  apply(lookup_absent(record_, start + minutes(9), can_look_up_, policy_, at(minutes(9))));
  EXPECT_EQ(state(), RegistrationState::uncertain) << "too early";

  auto unproved = can_look_up_;
  unproved.proved = false;
  apply(lookup_absent(record_, start + minutes(11), unproved, policy_, at(minutes(11))));
  EXPECT_EQ(state(), RegistrationState::uncertain) << "unproved";
  EXPECT_TRUE(open(AttentionReason::uncertain));

  apply(lookup_absent(record_, start + minutes(11), can_look_up_, policy_, at(minutes(11))));
  EXPECT_EQ(state(), RegistrationState::waiting);
  EXPECT_FALSE(open(AttentionReason::uncertain));
}

TEST_F(LifecycleTest, AbsentIsNotBelievedOnTheIntentsAgeWhereItsCallWentOutLate) {
  call();
  const auto late = minutes(30);  // A disk that stalled, or a machine that slept, between the intent and its call.
  apply(call_uncertain(record_, "timeout", can_look_up_, policy_, at(late)));
  apply(lookup_absent(record_, start + late + minutes(9), can_look_up_, policy_, at(late + minutes(9))));
  EXPECT_EQ(state(), RegistrationState::uncertain);
  apply(lookup_absent(record_, start + late + minutes(10), can_look_up_, policy_, at(late + minutes(10))));
  EXPECT_EQ(state(), RegistrationState::waiting);
}

TEST_F(LifecycleTest, AnUnclearLookupIsAskedAgainAndAPersonIsTold) {
  call();
  apply(call_uncertain(record_, "timeout", can_look_up_, policy_, at()));
  const auto change = apply(lookup_unclear(record_, "the second page repeats the first", policy_, at(minutes(1))));
  EXPECT_EQ(state(), RegistrationState::uncertain);
  EXPECT_TRUE(open(AttentionReason::uncertain));
  EXPECT_THAT(change.tasks, ElementsAre(Field(&Task::lane, Lane::system137)));
}

TEST_F(LifecycleTest, FoundIsBelievedAtOnce) {
  call();
  apply(call_uncertain(record_, "timeout", can_look_up_, policy_, at()));
  apply(lookup_found(record_, "77", policy_, at(seconds(1))));
  EXPECT_EQ(state(), RegistrationState::registered);
  EXPECT_EQ(record_.messages.size(), 1u);
}

TEST_F(LifecycleTest, APendingRequestIsPolledAndNeverSentAgain) {
  call();
  apply(call_pending(record_, "tok", policy_, at()));
  EXPECT_EQ(begin_call(record_, can_look_up_, policy_, at()).error().code, "poll");
  apply(poll_again(record_, {}, policy_, at()));
  apply(poll_registered(record_, "55", policy_, at()));
  EXPECT_EQ(record_.request.registration.code, "55");
  EXPECT_TRUE(record_.request.registration.token.empty());
}

TEST_F(LifecycleTest, AnUnclearPollIsRepeatedAndAPersonIsToldUntilItsCodeComes) {
  call();
  apply(call_pending(record_, "tok", policy_, at()));
  const auto change = apply(poll_unclear(record_, "refused after it was taken in", policy_, at(minutes(1))));
  EXPECT_EQ(state(), RegistrationState::pending);
  EXPECT_EQ(record_.request.registration.token, "tok");
  EXPECT_EQ(record_.request.registration.reason, "refused after it was taken in");
  EXPECT_TRUE(open(AttentionReason::unclear));
  ASSERT_THAT(change.tasks, ElementsAre(Field(&Task::lane, Lane::system137)));
  EXPECT_GE(change.tasks[0].due, start + minutes(1) + policy_.poll_every);
  const auto again = apply(poll_unclear(record_, "refused after it was taken in", policy_, at(minutes(5))));
  EXPECT_TRUE(again.raised.empty());
  EXPECT_EQ(record_.request.registration.attempts, 2);
  apply(poll_registered(record_, "55", policy_, at(minutes(20))));
  EXPECT_EQ(state(), RegistrationState::registered);
  EXPECT_FALSE(open(AttentionReason::unclear));
  EXPECT_EQ(poll_unclear(record_, "too late", policy_, at(minutes(21))).error().code, "overtaken");
}

TEST_F(LifecycleTest, APersonSettlesATokenThatIsUnclearAndNoOther) {
  call();
  apply(call_pending(record_, "tok", policy_, at()));
  const Settlement sent_again{.action = SettleAction::send_again, .by = "علی", .system = System::service_desk, .code = {}, .note = {}};
  const Settlement found{.action = SettleAction::registered, .by = "علی", .system = {}, .code = "77", .note = {}};
  EXPECT_EQ(settle(record_, sent_again, policy_, at()).error().code, "not_settleable");
  EXPECT_EQ(settle(record_, found, policy_, at()).error().code, "not_settleable");
  apply(poll_unclear(record_, "refused", policy_, at()));
  const auto unclear = record_;
  apply(settle(record_, found, policy_, at()));
  EXPECT_EQ(record_.request.registration.code, "77");
  EXPECT_FALSE(open(AttentionReason::unclear));
  record_ = unclear;
  const auto change = apply(settle(record_, sent_again, policy_, at()));
  EXPECT_EQ(state(), RegistrationState::waiting);
  EXPECT_EQ(record_.request.registration.token, "") << "it leads nowhere any more";
  EXPECT_FALSE(open(AttentionReason::unclear));
  EXPECT_THAT(change.tasks, ElementsAre(Field(&Task::lane, Lane::service_desk)));
}

TEST_F(LifecycleTest, ByHandAndUnclearAndPoisonStandOnTheListWithoutATask) {
  call();
  auto by_hand = record_;
  apply(call_by_hand(record_, policy_, at()));
  EXPECT_TRUE(open(AttentionReason::by_hand));
  record_ = by_hand;
  apply(call_unclear(record_, "302", policy_, at()));
  EXPECT_TRUE(open(AttentionReason::unclear));
  receive();
  apply(poisonous(record_, "403", policy_, at()));
  EXPECT_TRUE(open(AttentionReason::poison));
  EXPECT_EQ(state(), RegistrationState::held);
}

TEST_F(LifecycleTest, APersonSettlesWhatIsUncertainEitherWay) {
  call();
  apply(call_uncertain(record_, "timeout", {}, policy_, at()));
  const auto uncertain = record_;
  apply(settle(record_, {.action = SettleAction::registered, .by = "علی", .system = System::service_desk, .code = "D-1", .note = {}},
               policy_, at()));
  EXPECT_EQ(state(), RegistrationState::registered);
  EXPECT_EQ(record_.request.registration.system, System::service_desk);
  EXPECT_FALSE(open(AttentionReason::uncertain));
  record_ = uncertain;
  const auto change =
      apply(settle(record_, {.action = SettleAction::send_again, .by = "علی", .system = {}, .code = {}, .note = {}}, policy_, at()));
  EXPECT_EQ(state(), RegistrationState::waiting);
  EXPECT_THAT(change.tasks, ElementsAre(Field(&Task::lane, Lane::system137)));
}

TEST_F(LifecycleTest, APersonsDecisionAboutARequestThatHasMovedOnIsNotTaken) {
  call();
  apply(call_uncertain(record_, "timeout", {}, policy_, at()));
  const lifecycle::Settlement decision{.action = SettleAction::send_again, .by = "علی", .version = record_.request.version};
  record_.request.version += 1;
  EXPECT_EQ(settle(record_, decision, policy_, at()).error().code, "version_mismatch");
  record_.request.version -= 1;
  EXPECT_TRUE(settle(record_, decision, policy_, at()));
}

TEST_F(LifecycleTest, NothingIsSettledThatIsUnderWayOrDone) {
  call();
  EXPECT_EQ(
      settle(record_, {.action = SettleAction::send_again, .by = "علی", .system = {}, .code = {}, .note = {}}, policy_, at()).error().code,
      "not_settleable");
  apply(call_registered(record_, "1", policy_, at()));
  EXPECT_EQ(
      settle(record_, {.action = SettleAction::registered, .by = "علی", .system = {}, .code = "2", .note = {}}, policy_, at()).error().code,
      "not_settleable");
}

TEST_F(LifecycleTest, ATemplateWithoutTheCodeOrWithAnUnknownPlaceholderIsRefused) {
  EXPECT_EQ(MessageTemplate::parse("سلام {name} {code}").error().code, "template_invalid");
  EXPECT_EQ(MessageTemplate::parse("سلام").error().code, "template_invalid");
  EXPECT_EQ(MessageTemplate::parse("{code").error().code, "template_invalid");
  std::string endless(400, 'x');
  EXPECT_EQ(MessageTemplate::parse(endless + "{code} {date}").error().code, "template_invalid");
  EXPECT_EQ(MessageTemplate::parse("کد {code} در {system}").value().render({.code = "۱", .system = "سامانه", .date = ""}),
            "کد ۱ در سامانه");
}

}  // namespace
}  // namespace salam::lifecycle
