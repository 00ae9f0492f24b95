#include "gateway/domain/amendments.h"
#include "gateway/domain/decisions.h"
#include "tests/unit/domain/lifecycle_fixture.h"

/// Attachments that come when the request is on its way, or there already.
namespace salam::lifecycle {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;

class LateAttachmentsTest : public LifecycleTest {
 protected:
  /// As the store does it: the transition sees the request with the attachment.
  Change attach(bool complete = false) {
    ++record_.request.attachments;
    return apply(attached(record_, complete, policy_, at()));
  }
  std::string attach_in_vain(bool complete = false) {
    ++record_.request.attachments;
    const auto result = attached(record_, complete, policy_, at());
    return result ? "something came of it" : result.error().code;
  }
  void assign_to(const std::string& unit) {
    apply(assign(record_, {.assignment = {.unit = unit}}, {.by = "زهرا", .key = "k", .note = "", .version = {}}, policy_, at()));
  }
  void settle_as(SettleAction action, const std::string& code = "") {
    apply(settle(record_, {.action = action, .by = "زهرا", .key = "k", .system = {}, .code = code, .note = ""}, policy_, at()));
  }
  Change begin(const AmendmentPower& power) { return apply(begin_amendment(record_, power, policy_, at())); }
  void begin() { begin(takes_them_); }
  void done() { apply(amendment_done(record_, policy_, at())); }

  const Amendment& amendment() const { return record_.request.handling.amendment; }
  int told() const { return record_.request.handling.attachments_told; }

