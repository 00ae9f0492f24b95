#include "gateway/domain/lifecycle.h"
#include "gateway/store/backup.h"
#include "gateway/store/restore.h"
#include "tests/unit/store/support.h"

namespace salam::store::test {
namespace {

using testing::HasSubstr;

/// The results of the meeting `m1` are shown on 1405/12/01.
class Invitations : public OpenStore {
 protected:
  static Invitation draft(std::string text = "بیایید") {
    return {
        .session = {.date = parse_day("1405/12/01").value(), .time = "18:30", .place = "مسجد جامع"}, .text = std::move(text), .by = "زهرا"};
  }
  InvitationOutcome put(Invitation invitation, const std::string& meeting_id = "m1") const {
    return Calls::wait<InvitationOutcome>([&](const auto& handler) { store_->put_invitation(meeting_id, invitation, handler); });
  }
  InvitationOutcome approve(std::int64_t version, const std::string& key = "", const std::string& meeting_id = "m1") {
    const IdempotentAnswer identity{.caller = "office", .key = key.empty() ? std::to_string(++keys_) : key, .fingerprint = "f", .body = {}};
    const ApprovingInvitation approving{.meeting = meeting_id, .version = version, .by = "رضا", .key = "office"};
    return Calls::wait<InvitationOutcome>([&](const auto& handler) {
      store_->approve_invitation(
          approving, identity,
          [](IdempotentAnswer kept, const InvitationRecord& record) {
            kept.status = 200;
            kept.body = std::to_string(record.counts.to_invite);
            return kept;
          },
          handler);
    });
  }
  Invited write() {
    return Calls::wait<Result<Invited>>([&](const auto& handler) { store_->write_invitations(invite(), handler); }).value();
  }
  Invite invite() {
    return [this](const Record& record, const std::string& text) {
      return lifecycle::invite(record, text, policy_, {.now = clock_.now(), .random_bits = random_.bits()});
    };
  }
  /// Steps until nothing is left; how many messages they wrote.
  std::size_t write_all() {
    std::size_t written = 0;
    for (bool more = true; more;) {
      const auto step = write();
      written += step.tasks.size();
      more = step.more;
    }
    return written;
  }
  Request take(const std::string& form, const std::string& mobile, int item = 1) {
    auto one = intake(form, item, "v1:" + form + std::to_string(item));
    if (mobile.empty()) {
      one.content.citizen.mobile.reset();
    } else {
      one.content.citizen.mobile = Sensitive<std::string>(mobile);
    }
    return calls().accepted(std::move(one)).request;
  }
  void take_many(int count) {
    for (int number = 0; number < count; ++number) {
      take(std::to_string(number), "+98913" + std::to_string(1'000'000 + number));
    }
  }
  std::vector<Message> invitations_of(const Request& request) const {
    auto messages = store_->find(request.key)->messages;
    std::erase_if(messages, [](const Message& message) { return message.kind != MessageKind::invitation; });
    return messages;
  }
  void withdraw(const Request& request) {
    const auto done = calls().update(request.key, [this](const Record& record) {
      Change change{.after = record.request};
      change.after.handling.closure = Closure{.reason = CloseReason::withdrawn, .twin = {}, .by = "زهرا", .at = clock_.now()};
      return Result<Change>(change);
    });
    EXPECT_TRUE(done.ok());
  }
  void correct(const Request& request, const std::string& mobile) {
    const auto done =
        calls().update(request.key, [&](Change& change) { change.after.content.citizen.mobile = Sensitive<std::string>(mobile); });
    EXPECT_TRUE(done.ok());
  }
  void end_message(const Request& request, MessageState state) {
    auto message = invitations_of(request).at(0);
    message.state = state;
    EXPECT_TRUE(calls().update(request.key, [&](Change& change) { change.messages.push_back(message); }).ok());
  }
  InvitationCounts counts() const { return store_->invitation("m1")->counts; }

