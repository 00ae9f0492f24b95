#include "gateway/pipeline/relay.h"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/kafka/outbox_store.h"

namespace salam::pipeline {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Kind = EventLogError::Kind;

constexpr std::chrono::seconds patience{10};

class FixedClock final : public Clock {
 public:
  Timestamp now() const override { return Timestamp{Milliseconds{1'790'000'000'000}}; }
  Steady steady() const override { return {}; }
};

/// Plays an event log by script; without one, every call succeeds.
class ScriptedLog final : public EventLog {
 public:
  struct Reply {
    EventLogError error;
    bool committed = false;  ///< The error hides a commit that happened.
  };

  Result<std::optional<std::int64_t>, EventLogError> open() override {
    const std::lock_guard lock(mutex_);
    ++opens_;
    changed_.notify_all();
    if (!open_failures_.empty()) {
      auto error = std::move(open_failures_.front());
      open_failures_.pop_front();
      return error;
    }
    return committed_;
  }

  Result<void, EventLogError> publish(std::span<const OutboxEvent> run) override {
    const std::lock_guard lock(mutex_);
    ++publishes_;
    changed_.notify_all();
    for (const auto& event : run)
      if (event.position == refuses_) return EventLogError{Kind::refused, "too large", event.position};
    if (!replies_.empty()) {
      const auto reply = std::move(replies_.front());
      replies_.pop_front();
      if (reply.committed) write(run);
      return reply.error;
    }
    write(run);
    return {};
  }

  void script(Reply reply) {
    const std::lock_guard lock(mutex_);
    replies_.push_back(std::move(reply));
  }
  void script_open(EventLogError error) {
    const std::lock_guard lock(mutex_);
    open_failures_.push_back(std::move(error));
  }
  void committed(std::int64_t position) {
    const std::lock_guard lock(mutex_);
    committed_ = position;
  }
  void refuse(std::int64_t position) {
    const std::lock_guard lock(mutex_);
    refuses_ = position;
  }

  template <class Condition>
  bool wait(Condition condition) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, patience, [&] { return condition(*this); });
  }
  bool wait_for_events(std::size_t count) {
    return wait([count](const ScriptedLog& log) { return log.positions_.size() >= count; });
  }

  std::vector<std::int64_t> positions() const {
    const std::lock_guard lock(mutex_);
    return positions_;
  }
  std::vector<std::size_t> runs() const {
    const std::lock_guard lock(mutex_);
    return runs_;
  }
  int opens_ = 0;
  int publishes_ = 0;

 private:
  void write(std::span<const OutboxEvent> run) {
    for (const auto& event : run) positions_.push_back(event.position);
    runs_.push_back(run.size());
    committed_ = run.back().position;
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Reply> replies_;
  std::deque<EventLogError> open_failures_;
  std::optional<std::int64_t> committed_;
  std::int64_t refuses_ = -1;
  std::vector<std::int64_t> positions_;
  std::vector<std::size_t> runs_;
};

class RelayTest : public testing::Test {
 protected:
  void start() {
    relay_.emplace(store_, log_, clock_, settings_, [this](RelayStatus status) {
      if (on_status_) on_status_(status);
      const std::lock_guard lock(mutex_);
      told_.push_back(std::move(status));
      changed_.notify_all();
    });
    relay_->start();
  }
  void add(std::int64_t position, std::string data = "{}") { store_.add(test::event(position, "a", position, std::move(data))); }
  bool wait_for(RelayState state) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, patience, [&] { return !told_.empty() && told_.back().state == state; });
  }
  std::vector<RelayState> told() {
    const std::lock_guard lock(mutex_);
    std::vector<RelayState> states;
    for (const auto& status : told_) states.push_back(status.state);
    return states;
  }

  RelaySettings settings_{.max_events = 100,
                          .max_bytes = 1'000,
                          .first_backoff = Milliseconds{1},
                          .max_backoff = Milliseconds{5},
                          .look_again = std::chrono::hours{1}};
  FixedClock clock_;
  test::OutboxStore store_;
  ScriptedLog log_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<RelayStatus> told_;
  std::function<void(const RelayStatus&)> on_status_;
  std::optional<Relay> relay_;
};

TEST_F(RelayTest, PublishesWhatIsCommittedInTheOutboxsOrder) {
  for (int i = 1; i <= 3; ++i) add(i);
  start();
  ASSERT_TRUE(log_.wait_for_events(3));
  add(4);
  ASSERT_TRUE(log_.wait_for_events(4));
  EXPECT_TRUE(relay_->stop(patience));
  EXPECT_THAT(log_.positions(), ElementsAre(1, 2, 3, 4));
  EXPECT_EQ(store_.mark(), 4);
}

TEST_F(RelayTest, GoesOnFromTheLogsPositionWhereTheStoresMarkIsBehind) {
  for (int i = 1; i <= 5; ++i) add(i);
  store_.mark_published(1);
  log_.committed(3);
  start();
  ASSERT_TRUE(log_.wait_for_events(2));
  EXPECT_TRUE(relay_->stop(patience));
  EXPECT_THAT(log_.positions(), ElementsAre(4, 5));
}