  const Fields attachments_{bit(salam::Field::attachments)};
  const Fields unit_{bit(salam::Field::unit)};
  const AmendmentPower takes_them_{.possible = true, .sets_values = true, .attachments = true};
  const AmendmentPower has_no_place_{.possible = true, .sets_values = true, .attachments = false};
  const AmendmentPower by_hand_{};
};

TEST_F(LateAttachmentsTest, BeforeTheFirstCallGoWithIt) {
  policy_.wait_for_attachments = seconds(30);
  receive();
  EXPECT_EQ(attach_in_vain(), "unchanged") << "it waits for more";
  const auto version = record_.request.version;
  const auto change = attach(true);
  EXPECT_TRUE(change.tasks_only);
  EXPECT_THAT(change.tasks, ElementsAre(Field(&Task::due, start)));
  EXPECT_EQ(record_.request.version, version);
  apply(begin_call(record_, can_look_up_, policy_, at()));
  apply(call_registered(record_, "1234", policy_, at()));
  EXPECT_EQ(told(), 2);
  EXPECT_EQ(amendment().state, AmendmentState::none);
}

TEST_F(LateAttachmentsTest, BetweenTwoCallsGoWithTheSecondAndLeaveItsBackoffAlone) {
  call();
  apply(call_later(record_, "HTTP 503", {}, policy_, at()));
  EXPECT_EQ(attach_in_vain(true), "unchanged");
  apply(begin_call(record_, can_look_up_, policy_, at()));
  EXPECT_EQ(told(), 1);
}

TEST_F(LateAttachmentsTest, AfterTheRegistrationAreTold) {
  register_and_write();
  const auto change = attach();
  EXPECT_EQ(amendment().state, AmendmentState::waiting);
  EXPECT_EQ(amendment().fields, attachments_);
  EXPECT_THAT(change.tasks, ElementsAre(Field(&Task::amendment, true)));
  begin();
  EXPECT_EQ(amendment().attachments, 1);
  done();
  EXPECT_EQ(told(), 1);
  EXPECT_EQ(amendment().state, AmendmentState::none);
}

TEST_F(LateAttachmentsTest, ThatComeWhileOneWaitsGoTogether) {
  register_and_write();
  attach();
  attach();
  EXPECT_EQ(amendment().number, 1);
  begin();
  EXPECT_EQ(amendment().attachments, 2);
  done();
  EXPECT_EQ(told(), 2);
}

TEST_F(LateAttachmentsTest, ThatComeDuringACallGoWithTheNext) {
  register_and_write();
  attach();
  begin();
  attach();
  done();
  EXPECT_EQ(told(), 1) << "of the second the call knew nothing";
  EXPECT_EQ(amendment().state, AmendmentState::waiting);
  EXPECT_EQ(amendment().number, 2);
  begin();
  done();
  EXPECT_EQ(told(), 2);
}

TEST_F(LateAttachmentsTest, TooLateForTheCallThatRegisteredItFollowIt) {
  const auto follows = [this] {
    EXPECT_EQ(amendment().state, AmendmentState::waiting);
    EXPECT_EQ(amendment().fields, attachments_);
    EXPECT_EQ(told(), 1) << "with the call went the first one";
  };
  receive();
  ++record_.request.attachments;
  apply(begin_call(record_, can_look_up_, policy_, at()));
  const auto calling = record_;
  attach();
  EXPECT_THAT(apply(call_registered(record_, "1234", policy_, at())).tasks, Contains(Field(&Task::amendment, true)));
  follows();

  record_ = calling;
  apply(call_pending(record_, "token", policy_, at()));
  attach();
  EXPECT_THAT(apply(poll_registered(record_, "1234", policy_, at())).tasks, Contains(Field(&Task::amendment, true)));
  follows();

  record_ = calling;
  apply(call_uncertain(record_, "reset", can_look_up_, policy_, at()));
  attach();
  const auto uncertain = record_;
  apply(lookup_found(record_, "1234", policy_, at()));
  follows();

  record_ = uncertain;
  apply(lookup_absent(record_, start + hours(1), can_look_up_, policy_, at(hours(1))));
  apply(begin_call(record_, can_look_up_, policy_, at(hours(1))));
  apply(call_registered(record_, "1234", policy_, at(hours(1))));
  EXPECT_EQ(amendment().state, AmendmentState::none) << "sent again, it took along all there were";
  EXPECT_EQ(told(), 2);

  record_ = calling;
  apply(call_by_hand(record_, policy_, at()));
  attach();
  settle_as(SettleAction::registered, "1234");
  follows();

  record_ = calling;
  apply(call_unclear(record_, "HTTP 302", policy_, at()));
  attach();
  settle_as(SettleAction::registered, "1234");
  follows();
}

TEST_F(LateAttachmentsTest, OfARequestThatWentToTheDeskGoWithTheCallThere) {
  receive();
  apply(begin_call(record_, can_look_up_, policy_, at()));
  attach();
  apply(call_refused(record_, "not ours", policy_, at()));
  EXPECT_EQ(attach_in_vain(), "unchanged");
  apply(begin_call(record_, can_look_up_, policy_, at()));
  apply(call_registered(record_, "SD-1", policy_, at()));
  EXPECT_EQ(told(), 2);
  EXPECT_EQ(amendment().state, AmendmentState::none);
}

TEST_F(LateAttachmentsTest, GoAloneAfterTheRest) {
  register_and_write();
  assign_to("عمران");
  attach();
  EXPECT_EQ(amendment().number, 1);
  begin();
  EXPECT_EQ(amendment().under_way, unit_);
  apply(amendment_later(record_, "503", {}, policy_, at()));
  begin();
  EXPECT_EQ(amendment().number, 1) << "it says the same";
  EXPECT_EQ(amendment().under_way, unit_);
  done();
  EXPECT_EQ(told(), 0);
  EXPECT_EQ(amendment().number, 2);
  begin();
  EXPECT_EQ(amendment().under_way, attachments_);
  done();
  EXPECT_EQ(told(), 1);
}

TEST_F(LateAttachmentsTest, ThatMayStandThereAreToldAgainAsTheyWereBeforeAnythingElse) {
  register_and_write();
  attach();
  begin();
  apply(amendment_uncertain(record_, "reset", takes_them_, policy_, at()));
  attach();
  assign_to("عمران");
  begin();
  EXPECT_EQ(amendment().number, 1);
  EXPECT_EQ(amendment().under_way, attachments_);
  EXPECT_EQ(amendment().attachments, 1) << "the second is none of number 1";
  done();
  EXPECT_EQ(told(), 1);
  begin();
  EXPECT_EQ(amendment().under_way, unit_);
  done();
  begin();
  done();
  EXPECT_EQ(told(), 2);
}

TEST_F(LateAttachmentsTest, ThatAreKnownNotToStandThereLetTheRestGoFirst) {
  const AmendmentPower looks_up{.possible = true, .lookup = true, .proved = true, .attachments = true};
  register_and_write();
  attach();
  begin(looks_up);
  apply(amendment_uncertain(record_, "reset", looks_up, policy_, at()));
  assign_to("عمران");
  apply(amendment_absent(record_, start, looks_up, policy_, at()));
  begin(looks_up);
  EXPECT_EQ(amendment().number, 2) << "number 1 may be asked after, and says something else";
  EXPECT_EQ(amendment().under_way, unit_);
  EXPECT_EQ(amendment().fields, attachments_);
  done();
  begin(looks_up);
  done();
  EXPECT_EQ(told(), 1);
}

TEST_F(LateAttachmentsTest, ThatNeverGetAnAnswerLetTheRestGoFirstAtLast) {
  register_and_write();
  attach();
  assign_to("عمران");
  begin();
  done();
  begin();
  assign_to("خدمات شهری");
  int calls = 0;
  for (; calls < 100 && amendment().under_way == attachments_; ++calls) {
    apply(amendment_uncertain(record_, "HTTP 500", takes_them_, policy_, at()));
    begin();
  }
  EXPECT_EQ(calls, 10);
  EXPECT_EQ(amendment().under_way, unit_);
}

TEST_F(LateAttachmentsTest, ThatAreRefusedHoldNothingElseUp) {
  register_and_write();
  attach();
  begin();
  apply(amendment_held(record_, "refused", policy_, at()));
  EXPECT_TRUE(open(AttentionReason::amend));
  assign_to("عمران");
  begin();
  EXPECT_EQ(amendment().under_way, unit_);
  done();
  EXPECT_EQ(amendment().fields, attachments_) << "they are tried once more, after it";
}

TEST_F(LateAttachmentsTest, OfASystemWorkedByHandAreOneItemOnTheList) {
  register_and_write();
  attach();
  const auto held = begin(by_hand_);
  ASSERT_EQ(held.raised.size(), 1u);
  EXPECT_EQ(held.raised[0].detail, "it has new attachments, and its system can only be told by hand");
  const auto another = attach();
  EXPECT_THAT(another.raised, IsEmpty());
  EXPECT_THAT(another.settled, IsEmpty());
  EXPECT_THAT(another.tasks, IsEmpty());
  EXPECT_EQ(amendment().number, 2) << "number 1, if it stands there, says less";
  EXPECT_EQ(amendment().state, AmendmentState::held);
  settle_as(SettleAction::dealt_with);
  EXPECT_EQ(told(), 2);
  EXPECT_FALSE(open(AttentionReason::amend));
  attach();
  EXPECT_EQ(begin(by_hand_).raised.size(), 1u) << "opened again";
}

TEST_F(LateAttachmentsTest, AreSeenByWhoeverIsToTellTheRestByHand) {
  register_and_write();
  assign_to("عمران");
  begin(by_hand_);
  attach();
  EXPECT_EQ(amendment().fields, unit_ | attachments_);
  EXPECT_EQ(amendment().state, AmendmentState::held);
  settle_as(SettleAction::send_again);
  begin();
  done();
  begin();
  done();
  EXPECT_EQ(told(), 1);
}

TEST_F(LateAttachmentsTest, AreNotToldToASystemWithoutAPlaceForThem) {
  register_and_write();
  attach();
  const auto nothing = begin(has_no_place_);
  EXPECT_THAT(nothing.done, Contains(Field(&Task::amendment, true)));
  EXPECT_THAT(nothing.events, IsEmpty());
  EXPECT_EQ(amendment(), Amendment{});
  EXPECT_EQ(told(), 1);
  assign_to("عمران");
  attach();
  begin(has_no_place_);
  EXPECT_EQ(amendment().under_way, unit_);
  done();
  EXPECT_EQ(amendment().state, AmendmentState::none);
  EXPECT_EQ(amendment().number, 1);
}

TEST_F(LateAttachmentsTest, ThatCannotBeHandedOnAreLeftOut) {
  register_and_write();
  attach();
  EXPECT_EQ(amendment_left_out(record_, policy_, at()).error().code, "overtaken") << "no call was begun";
  begin();
  attach();
  const auto change = apply(amendment_left_out(record_, policy_, at()));
  EXPECT_THAT(change.events, IsEmpty()) << "its system was told nothing";
  EXPECT_EQ(told(), 1);
  EXPECT_EQ(amendment().state, AmendmentState::waiting) << "the next may go";
  begin();
  apply(amendment_left_out(record_, policy_, at()));
  EXPECT_EQ(amendment().state, AmendmentState::none);
}

TEST_F(LateAttachmentsTest, OfWhatAPersonClosedStay) {
  register_and_write();
  apply(withdraw(record_, {.by = "زهرا", .key = "k", .note = "", .version = {}}, policy_, at()));
  EXPECT_EQ(attach_in_vain(), "unchanged");
  receive();
  record_.request.attachments = 0;
  apply(withdraw(record_, {.by = "زهرا", .key = "k", .note = "", .version = {}}, policy_, at()));
  EXPECT_EQ(attach_in_vain(true), "unchanged");
}

TEST_F(LateAttachmentsTest, AfterARestoreAreToldOnce) {
  auto when = at();
  when.restored_at = start;
  const SinceBackup since{.registered = {}, .texts_deduplicated = true};
  receive();
  ++record_.request.attachments;
  apply(after_restore(record_, since, policy_, when));
  apply(lookup_found(record_, "1234", policy_, at()));
  EXPECT_EQ(told(), 1) << "what it was registered by since carried it";

  assign_to("عمران");
  attach();
  apply(after_restore(record_, since, policy_, when));
  EXPECT_EQ(amendment().under_way, unit_) << "its number says no more";
  apply(amendment_found(record_, policy_, at()));
  EXPECT_EQ(amendment().fields, attachments_);
  apply(after_restore(record_, since, policy_, when));
  apply(amendment_found(record_, policy_, at()));
  EXPECT_EQ(told(), 2);
  EXPECT_EQ(amendment().state, AmendmentState::none);
}

}  // namespace
}  // namespace salam::lifecycle
