#include <chrono>

#include <gmock/gmock.h>

#include "gateway/domain/lifecycle.h"

namespace salam::lifecycle {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr Timestamp restored{hours(500'000)};
constexpr SinceBackup nothing_known{.registered = {}, .texts_deduplicated = true};

/// As it stands in the backup.
Record standing(RegistrationState state, std::optional<MessageState> text = {}) {
  Request request{.key = 7, .id = {}, .code = TrackingCode::from_random(42), .content = {.region = *Region::from_number(5)}};
  request.received_at = restored - hours(3);
  request.due = restored + hours(24 * 80);
  request.registration.state = state;
  request.registration.intent_at = restored - hours(2);
  request.content.citizen.mobile = Sensitive<std::string>("+989130000001");
  Record record{.request = std::move(request), .messages = {}};
  if (text) record.messages.push_back({.id = 9, .code = "1234", .mobile = *record.request.content.citizen.mobile, .state = *text});
  return record;
}

const Policy policy;
Moment moment() { return {.now = restored, .random_bits = 0xabcdef}; }

Change restore(const Record& record, const SinceBackup& since = nothing_known) {
  auto change = after_restore(record, since, policy, moment());
  EXPECT_TRUE(change) << (change ? "" : change.error().message);
  return change ? std::move(*change) : Change{.after = record.request};
}

class MayHaveBeenCalled : public ::testing::TestWithParam<RegistrationState> {};

TEST_P(MayHaveBeenCalled, IsLookedUpBeforeItIsSentAgain) {
  const auto change = restore(standing(GetParam()));
  EXPECT_EQ(change.after.registration.state, RegistrationState::uncertain);
  EXPECT_THAT(change.tasks, ElementsAre(Field(&Task::due, restored)));
  const Record after{.request = change.after, .messages = {}};
  const LookupPower power{.possible = true, .proved = true, .believable_after = minutes(10)};
  EXPECT_EQ(begin_call(after, power, policy, moment()).error().code, "look_up");
  const auto early = lookup_absent(after, restored + minutes(9), power, policy, moment());
  EXPECT_EQ(early->after.registration.state, RegistrationState::uncertain) << "the last call may have gone out until the restore";
  const auto late = lookup_absent(after, restored + minutes(10), power, policy, moment());
  EXPECT_EQ(late->after.registration.state, RegistrationState::waiting);
}

TEST_P(MayHaveBeenCalled, GoesToAPersonWhereThereIsNoLookup) {
  const auto change = restore(standing(GetParam()));
  const Record after{.request = change.after, .messages = {}};
  const auto begun = begin_call(after, LookupPower{}, policy, moment());
  ASSERT_TRUE(begun);
  EXPECT_EQ(begun->after.registration.state, RegistrationState::uncertain);
  EXPECT_THAT(begun->raised, ElementsAre(Field(&AttentionRaised::reason, AttentionReason::uncertain)));
  EXPECT_THAT(begun->tasks, IsEmpty());
  EXPECT_THAT(begun->done, SizeIs(1));
}

INSTANTIATE_TEST_SUITE_P(AfterARestore, MayHaveBeenCalled,
                         ::testing::Values(RegistrationState::waiting, RegistrationState::calling, RegistrationState::uncertain),
                         [](const auto& info) { return std::string(to_string(info.param)); });

class WithAPerson : public ::testing::TestWithParam<RegistrationState> {};

TEST_P(WithAPerson, StaysThereAndThatPersonIsWarned) {
  const auto change = restore(standing(GetParam()));
  EXPECT_EQ(change.after.registration.state, GetParam());
  EXPECT_THAT(change.raised, ElementsAre(Field(&AttentionRaised::reason, AttentionReason::uncertain)));
}

INSTANTIATE_TEST_SUITE_P(AfterARestore, WithAPerson,
                         ::testing::Values(RegistrationState::in_review, RegistrationState::by_hand, RegistrationState::held),
                         [](const auto& info) { return std::string(to_string(info.param)); });

TEST(AfterRestore, WhatIsFinishedOrHasATokenIsLeftAlone) {
  for (const auto state : {RegistrationState::pending, RegistrationState::registered, RegistrationState::closed}) {
    EXPECT_EQ(after_restore(standing(state), nothing_known, policy, moment()).error().code, "unchanged") << to_string(state);
  }
}

TEST(AfterRestore, WhatIsKnownToBeRegisteredSinceIsRegisteredAndItsCitizenTold) {
  for (const auto state : {RegistrationState::waiting, RegistrationState::held, RegistrationState::pending}) {
    const auto change = restore(standing(state), {.registered = {{System::service_desk, "D-5"}}, .texts_deduplicated = true});
    EXPECT_EQ(change.after.registration.state, RegistrationState::registered) << to_string(state);
    EXPECT_EQ(change.after.registration.system, System::service_desk);
    EXPECT_EQ(change.after.registration.code, "D-5");
    EXPECT_THAT(change.messages, ElementsAre(Field(&Message::code, "D-5")));
  }
}

TEST(AfterRestore, WhatTheBackupHoldsAsRegisteredStaysUnderItsCode) {
  const SinceBackup since{.registered = {{System::service_desk, "D-5"}}, .texts_deduplicated = true};
  EXPECT_EQ(after_restore(standing(RegistrationState::registered), since, policy, moment()).error().code, "unchanged");
}

TEST(AfterRestore, ATextThatTheProviderKnowsByItsIdIsSentUnderItAgain) {
  EXPECT_EQ(after_restore(standing(RegistrationState::registered, MessageState::queued), nothing_known, policy, moment()).error().code,
            "unchanged");
}

TEST(AfterRestore, ATextThatMayHaveBeenSentUnderAForgottenIdGoesToAPerson) {
  for (const auto text : {MessageState::queued, MessageState::sending}) {
    const auto change = restore(standing(RegistrationState::registered, text), {.registered = {}, .texts_deduplicated = false});
    EXPECT_THAT(change.messages, ElementsAre(Field(&Message::state, MessageState::failed)));
    EXPECT_THAT(change.raised, ElementsAre(Field(&AttentionRaised::reason, AttentionReason::undelivered)));
    EXPECT_THAT(change.done, ElementsAre(Field(&Task::message, 9)));
  }
}

TEST(AfterRestore, ATextOnItsWayIsAskedAfterAsBefore) {
  const auto record = standing(RegistrationState::registered, MessageState::sent);
  EXPECT_EQ(after_restore(record, {.registered = {}, .texts_deduplicated = false}, policy, moment()).error().code, "unchanged");
}

TEST(ALostRequest, IsLookedUpFirstWhenItsFormIsEnteredAgain) {
  auto request = standing(RegistrationState::waiting).request;
  const auto again = received(request, policy, {.now = restored});
  EXPECT_EQ(again.after.registration.state, RegistrationState::uncertain);
  EXPECT_THAT(again.tasks, SizeIs(2)) << "the registration and the holding message";
  request.registration.intent_at.reset();
  EXPECT_EQ(received(request, policy, {.now = restored}).after.registration.state, RegistrationState::waiting);
}

TEST(ARefusalAfterARestore, LooksAtTheDeskBeforeItSendsThereWhatMayHaveBeenThereBefore) {
  auto record = standing(RegistrationState::calling);
  const auto redirected = [&](Timestamp received_at) {
    record.request.received_at = received_at;
    const auto change = call_refused(record, "not ours", policy, {.now = restored + hours(1), .restored_at = restored});
    EXPECT_EQ(change->after.registration.system, System::service_desk);
    EXPECT_THAT(change->tasks, ElementsAre(Field(&Task::lane, Lane::service_desk)));
    return change->after.registration.state;
  };
  EXPECT_EQ(redirected(restored), RegistrationState::uncertain);
  EXPECT_EQ(redirected(restored + minutes(1)), RegistrationState::waiting);
}

}  // namespace
}  // namespace salam::lifecycle
