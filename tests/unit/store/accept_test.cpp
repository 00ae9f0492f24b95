#include <deque>
#include <latch>

#include "tests/unit/store/support.h"

namespace salam::store::test {
namespace {

class Accept : public OpenStore {};
class AcceptBatch : public WriterAlone {};

TEST_F(Accept, GivesKeyIdCodeAndTimeAndKeepsEverythingThatCame) {
  const auto outcome = calls().accept(intake("12/4", 2));

  const auto& [record, tasks] = std::get<Accepted>(outcome);
  const auto stored = store_->find(record.request.id).value().request;
  EXPECT_EQ(stored.key, record.request.key);
  EXPECT_EQ(stored.code, record.request.code);
  EXPECT_EQ(stored.form_item, (FormItem{"m1", "12/4", 2}));
  EXPECT_EQ(stored.received_at, evening);
  EXPECT_EQ(stored.received_from, "tablet");
  EXPECT_EQ(stored.content, intake("12/4").content);
  EXPECT_EQ(stored.route.rule, "default");
  EXPECT_EQ(stored.route.category, "asphalt");
  EXPECT_EQ(stored.citizen_hash, "abc");
  EXPECT_EQ(stored.version, 1);
  EXPECT_EQ(stored.sequence, 1);
  EXPECT_EQ(store_->original(stored.key), R"({"form":"original"})");
  ASSERT_THAT(tasks, SizeIs(1));
  EXPECT_GT(tasks[0].id, 0);
  EXPECT_EQ(tasks[0].request, stored.key);
}

TEST_F(Accept, WritesTheFirstEventInTheSameTransaction) {
  const auto record = calls().accepted(intake("1"));

  const auto events = store_->outbox(0, 10);
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_EQ(events[0].aggregate, record.request.id.to_string());
  EXPECT_EQ(events[0].sequence, 1);
  EXPECT_EQ(events[0].type, cloud_event_type(EventType::received));
  EXPECT_EQ(events[0].time, to_rfc3339(evening));
  EXPECT_EQ(events[0].traceparent, record.request.traceparent);
  EXPECT_THAT(events[0].data, testing::HasSubstr(record.request.code.digits()));
}

TEST_F(Accept, AnswersTheSameContentWithTheSameRequest) {
  const auto first = calls().accepted(intake("1"));
  const auto second = calls().accept(intake("1"));

  EXPECT_EQ(std::get<Replayed>(second).record.request.id, first.request.id);
  EXPECT_EQ(store_->counts().requests, 1);
}

TEST_F(Accept, AnswersOtherContentWithTheConflictAndWhatWasSentFirst) {
  const auto first = calls().accepted(intake("1"));
  const auto second = calls().accept(intake("1", 1, "v1:b"));

  const auto& conflict = std::get<Conflict>(second);
  EXPECT_EQ(conflict.record.request.id, first.request.id);
  EXPECT_EQ(conflict.original, R"({"form":"original"})");
}

TEST_F(Accept, TakesOtherItemsAndOtherMeetingsOfTheSameFormForOtherRequests) {
  ASSERT_TRUE(calls().put(meeting("m2")).ok());
  calls().accepted(intake("1", 1));
  calls().accepted(intake("1", 2));
  calls().accepted(intake("1", 1, "v1:a", "m2"));
  EXPECT_EQ(store_->counts().requests, 3);
}

TEST_F(Accept, RefusesAnUnknownMeeting) {
  const auto outcome = calls().accept(intake("1", 1, "v1:a", "nowhere"));
  EXPECT_EQ(std::get<Error>(outcome).code, "unknown_meeting");
}

TEST_F(Accept, RefusesMoreThanTheQueueHolds) {
  start({.max_queue = 2});
  std::latch writer_held(1);
  std::latch go_on(1);
  std::latch answered(4);
  store_->accept(intake("1"), [&](const AcceptOutcome&) {
    writer_held.count_down();
    go_on.wait();
    answered.count_down();
  });
  writer_held.wait();
  const auto taken = [&](const AcceptOutcome& outcome) {
    EXPECT_TRUE(std::holds_alternative<Accepted>(outcome));
    answered.count_down();
  };
  store_->accept(intake("2"), taken);
  store_->accept(intake("3"), taken);
  EXPECT_EQ(std::get<Error>(calls().accept(intake("4"))).code, "overloaded");
  store_->update(1, changing([](Change&) {}), [&](const UpdateOutcome& outcome) {
    EXPECT_TRUE(outcome.ok()) << "what the pipeline learnt has room of its own";
    answered.count_down();
  });
  go_on.count_down();
  answered.wait();
}

TEST_F(Accept, RefusesOnceItWasClosed) {
  store_->close();
  EXPECT_EQ(std::get<Error>(calls().accept(intake("1"))).code, "shutting_down");
}

TEST_F(AcceptBatch, FindsReplayAndConflictWithinTheSameBatch) {
  const auto batch = apply(accepting(intake("1")), accepting(intake("1")), accepting(intake("1", 1, "v1:b")), accepting(intake("2")));

  const auto& first = std::get<Accepted>(accepted(batch[0])).record.request;
  EXPECT_EQ(std::get<Replayed>(accepted(batch[1])).record.request.id, first.id);
  EXPECT_EQ(std::get<Conflict>(accepted(batch[2])).record.request.id, first.id);
  EXPECT_NE(std::get<Accepted>(accepted(batch[3])).record.request.id, first.id);
}

TEST_F(AcceptBatch, KeepsTheOthersWhereOneFirstChangeThrows) {
  auto broken = intake("2");
  broken.first_change = [](const Request&) -> Change { throw std::runtime_error("defect"); };

  const auto batch = apply(accepting(intake("1")), accepting(std::move(broken)), accepting(intake("3")));

  EXPECT_TRUE(std::holds_alternative<Accepted>(accepted(batch[0])));
  EXPECT_EQ(std::get<Error>(accepted(batch[1])).code, "internal");
  EXPECT_TRUE(std::holds_alternative<Accepted>(accepted(batch[2])));
  EXPECT_EQ(database_.number("SELECT count(*) FROM requests"), 2);
}

class ScriptedRandom : public Random {
 public:
  explicit ScriptedRandom(std::deque<std::uint64_t> script) : script_(std::move(script)) {}
  std::uint64_t bits() override {
    const auto next = script_.front();
    script_.pop_front();
    return next;
  }
  [[nodiscard]] std::size_t left() const { return script_.size(); }

