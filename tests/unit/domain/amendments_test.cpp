#include "gateway/domain/amendments.h"

#include "gateway/domain/decisions.h"
#include "tests/unit/domain/lifecycle_fixture.h"

namespace salam::lifecycle {
namespace {

using ::testing::Contains;
using ::testing::Field;

class AmendmentsTest : public LifecycleTest {
 protected:
  void SetUp() override {
    register_and_write();
    assign_to("عمران");
  }
  Change assign_to(const std::string& unit) {
    return apply(assign(record_, {.assignment = {.unit = unit}}, {.by = "زهرا", .key = "k", .note = "", .version = {}}, policy_, at()));
  }
  const Amendment& amendment() const { return record_.request.handling.amendment; }
  void begin(const AmendmentPower& power) { apply(begin_amendment(record_, power, policy_, at())); }

  const AmendmentPower sets_values_{.possible = true, .sets_values = true, .lookup = false, .proved = false, .believable_after = {}};
  const AmendmentPower looks_up_{.possible = true, .sets_values = false, .lookup = true, .proved = true, .believable_after = minutes(10)};
  const AmendmentPower can_only_tell_{.possible = true, .sets_values = false, .lookup = false, .proved = false, .believable_after = {}};
};

TEST_F(AmendmentsTest, IsSentOnceUnderANumber) {
  EXPECT_EQ(amendment().number, 1);
  begin(sets_values_);
  EXPECT_EQ(amendment().state, AmendmentState::calling);
  const auto change = apply(amendment_done(record_, policy_, at()));
  EXPECT_EQ(amendment().state, AmendmentState::none);
  EXPECT_TRUE(amendment().fields.none());
  EXPECT_THAT(change.done, Contains(Field(&Task::amendment, true)));
  EXPECT_EQ(begin_amendment(record_, sets_values_, policy_, at()).error().code, "overtaken");
}

TEST_F(AmendmentsTest, WhatChangesDuringACallGoesWithTheNextNumber) {
  begin(sets_values_);
  assign_to("خدمات شهری");
  EXPECT_EQ(amendment().number, 1);
  const auto change = apply(amendment_done(record_, policy_, at()));
  EXPECT_EQ(amendment().state, AmendmentState::waiting);
  EXPECT_EQ(amendment().number, 2);
  EXPECT_THAT(change.tasks, Contains(Field(&Task::amendment, true)));
}

TEST_F(AmendmentsTest, WhatChangesWhileOneWaitsGoesWithIt) {
  assign_to("خدمات شهری");
  EXPECT_EQ(amendment().number, 1);
}

TEST_F(AmendmentsTest, WhatSetsValuesIsSentAgainAfterAnUncertainCall) {
  begin(sets_values_);
  apply(amendment_uncertain(record_, "reset", sets_values_, policy_, at()));
  EXPECT_EQ(amendment().state, AmendmentState::uncertain);
  begin(sets_values_);
  EXPECT_EQ(amendment().state, AmendmentState::calling);
  EXPECT_EQ(amendment().number, 1);
}

TEST_F(AmendmentsTest, NothingIsSentWhileAFormerCallMayStillActAndUndoIt) {
  const AmendmentPower slow{.possible = true, .sets_values = true, .lookup = false, .believable_after = minutes(10)};
  begin(slow);
  const auto uncertain = apply(amendment_uncertain(record_, "timeout", slow, policy_, at(minutes(1))));
  EXPECT_EQ(uncertain.tasks.at(0).due, start + minutes(11));
  assign_to("خدمات شهری");
  const auto early = apply(begin_amendment(record_, slow, policy_, at(minutes(10))));
  EXPECT_EQ(early.tasks.at(0).due, start + minutes(11));
  EXPECT_EQ(amendment().state, AmendmentState::uncertain);
  apply(begin_amendment(record_, slow, policy_, at(minutes(11))));
  EXPECT_EQ(amendment().state, AmendmentState::calling);
  EXPECT_EQ(amendment().number, 2) << "it says something else than number 1";
}

TEST_F(AmendmentsTest, AChangeAfterACallInDoubtWaitsUntilThatCanActNoMore) {
  const AmendmentPower slow{.possible = true, .sets_values = false, .lookup = false, .believable_after = minutes(10)};
  begin(slow);
  apply(amendment_uncertain(record_, "timeout", slow, policy_, at(minutes(1))));
  EXPECT_TRUE(open(AttentionReason::amend));
  assign_to("خدمات شهری");
  EXPECT_EQ(apply(begin_amendment(record_, slow, policy_, at(minutes(2)))).tasks.at(0).due, start + minutes(11));
  apply(begin_amendment(record_, slow, policy_, at(minutes(11))));
  EXPECT_EQ(amendment().state, AmendmentState::calling);
}

TEST_F(AmendmentsTest, WhatWasNotTakenOrRefusedHoldsNothingUp) {
  const AmendmentPower slow{.possible = true, .sets_values = true, .lookup = false, .believable_after = minutes(10)};
  begin(slow);
  apply(amendment_later(record_, "503", {}, policy_, at()));
  begin(slow);
  EXPECT_EQ(amendment().state, AmendmentState::calling);
  apply(amendment_held(record_, "refused", policy_, at()));
  assign_to("خدمات شهری");
  begin(slow);
  EXPECT_EQ(amendment().state, AmendmentState::calling);
}

TEST_F(AmendmentsTest, WhatAPersonIsToTellHasAnotherNumberThanWhatWasSentOfLess) {
  begin(looks_up_);
  apply(amendment_uncertain(record_, "reset", looks_up_, policy_, at()));
  assign_to("خدمات شهری");
  apply(amendment_held(record_, "<html>", policy_, at()));
  EXPECT_EQ(amendment().number, 2) << "number 1 may stand there, and says less";
}

TEST_F(AmendmentsTest, ANumberThatWasSentIsNotUsedForSomethingElse) {
  begin(sets_values_);
  apply(amendment_uncertain(record_, "reset", sets_values_, policy_, at()));
  begin(sets_values_);
  apply(amendment_later(record_, "503", {}, policy_, at()));
  const auto unchanged = record_;
  begin(sets_values_);
  EXPECT_EQ(amendment().number, 1);
  record_ = unchanged;
  assign_to("خدمات شهری");
  begin(sets_values_);
  EXPECT_EQ(amendment().number, 2);
}

TEST_F(AmendmentsTest, AbsentIsBelievedInItsTimeWhereTheClockWasSetBack) {
  begin(looks_up_);
  apply(amendment_uncertain(record_, "reset", looks_up_, policy_, at()));
  apply(amendment_absent(record_, start - hours(1), looks_up_, policy_, at(-hours(1))));
  EXPECT_EQ(amendment().state, AmendmentState::uncertain);
  apply(amendment_absent(record_, start - minutes(50), looks_up_, policy_, at(-minutes(50))));
  EXPECT_EQ(amendment().state, AmendmentState::waiting);
}

TEST_F(AmendmentsTest, AnyOtherIsLookedUpFirst) {
  begin(looks_up_);
  apply(amendment_uncertain(record_, "reset", looks_up_, policy_, at()));
  EXPECT_EQ(begin_amendment(record_, looks_up_, policy_, at()).error().code, "look_up");
  apply(amendment_absent(record_, start + minutes(9), looks_up_, policy_, at(minutes(9))));
  EXPECT_EQ(amendment().state, AmendmentState::uncertain) << "too early to be believed";
  const auto uncertain = record_;
  apply(amendment_absent(record_, start + minutes(10), looks_up_, policy_, at(minutes(10))));
  EXPECT_EQ(amendment().state, AmendmentState::waiting);
  record_ = uncertain;
  apply(amendment_found(record_, policy_, at(minutes(10))));
  EXPECT_EQ(amendment().state, AmendmentState::none);
}

TEST_F(AmendmentsTest, ALookupThatHasNotProvedItselfIsNotBelieved) {
  begin(looks_up_);
  apply(amendment_uncertain(record_, "reset", looks_up_, policy_, at()));
  auto unproved = looks_up_;
  unproved.proved = false;
  apply(amendment_absent(record_, start + minutes(10), unproved, policy_, at(minutes(10))));
  EXPECT_EQ(amendment().state, AmendmentState::held);
}

TEST_F(AmendmentsTest, WithoutALookupAPersonDecides) {
  begin(can_only_tell_);
  apply(amendment_uncertain(record_, "reset", can_only_tell_, policy_, at()));
  EXPECT_EQ(amendment().state, AmendmentState::held);
  EXPECT_TRUE(open(AttentionReason::amend));
  const auto held = record_;
  apply(
      settle(record_, {.action = SettleAction::dealt_with, .by = "زهرا", .key = "k", .system = {}, .code = {}, .note = ""}, policy_, at()));
  EXPECT_EQ(amendment().state, AmendmentState::none);
  EXPECT_FALSE(open(AttentionReason::amend));
  record_ = held;
  const auto again = apply(
      settle(record_, {.action = SettleAction::send_again, .by = "زهرا", .key = "k", .system = {}, .code = {}, .note = ""}, policy_, at()));
  EXPECT_EQ(amendment().state, AmendmentState::waiting);
  EXPECT_EQ(amendment().number, 2) << "another number, under which it is told apart";
  EXPECT_THAT(again.tasks, Contains(Field(&Task::amendment, true)));
}

TEST_F(AmendmentsTest, ACallThatDiedWithTheGatewayIsUncertain) {
  begin(looks_up_);
  begin(looks_up_);
  EXPECT_EQ(amendment().state, AmendmentState::uncertain);
  EXPECT_EQ(begin_amendment(record_, looks_up_, policy_, at()).error().code, "look_up");
}

TEST_F(AmendmentsTest, WhereNothingCanBeToldAPersonTells) {
  begin({});
  EXPECT_EQ(amendment().state, AmendmentState::held);
  EXPECT_TRUE(open(AttentionReason::amend));
}

TEST_F(AmendmentsTest, BacksOffAndTriesAgain) {
  begin(sets_values_);
  const auto change = apply(amendment_later(record_, "503", minutes(20), policy_, at()));
  EXPECT_EQ(amendment().state, AmendmentState::waiting);
  ASSERT_EQ(change.tasks.size(), 1u);
  EXPECT_EQ(change.tasks[0].due, start + minutes(20));
  EXPECT_TRUE(change.tasks[0].retry);
}

TEST_F(AmendmentsTest, AfterARestoreWhatMayHaveBeenToldIsUncertain) {
  auto when = at();
  when.restored_at = start;
  apply(after_restore(record_, {.registered = {}, .texts_deduplicated = true}, policy_, when));
  EXPECT_EQ(amendment().state, AmendmentState::uncertain);
  apply(amendment_absent(record_, start + minutes(10), looks_up_, policy_, at(minutes(10))));
  EXPECT_EQ(amendment().state, AmendmentState::waiting) << "its calls count from the restore";
}

}  // namespace
}  // namespace salam::lifecycle