TEST_F(RelayTest, GoesOnFromTheStoresMarkWhereTheLogHasForgottenItsPosition) {
  for (int i = 1; i <= 5; ++i) add(i);
  store_.mark_published(4);
  start();
  ASSERT_TRUE(log_.wait_for_events(1));
  EXPECT_TRUE(relay_->stop(patience));
  EXPECT_THAT(log_.positions(), ElementsAre(5));
}

TEST_F(RelayTest, CrossesGapsInTheOutboxsPositions) {
  for (const int position : {2, 3, 7}) add(position);
  start();
  ASSERT_TRUE(log_.wait_for_events(3));
  EXPECT_TRUE(relay_->stop(patience));
  EXPECT_THAT(log_.positions(), ElementsAre(2, 3, 7));
  EXPECT_EQ(relay_->status().position, 7);
}

TEST_F(RelayTest, BoundsATransactionByEventsAndBytesButAlwaysSendsOne) {
  settings_.max_events = 2;
  add(1, std::string(5'000, 'x'));
  add(2, std::string(600, 'x'));
  add(3, std::string(600, 'x'));
  for (int i = 4; i <= 6; ++i) add(i);
  start();
  ASSERT_TRUE(log_.wait_for_events(6));
  EXPECT_TRUE(relay_->stop(patience));
  EXPECT_THAT(log_.runs(), ElementsAre(1, 1, 2, 2));
}

TEST_F(RelayTest, TriesTheSameRunAgainAfterARetriableError) {
  log_.script({{Kind::retriable, "brokers away", 0}});
  add(1);
  add(2);
  start();
  ASSERT_TRUE(log_.wait_for_events(2));
  EXPECT_TRUE(relay_->stop(patience));
  EXPECT_THAT(log_.positions(), ElementsAre(1, 2));
  EXPECT_EQ(log_.opens_, 1);
  EXPECT_THAT(told(), ElementsAre(RelayState::running, RelayState::backing_off, RelayState::running, RelayState::stopped));
  EXPECT_EQ(relay_->status().last_error, "brokers away");
}

TEST_F(RelayTest, OpensTheLogAgainAfterAFatalErrorAndSendsTheRunThatWasNotCommitted) {
  log_.script({{Kind::fatal, "fenced", 0}});
  add(1);
  start();
  ASSERT_TRUE(log_.wait_for_events(1));
  EXPECT_TRUE(relay_->stop(patience));
  EXPECT_THAT(log_.positions(), ElementsAre(1));
  EXPECT_EQ(log_.opens_, 2);
}

TEST_F(RelayTest, DoesNotRepeatARunWhoseCommitHappenedBehindAFatalError) {
  log_.script({{Kind::fatal, "commit timed out", 0}, true});
  add(1);
  add(2);
  start();
  ASSERT_TRUE(log_.wait([](const ScriptedLog& log) { return log.opens_ == 2; }));
  add(3);
  ASSERT_TRUE(log_.wait_for_events(3));
  EXPECT_TRUE(relay_->stop(patience));
  EXPECT_THAT(log_.positions(), ElementsAre(1, 2, 3));
}

TEST_F(RelayTest, PublishesWhatStandsBeforeARefusedEventAndWaitsForAPerson) {
  log_.refuse(3);
  for (int i = 1; i <= 5; ++i) add(i);
  start();
  ASSERT_TRUE(wait_for(RelayState::refused));
  ASSERT_TRUE(log_.wait_for_events(2));
  EXPECT_EQ(relay_->status().refused_position, 3);
  EXPECT_EQ(relay_->status().last_error, "too large");
  EXPECT_FALSE(relay_->stop(Milliseconds{50}));
  EXPECT_THAT(log_.positions(), ElementsAre(1, 2));
  EXPECT_EQ(log_.publishes_, 2);
}

TEST_F(RelayTest, SendsARefusedEventAgainWhenAPersonReleasesIt) {
  log_.refuse(2);
  for (int i = 1; i <= 3; ++i) add(i);
  start();
  ASSERT_TRUE(wait_for(RelayState::refused));
  log_.refuse(-1);
  ASSERT_TRUE(relay_->release(2, "Maryam Karimi"));
  ASSERT_TRUE(log_.wait_for_events(3));
  ASSERT_TRUE(wait_for(RelayState::running));
  EXPECT_TRUE(relay_->stop(patience));
  EXPECT_THAT(log_.positions(), ElementsAre(1, 2, 3));
}

TEST_F(RelayTest, StandsBeforeAReleasedEventAgainWhereItIsStillRefused) {
  log_.refuse(2);
  for (int i = 1; i <= 3; ++i) add(i);
  start();
  ASSERT_TRUE(wait_for(RelayState::refused));
  ASSERT_TRUE(relay_->release(2, "Maryam Karimi"));
  ASSERT_TRUE(log_.wait([](const ScriptedLog& log) { return log.publishes_ == 3; }));
  ASSERT_TRUE(wait_for(RelayState::refused));
  EXPECT_THAT(log_.positions(), ElementsAre(1));
}

TEST_F(RelayTest, LeavesARefusedEventOutWhenAPersonSkipsIt) {
  log_.refuse(2);
  for (int i = 1; i <= 3; ++i) add(i);
  start();
  ASSERT_TRUE(wait_for(RelayState::refused));
  ASSERT_TRUE(relay_->skip(2, "Maryam Karimi"));
  ASSERT_TRUE(log_.wait_for_events(2));
  EXPECT_TRUE(relay_->stop(patience));
  EXPECT_THAT(log_.positions(), ElementsAre(1, 3));
}

TEST_F(RelayTest, PublishesWhatStandsBeforeASkippedEventHoweverSoonItIsSkipped) {
  log_.refuse(3);
  for (int i = 1; i <= 4; ++i) add(i);
  on_status_ = [this](const RelayStatus& status) {
    if (status.refused_position) {
      EXPECT_TRUE(relay_->skip(*status.refused_position, "Maryam Karimi"));
    }
  };
  start();
  ASSERT_TRUE(log_.wait_for_events(3));
  EXPECT_TRUE(relay_->stop(patience));
  EXPECT_THAT(log_.positions(), ElementsAre(1, 2, 4));
}

TEST_F(RelayTest, KeepsASkippedEventsPlaceWhereItWasTheLast) {
  log_.refuse(1);
  add(1);
  start();
  ASSERT_TRUE(wait_for(RelayState::refused));
  ASSERT_TRUE(relay_->skip(1, "Maryam Karimi"));
  ASSERT_TRUE(wait_for(RelayState::running));
  EXPECT_TRUE(relay_->stop(patience));
  EXPECT_EQ(store_.mark(), 1);
}

TEST_F(RelayTest, TakesADecisionOnlyAboutTheEventItStandsBefore) {
  log_.refuse(2);
  for (int i = 1; i <= 3; ++i) add(i);
  start();
  ASSERT_TRUE(wait_for(RelayState::refused));
  EXPECT_EQ(relay_->skip(3, "Maryam Karimi").error().code, "relay_not_refused");
  EXPECT_EQ(relay_->release(1, "Maryam Karimi").error().code, "relay_not_refused");
}

TEST_F(RelayTest, KeepsTryingToOpenTheLog) {
  log_.script_open({Kind::retriable, "topic events is missing", 0});
  log_.script_open({Kind::retriable, "topic events is missing", 0});
  add(1);
  start();
  ASSERT_TRUE(log_.wait_for_events(1));
  EXPECT_TRUE(relay_->stop(patience));
  EXPECT_EQ(log_.opens_, 3);
  EXPECT_THAT(told(), ElementsAre(RelayState::backing_off, RelayState::running, RelayState::stopped));
}

TEST_F(RelayTest, SaysSoWhereTheLogIsAheadOfTheStore) {
  log_.committed(9);
  add(1);
  start();
  ASSERT_TRUE(wait_for(RelayState::backing_off));
  EXPECT_THAT(relay_->status().last_error, HasSubstr("position 9"));
  EXPECT_FALSE(relay_->stop(patience));
  EXPECT_THAT(log_.positions(), IsEmpty());
}

TEST_F(RelayTest, IsNotHeldUpByItsBackoffWhenItStops) {
  settings_.first_backoff = settings_.max_backoff = std::chrono::hours{1};
  log_.script({{Kind::retriable, "brokers away", 0}});
  add(1);
  start();
  ASSERT_TRUE(wait_for(RelayState::backing_off));
  EXPECT_FALSE(relay_->stop(std::chrono::hours{1}));
  EXPECT_EQ(relay_->status().state, RelayState::stopped);
}

TEST_F(RelayTest, DrainsWhatWasCommittedBeforeItStops) {
  settings_.max_events = 1;
  for (int i = 1; i <= 50; ++i) add(i);
  start();
  EXPECT_TRUE(relay_->stop(patience));
  EXPECT_EQ(log_.positions().size(), 50U);
}

TEST_F(RelayTest, CountsWhatWaitsInItsHealth) {
  log_.refuse(2);
  for (int i = 1; i <= 3; ++i) add(i);
  start();
  ASSERT_TRUE(wait_for(RelayState::refused));
  ASSERT_TRUE(log_.wait_for_events(1));
  EXPECT_FALSE(relay_->stop(Milliseconds{0}));
  const auto health = relay_->health();
  EXPECT_EQ(health.lag, 2);
  EXPECT_TRUE(health.oldest_unpublished.has_value());
  EXPECT_EQ(health.status.last_error, "too large");
}

TEST_F(RelayTest, MayBeGoneWhenTheStoreTellsOfEvents) {
  start();
  relay_.reset();
  add(1);
  EXPECT_THAT(log_.positions(), IsEmpty());
}

}  // namespace
}  // namespace salam::pipeline