 private:
  std::deque<std::uint64_t> script_;
};

TEST_F(AcceptBatch, DrawsAnotherCodeWhereTheFirstIsTaken) {
  constexpr std::uint64_t code = 77'777'777;
  constexpr std::uint64_t other = 88'888'888;
  ScriptedRandom scripted({1, 2, code, 3, 4, code, other});  // Two words for an id, one for each code.
  writer_.emplace(database_, settings_, clock_, scripted);

  const auto batch = apply(accepting(intake("1")), accepting(intake("2")));

  EXPECT_EQ(std::get<Accepted>(accepted(batch[0])).record.request.code, TrackingCode::from_random(code));
  EXPECT_EQ(std::get<Accepted>(accepted(batch[1])).record.request.code, TrackingCode::from_random(other));
  EXPECT_EQ(scripted.left(), 0U);
}

class Meetings : public OpenStore {};

TEST_F(Meetings, AreCreatedOnceAndReplacedAfterwards) {
  auto changed = meeting("m9");
  EXPECT_TRUE(calls().put(changed).value());
  changed.mosque = "مسجد سید";
  changed.region = Region::from_number(16).value();
  EXPECT_FALSE(calls().put(changed).value());
  EXPECT_EQ(store_->meeting("m9"), changed);
  EXPECT_EQ(store_->meeting("m10"), std::nullopt);
}

TEST_F(Meetings, KeepRegionAndDateOnceTheyHaveRequests) {
  calls().accepted(intake("1"));
  auto renamed = meeting();
  renamed.mosque = "مسجد سید";
  EXPECT_FALSE(calls().put(renamed).value());

  auto moved = renamed;
  moved.region = Region::from_number(1).value();
  EXPECT_EQ(calls().put(moved).error().code, "meeting_has_requests");
  EXPECT_EQ(store_->meeting("m1"), renamed);
}

}  // namespace
}  // namespace salam::store::test
