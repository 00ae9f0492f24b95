#include "gateway/pipeline/meeting_watch.h"

#include <gtest/gtest.h>
#include <prometheus/text_serializer.h>

#include "tests/unit/pipeline/driver_fixture.h"

namespace salam::pipeline {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

/// A meeting on the executor's own day, in front of a real store.
class Watch : public testing::Test {
 protected:
  Watch() : folder_(temporary_folder()) {
    open();
    put("m", tehran_date(executor_.now()));
    settle();
  }
  ~Watch() override {
    close();
    std::filesystem::remove_all(folder_);
  }

  static std::filesystem::path temporary_folder() {
    std::string name = (std::filesystem::temp_directory_path() / "salam-watch-XXXXXX").string();
    return ::mkdtemp(name.data());
  }

  void open() {
    store_ = store::open({.path = (folder_ / "salam.db").string()}, executor_, random_).value();
    watch_.emplace(MeetingWatch::World{.store = *store_, .clock = executor_, .executor = executor_}, metrics_.emplace());
    watch_->start();
    settle();
  }
  void close() {
    settle();
    executor_.forget_timers();
    store_->close();
    watch_.reset();
    store_.reset();
  }
  void put(std::string id, Date date) {
    std::atomic<bool> put = false;
    store_->put_meeting({.id = std::move(id), .region = Region::from_number(3).value(), .mosque = "مسجد جامع", .date = date},
                        [&](const Result<bool>&) {
                          watch_->deadlines_changed();
                          put = true;
                        });
    EXPECT_TRUE(executor_.run_until([&] { return put.load(); }));
  }
  void done(MeetingStep step, std::string meeting = "m") {
    std::atomic<bool> done = false;
    store_->step_done({.meeting = std::move(meeting), .step = step, .by = "زهرا", .at = {}, .note = {}, .key = {}},
                      [&](const Result<store::StepOutcome>&) { done = true; });
    while (!done) std::this_thread::yield();
  }
  /// Runs until the watch waits for its timer: what it asked of the store is answered before what is asked after it.
  void settle() {
    for (int look = 0; look < 3; ++look) {
      EXPECT_TRUE(executor_.run_until([&] { return !executor_.has_work(); }));
      done(MeetingStep::registered, "none");
    }
    EXPECT_TRUE(executor_.run_until([&] { return !executor_.has_work(); }));
  }
  void pass(Milliseconds time, Milliseconds step = minutes(10)) {
    for (auto passed = Milliseconds(0); passed < time; passed += step) {
      executor_.pass(std::min(step, time - passed));
      settle();
    }
  }
  std::vector<std::string> announced() {
    std::vector<std::string> found;
    for (const auto& event : store_->outbox(0, 100)) {
      const auto what = event.data.substr(event.data.find("\"what\":\"") + 8);
      found.push_back(event.aggregate + ' ' + what.substr(0, what.find('"')) +
                      (event.type.find("missed") == std::string::npos ? " approaches" : " missed"));
    }
    return found;
  }
  Timestamp due(MeetingStep step) { return store_->meeting_record("m")->deadlines.at(static_cast<std::size_t>(step)).due; }
  std::string metrics() { return prometheus::TextSerializer().Serialize(metrics_->Collect()); }

  std::filesystem::path folder_;
  ManualExecutor executor_;
  CountingRandom random_;
  std::optional<prometheus::Registry> metrics_;
  std::unique_ptr<store::Store> store_;
  std::optional<MeetingWatch> watch_;
};

TEST_F(Watch, AnnouncesWhatIsNearAtOnceAndTheRestInItsTime) {
  EXPECT_THAT(announced(), ElementsAre("m registered approaches"));
  const auto missed = due(MeetingStep::registered);
  pass(missed - executor_.now() - minutes(1));
  EXPECT_THAT(announced(), SizeIs(1));
  pass(minutes(1), minutes(1));
  EXPECT_THAT(announced(), ElementsAre("m registered approaches", "m registered missed"));
  EXPECT_THAT(metrics(), HasSubstr("salam_meeting_deadlines_missed_total{step=\"registered\"} 1"));
  pass(due(MeetingStep::sorted) - hours(48) - executor_.now());
  EXPECT_THAT(announced(), SizeIs(4));
  pass(hours(24 * 95), minutes(60));
  EXPECT_THAT(announced(), SizeIs(10)) << "each of the five, twice";
}

TEST_F(Watch, AnnouncesNothingOfWhatIsDone) {
  for (const auto step : meeting_steps) done(step);
  pass(hours(24 * 95), minutes(60));
  EXPECT_THAT(metrics(), HasSubstr("salam_meeting_deadlines_missed_total{step=\"registered\"} 0"));
  std::size_t missed = 0;
  for (const auto& event : store_->outbox(0, 100)) missed += event.type.find("missed") != std::string::npos ? 1 : 0;
  EXPECT_EQ(missed, 0U);
}

TEST_F(Watch, GoesOnAfterARestart) {
  close();
  executor_.pass(hours(72));
  open();
  EXPECT_THAT(announced(), ElementsAre("m registered approaches", "m registered missed"));
  close();
  open();
  EXPECT_THAT(announced(), SizeIs(2));
}

TEST_F(Watch, LooksAnewWhenAMeetingIsPut) {
  pass(hours(72), minutes(60));
  EXPECT_THAT(announced(), SizeIs(2));
  put("n", tehran_date(executor_.now()));
  settle();
  EXPECT_THAT(announced(), ElementsAre("m registered approaches", "m registered missed", "n registered approaches"));
}

TEST_F(Watch, SleepsAnHourAtMostAndHasOneTimer) {
  for (int i = 0; i < 20; ++i) watch_->deadlines_changed();
  settle();
  EXPECT_EQ(executor_.timers(), 1U);
  for (const auto step : meeting_steps) done(step);
  pass(hours(100), minutes(60));
  put("n", tehran_date(executor_.now() - hours(24 * 200)));
  settle();
  EXPECT_THAT(announced(), SizeIs(11));
  EXPECT_EQ(executor_.timers(), 1U);
}

TEST_F(Watch, IsNotMisledByAClockThatIsSet) {
  executor_.set_clock(hours(-1));
  pass(due(MeetingStep::registered) - executor_.now() - minutes(1));
  EXPECT_THAT(announced(), SizeIs(1)) << "an hour later, by the clock that was set";
  executor_.set_clock(hours(1));
  pass(minutes(60));
  EXPECT_THAT(announced(), SizeIs(2)) << "within the hour";
  executor_.set_clock(hours(-1));
  pass(hours(3));
  EXPECT_THAT(announced(), SizeIs(2)) << "not again";
}

TEST_F(Watch, TriesAgainAMinuteAfterAnError) {
  store_->close();
  watch_->deadlines_changed();
  settle();
  EXPECT_EQ(executor_.timers(), 2U) << "one that comes before the former";
  EXPECT_THAT(announced(), SizeIs(1));
}

}  // namespace
}  // namespace salam::pipeline
