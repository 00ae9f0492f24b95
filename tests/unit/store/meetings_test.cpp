#include "tests/unit/store/support.h"

namespace salam::store::test {
namespace {

using testing::FieldsAre;
using testing::Pair;
using testing::UnorderedElementsAre;

Date day(std::string_view text) { return parse_day(text).value(); }

/// 2026-09-21 in the evening stands on the clock; the meeting `m1` is on 2026-11-24 (1405/09/03).
class MeetingRecords : public OpenStore {
 protected:
  Result<StepOutcome> done(const MeetingStepDone& done) const {
    return Calls::wait<Result<StepOutcome>>([&](const auto& handler) { store_->step_done(done, handler); });
  }
  static MeetingStepDone step(MeetingStep step, std::string by = "زهرا", std::string note = "") {
    return {.meeting = "m1", .step = step, .by = std::move(by), .at = {}, .note = std::move(note), .key = "office"};
  }
  Announced announced() const {
    return Calls::wait<Result<Announced>>([&](const auto& handler) { store_->announce_deadlines(handler); }).value();
  }
  void count_by(Calendar calendar) {
    store_->count_deadlines({.calendar = std::make_shared<const Calendar>(std::move(calendar)), .approaching_before = 48h});
    EXPECT_TRUE(calls().put(meeting("other")).ok()) << "what is queued behind it waits for it";
  }
  void go_to(std::string_view date, Milliseconds in_day = 0ms) {
    clock_.advance(tehran_end(day(date)) - std::chrono::days(1) + in_day - clock_.now());
  }
  Deadline deadline(MeetingStep step, std::string_view id = "m1") const {
    return store_->meeting_record(id)->deadlines.at(static_cast<std::size_t>(step));
  }
  std::vector<std::string> due_list(const DeadlineFilter& filter, std::int64_t after = 0, int limit = 100) const {
    std::vector<std::string> list;
    for (const auto& one : store_->deadlines(filter, after, limit)) {
      list.push_back(one.meeting.id + " " + std::string(to_string(one.deadline.step)));
    }
    return list;
  }
  std::vector<std::string> events() const {
    std::vector<std::string> found;
    for (const auto& event : store_->outbox(0, 100)) {
      found.push_back(event.aggregate + ":" + std::to_string(event.sequence) + " " +
                      event.type.substr(std::string_view("ir.isfahan.mardomsalam.").size()));
    }
    return found;
  }
};

TEST_F(MeetingRecords, KeepManagerAddresseesAndInviteesUntilOthersArePut) {
  auto put = meeting();
  put.manager = "رضا کریمی";
  put.addressees = {{"شهردار", "معاون خدمات شهری"}};
  put.invitees = {{"مریم", "\"علی\""}};
  ASSERT_TRUE(calls().put(put).ok());
  EXPECT_EQ(store_->meeting_record("m1")->meeting, put);
  ASSERT_TRUE(calls().put(meeting()).ok());
  EXPECT_EQ(store_->meeting_record("m1")->meeting, put) << "an app that knows of none takes none away";
  auto other = meeting();
  other.manager = "";
  other.invitees = std::vector<std::string>{};
  ASSERT_TRUE(calls().put(other).ok());
  const auto kept = store_->meeting_record("m1")->meeting;
  EXPECT_EQ(kept.manager, "");
  EXPECT_EQ(kept.addressees, put.addressees);
  EXPECT_EQ(kept.invitees, std::vector<std::string>{});
  start();
  EXPECT_EQ(store_->meeting_record("m1")->meeting, kept);
  EXPECT_EQ(store_->meeting_record("m9"), std::nullopt);
}

TEST_F(MeetingRecords, AreListedFromTheNewestDateOn) {
  auto put = [&](std::string id, std::string_view date, int region) {
    auto one = meeting(std::move(id));
    one.date = day(date);
    one.region = Region::from_number(region).value();
    ASSERT_TRUE(calls().put(one).ok());
  };
  put("a", "1405/09/17", 3);
  put("b", "1405/08/20", 5);
  put("c", "1405/09/17", 5);
  const auto list = [&](std::optional<Region> region, std::int64_t after, int limit) {
    std::vector<std::string> ids;
    for (const auto& record : store_->meetings(region, after, limit)) {
      EXPECT_THAT(record.deadlines, SizeIs(5));
      ids.push_back(record.meeting.id);
    }
    return ids;
  };
  EXPECT_THAT(list({}, 0, 10), ElementsAre("c", "a", "m1", "b"));
  EXPECT_THAT(list({}, 0, 2), ElementsAre("c", "a"));
  EXPECT_THAT(list({}, store_->meeting_record("a")->key, 2), ElementsAre("m1", "b"));
  EXPECT_THAT(list(Region::from_number(5), 0, 10), ElementsAre("c", "m1", "b"));
  EXPECT_THAT(list(Region::from_number(5), store_->meeting_record("m1")->key, 10), ElementsAre("b"));
}

TEST_F(MeetingRecords, HaveDeadlinesFromTheFirst) {
  EXPECT_THAT(store_->meeting_record("m1")->deadlines,
              ElementsAre(FieldsAre(MeetingStep::registered, tehran_end(day("1405/09/04")), DueStage::ahead, std::nullopt),
                          FieldsAre(MeetingStep::sorted, tehran_end(day("1405/09/10")), DueStage::ahead, std::nullopt),
                          FieldsAre(MeetingStep::letter_sent, tehran_end(day("1405/09/10")), DueStage::ahead, std::nullopt),
                          FieldsAre(MeetingStep::progress_reported, tehran_end(day("1405/10/03")), DueStage::ahead, std::nullopt),
                          FieldsAre(MeetingStep::results_shown, tehran_end(day("1405/12/03")), DueStage::ahead, std::nullopt)));
}

TEST_F(MeetingRecords, DeadlinesMoveWithDateAndCalendar) {
  auto later = meeting();
  later.date = day("1405/09/17");
  ASSERT_TRUE(calls().put(later).ok());
  EXPECT_EQ(deadline(MeetingStep::registered).due, tehran_end(day("1405/09/18")));
  Calendar calendar{.count = Calendar::Count::working_days};
  calendar.closed.insert(day("1405/09/18"));
  count_by(calendar);
  EXPECT_EQ(deadline(MeetingStep::registered).due, tehran_end(day("1405/09/19")));
  EXPECT_EQ(deadline(MeetingStep::registered, "other").due, tehran_end(day("1405/09/04"))) << "put after it, by the same calendar";
}

TEST_F(MeetingRecords, ADeadlineThatIsMetNeitherMovesNorIsLateAfterwards) {
  go_to("1405/09/04");
  ASSERT_TRUE(done(step(MeetingStep::registered)).ok());
  Calendar calendar{.count = Calendar::Count::working_days};
  calendar.closed.insert(day("1405/09/04"));
  count_by(calendar);
  EXPECT_EQ(deadline(MeetingStep::registered).due, tehran_end(day("1405/09/04")));
  EXPECT_FALSE(is_late(deadline(MeetingStep::registered)));
}

TEST_F(MeetingRecords, AStepIsDoneByTheFirstWhoSaysSo) {
  go_to("1405/09/09");
  const auto first = done(step(MeetingStep::letter_sent, "زهرا", "نامهٔ ۱۲۳"));
  EXPECT_EQ(first->how, StepOutcome::How::first);
  EXPECT_EQ(first->deadline.met, (DeadlineMet{.by = "زهرا", .at = clock_.now(), .note = "نامهٔ ۱۲۳"}));
  clock_.advance(1h);
  EXPECT_EQ(done(step(MeetingStep::letter_sent, "زهرا", "نامهٔ ۱۲۳"))->how, StepOutcome::How::replayed);
  const auto second = done(step(MeetingStep::letter_sent, "رضا", "نامهٔ ۱۲۳"));
  EXPECT_EQ(second->how, StepOutcome::How::taken);
  EXPECT_EQ(second->deadline, first->deadline);
  EXPECT_EQ(done(step(MeetingStep::letter_sent, "زهرا", "نامهٔ ۱۲۴"))->how, StepOutcome::How::taken);
  auto at_another_time = step(MeetingStep::letter_sent, "زهرا", "نامهٔ ۱۲۳");
  at_another_time.at = clock_.now();
  EXPECT_EQ(done(at_another_time)->how, StepOutcome::How::taken);
  at_another_time.at = first->deadline.met->at;
  EXPECT_EQ(done(at_another_time)->how, StepOutcome::How::replayed);
  auto elsewhere = step(MeetingStep::letter_sent);
  elsewhere.meeting = "m9";
  EXPECT_EQ(done(elsewhere).error().code, "meeting_not_found");
  EXPECT_THAT(events(), ElementsAre("m1:1 meeting.deadline_met.v1")) << "once";
  start();
  EXPECT_EQ(deadline(MeetingStep::letter_sent), first->deadline);
}

TEST_F(MeetingRecords, EachDeadlineIsAnnouncedOnceAsItNearsAndOnceAsItIsMissed) {
  const auto first = announced();
  EXPECT_THAT(first.deadlines, IsEmpty());
  EXPECT_EQ(first.next, tehran_end(day("1405/09/04")) - 48h);
  go_to("1405/09/03");
  const auto near = announced();
  EXPECT_THAT(near.deadlines, ElementsAre(Pair(MeetingStep::registered, DueStage::approaching)));
  EXPECT_EQ(near.next, tehran_end(day("1405/09/04")));
  EXPECT_THAT(announced().deadlines, IsEmpty());
  start();
  EXPECT_THAT(announced().deadlines, IsEmpty()) << "nor after a restart";
  go_to("1405/09/05");
  EXPECT_THAT(announced().deadlines, ElementsAre(Pair(MeetingStep::registered, DueStage::missed)));
  EXPECT_THAT(announced().deadlines, IsEmpty());
  EXPECT_THAT(events(), ElementsAre("m1:1 deadline.approaching.v1", "m1:2 deadline.missed.v1"));
}

TEST_F(MeetingRecords, WhatPassedWhileTheGatewayWasDownIsMissedAtOnce) {
  store_.reset();
  go_to("1405/09/11");
  start();
  EXPECT_THAT(announced().deadlines,
              UnorderedElementsAre(Pair(MeetingStep::registered, DueStage::missed), Pair(MeetingStep::sorted, DueStage::missed),
                                   Pair(MeetingStep::letter_sent, DueStage::missed)));
  EXPECT_THAT(events(), SizeIs(3));
}

TEST_F(MeetingRecords, NothingIsAnnouncedOfAStepThatIsDone) {
  ASSERT_TRUE(done(step(MeetingStep::registered)).ok());
  go_to("1405/09/05");
  EXPECT_THAT(announced().deadlines, IsEmpty());
  EXPECT_EQ(announced().next, tehran_end(day("1405/09/10")) - 48h);
}

TEST_F(MeetingRecords, AClockThatIsSetBackAnnouncesNothingTwice) {
  go_to("1405/09/05");
  EXPECT_THAT(announced().deadlines, SizeIs(1));
  clock_.advance(-25h);
  EXPECT_THAT(announced().deadlines, IsEmpty());
  clock_.advance(25h);
  EXPECT_THAT(announced().deadlines, IsEmpty());
}

TEST_F(MeetingRecords, ADeadlineThatWasMissedByAWrongDateIsAnnouncedAnewByTheRightOne) {
  auto wrong = meeting();
  wrong.date = day("1404/09/03");
  ASSERT_TRUE(calls().put(wrong).ok());
  EXPECT_THAT(announced().deadlines, SizeIs(5));
  ASSERT_TRUE(calls().put(meeting()).ok());
  EXPECT_THAT(announced().deadlines, IsEmpty());
  go_to("1405/09/05");
  EXPECT_THAT(announced().deadlines, ElementsAre(Pair(MeetingStep::registered, DueStage::missed)));
}

TEST_F(MeetingRecords, MoreThanOneTransactionHoldsIsAnnouncedInSeveral) {
  for (int number = 0; number < 60; ++number) {
    ASSERT_TRUE(calls().put(meeting("many-" + std::to_string(number))).ok());
  }
  go_to("1405/12/10");
  std::size_t all = 0;
  for (auto some = announced(); !some.deadlines.empty(); some = announced()) {
    EXPECT_EQ(some.next.has_value() && *some.next <= clock_.now(), all + some.deadlines.size() < 305U);
    all += some.deadlines.size();
  }
  EXPECT_EQ(all, 305U);
}

TEST_F(MeetingRecords, DeadlinesAreListedByWhenTheyAreDue) {
  auto before = meeting("before");
  before.date = day("1405/08/20");
  before.region = Region::from_number(3).value();
  before.manager = "رضا کریمی";
  ASSERT_TRUE(calls().put(before).ok());
  go_to("1405/08/25");
  ASSERT_TRUE(done(step(MeetingStep::registered)).ok());
  EXPECT_THAT(due_list({}, 0, 3), ElementsAre("before registered", "before sorted", "before letter_sent"));
  const auto third = store_->deadlines({}, 0, 3).back().id;
  EXPECT_THAT(due_list({}, third, 2), ElementsAre("m1 registered", "m1 sorted"));
  EXPECT_THAT(due_list({.state = DeadlineState::met}), ElementsAre("m1 registered"));
  EXPECT_THAT(due_list({.state = DeadlineState::missed}), ElementsAre("before registered"));
  EXPECT_THAT(due_list({.state = DeadlineState::open}, 0, 2), ElementsAre("before sorted", "before letter_sent"));
  EXPECT_THAT(due_list({.region = Region::from_number(5), .step = MeetingStep::sorted}), ElementsAre("m1 sorted"));
  EXPECT_THAT(due_list({.officer = "رضا کریمی"}),
              ElementsAre("before sorted", "before letter_sent", "before progress_reported", "before results_shown"));
  EXPECT_THAT(due_list({.state = DeadlineState::open, .officer = "زهرا"}), IsEmpty());
}

TEST_F(MeetingRecords, DeadlinesAreCountedByStepAndState) {
  go_to("1405/09/06");
  ASSERT_TRUE(done(step(MeetingStep::results_shown)).ok());
  EXPECT_THAT(store_->deadline_counts(), UnorderedElementsAre(FieldsAre(MeetingStep::registered, DeadlineState::missed, 1),
                                                              FieldsAre(MeetingStep::sorted, DeadlineState::open, 1),
                                                              FieldsAre(MeetingStep::letter_sent, DeadlineState::open, 1),
                                                              FieldsAre(MeetingStep::progress_reported, DeadlineState::open, 1),
                                                              FieldsAre(MeetingStep::results_shown, DeadlineState::met, 1)));
}

TEST_F(MeetingRecords, EventsStandInTheOutboxAmongThoseOfRequests) {
  const auto request = calls().accepted(intake("1")).request.id.to_string();
  ASSERT_TRUE(done(step(MeetingStep::sorted)).ok());
  const auto other = calls().accepted(intake("2")).request.id.to_string();
  ASSERT_TRUE(done(step(MeetingStep::letter_sent)).ok());
  EXPECT_THAT(events(), ElementsAre(request + ":1 request.received.v1", "m1:1 meeting.deadline_met.v1", other + ":1 request.received.v1",
                                    "m1:2 meeting.deadline_met.v1"));
}

TEST_F(MeetingRecords, AreAuditedForEventsThatAreMissing) {
  ASSERT_TRUE(done(step(MeetingStep::sorted)).ok());
  ASSERT_TRUE(done(step(MeetingStep::letter_sent)).ok());
  EXPECT_EQ(audit(directory_.database(), evening)->findings_total, 0);
  Database(directory_.database(), Database::Access::write).execute("DELETE FROM events WHERE sequence = 1");
  const auto report = audit(directory_.database(), evening).value();
  ASSERT_THAT(report.findings, SizeIs(1));
  EXPECT_EQ(report.findings[0].request, "m1");
  EXPECT_EQ(report.findings[0].code, "");
  EXPECT_THAT(report.findings[0].what, testing::HasSubstr("1 of 2"));
}

}  // namespace
}  // namespace salam::store::test
