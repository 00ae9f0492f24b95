#include "gateway/pipeline/relay.h"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

#include "tests/contract/kafka/kafka_test.h"

namespace salam::kafka {
namespace {

constexpr std::chrono::seconds patience{60};
constexpr int aggregates = 7;

class SystemClock final : public Clock {
 public:
  Timestamp now() const override { return std::chrono::floor<Milliseconds>(std::chrono::system_clock::now()); }
  Steady steady() const override { return std::chrono::steady_clock::now(); }
};

/// Store, relay and broker together, with short deadlines so that faults bite.
class KafkaRelay : public KafkaTest {
 protected:
  void SetUp() override {
    KafkaTest::SetUp();
    if (broker_ != nullptr) create();
  }
  void start() {
    auto impatient = settings();
    impatient.open_deadline = Milliseconds{5'000};
    impatient.publish_deadline = Milliseconds{2'000};
    log_ = make_event_log(impatient);
    relay_.emplace(store_, *log_, clock_, pipeline::RelaySettings{.max_events = 20, .max_backoff = Milliseconds{500}},
                   [this](const auto& status) {
                     const std::lock_guard lock(mutex_);
                     state_ = status.state;
                     changed_.notify_all();
                   });
    relay_->start();
  }
  void add(int count) {
    for (const auto& event : events(added_ + count, aggregates))
      if (event.position > added_) store_.add(event);
    added_ += count;
  }
  bool wait_for(pipeline::RelayState state) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, patience, [&] { return state_ == state; });
  }
  /// The position has no notice of its own.
  bool wait_for_position(std::int64_t position) {
    const auto give_up = std::chrono::steady_clock::now() + patience;
    while (relay_->status().position < position) {
      if (std::chrono::steady_clock::now() > give_up) return false;
      std::this_thread::sleep_for(Milliseconds{5});
    }
    return true;
  }

  SystemClock clock_;
  test::OutboxStore store_;
  std::unique_ptr<EventLog> log_;
  std::mutex mutex_;
  std::condition_variable changed_;
  pipeline::RelayState state_ = pipeline::RelayState::starting;
  std::optional<pipeline::Relay> relay_;
  int added_ = 0;
};

TEST_F(KafkaRelay, LosesAndDoublesNothingWhenTheBrokerIsKilledAndStartedAgain) {
  start();
  add(400);
  ASSERT_TRUE(wait_for_position(60));
  broker_->kill();
  add(200);
  ASSERT_TRUE(wait_for(pipeline::RelayState::backing_off));
  broker_->start();
  ASSERT_TRUE(wait_for_position(600)) << relay_->status().last_error;
  EXPECT_TRUE(relay_->stop(patience));
  expect_once_and_in_order(read(), 600, aggregates);
}

TEST_F(KafkaRelay, LosesAndDoublesNothingWhenTheBrokerStandsStillLongerThanATransactionMayTake) {
  start();
  add(400);
  ASSERT_TRUE(wait_for_position(60));
  broker_->freeze();
  ASSERT_TRUE(wait_for(pipeline::RelayState::backing_off));
  broker_->thaw();
  ASSERT_TRUE(wait_for_position(400)) << relay_->status().last_error;
  EXPECT_TRUE(relay_->stop(patience));
  expect_once_and_in_order(read(), 400, aggregates);
}

TEST_F(KafkaRelay, GoesOnWhereAFormerRelayWasThoughTheStoreKeptNoMark) {
  start();
  add(100);
  ASSERT_TRUE(wait_for_position(100));
  relay_.reset();
  test::OutboxStore restarted;
  for (const auto& event : events(150, aggregates)) restarted.add(event);
  const auto log = opened();
  pipeline::Relay second(restarted, *log, clock_, {}, {});
  second.start();
  EXPECT_TRUE(second.stop(patience));
  expect_once_and_in_order(read(), 150, aggregates);
}

}  // namespace
}  // namespace salam::kafka
