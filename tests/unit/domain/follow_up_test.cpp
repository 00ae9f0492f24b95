#include "tests/unit/domain/lifecycle_fixture.h"

namespace salam::lifecycle {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;

class FollowUpTest : public LifecycleTest {
 protected:
  FollowUpTest() {
    policy_.follow_ups[0].asked = true;
    register_and_write();
  }
  Progress progress() const { return record_.request.follow_up.progress; }
  /// A report as of some time after the registration.
  Change report(std::optional<Progress> progress, std::optional<Milliseconds> after = {}, std::string words = {}) {
    const auto when = after ? std::optional(start + *after) : std::nullopt;
    return apply(followed_up(
        record_, ProgressReport{.code = "1234", .progress = progress, .declined = !progress, .words = std::move(words), .at = when},
        policy_, at(hours(100))));
  }
};

TEST_F(FollowUpTest, ARegisteredRequestIsAskedAfter) {
  receive();
  apply(begin_call(record_, can_look_up_, policy_, at()));
  const auto change = apply(call_registered(record_, "1234", policy_, at()));
  EXPECT_THAT(change.tasks, Contains(Field(&Task::lane, Lane::status137)));
  policy_.follow_ups[0].asked = false;
  receive();
  apply(begin_call(record_, can_look_up_, policy_, at()));
  EXPECT_THAT(apply(call_registered(record_, "1234", policy_, at())).tasks, Not(Contains(Field(&Task::lane, Lane::status137))));
}

TEST_F(FollowUpTest, NewsAreAnEventAndKeepTheSystemsWordsOutOfIt) {
  const auto change = report(Progress::in_progress, hours(1), "به آقای رضایی ارجاع شد");
  EXPECT_EQ(progress(), Progress::in_progress);
  EXPECT_EQ(record_.request.follow_up.words, "به آقای رضایی ارجاع شد");
  EXPECT_EQ(record_.request.follow_up.changed_at, start + hours(1));
  ASSERT_THAT(change.events, ElementsAre(Field(&Event::type, EventType::progressed)));
  EXPECT_THAT(change.events[0].details, ElementsAre(std::pair<std::string, std::string>("code", "1234"),
                                                    std::pair<std::string, std::string>("progress", "in_progress")));
  EXPECT_FALSE(change.tasks_only);
}

TEST_F(FollowUpTest, ReportsThatRepeatOrComeOutOfOrderChangeNothing) {
  report(Progress::resolved, hours(5));
  for (const auto& change : {report(Progress::resolved, hours(5)), report(Progress::in_progress, hours(2)), report(Progress::resolved)}) {
    EXPECT_THAT(change.events, IsEmpty());
    EXPECT_TRUE(change.tasks_only);
  }
  EXPECT_EQ(progress(), Progress::resolved);
}

TEST_F(FollowUpTest, WhatGoesOnAfterItsEndWasReopened) {
  for (const auto end : {Progress::resolved, Progress::cannot_be_done, Progress::answered}) {
    report(end);
    report(Progress::open);
    EXPECT_EQ(progress(), Progress::reopened);
    EXPECT_TRUE(report(Progress::open).tasks_only) << "it is still the same";
    report(Progress::in_progress);
    EXPECT_EQ(progress(), Progress::in_progress);
  }
}

TEST_F(FollowUpTest, WhatTheSystemCallsNotItsOwnGoesToAPersonOnce) {
  report(Progress::in_progress, hours(1));
  const auto declined = report({}, hours(2), "not_councils_responsibility");
  EXPECT_TRUE(open(AttentionReason::declined));
  EXPECT_EQ(progress(), Progress::in_progress) << "it never changes system by itself";
  EXPECT_THAT(declined.events, ElementsAre(Field(&Event::type, EventType::attention_raised)));
  apply(settle(record_, {.action = SettleAction::dealt_with, .by = "زهرا", .system = {}, .code = {}, .note = "به آب و فاضلاب گفته شد"},
               policy_, at()));
  EXPECT_FALSE(open(AttentionReason::declined));
  EXPECT_TRUE(report({}, hours(2), "not_councils_responsibility").tasks_only);
  EXPECT_FALSE(open(AttentionReason::declined));
}

TEST_F(FollowUpTest, WhatIsTakenUpAgainIsNoLongerAPersons) {
  report({}, hours(1), "referred");
  report(Progress::in_progress, hours(2));
  EXPECT_FALSE(open(AttentionReason::declined));
}

TEST_F(FollowUpTest, AnOldRequestIsAskedAfterRarelyAndAnEndedOneNoMore) {
  const auto next = [&](Milliseconds after) {
    const auto change = apply(followed_up(record_, {}, policy_, at(after)));
    return change.tasks.empty() ? Milliseconds{0} : change.tasks[0].due - (start + after);
  };
  EXPECT_EQ(next(minutes(5)), hours(1));
  EXPECT_EQ(next(hours(6)), hours(6));
  EXPECT_EQ(next(hours(2'000)), hours(12));
  report(Progress::resolved);
  EXPECT_EQ(next(hours(100) + hours(24)), hours(12)) << "it may be reopened";
  EXPECT_EQ(next(hours(100) + hours(24 * 31)), Milliseconds{0});
}

TEST_F(FollowUpTest, NewsThatAreAnnouncedAreAskedForAtOnce) {
  const auto change = apply(follow_up_now(record_, policy_, at()));
  EXPECT_TRUE(change.tasks_only);
  EXPECT_THAT(change.tasks, ElementsAre(Field(&Task::due, start)));
  policy_.follow_ups[0].asked = false;
  EXPECT_EQ(follow_up_now(record_, policy_, at()).error().code, "unchanged");
}

TEST_F(FollowUpTest, WhatIsNotRegisteredIsNotFollowed) {
  receive();
  EXPECT_EQ(followed_up(record_, {}, policy_, at()).error().code, "overtaken");
  EXPECT_EQ(follow_up_now(record_, policy_, at()).error().code, "overtaken");
}

}  // namespace
}  // namespace salam::lifecycle
