#include "tests/unit/pipeline/driver_fixture.h"

/// What changed of a registered request, on its way to the system that holds it.
namespace salam::pipeline {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::Pair;

class AmendmentsTest : public DriverTest {
 protected:
  AmendmentsTest() { system137_.its_traits.amends = true; }

  RequestKey registered_one() {
    const auto key = take("1");
    EXPECT_TRUE(eventually([&] { return registered(key) && request(key).told; }));
    return key;
  }
  AmendmentState state(RequestKey key) { return request(key).handling.amendment.state; }
  bool on_the_list(RequestKey key) { return request(key).attention.contains(AttentionReason::amend); }
  bool is_told(RequestKey key) {
    return eventually([&] { return state(key) == AmendmentState::none; });
  }
  void assign_and_hold(RequestKey key, const std::string& unit) {
    system137_.holds_amendments = true;
    assign(key, unit);
    ASSERT_TRUE(executor_.run_until([&] { return !system137_.held_amendments.empty(); }));
    system137_.holds_amendments = false;
  }

  const milliseconds settled_after_ = system137_.its_traits.settle_after.value() + system137_.its_traits.call_deadline;
};

TEST_F(AmendmentsTest, ASystemIsToldOnce) {
  const auto key = registered_one();
  assign(key, "عمران");
  ASSERT_TRUE(is_told(key));
  pass(minutes(10));
  EXPECT_THAT(system137_.amended, ElementsAre(Pair(1, "عمران")));
  EXPECT_THAT(store_->attempts(key, 10), Contains(Field(&Attempt::action, "amend")));
  EXPECT_TRUE(registered(key));
}

TEST_F(AmendmentsTest, WhatSetsValuesIsSentAgainWhereTheAnswerWasLostOnceTheFirstCanActNoMore) {
  system137_.its_traits.amendment_sets_values = true;
  system137_.amends = {outcome::Uncertain{"reset"}, outcome::Amended{}};
  const auto key = registered_one();
  assign(key, "عمران");
  pass(settled_after_ - seconds(2));
  EXPECT_EQ(system137_.amended.size(), 1u);
  ASSERT_TRUE(is_told(key));
  EXPECT_THAT(system137_.amended, ElementsAre(Pair(1, "عمران"), Pair(1, "عمران")));
}

TEST_F(AmendmentsTest, AnyOtherIsLookedUpAndWhereItIsFoundNotSentAgain) {
  system137_.its_traits.has_amendment_lookup = true;
  system137_.amends = {outcome::Uncertain{"reset"}};
  const auto key = registered_one();
  assign(key, "عمران");
  ASSERT_TRUE(is_told(key));
  EXPECT_EQ(system137_.amended.size(), 1u);
}

TEST_F(AmendmentsTest, AbsentIsBelievedOnlyOnceTheCallCanActNoMore) {
  system137_.its_traits.has_amendment_lookup = true;
  system137_.amends = {outcome::Uncertain{"reset"}, outcome::Amended{}};
  system137_.amendment_lookups = {outcome::TryLater{"down", {}, true}, outcome::Absent{}};
  const auto key = registered_one();
  assign(key, "عمران");
  pass(settled_after_ - seconds(2));
  EXPECT_GE(system137_.amendment_lookups_asked, 2);
  EXPECT_EQ(system137_.amended.size(), 1u);
  ASSERT_TRUE(is_told(key));
  EXPECT_THAT(system137_.amended, ElementsAre(Pair(1, "عمران"), Pair(1, "عمران")));
}

TEST_F(AmendmentsTest, ALookupFromWhichNothingCanBeConcludedIsAPersons) {
  system137_.its_traits.has_amendment_lookup = true;
  system137_.amends = {outcome::Uncertain{"reset"}};
  system137_.amendment_lookups = {outcome::Unclear{"<html>"}};
  const auto key = registered_one();
  assign(key, "عمران");
  ASSERT_TRUE(eventually([&] { return on_the_list(key); }));
  EXPECT_EQ(system137_.amended.size(), 1u);
}

TEST_F(AmendmentsTest, WithoutALookupAPersonTellsIt) {
  system137_.amends = {outcome::Uncertain{"reset"}};
  const auto key = registered_one();
  assign(key, "عمران");
  ASSERT_TRUE(eventually([&] { return on_the_list(key); }));
  pass(minutes(10));
  EXPECT_EQ(system137_.amended.size(), 1u);
  EXPECT_EQ(state(key), AmendmentState::held);
}

TEST_F(AmendmentsTest, RefusedOrUnclearItIsAPersons) {
  const auto key = registered_one();
  for (const AmendOutcome& answer :
       {AmendOutcome(outcome::Refused{"closed there"}), AmendOutcome(outcome::Unclear{"302"}), AmendOutcome(outcome::ByHand{})}) {
    system137_.amends = {answer};
    assign(key, "unit " + std::to_string(system137_.amended.size()));
    ASSERT_TRUE(eventually([&] { return on_the_list(key); }));
  }
  EXPECT_EQ(system137_.amended.size(), 3u) << "each change is tried anew";
}

TEST_F(AmendmentsTest, AnOutageDelaysIt) {
  system137_.amends = {outcome::TryLater{"down", {}, false}};
  const auto key = registered_one();
  assign(key, "عمران");
  ASSERT_TRUE(eventually([&] { return system137_.amended.size() > 2; }));
  system137_.amends = {outcome::Amended{}};
  ASSERT_TRUE(is_told(key));
  EXPECT_FALSE(on_the_list(key));
}

TEST_F(AmendmentsTest, OfTwoChangesTheSecondGoesAfterTheFirst) {
  const auto key = registered_one();
  assign_and_hold(key, "عمران");
  assign(key, "خدمات شهری");
  pass(Milliseconds(0));
  EXPECT_EQ(system137_.amended.size(), 1u) << "one at a time";
  system137_.held_amendments.front()({.outcome = outcome::Amended{}, .took = milliseconds(3), .excerpt = {}});
  ASSERT_TRUE(is_told(key));
  EXPECT_THAT(system137_.amended, ElementsAre(Pair(1, "عمران"), Pair(2, "خدمات شهری")));
}

TEST_F(AmendmentsTest, KilledDuringTheCallItIsLookedUp) {
  system137_.its_traits.has_amendment_lookup = true;
  const auto key = registered_one();
  assign_and_hold(key, "عمران");
  restart();
  ASSERT_TRUE(is_told(key));
  EXPECT_GE(system137_.amendment_lookups_asked, 1);
  EXPECT_EQ(system137_.amended.size(), 1u);
}

TEST_F(AmendmentsTest, KilledDuringTheCallItIsAPersonsWhereNobodyElseCanTell) {
  const auto key = registered_one();
  assign_and_hold(key, "عمران");
  restart();
  ASSERT_TRUE(eventually([&] { return on_the_list(key); }));
  EXPECT_EQ(system137_.amended.size(), 1u);
}

TEST_F(AmendmentsTest, WhatIsRefusedAsMisconfiguredWhileOthersPassIsAPersons) {
  system137_.amends = {outcome::Misconfigured{"403"}};
  const auto key = registered_one();
  assign(key, "عمران");
  ASSERT_TRUE(eventually([&] { return system137_.amended.size() == 1; }));
  EXPECT_FALSE(on_the_list(key)) << "it may be the key";
  const auto other = take("2");
  ASSERT_TRUE(eventually([&] { return registered(other) && on_the_list(key); }));
  EXPECT_EQ(state(key), AmendmentState::held);
}

TEST_F(AmendmentsTest, ASystemThatCannotBeToldIsNotCalled) {
  system137_.its_traits.amends = false;
  const auto key = registered_one();
  assign(key, "عمران");
  ASSERT_TRUE(eventually([&] { return on_the_list(key); }));
  EXPECT_THAT(system137_.amended, IsEmpty());
}

TEST_F(AmendmentsTest, WhatWasDecidedBeforeTheRegistrationFollowsIt) {
  system137_.submits = {outcome::TryLater{"down", {}, false}, outcome::Registered{"1"}};
  const auto key = take("1");
  ASSERT_TRUE(eventually([&] { return system137_.submitted.size() == 1; }));
  assign(key, "عمران");
  ASSERT_TRUE(eventually([&] { return registered(key) && !system137_.amended.empty(); }));
  EXPECT_THAT(system137_.amended, ElementsAre(Pair(1, "عمران")));
}

}  // namespace
}  // namespace salam::pipeline
