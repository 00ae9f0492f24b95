#include "gateway/domain/decisions.h"

#include "tests/unit/domain/lifecycle_fixture.h"

namespace salam::lifecycle {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr auto day = hours(24);

class DecisionsTest : public LifecycleTest {
 protected:
  void refuse_into_review() {
    policy_.desk_after_review = true;
    call();
    apply(call_refused(record_, "not ours", policy_, at()));
  }
  Request& request() { return record_.request; }
  Case& handling() { return record_.request.handling; }
  Milliseconds until(Timestamp time) const { return time - start; }
  std::vector<EventType> strike(Timestamp time) {
    std::vector<EventType> types;
    for (const auto& event : apply(clock_due(record_, policy_, at(until(time)))).events) types.push_back(event.type);
    return types;
  }
  static std::vector<EventType> types(const Change& change) {
    std::vector<EventType> types;
    for (const auto& event : change.events) types.push_back(event.type);
    return types;
  }
  Correction corrected(void (*edit)(Content&)) {
    Correction correction{.content = request().content, .citizen_hash = "hash"};
    edit(correction.content);
    return correction;
  }

  const Decider maryam_{.by = "مریم کریمی", .key = "desk-1", .note = "", .version = {}};
  const Decider zahra_{.by = "زهرا", .key = "desk-2", .note = "", .version = {}};
};

// --- review -------------------------------------------------------------------------------------------------------

TEST_F(DecisionsTest, What137RefusedWaitsForTheOfficerAndTheCitizenIsToldTheGatewaysCode) {
  refuse_into_review();
  EXPECT_EQ(state(), RegistrationState::in_review);
  EXPECT_EQ(request().registration.system, System::service_desk);
  EXPECT_EQ(handling().review_due, tehran_end(Calendar().days_after(tehran_date(start), 1))) << "the next day";
  EXPECT_TRUE(open(AttentionReason::review));
  ASSERT_EQ(record_.messages.size(), 1u);
  EXPECT_EQ(record_.messages[0].code, request().code.digits());
}

TEST_F(DecisionsTest, WhatRulesSendToTheDeskWaitsForTheOfficerToo) {
  policy_.desk_after_review = true;
  auto fresh_one = fresh();
  fresh_one.route.system = System::service_desk;
  const auto change = apply(received(fresh_one, policy_, at()));
  EXPECT_EQ(state(), RegistrationState::in_review);
  EXPECT_THAT(change.tasks, Not(Contains(Field(&Task::lane, Lane::service_desk))));
  EXPECT_THAT(change.messages, ElementsAre(Field(&Message::kind, MessageKind::holding)));
}

TEST_F(DecisionsTest, TheOfficerSendsItToTheDeskOrTo137UnderAnotherCategory) {
  refuse_into_review();
  const auto waiting = record_;
  const auto to_desk = apply(review(record_, {.decision = ReviewDecision::to_desk}, maryam_, policy_, at(hours(1))));
  EXPECT_EQ(state(), RegistrationState::waiting);
  EXPECT_THAT(to_desk.tasks, Contains(Field(&Task::lane, Lane::service_desk)));
  EXPECT_FALSE(open(AttentionReason::review));
  EXPECT_EQ(handling().review->by, "مریم کریمی");
  EXPECT_EQ(to_desk.events[0].actor.key, "desk-1");

  record_ = waiting;
  const auto to_137 = apply(review(record_, {.decision = ReviewDecision::to_137, .category = "asphalt"}, maryam_, policy_, at(hours(1))));
  EXPECT_EQ(request().registration.system, System::system137);
  EXPECT_EQ(request().content.category, "asphalt");
  EXPECT_EQ(request().route.category, "asphalt");
  EXPECT_THAT(to_137.tasks, Contains(Field(&Task::lane, Lane::system137)));
}

TEST_F(DecisionsTest, AnsweredDirectlyOrATwinItIsClosedAndRegisteredNowhere) {
  refuse_into_review();
  const auto waiting = record_;
  const auto change = apply(review(record_,
                                   {.decision = ReviewDecision::answered,
                                    .answer = {.channel = AnswerChannel::sms, .text = Sensitive<std::string>("با اداره برق تماس بگیرید")}},
                                   maryam_, policy_, at(hours(1))));
  EXPECT_EQ(state(), RegistrationState::closed);
  EXPECT_EQ(handling().closure->reason, CloseReason::answered);
  EXPECT_THAT(change.messages, ElementsAre(Field(&Message::kind, MessageKind::answer)));
  EXPECT_TRUE(is_answered(request()));
  EXPECT_FALSE(request().due);
  EXPECT_THAT(request().attention, IsEmpty());

  record_ = waiting;
  apply(review(record_, {.decision = ReviewDecision::twin, .twin = "other"}, maryam_, policy_, at(hours(1))));
  EXPECT_EQ(handling().closure->twin, "other");
}

TEST_F(DecisionsTest, OfTwoOfficersOneWins) {
  refuse_into_review();
  apply(review(record_, {.decision = ReviewDecision::to_desk}, maryam_, policy_, at(hours(1))));
  EXPECT_EQ(review(record_, {.decision = ReviewDecision::twin}, zahra_, policy_, at(hours(1))).error().code, "not_in_review");
  EXPECT_EQ(handling().review->by, "مریم کریمی");
}

TEST_F(DecisionsTest, AMissedReviewIsEscalatedOnceAndSettledByTheDecision) {
  refuse_into_review();
  const auto due = *handling().review_due;
  EXPECT_THAT(strike(due - minutes(1)), IsEmpty());
  EXPECT_THAT(strike(due), ElementsAre(EventType::deadline_missed, EventType::attention_raised));
  EXPECT_EQ(state(), RegistrationState::in_review);
  EXPECT_TRUE(open(AttentionReason::overdue));
  EXPECT_THAT(strike(due + day), IsEmpty());
  apply(review(record_, {.decision = ReviewDecision::to_desk}, maryam_, policy_, at(until(due) + day)));
  EXPECT_FALSE(open(AttentionReason::overdue));
}

TEST_F(DecisionsTest, AMissedReviewOfWhatIsAnsweredIsEscalatedOnceToo) {
  refuse_into_review();
  apply(answer(record_, {.channel = AnswerChannel::phone, .text = {}}, maryam_, policy_, at(hours(1))));
  const auto due = *handling().review_due;
  EXPECT_THAT(strike(due), ElementsAre(EventType::deadline_missed, EventType::attention_raised));
  EXPECT_TRUE(open(AttentionReason::overdue));
  EXPECT_THAT(strike(due + minutes(1)), IsEmpty());
  apply(review(record_, {.decision = ReviewDecision::to_desk}, maryam_, policy_, at(until(due) + day)));
  EXPECT_FALSE(open(AttentionReason::overdue));
}

TEST_F(DecisionsTest, AMissedReviewGoesToTheDeskByItselfOnlyWhereTheConfigurationSaysSo) {
  policy_.desk_when_review_missed = true;
  refuse_into_review();
  strike(*handling().review_due);
  EXPECT_EQ(state(), RegistrationState::waiting);
  EXPECT_FALSE(open(AttentionReason::overdue));
  EXPECT_FALSE(open(AttentionReason::review));
}

TEST_F(DecisionsTest, AfterARestoreTheDeskIsLookedAtBeforeTheOfficerSendsItThere) {
  refuse_into_review();
  auto when = at(hours(1));
  when.restored_at = start;
  apply(review(record_, {.decision = ReviewDecision::to_desk}, maryam_, policy_, when));
  EXPECT_EQ(state(), RegistrationState::uncertain);
}

// --- the time to answer -------------------------------------------------------------------------------------------

TEST_F(DecisionsTest, TheCitizenIsToBeAnsweredWithinThreeMonthsAndTheEndIsAnnouncedOnce) {
  register_and_write();
  ASSERT_TRUE(request().due);
  const auto due = *request().due;
  EXPECT_EQ(due, tehran_end(months_after(tehran_date(start), 3)));
  EXPECT_THAT(strike(due - policy_.approaching_before), ElementsAre(EventType::deadline_approaching));
  EXPECT_THAT(strike(due), ElementsAre(EventType::deadline_missed, EventType::attention_raised));
  EXPECT_TRUE(open(AttentionReason::overdue));
  const auto quiet = apply(clock_due(record_, policy_, at(until(due) + day)));
  EXPECT_THAT(quiet.events, IsEmpty());
  EXPECT_THAT(quiet.done, Contains(Field(&Task::lane, Lane::clock))) << "nothing more is announced";
  apply(answer(record_, {.channel = AnswerChannel::phone, .text = {}}, maryam_, policy_, at(until(due) + day)));
  EXPECT_FALSE(open(AttentionReason::overdue));
  EXPECT_FALSE(request().due);
}

TEST_F(DecisionsTest, AfterALongStopOnlyTheMissIsAnnounced) {
  register_and_write();
  EXPECT_THAT(strike(*request().due + day), ElementsAre(EventType::deadline_missed, EventType::attention_raised));
}

TEST_F(DecisionsTest, ANewHolidayMovesTheEndWhereWorkingDaysCount) {
  register_and_write();
  const auto due = *request().due;
  const std::chrono::sys_days last(tehran_date(due - hours(1)));
  policy_.calendar = [last] {
    Calendar calendar{.count = Calendar::Count::working_days};
    for (int more = 0; more < 5; ++more) calendar.closed.insert(last + std::chrono::days{more});
    return std::make_shared<const Calendar>(calendar);
  };
  EXPECT_THAT(strike(due - policy_.approaching_before), IsEmpty()) << "five days off came in between";
  EXPECT_GE(*request().due, due + 5 * day);
}

TEST_F(DecisionsTest, WhatASystemAnswersIsAnsweredAndWhatItReopensIsDueAgain) {
  register_and_write();
  apply(followed_up(record_, ProgressReport{.code = "1234", .progress = Progress::resolved, .words = "انجام شد"}, policy_, at(day)));
  EXPECT_TRUE(is_answered(request()));
  EXPECT_FALSE(request().due);
  apply(followed_up(record_, ProgressReport{.code = "1234", .progress = Progress::open, .words = "باز"}, policy_, at(100 * day)));
  EXPECT_EQ(request().follow_up.progress, Progress::reopened);
  EXPECT_EQ(request().due, start + 100 * day + policy_.reopened_due);
  apply(answer(record_, {.channel = AnswerChannel::in_person, .text = {}}, maryam_, policy_, at(101 * day)));
  EXPECT_FALSE(request().due);
}

TEST_F(DecisionsTest, TheCitizenIsTextedTheStepsThatHaveAText) {
  policy_.progress_texts[static_cast<std::size_t>(Progress::resolved)] = MessageTemplate::parse("انجام شد: {code}").value();
  register_and_write();
  auto when = at(day);
  when.random_bits = 0x1111;
  EXPECT_THAT(
      apply(followed_up(record_, ProgressReport{.code = "1234", .progress = Progress::in_progress, .words = ""}, policy_, when)).messages,
      IsEmpty());
  const auto change =
      apply(followed_up(record_, ProgressReport{.code = "1234", .progress = Progress::resolved, .words = ""}, policy_, when));
  ASSERT_EQ(change.messages.size(), 1u);
  EXPECT_EQ(change.messages[0].kind, MessageKind::progress);
  EXPECT_EQ(change.messages[0].text.reveal(), "انجام شد: ۱۲۳۴");
}

// --- assignment ---------------------------------------------------------------------------------------------------

TEST_F(DecisionsTest, AnAssignmentSetsUnitAndDueAndIsSentOn) {
  register_and_write();
  const Assigning assigning{.assignment = {.unit = "عمران", .due = tehran_date(start + 10 * day)}, .category = "asphalt"};
  const auto change = apply(assign(record_, assigning, maryam_, policy_, at(day)));
  EXPECT_EQ(request().due, tehran_end(tehran_date(start + 10 * day)));
  EXPECT_EQ(handling().assignment->by, "مریم کریمی");
  EXPECT_EQ(request().content.category, "asphalt");
  EXPECT_EQ(handling().amendment.state, AmendmentState::waiting);
  EXPECT_THAT(change.tasks, Contains(Field(&Task::amendment, true)));
  EXPECT_EQ(assign(record_, assigning, zahra_, policy_, at(2 * day)).error().code, "unchanged");
}

TEST_F(DecisionsTest, WhatNoRegistrationCarriesFollowsIt) {
  receive();
  apply(assign(record_, {.assignment = {.unit = "عمران"}, .category = "asphalt"}, maryam_, policy_, at()));
  apply(answer(record_, {.channel = AnswerChannel::phone, .text = {}}, maryam_, policy_, at()));
  apply(begin_call(record_, can_look_up_, policy_, at()));
  const auto registered = apply(call_registered(record_, "1234", policy_, at()));
  EXPECT_EQ(handling().amendment.fields, Fields(bit(salam::Field::unit) | bit(salam::Field::answer))) << "it went with its category";
  EXPECT_THAT(registered.tasks, Contains(Field(&Task::amendment, true)));
}

TEST_F(DecisionsTest, NothingIsToBeToldOfWhatWasClosedUnregistered) {
  receive();
  apply(assign(record_, {.assignment = {.unit = "عمران"}}, maryam_, policy_, at()));
  apply(withdraw(record_, maryam_, policy_, at()));
  EXPECT_EQ(handling().amendment.state, AmendmentState::none);
}

TEST_F(DecisionsTest, MoreTimeTakesItOffTheList) {
  register_and_write();
  const auto due = *request().due;
  strike(due);
  apply(assign(record_, {.assignment = {.unit = "عمران", .due = tehran_date(due + 9 * day)}}, maryam_, policy_, at(until(due) + day)));
  EXPECT_FALSE(open(AttentionReason::overdue));
  EXPECT_EQ(request().due_stage, DueStage::ahead);
}

TEST_F(DecisionsTest, NothingIsDueBeforeItsMeeting) {
  register_and_write();
  const Assigning early{.assignment = {.unit = "عمران", .due = tehran_date(start - day)}};
  EXPECT_EQ(assign(record_, early, maryam_, policy_, at()).error().code, "due_before_meeting");
}

TEST_F(DecisionsTest, ANoteForOfficersIsNotSentOn) {
  register_and_write();
  apply(assign(record_, {.assignment = {.unit = "عمران"}}, maryam_, policy_, at()));
  record_.request.handling.amendment = {};
  const auto change = apply(assign(record_, {.assignment = {.unit = "عمران", .note = "فوری"}}, maryam_, policy_, at()));
  EXPECT_THAT(change.tasks, Not(Contains(Field(&Task::amendment, true))));
}

// --- correction ---------------------------------------------------------------------------------------------------

TEST_F(DecisionsTest, ACorrectedNumberGetsTheCodeAtOnceAndTheOldOneNoMore) {
  const auto old = register_and_write();
  const auto correction = corrected([](Content& content) { content.citizen.mobile = Sensitive<std::string>("+989120000002"); });
  auto when = at(hours(1));
  when.random_bits = 0x777700;
  const auto change = apply(correct(record_, correction, maryam_, policy_, when));
  ASSERT_EQ(change.messages.size(), 2u);
  EXPECT_EQ(change.messages[0].id, old);
  EXPECT_EQ(change.messages[0].state, MessageState::failed);
  EXPECT_EQ(change.messages[1].mobile.reveal(), "+989120000002");
  EXPECT_EQ(change.messages[1].code, "1234");
  EXPECT_TRUE(change.messages[1].urgent);
  EXPECT_FALSE(open(AttentionReason::undelivered));
}

TEST_F(DecisionsTest, WhatTheWrongNumberGotDoesNotCountAsTold) {
  const auto old = register_and_write();
  apply(message_sent(record_, old, "first", "p1", policy_.delivery_first_poll, policy_, at()));
  const auto correction = corrected([](Content& content) { content.citizen.mobile = Sensitive<std::string>("+989120000002"); });
  auto when = at(hours(1));
  when.random_bits = 0x777700;
  apply(correct(record_, correction, maryam_, policy_, when));
  apply(message_delivered(record_, old, policy_, at(hours(1))));
  EXPECT_FALSE(request().told);
  apply(message_delivered(record_, record_.messages.back().id, policy_, at(hours(1))));
  EXPECT_TRUE(request().told);
}

TEST_F(DecisionsTest, WhatIsUnderWayToTheWrongNumberIsNotSentThereAgain) {
  const auto sending = register_and_write();
  apply(message_sending(record_, sending, "first", policy_, at()));
  const auto correction = corrected([](Content& content) { content.citizen.mobile = Sensitive<std::string>("+989120000002"); });
  auto when = at(hours(1));
  when.random_bits = 0x777700;
  apply(correct(record_, correction, maryam_, policy_, when));
  const auto corrected = record_;
  const auto later = apply(message_later(record_, sending, "busy", {}, policy_, at(hours(1))));
  EXPECT_EQ(record_.messages[0].state, MessageState::failed);
  EXPECT_THAT(later.tasks, Not(Contains(Field(&Task::message, sending))));
  record_ = corrected;
  apply(message_uncertain(record_, sending, "reset", minutes(1), policy_, at(hours(1))));
  EXPECT_EQ(record_.messages[0].state, MessageState::failed);
  EXPECT_FALSE(open(AttentionReason::undelivered));
}

TEST_F(DecisionsTest, WhatMayHaveGoneToTheWrongNumberIsAskedAfterNoMore) {
  const auto unsure = register_and_write();
  apply(message_uncertain(record_, unsure, "reset", minutes(1), policy_, at()));
  const auto correction = corrected([](Content& content) { content.citizen.mobile = Sensitive<std::string>("+989120000002"); });
  auto when = at(hours(1));
  when.random_bits = 0x777700;
  apply(correct(record_, correction, maryam_, policy_, when));
  EXPECT_EQ(record_.messages[0].state, MessageState::failed);
}

TEST_F(DecisionsTest, AnAnswerThatWasTextedToTheWrongNumberGoesToTheRightOne) {
  register_and_write();
  const GivenAnswer by_sms{.channel = AnswerChannel::sms, .text = Sensitive<std::string>("در برنامه است")};
  apply(answer(record_, by_sms, maryam_, policy_, at(hours(1))));
  const auto correction = corrected([](Content& content) { content.citizen.mobile = Sensitive<std::string>("+989120000002"); });
  auto when = at(hours(2));
  when.random_bits = 0x777700;
  apply(correct(record_, correction, maryam_, policy_, when));
  EXPECT_EQ(record_.messages.back().kind, MessageKind::answer);
  EXPECT_EQ(record_.messages.back().mobile.reveal(), "+989120000002");
}

TEST_F(DecisionsTest, ADeliveredAnswerDoesNotTellTheCode) {
  const auto code = register_and_write();
  apply(message_failed(record_, code, "blocked", policy_, at()));
  const GivenAnswer by_sms{.channel = AnswerChannel::sms, .text = Sensitive<std::string>("در برنامه است")};
  auto when = at(hours(1));
  when.random_bits = 0x777700;
  apply(answer(record_, by_sms, maryam_, policy_, when));
  apply(message_delivered(record_, record_.messages.back().id, policy_, at(hours(1))));
  EXPECT_TRUE(open(AttentionReason::undelivered));
  EXPECT_FALSE(request().told);
}

TEST_F(DecisionsTest, AnAnswerByTextDoesNotReplaceTheTextWithTheCode) {
  receive();
  const GivenAnswer by_sms{.channel = AnswerChannel::sms, .text = Sensitive<std::string>("در برنامه است")};
  apply(answer(record_, by_sms, maryam_, policy_, at()));
  const auto answered = record_;
  auto when = at(policy_.holding_after);
  when.random_bits = 0x777700;
  EXPECT_THAT(apply(clock_due(record_, policy_, when)).messages, ElementsAre(Field(&Message::kind, MessageKind::holding)));
  record_ = answered;
  EXPECT_THAT(apply(withdraw(record_, maryam_, policy_, when)).messages, ElementsAre(Field(&Message::kind, MessageKind::holding)));
}

TEST_F(DecisionsTest, ADeliveredCodeIsNoAnswer) {
  const auto code = register_and_write();
  const GivenAnswer by_sms{.channel = AnswerChannel::sms, .text = Sensitive<std::string>("در برنامه است")};
  auto when = at(hours(1));
  when.random_bits = 0x777700;
  apply(answer(record_, by_sms, maryam_, policy_, when));
  apply(message_failed(record_, record_.messages.back().id, "blocked", policy_, at(hours(1))));
  apply(message_delivered(record_, code, policy_, at(hours(1))));
  EXPECT_TRUE(request().told);
  EXPECT_TRUE(open(AttentionReason::undelivered));
}

TEST_F(DecisionsTest, ANumberThatIsNoneAnyMoreStandsOnTheList) {
  receive();
  apply(correct(record_, corrected([](Content& content) { content.citizen.mobile.reset(); }), maryam_, policy_, at()));
  EXPECT_TRUE(open(AttentionReason::no_contact));
}

TEST_F(DecisionsTest, ANumberThatIsNoneAnyMoreIsNoMatterWhereThePersonWasTold) {
  receive(false);
  const Settlement in_person{.action = SettleAction::handed_over, .by = "زهرا", .key = "k", .system = {}, .code = {}, .note = ""};
  apply(settle(record_, in_person, policy_, at()));
  apply(correct(record_, corrected([](Content& content) { content.citizen.mobile_as_written = Sensitive<std::string>("۰۳۱"); }), maryam_,
                policy_, at()));
  EXPECT_FALSE(open(AttentionReason::no_contact));
}

TEST_F(DecisionsTest, ACorrectionNamesItsFieldsAndIsSentOnOnlyWhereASystemMayKnowTheRequest) {
  receive();
  const auto edit = corrected([](Content& content) { content.subject = Sensitive<std::string>("لکه‌گیری"); });
  const auto before = apply(correct(record_, edit, maryam_, policy_, at()));
  EXPECT_EQ(before.events[0].details[0].second, "subject");
  EXPECT_EQ(handling().amendment.state, AmendmentState::none) << "it goes with the registration";
  apply(begin_call(record_, can_look_up_, policy_, at()));
  apply(correct(record_, corrected([](Content& content) { content.category = "asphalt"; }), maryam_, policy_, at()));
  EXPECT_EQ(handling().amendment.state, AmendmentState::waiting);
  const auto registered = apply(call_registered(record_, "1234", policy_, at()));
  EXPECT_THAT(registered.tasks, Contains(Field(&Task::amendment, true)));
}

TEST_F(DecisionsTest, WhatGoesOutAnewTakesItsCorrectionsWithIt) {
  call();
  apply(correct(record_, corrected([](Content& content) { content.category = "asphalt"; }), maryam_, policy_, at()));
  apply(call_later(record_, "503", {}, policy_, at()));
  apply(begin_call(record_, can_look_up_, policy_, at(hours(1))));
  EXPECT_EQ(handling().amendment.state, AmendmentState::none);
}

TEST_F(DecisionsTest, AStaleVersionChangesNothing) {
  register_and_write();
  record_.request.version = 5;
  auto stale = maryam_;
  stale.version = 4;
  const auto edit = corrected([](Content& content) { content.category = "asphalt"; });
  EXPECT_EQ(correct(record_, edit, stale, policy_, at()).error().code, "version_mismatch");
  EXPECT_EQ(withdraw(record_, stale, policy_, at()).error().code, "version_mismatch");
  EXPECT_EQ(correct(record_, corrected([](Content&) {}), maryam_, policy_, at()).error().code, "unchanged");
}

// --- answers, withdrawal ------------------------------------------------------------------------------------------

TEST_F(DecisionsTest, AnAnswerIsGivenOnceAndSentOn) {
  register_and_write();
  const GivenAnswer by_sms{.channel = AnswerChannel::sms, .text = Sensitive<std::string>("در برنامه است")};
  auto when = at(day);
  when.random_bits = 0x999900;
  const auto change = apply(answer(record_, by_sms, maryam_, policy_, when));
  EXPECT_THAT(types(change), ElementsAre(EventType::answered));
  ASSERT_EQ(change.messages.size(), 1u);
  EXPECT_EQ(change.messages[0].text.reveal(), "در برنامه است");
  EXPECT_TRUE(handling().amendment.fields.test(static_cast<std::size_t>(salam::Field::answer)));
  EXPECT_EQ(answer(record_, by_sms, zahra_, policy_, at(day)).error().code, "already_answered");
  apply(message_delivered(record_, change.messages[0].id, policy_, at(day)));
  EXPECT_FALSE(request().told) << "it carried no code";
}

TEST_F(DecisionsTest, WithoutANumberNothingIsTexted) {
  receive(false);
  EXPECT_EQ(answer(record_, {.channel = AnswerChannel::sms, .text = Sensitive<std::string>("x")}, maryam_, policy_, at()).error().code,
            "no_mobile");
}

TEST_F(DecisionsTest, WhatIsWithdrawnIsClosedOrItsSystemTold) {
  receive();
  const auto waiting = record_;
  const auto change = apply(withdraw(record_, maryam_, policy_, at()));
  EXPECT_EQ(state(), RegistrationState::closed);
  EXPECT_THAT(change.done, Contains(Field(&Task::lane, Lane::system137)));
  EXPECT_THAT(change.messages, ElementsAre(Field(&Message::kind, MessageKind::holding))) << "no request without its code";
  EXPECT_EQ(withdraw(record_, zahra_, policy_, at()).error().code, "already_closed");

  record_ = waiting;
  apply(begin_call(record_, can_look_up_, policy_, at()));
  EXPECT_EQ(withdraw(record_, maryam_, policy_, at()).error().code, "registration_under_way");
  apply(call_registered(record_, "1234", policy_, at()));
  apply(withdraw(record_, maryam_, policy_, at()));
  EXPECT_EQ(state(), RegistrationState::registered) << "there it stands";
  EXPECT_EQ(handling().closure->reason, CloseReason::withdrawn);
  EXPECT_EQ(handling().amendment.state, AmendmentState::waiting);
}

TEST_F(DecisionsTest, WhatAnUnclearAnswerMayHaveRegisteredIsNotWithdrawnBeforeThatIsSettled) {
  call();
  apply(call_unclear(record_, "302", policy_, at()));
  EXPECT_EQ(withdraw(record_, maryam_, policy_, at()).error().code, "registration_under_way");
  EXPECT_FALSE(handling().closure);
}

}  // namespace
}  // namespace salam::lifecycle