  lifecycle::Policy policy_;
  int keys_ = 0;
};

TEST_F(Invitations, ADraftIsKeptAndInvitesNobody) {
  EXPECT_EQ(store_->invitation("m1"), std::nullopt);
  EXPECT_EQ(put(draft(), "m9").error().code, "meeting_not_found");
  take("1", "+989131111111");
  const auto first = put(draft()).value();
  EXPECT_EQ(first.version, 1);
  EXPECT_EQ(first.draft, draft());
  EXPECT_EQ(first.approved, std::nullopt);
  EXPECT_EQ(first.counts.to_invite, 1);
  EXPECT_EQ(put(draft())->version, 1) << "it says the same";
  auto later = draft();
  later.session.time = "19:00";
  EXPECT_EQ(put(later)->version, 2);
  EXPECT_EQ(put(draft("بیایید ای دوستان"))->version, 3);
  start();
  EXPECT_EQ(store_->invitation("m1")->draft, draft("بیایید ای دوستان"));
  EXPECT_EQ(write_all(), 0U);
}

TEST_F(Invitations, EachNumberIsInvitedOnceAtItsFirstRequest) {
  const auto one = take("1", "+989131111111");
  const auto same = take("2", "+989131111111");
  const auto other = take("3", "+989132222222");
  const auto silent = take("4", "");
  const auto withdrawn = take("5", "+989133333333");
  withdraw(withdrawn);
  ASSERT_EQ(put(draft())->counts, (InvitationCounts{.to_invite = 2, .without_number = 1}));
  const auto approved = approve(1).value();
  EXPECT_EQ(approved.approved, (InvitationApproval{.by = "رضا", .at = clock_.now(), .text = "بیایید"}));
  EXPECT_EQ(approved.counts.to_invite, 2);
  EXPECT_EQ(write_all(), 2U);
  ASSERT_THAT(invitations_of(one), SizeIs(1));
  EXPECT_EQ(invitations_of(one)[0].text.reveal(), "بیایید");
  EXPECT_EQ(invitations_of(one)[0].mobile.reveal(), "+989131111111");
  EXPECT_THAT(invitations_of(same), IsEmpty());
  EXPECT_THAT(invitations_of(other), SizeIs(1));
  EXPECT_THAT(invitations_of(silent), IsEmpty());
  EXPECT_THAT(invitations_of(withdrawn), IsEmpty());
  EXPECT_EQ(counts(), (InvitationCounts{.without_number = 1, .queued = 2}));
}

TEST_F(Invitations, AnotherApprovalReachesOnlyNewNumbers) {
  const auto one = take("1", "+989131111111");
  ASSERT_TRUE(put(draft()).ok());
  ASSERT_TRUE(approve(1).ok());
  EXPECT_EQ(write_all(), 1U);
  EXPECT_EQ(approve(1).error().code, "nobody_to_invite");
  EXPECT_EQ(put(draft("متن دیگر"))->version, 2);
  EXPECT_EQ(approve(2).error().code, "nobody_to_invite");
  EXPECT_EQ(store_->invitation("m1")->approved->text, "بیایید");
  const auto late = take("2", "+989132222222");
  take("3", "+989131111111");
  ASSERT_TRUE(approve(2).ok());
  EXPECT_EQ(write_all(), 1U);
  EXPECT_THAT(invitations_of(one), SizeIs(1));
  EXPECT_EQ(invitations_of(late).at(0).text.reveal(), "متن دیگر");
  EXPECT_EQ(store_->invitation("m1")->approved->text, "متن دیگر");
}

TEST_F(Invitations, WhatIsApprovedIsWhatWasRead) {
  take("1", "+989131111111");
  EXPECT_EQ(approve(1, "", "m9").error().code, "meeting_not_found");
  EXPECT_EQ(approve(1).error().code, "invitation_not_found");
  ASSERT_TRUE(put(draft()).ok());
  ASSERT_TRUE(put(draft("متن دیگر")).ok());
  EXPECT_EQ(approve(1).error().code, "version_mismatch");
  EXPECT_EQ(approve(0).error().code, "version_mismatch");
  clock_.advance(tehran_end(draft().session.date) + 1ms - clock_.now());
  EXPECT_EQ(approve(2).error().code, "invitation_date_past");
  clock_.advance(-1ms);
  EXPECT_TRUE(approve(2).ok());
}

TEST_F(Invitations, AnAnswerIsKeptUnderItsKey) {
  take("1", "+989131111111");
  ASSERT_TRUE(put(draft()).ok());
  ASSERT_TRUE(approve(1, "k").ok());
  EXPECT_EQ(approve(1, "k").error().code, "answer_kept");
  EXPECT_EQ(store_->answered("office", "k")->body, "1");
}

TEST_F(Invitations, AnAnswerThatCannotBeMadeLeavesEverythingAsItWas) {
  take("1", "+989131111111");
  ASSERT_TRUE(put(draft()).ok());
  const auto outcome = Calls::wait<InvitationOutcome>([&](const auto& handler) {
    store_->approve_invitation(
        {.meeting = "m1", .version = 1, .by = "رضا", .key = {}}, {.caller = "office", .key = "k", .fingerprint = {}, .body = {}},
        [](const IdempotentAnswer&, const InvitationRecord&) -> IdempotentAnswer { throw std::runtime_error("defect"); }, handler);
  });
  EXPECT_EQ(outcome.error().code, "internal");
  EXPECT_EQ(store_->invitation("m1")->approved, std::nullopt);
  EXPECT_EQ(write_all(), 0U);
}

TEST_F(Invitations, HundredsAreWrittenInSeveralTransactionsAndGoOnAfterARestart) {
  take_many(120);
  ASSERT_TRUE(put(draft()).ok());
  ASSERT_TRUE(approve(1).ok());
  const auto first = write();
  EXPECT_THAT(first.tasks, SizeIs(50));
  EXPECT_TRUE(first.more);
  start();
  EXPECT_EQ(counts(), (InvitationCounts{.to_invite = 70, .queued = 50}));
  EXPECT_EQ(write_all(), 70U);
  EXPECT_EQ(counts(), (InvitationCounts{.queued = 120}));
  start();
  EXPECT_EQ(write_all(), 0U);
}

TEST_F(Invitations, ExactlyAsManyAsATransactionHoldsEndToo) {
  take_many(50);
  ASSERT_TRUE(put(draft()).ok());
  ASSERT_TRUE(approve(1).ok());
  EXPECT_EQ(write_all(), 50U);
  EXPECT_FALSE(write().more);
}

TEST_F(Invitations, WhatComesInBetweenIsInvitedToo) {
  take_many(60);
  ASSERT_TRUE(put(draft()).ok());
  ASSERT_TRUE(approve(1).ok());
  write();
  const auto late = take("late", "+989139999999");
  withdraw(store_->list({.meeting = "m1", .form = "59"}, 0, 1).at(0).request);
  EXPECT_EQ(write_all(), 10U);
  EXPECT_THAT(invitations_of(late), SizeIs(1));
}

TEST_F(Invitations, ADefectOfOneLeavesNobodyElseOut) {
  const auto one = take("1", "+989131111111");
  const auto other = take("2", "+989132222222");
  ASSERT_TRUE(put(draft()).ok());
  ASSERT_TRUE(approve(1).ok());
  const auto written = Calls::wait<Result<Invited>>([&](const auto& handler) {
    store_->write_invitations(
        [&](const Record& record, const std::string& text) {
          return record.request.key == one.key ? Result<Change>(Error{"no_mobile", "a defect"}) : invite()(record, text);
        },
        handler);
  });
  EXPECT_THAT(written->tasks, SizeIs(1));
  EXPECT_FALSE(written->more);
  EXPECT_THAT(invitations_of(other), SizeIs(1));
  EXPECT_EQ(counts().to_invite, 1) << "it shows, and can be approved again";
}

TEST_F(Invitations, ANumberWhoseTextWasDroppedByACorrectionIsStillToBeInvited) {
  const auto one = take("1", "+989131111111");
  const auto same = take("2", "+989131111111");
  ASSERT_TRUE(put(draft()).ok());
  ASSERT_TRUE(approve(1).ok());
  EXPECT_EQ(write_all(), 1U);
  end_message(one, MessageState::failed);
  EXPECT_EQ(counts(), (InvitationCounts{.failed = 1})) << "it failed of itself: not again";
  correct(one, "+989134444444");
  EXPECT_EQ(counts().to_invite, 2);
  ASSERT_TRUE(approve(1).ok());
  EXPECT_EQ(write_all(), 2U);
  EXPECT_THAT(invitations_of(one), SizeIs(2));
  EXPECT_THAT(invitations_of(same), SizeIs(1));
}

TEST_F(Invitations, AreCountedByWhatBecameOfThem) {
  std::vector<Request> requests;
  for (int number = 0; number < 6; ++number) {
    requests.push_back(take(std::to_string(number), "+98913" + std::to_string(1'000'000 + number)));
  }
  ASSERT_TRUE(put(draft()).ok());
  ASSERT_TRUE(approve(1).ok());
  ASSERT_EQ(write_all(), 6U);
  const std::array states{MessageState::sending, MessageState::sent, MessageState::delivered, MessageState::failed,
                          MessageState::uncertain};
  for (std::size_t i = 0; i < states.size(); ++i) {
    end_message(requests.at(i), states.at(i));
  }
  EXPECT_EQ(counts(), (InvitationCounts{.queued = 2, .sent = 1, .delivered = 1, .failed = 1, .uncertain = 1}));
}

TEST_F(Invitations, TheApprovalIsAnEventOfTheMeeting) {
  take("1", "+989131111111");
  ASSERT_TRUE(put(draft()).ok());
  ASSERT_TRUE(approve(1).ok());
  const auto event = store_->outbox(0, 100).back();
  EXPECT_EQ(event.aggregate, "m1");
  EXPECT_EQ(event.sequence, 1);
  EXPECT_EQ(event.type, "ir.isfahan.mardomsalam.meeting.invitation_approved.v1");
  EXPECT_THAT(event.data, HasSubstr(R"("invited":1)"));
  EXPECT_THAT(event.data, testing::Not(HasSubstr("رضا")));
}

TEST_F(Invitations, AreAuditedUntilTheyAreWrittenToAll) {
  take("1", "+989131111111");
  ASSERT_TRUE(put(draft()).ok());
  ASSERT_TRUE(approve(1).ok());
  EXPECT_EQ(audit(directory_.database(), clock_.now())->findings_total, 0);
  const auto late = audit(directory_.database(), clock_.now() + 11min).value();
  ASSERT_THAT(late.findings, SizeIs(1));
  EXPECT_EQ(late.findings[0].request, "m1");
  EXPECT_THAT(late.findings[0].what, HasSubstr("invitation"));
  write_all();
  EXPECT_EQ(audit(directory_.database(), clock_.now() + 11min)->findings_total, 0);
}

TEST_F(Invitations, AnInvitationOnItsWaySeesToNoCode) {
  const auto one = take("1", "+989131111111");
  ASSERT_TRUE(put(draft()).ok());
  ASSERT_TRUE(approve(1).ok());
  write_all();
  ASSERT_TRUE(calls().update(one.key, [](Change& change) { change.done.push_back(registration_task()); }).ok());
  const auto report = audit(directory_.database(), clock_.now()).value();
  EXPECT_THAT(report.findings, testing::Contains(testing::Field(&AuditFinding::what, HasSubstr("was not told the code"))));
}

TEST_F(Invitations, AreNotGoneOnWithAfterARestore) {
  const auto quiet = [](std::string_view, std::uint64_t, std::uint64_t) {};
  const auto file = directory_.database() + ".backup";
  take_many(60);
  ASSERT_TRUE(put(draft()).ok());
  ASSERT_TRUE(approve(1).ok());
  write();
  ASSERT_TRUE(backup(directory_.database(), file, false, clock_, quiet).ok());
  write_all();
  store_.reset();
  auto restoration = Restoration::begin({.path = directory_.database()}, file, clock_, random_, quiet).value();
  ASSERT_TRUE(restoration->put_in_place().ok());
  restoration.reset();
  start();
  EXPECT_EQ(write_all(), 0U) << "the others may have been invited since";
  EXPECT_EQ(counts(), (InvitationCounts{.to_invite = 10, .queued = 50}));
  ASSERT_TRUE(approve(1).ok());
  EXPECT_EQ(write_all(), 10U) << "a person decided so";
}

}  // namespace
}  // namespace salam::store::test
