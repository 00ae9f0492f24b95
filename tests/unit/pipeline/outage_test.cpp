#include <deque>
#include <map>
#include <set>

#include <gmock/gmock.h>

#include "gateway/pipeline/driver.h"
#include "tests/unit/pipeline/counting_random.h"
#include "tests/unit/pipeline/memory_store.h"

/// An hour without 137, in virtual time, with a hundred thousand requests waiting: what the driver makes of it.
namespace salam::pipeline {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr int many = 100'000;

/// Time passes only from one timer to the next.
class VirtualTime : public Executor, public Clock {
 public:
  void post(std::function<void()> work) override { posted_.push_back(std::move(work)); }
  void call_after(Milliseconds wait, std::function<void()> work) override { timers_.emplace(now_ + wait, std::move(work)); }
  [[nodiscard]] Timestamp now() const override { return now_; }
  [[nodiscard]] Steady steady() const override { return Steady{} + hours(1'000) + passed(); }
  [[nodiscard]] Milliseconds passed() const { return now_ - start; }

  void run_until(Milliseconds end) {
    while (true) {
      while (!posted_.empty()) {
        const auto work = std::move(posted_.front());
        posted_.pop_front();
        work();
      }
      if (timers_.empty() || timers_.begin()->first > start + end) break;
      now_ = std::max(now_, timers_.begin()->first);
      const auto work = std::move(timers_.begin()->second);
      timers_.erase(timers_.begin());
      work();
    }
    now_ = start + end;
  }

 private:
  static constexpr Timestamp start{hours(500'000)};
  std::deque<std::function<void()>> posted_;
  std::multimap<Timestamp, std::function<void()>> timers_;
  Timestamp now_ = start;
};

/// 137, with a ledger of what came and when.
class City137 : public Upstream {
 public:
  explicit City137(VirtualTime& time) : time_(time) {}
  [[nodiscard]] const UpstreamTraits& traits() const override { return traits_; }
  void submit(std::shared_ptr<const Request> request, Handler<SubmitOutcome> handler) override {
    const bool away = time_.passed() < back_at;
    if (!away) ++registered[request->key];
    answer<SubmitOutcome>(away ? SubmitOutcome{outcome::TryLater{"connection refused", {}, false}}
                               : SubmitOutcome{outcome::Registered{std::to_string(request->key)}},
                          std::move(handler));
  }
  void look_up(std::shared_ptr<const Request>, Handler<LookupOutcome> handler) override {
    answer<LookupOutcome>(outcome::Absent{}, std::move(handler));
  }
  void poll(std::string, Handler<PollOutcome> handler) override { answer<PollOutcome>(outcome::NotYet{}, std::move(handler)); }

  Milliseconds back_at{0};
  std::function<bool()> probing = [] { return false; };
  std::map<RequestKey, int> registered;
  std::vector<Milliseconds> arrivals;
  int most_in_flight = 0;
  int most_while_probing = 0;

 private:
  template <class Outcome>
  void answer(Outcome outcome, Handler<Outcome> handler) {
    arrivals.push_back(time_.passed());
    most_in_flight = std::max(most_in_flight, ++in_flight_);
    if (probing()) most_while_probing = std::max(most_while_probing, in_flight_);
    time_.call_after(milliseconds(100), [this, outcome = std::move(outcome), handler = std::move(handler)] {
      --in_flight_;
      handler({.outcome = outcome, .took = milliseconds(100), .excerpt = {}});
    });
  }
  VirtualTime& time_;
  UpstreamTraits traits_{.by_hand = false, .has_lookup = false, .settle_after = {}, .call_deadline = seconds(10)};
  int in_flight_ = 0;
};

class NoSms : public SmsProvider {
 public:
  [[nodiscard]] const SmsTraits& traits() const override { return traits_; }
  void send(const Message&, Handler<SendOutcome>) override { ADD_FAILURE() << "nobody here has a telephone"; }
  void status(std::vector<std::string>, Handler<StatusOutcome>) override {}

 private:
  SmsTraits traits_;
};

class Outage : public testing::Test {
 protected:
  static constexpr LaneSettings limits{.rate = 50, .in_flight = 8};

  Outage() {
    Settings settings;
    settings.lanes.fill(limits);
    driver_.emplace(std::move(settings),
                    Driver::World{.store = store_,
                                  .system137 = system137_,
                                  .service_desk = desk_,
                                  .sms = {{"sms", sms_}},
                                  .clock = time_,
                                  .random = random_,
                                  .executor = time_},
                    metrics_);
    system137_.probing = [this] { return status().view.breaker != Breaker::closed; };
  }
  [[nodiscard]] LaneStatus status() const { return driver_->status(Lane::system137); }

  std::vector<Task> take(const std::function<void(Change&)>& then = [](Change&) {}) {
    const Request fresh{.key = 0,
                        .id = {},
                        .code = TrackingCode::from_random(42),
                        .form_item = {.meeting = "m", .form = "1", .item = 1},
                        .received_at = time_.now(),
                        .received_from = "app",
                        .content = {.region = *Region::from_number(5)},
                        .route = {},
                        .registration = {},
                        .told = {}};
    return store_.add(
        [&](Request request) {
          auto change = lifecycle::received(std::move(request), policy_, {.now = time_.now()});
          then(change);
          return change;
        },
        fresh);
  }
  /// Comes in now; its key.
  RequestKey comes_in() {
    driver_->added(take());
    return static_cast<RequestKey>(store_.size());
  }
  [[nodiscard]] bool is_registered(RequestKey key) const { return store_.request(key).registration.state == RegistrationState::registered; }
  /// The most arrivals within any second from then on.
  [[nodiscard]] std::size_t most_within_a_second(Milliseconds from) const {
    std::size_t most = 0;
    const auto& all = system137_.arrivals;
    for (auto last = std::ranges::lower_bound(all, from), first = last; last != all.end(); ++last) {
      while (*last - *first >= seconds(1)) ++first;
      most = std::max(most, static_cast<std::size_t>(last - first) + 1);
    }
    return most;
  }
  double metric(const std::string& name, const std::string& state) const {
    for (const auto& family : metrics_.Collect()) {
      if (family.name != name) continue;
      for (const auto& one : family.metric) {
        const auto has = [&](const std::string& label, const std::string& value) {
          return std::ranges::any_of(one.label, [&](const auto& each) { return each.name == label && each.value == value; });
        };
        if (has("lane", "137") && (state.empty() || has("state", state))) return one.gauge.value;
      }
    }
    return -1;
  }

  VirtualTime time_;
  CountingRandom random_;
  MemoryStore store_;
  City137 system137_{time_};
  City137 desk_{time_};
  NoSms sms_;
  lifecycle::Policy policy_;
  prometheus::Registry metrics_;
  std::optional<Driver> driver_;
};

TEST_F(Outage, OfAnHourEndsWithoutAStampedeAndEverythingIsRegisteredOnce) {
  constexpr auto hour = hours(1);
  system137_.back_at = hour;
  for (int i = 0; i < many; ++i) take();
  driver_->start();

  time_.run_until(hour - seconds(1));
  EXPECT_LE(system137_.arrivals.size(), 50U) << "an hour's probes";
  EXPECT_EQ(status().healthy, false);
  EXPECT_EQ(status().last_error, "connection refused");
  EXPECT_LE(metric("salam_lane_queued", ""), 2.0 * static_cast<double>(limits.memory));
  EXPECT_EQ(metric("salam_lane_available", ""), 0);
  EXPECT_EQ(metric("salam_lane_breaker", "open") + metric("salam_lane_breaker", "half_open"), 1);

  time_.run_until(hour + minutes(50));
  EXPECT_EQ(status().healthy, true);
  EXPECT_EQ(metric("salam_lane_breaker", "closed"), 1);
  EXPECT_EQ(system137_.registered.size(), static_cast<std::size_t>(many));
  EXPECT_TRUE(std::ranges::all_of(system137_.registered, [](const auto& entry) { return entry.second == 1; }));
  EXPECT_LE(most_within_a_second(hour), static_cast<std::size_t>(limits.rate * 1.1) + 1);
  EXPECT_LE(system137_.most_in_flight, limits.in_flight);
  EXPECT_EQ(system137_.most_while_probing, 1);
}

TEST_F(Outage, LeavesNewRequestsAheadOfAHundredThousandThatArePolledInVain) {
  for (int i = 0; i < many; ++i) {
    take([](Change& change) {
      change.after.registration.state = RegistrationState::pending;
      change.after.registration.token = "token";
      change.tasks.at(0).retry = true;
    });
  }
  driver_->start();
  for (int minute = 1; minute <= 10; ++minute) {
    time_.run_until(minutes(minute));
    const auto key = comes_in();
    time_.run_until(minutes(minute) + seconds(1));
    EXPECT_TRUE(is_registered(key)) << "form " << minute;
  }
  EXPECT_GT(system137_.arrivals.size(), 10U * 60 * 45) << "the old ones are polled all the same";
  EXPECT_LE(most_within_a_second(seconds(0)), static_cast<std::size_t>(limits.rate * 1.1) + 1);
}

}  // namespace
}  // namespace salam::pipeline
