#include "tests/unit/domain/lifecycle_fixture.h"

namespace salam::lifecycle {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST_F(LifecycleTest, TheHoldingMessageCarriesTheGatewaysCodeOnce) {
  receive();
  apply(clock_due(record_, policy_, at(hours(2))));
  ASSERT_EQ(record_.messages.size(), 1u);
  EXPECT_EQ(record_.messages[0].kind, MessageKind::holding);
  EXPECT_EQ(record_.messages[0].code, record_.request.code.digits());
  const auto again = apply(clock_due(record_, policy_, at(hours(3))));
  EXPECT_THAT(again.messages, IsEmpty());
  EXPECT_THAT(again.tasks,
              Contains(AllOf(Field(&Task::lane, Lane::clock), Field(&Task::due, *record_.request.due - policy_.approaching_before))));
}

TEST_F(LifecycleTest, ToldMeansDelivered) {
  const auto id = register_and_write();
  apply(message_sent(record_, id, "first", "p1", policy_.delivery_first_poll, policy_, at()));
  EXPECT_FALSE(record_.request.told);
  const auto change = apply(message_delivered(record_, id, policy_, at(seconds(9))));
  ASSERT_TRUE(record_.request.told);
  EXPECT_EQ(record_.request.told->code, "1234");
  EXPECT_THAT(change.done, ElementsAre(Field(&Task::message, id)));
  EXPECT_EQ(message_delivered(record_, id, policy_, at()).error().code, "overtaken") << "reports repeat";
}

TEST_F(LifecycleTest, AnUndeliveredMessageStandsOnTheListUntilSomeoneHandsTheCodeOver) {
  const auto id = register_and_write();
  apply(message_sent(record_, id, "first", "p1", policy_.delivery_first_poll, policy_, at()));
  apply(message_failed(record_, id, "blocked", policy_, at()));
  EXPECT_TRUE(open(AttentionReason::undelivered));
  const auto change =
      apply(settle(record_, {.action = SettleAction::handed_over, .by = "زهرا", .key = "desk-1", .system = {}, .code = {}, .note = "تلفنی"},
                   policy_, at()));
  EXPECT_FALSE(open(AttentionReason::undelivered));
  ASSERT_TRUE(record_.request.told);
  EXPECT_EQ(record_.request.told->by, ToldBy::person);
  EXPECT_EQ(record_.request.told->person, "زهرا");
  EXPECT_EQ(record_.request.told->code, "1234");
  EXPECT_THAT(change.events, Contains(Field(&Event::type, EventType::told)));
  for (const auto& event : change.events) {
    EXPECT_EQ(event.actor.name, "زهرا");
    EXPECT_EQ(event.actor.key, "desk-1");
    EXPECT_EQ(event.actor.note, "تلفنی");
    EXPECT_THAT(event.details, Contains(Pair("by", "person")));
  }
}

TEST_F(LifecycleTest, AMessageWithoutAReportGoesToAPersonInTheEnd) {
  const auto id = register_and_write();
  apply(message_sent(record_, id, "first", "p1", policy_.delivery_first_poll, policy_, at()));
  const auto first = apply(message_on_the_way(record_, id, true, policy_, at(hours(1))));
  ASSERT_EQ(first.tasks.size(), 1u);
  EXPECT_LE(first.tasks[0].due, start + hours(1) + policy_.delivery_poll_cap);
  apply(message_on_the_way(record_, id, true, policy_, at(policy_.delivery_gives_up + hours(1))));
  EXPECT_TRUE(open(AttentionReason::undelivered));
}

TEST_F(LifecycleTest, AMessageWhoseReportComesByItselfIsWaitedForToTheEnd) {
  const auto id = register_and_write();
  apply(message_sent(record_, id, "first", "p1", policy_.delivery_gives_up, policy_, at()));
  const auto waits = apply(message_on_the_way(record_, id, false, policy_, at(hours(1))));
  EXPECT_THAT(waits.tasks, ElementsAre(Field(&Task::due, start + policy_.delivery_gives_up + Milliseconds(1))));
  apply(message_on_the_way(record_, id, false, policy_, at(policy_.delivery_gives_up + Milliseconds(1))));
  EXPECT_TRUE(open(AttentionReason::undelivered));
}

TEST_F(LifecycleTest, AnUncertainMessageIsSentOnceMoreAndThenGoesToAPerson) {
  const auto id = register_and_write();
  const auto& message = record_.messages[0];
  apply(message_sending(record_, id, "first", policy_, at()));
  EXPECT_EQ(message.provider, "first");
  EXPECT_EQ(message_sending(record_, id, "second", policy_, at()).error().code, "overtaken");
  apply(message_uncertain(record_, id, "reset", minutes(10), policy_, at()));
  EXPECT_EQ(message.state, MessageState::uncertain);
  EXPECT_EQ(message.uncertain_at, start);
  apply(message_once_more(record_, id, policy_, at(minutes(10))));
  EXPECT_EQ(message.state, MessageState::queued);
  EXPECT_EQ(message.provider, "") << "any may send it now";
  EXPECT_EQ(message.uncertain_at, std::nullopt);
  apply(message_sending(record_, id, "second", policy_, at(minutes(10))));
  apply(message_uncertain(record_, id, "reset", minutes(10), policy_, at(minutes(11))));
  apply(message_once_more(record_, id, policy_, at(minutes(30))));
  EXPECT_EQ(message.state, MessageState::failed);
  EXPECT_TRUE(open(AttentionReason::undelivered));
}

TEST_F(LifecycleTest, AnUncertainMessageStaysUncertainWhateverFailsMeanwhile) {
  const auto id = register_and_write();
  apply(message_uncertain(record_, id, "reset", seconds(5), policy_, at()));
  apply(message_later(record_, id, "refused", {}, policy_, at(minutes(1))));
  EXPECT_EQ(message_to_another(record_, id, "no credit", policy_, at(minutes(1))).error().code, "overtaken");
  apply(message_uncertain(record_, id, "reset", seconds(5), policy_, at(minutes(2))));
  EXPECT_EQ(record_.messages[0].state, MessageState::uncertain);
  EXPECT_EQ(record_.messages[0].uncertain_at, start);
}

TEST_F(LifecycleTest, AbsentIsBelievedOnlySomeTimeAfterTheSend) {
  const auto id = register_and_write();
  apply(message_uncertain(record_, id, "reset", seconds(5), policy_, at()));
  const auto early = apply(message_absent(record_, id, start + seconds(59), minutes(1), policy_, at(seconds(60))));
  EXPECT_EQ(record_.messages[0].state, MessageState::uncertain);
  EXPECT_THAT(early.tasks, ElementsAre(Field(&Task::due, start + seconds(61))));
  apply(message_absent(record_, id, start + seconds(60), minutes(1), policy_, at(seconds(61))));
  EXPECT_EQ(record_.messages[0].state, MessageState::queued);
  EXPECT_FALSE(record_.messages[0].sent_twice) << "it was not sent before";
}

TEST_F(LifecycleTest, AReportSettlesWhatIsUncertain) {
  const auto id = register_and_write();
  apply(message_uncertain(record_, id, "reset", seconds(5), policy_, at()));
  apply(message_delivered(record_, id, policy_, at(seconds(9))));
  EXPECT_TRUE(record_.request.told);
}

TEST_F(LifecycleTest, QuietHoursHoldBackOnlyWhatIsNotTheFirstCode) {
  const auto night = tehran_midnight(start) + hours(23) - start;
  receive();
  apply(clock_due(record_, policy_, at(night)));
  EXPECT_TRUE(record_.messages[0].urgent);
  apply(message_delivered(record_, record_.messages[0].id, policy_, at(night)));
  auto later = at(night);
  later.random_bits = 0x123456;
  apply(begin_call(record_, can_look_up_, policy_, later));
  const auto change = apply(call_registered(record_, "1234", policy_, later));
  EXPECT_FALSE(record_.messages[1].urgent);
  EXPECT_THAT(change.tasks, ElementsAre(Field(&Task::due, start + night + hours(9))));
  const auto held = apply(message_held(record_, record_.messages[1].id, policy_, at(night + hours(2))));
  EXPECT_THAT(held.tasks, ElementsAre(Field(&Task::due, start + night + hours(9))));
}

/// An invitation beside the text with the code.
class InvitationMessage : public LifecycleTest {
 protected:
  std::int64_t invited() {
    auto when = at();
    when.random_bits = 0x77777777;
    apply(invite(record_, "بیایید", policy_, when));
    return record_.messages.back().id;
  }
};

TEST_F(InvitationMessage, CarriesNoCodeAndWaitsForTheMorning) {
  receive();
  const auto night = tehran_midnight(start) + hours(23) - start;
  const auto change = apply(invite(record_, "بیایید", policy_, at(night)));
  const auto& message = record_.messages.back();
  EXPECT_EQ(message.kind, MessageKind::invitation);
  EXPECT_EQ(message.code, "");
  EXPECT_EQ(message.mobile, record_.request.content.citizen.mobile);
  EXPECT_EQ(message.text.reveal(), "بیایید");
  EXPECT_EQ(message.parts, 1);
  EXPECT_FALSE(message.urgent);
  EXPECT_THAT(change.tasks, ElementsAre(AllOf(Field(&Task::lane, Lane::sms), Field(&Task::due, start + night + hours(9)))));
  EXPECT_THAT(change.events, IsEmpty());
}

TEST_F(InvitationMessage, TellsNobodyACode) {
  receive();
  const auto id = invited();
  apply(message_sent(record_, id, "first", "p1", policy_.delivery_first_poll, policy_, at()));
  const auto change = apply(message_delivered(record_, id, policy_, at(seconds(9))));
  EXPECT_FALSE(record_.request.told);
  EXPECT_THAT(change.events, ElementsAre(Field(&Event::type, EventType::message_delivered)));
  apply(clock_due(record_, policy_, at(hours(2))));
  EXPECT_EQ(record_.messages.back().kind, MessageKind::holding) << "the code is still to be told";
}

TEST_F(InvitationMessage, ThatFailsIsOnlyCounted) {
  register_and_write();
  const auto id = invited();
  const auto change = apply(message_failed(record_, id, "blocked", policy_, at()));
  EXPECT_EQ(record_.messages.back().state, MessageState::failed);
  EXPECT_FALSE(open(AttentionReason::undelivered));
  EXPECT_THAT(change.events, ElementsAre(AllOf(Field(&Event::type, EventType::message_failed),
                                               Field(&Event::details, Contains(Pair("message_kind", "invitation"))))));
}

TEST_F(InvitationMessage, DoesNotSettleThatACodeDidNotArrive) {
  const auto first = register_and_write();
  apply(message_sent(record_, first, "first", "p1", policy_.delivery_first_poll, policy_, at()));
  apply(message_delivered(record_, first, policy_, at()));
  record_.request.attention.insert(AttentionReason::undelivered);
  apply(message_delivered(record_, invited(), policy_, at()));
  EXPECT_TRUE(open(AttentionReason::undelivered));
}

TEST_F(InvitationMessage, NeedsANumber) {
  receive();
  record_.request.content.citizen.mobile.reset();
  EXPECT_EQ(invite(record_, "بیایید", policy_, at()).error().code, "no_mobile");
}

}  // namespace
}  // namespace salam::lifecycle
