#pragma once

#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <map>
#include <mutex>

#include <gmock/gmock.h>

#include "gateway/domain/decisions.h"
#include "gateway/pipeline/driver.h"
#include "tests/unit/pipeline/counting_random.h"

/// The driver with a real store, and outside systems that answer by a script.
namespace salam::pipeline {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

/// Work comes from the store's thread; time passes only when the test says so.
class ManualExecutor : public Executor, public Clock {
 public:
  void post(std::function<void()> work) override {
    const std::scoped_lock lock(mutex_);
    posted_.push_back(std::move(work));
    changed_.notify_one();
  }
  void call_after(Milliseconds wait, std::function<void()> work) override { timers_.emplace(now_ + wait, std::move(work)); }
  [[nodiscard]] Timestamp now() const override { return now_ + set_by_; }
  /// Somebody sets the wall clock; the steady one goes on.
  void set_clock(Milliseconds by) { set_by_ += by; }
  [[nodiscard]] Steady steady() const override { return Steady{} + seconds(1'000'000) + (now_ - start); }

  /// Runs what is posted until the condition holds; false after 10 s.
  bool run_until(const std::function<bool()>& condition) {
    const auto end = std::chrono::steady_clock::now() + seconds(10);
    while (!condition()) {
      std::function<void()> work;
      {
        std::unique_lock lock(mutex_);
        if (!changed_.wait_until(lock, end, [this] { return !posted_.empty(); })) return false;
        work = std::move(posted_.front());
        posted_.pop_front();
      }
      work();
    }
    return true;
  }
  [[nodiscard]] bool has_work() {
    const std::scoped_lock lock(mutex_);
    return !posted_.empty();
  }
  void forget_timers() { timers_.clear(); }
  [[nodiscard]] std::size_t timers() const { return timers_.size(); }
  /// Lets time pass, timer by timer.
  void pass(Milliseconds time) {
    const auto until = now_ + time;
    while (!timers_.empty() && timers_.begin()->first <= until) {
      now_ = std::max(now_, timers_.begin()->first);
      auto work = std::move(timers_.begin()->second);
      timers_.erase(timers_.begin());
      work();
    }
    now_ = until;
  }

 private:
  static constexpr Timestamp start{std::chrono::hours(500'000)};
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> posted_;
  std::multimap<Timestamp, std::function<void()>> timers_;
  Timestamp now_ = start;
  Milliseconds set_by_{0};
};

/// By the next of the script; the last one goes on for ever.
template <class Outcome>
void answer(Executor& executor, std::deque<Outcome>& script, std::function<void(Reply<Outcome>)> handler) {
  auto outcome = script.front();
  if (script.size() > 1) script.pop_front();
  executor.post([handler = std::move(handler), outcome = std::move(outcome)] {
    handler({.outcome = outcome, .took = milliseconds(3), .excerpt = {}});
  });
}

/// Answers each call by a script.
class ScriptedUpstream : public Upstream {
 public:
  explicit ScriptedUpstream(Executor& executor) : executor_(executor) {}
  [[nodiscard]] const UpstreamTraits& traits() const override { return its_traits; }
  void submit(std::shared_ptr<const Request> request, Handler<SubmitOutcome> handler) override {
    submitted.push_back(request->key);
    media_urls = request->media_urls;
    files = request->files;
    answer<SubmitOutcome>(executor_, submits, std::move(handler));
  }
  void look_up(std::shared_ptr<const Request> request, Handler<LookupOutcome> handler) override {
    ++lookups_asked;
    if (finds_only) lookups = {request->key == *finds_only ? LookupOutcome(outcome::Found{"1"}) : outcome::Absent{}};
    answer<LookupOutcome>(executor_, lookups, std::move(handler));
  }
  void poll(std::string, Handler<PollOutcome> handler) override { answer<PollOutcome>(executor_, polls, std::move(handler)); }

  void follow_up(const std::vector<std::string>& codes, const Handler<FollowUpOutcome>& handler) override {
    followed.push_back(codes);
    answer<FollowUpOutcome>(executor_, follow_ups, handler);
  }

  void amend(std::shared_ptr<const Request> request, const Handler<AmendOutcome>& handler) override {
    const auto& handling = request->handling;
    amended.emplace_back(handling.amendment.number, handling.assignment ? handling.assignment->unit : "");
    media_urls = request->media_urls;
    files = request->files;
    if (!holds_amendments) return answer<AmendOutcome>(executor_, amends, handler);
    executor_.post([this, handler] { held_amendments.push_back(handler); });
  }
  void look_up_amendment(std::shared_ptr<const Request>, const Handler<LookupOutcome>& handler) override {
    ++amendment_lookups_asked;
    answer<LookupOutcome>(executor_, amendment_lookups, handler);
  }

  std::deque<AmendOutcome> amends{outcome::Amended{}};
  std::deque<LookupOutcome> amendment_lookups{outcome::Found{}};
  std::vector<std::pair<int, std::string>> amended;  ///< Under which number, and the unit.
  int amendment_lookups_asked = 0;
  bool holds_amendments = false;  ///< They are not answered by themselves.
  std::vector<Handler<AmendOutcome>> held_amendments;
  std::deque<FollowUpOutcome> follow_ups{std::vector<ProgressReport>{}};
  std::vector<std::vector<std::string>> followed;
  std::deque<SubmitOutcome> submits{outcome::Registered{"1"}};
  std::deque<LookupOutcome> lookups{outcome::Found{"1"}};
  std::deque<PollOutcome> polls{outcome::NotYet{}};
  std::optional<RequestKey> finds_only;  ///< Set: in place of the script of lookups.
  std::vector<RequestKey> submitted;
  std::vector<std::string> media_urls;  ///< Of the last one.
  std::vector<MediaFile> files;         ///< Of the last one.
  int lookups_asked = 0;
  UpstreamTraits its_traits{.by_hand = false, .has_lookup = true, .settle_after = minutes(1), .call_deadline = seconds(10)};

 private:
  Executor& executor_;
};

class ScriptedSms : public SmsProvider {
 public:
  explicit ScriptedSms(Executor& executor) : executor_(executor) {}
  [[nodiscard]] const SmsTraits& traits() const override { return its_traits; }
  void send(const Message& message, Handler<SendOutcome> handler) override {
    sent.push_back(message.code);
    if (hangs) return;
    answer<SendOutcome>(executor_, sends, std::move(handler));
  }
  void look_up(const Message& message, const Handler<SmsLookupOutcome>& handler) override {
    looked_up.push_back(message.code);
    answer<SmsLookupOutcome>(executor_, lookups, handler);
  }
  void status(std::vector<std::string> ids, Handler<StatusOutcome> handler) override {
    std::vector<DeliveryStatus> statuses;
    for (auto& id : ids) statuses.push_back({.provider_id = std::move(id), .delivery = delivery, .reason = "blocked"});
    executor_.post([handler = std::move(handler), statuses] { handler({.outcome = statuses, .took = milliseconds(1), .excerpt = {}}); });
  }

  std::deque<SendOutcome> sends{outcome::Sent{"p"}};
  std::deque<SmsLookupOutcome> lookups{outcome::Absent{}};
  bool hangs = false;  ///< No send is answered.
  Delivery delivery = Delivery::delivered;
  std::vector<std::string> sent;
  std::vector<std::string> looked_up;
  SmsTraits its_traits{.deduplicates = true, .deduplicates_for = hours(12)};

 private:
  Executor& executor_;
};

class DriverTest : public ::testing::Test {
 protected:
  struct Options {
    std::size_t memory = LaneSettings{}.memory;  ///< So many tasks at most does a lane hold.
    bool two_lines = false;
    Enclosures::Url media_url{};
    bool follows_up = false;  ///< 137 is asked after each request, every half minute.
    bool desk_after_review = false;
  };
  DriverTest() : DriverTest(Options{}) {}
  explicit DriverTest(const Options& options) {
    std::string name = (std::filesystem::temp_directory_path() / "salam-driver-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    store_ = std::move(store::open({.path = folder_ / "salam.db"}, executor_, random_)).value();
    store_->put_meeting({.id = "m", .region = *Region::from_number(5), .mosque = "م", .date = *parse_date("2026-11-24")},
                        [](const Result<bool>&) {});
    for (auto& lane : settings_.lanes) {
      lane.rate = 1e6;
      lane.memory = options.memory;
    }
    settings_.policy.delivery_first_poll = seconds(1);
    settings_.policy.holding_after = minutes(5);
    settings_.policy.follow_ups[0] = {.asked = options.follows_up, .first = seconds(30), .longest = seconds(30), .after_end = {}};
    settings_.lanes[static_cast<std::size_t>(Lane::status137)].batch = 10;
    settings_.policy.desk_after_review = options.desk_after_review;
    policy_ = settings_.policy;
    media_url_ = options.media_url;
    lines_.push_back({"first", sms_});
    if (options.two_lines) lines_.push_back({"second", second_sms_});
    start();
  }

  void start() {
    driver_ = std::make_unique<Driver>(settings_,
                                       Driver::World{.store = *store_,
                                                     .system137 = system137_,
                                                     .service_desk = desk_,
                                                     .sms = lines_,
                                                     .clock = executor_,
                                                     .random = random_,
                                                     .executor = executor_,
                                                     .media_url = media_url_},
                                       metrics_);
    driver_->start();
  }
  ~DriverTest() override {
    store_->close();
    driver_.reset();
    store_.reset();
    std::filesystem::remove_all(folder_);
  }

  /// The process dies with whatever is under way, and another one starts.
  void restart() {
    EXPECT_TRUE(executor_.run_until([&] { return !executor_.has_work(); }));
    executor_.forget_timers();
    driver_.reset();
    start();
  }

  /// A request as intake would hand it over; its key.
  RequestKey take(const std::string& form) {
    store::Intake intake{
        .form_item = {.meeting = "m", .form = form, .item = 1},
        .received_from = "test",
        .original = "{}",
        .fingerprint = form,
        .content = {.region = *Region::from_number(5)},
        .route = {},
        .citizen_hash = {},
        .traceparent = {},
        .first_change = [this](Request fresh) { return lifecycle::received(std::move(fresh), policy_, {.now = executor_.now()}); }};
    intake.content.citizen.mobile = Sensitive<std::string>("+989130000001");
    std::optional<RequestKey> key;
    store_->accept(std::move(intake), [&](store::AcceptOutcome outcome) {
      executor_.post([&, outcome = std::move(outcome)] {
        const auto& accepted = std::get<store::Accepted>(outcome);
        driver_->added(accepted.tasks);
        key = accepted.record.request.key;
      });
    });
    EXPECT_TRUE(executor_.run_until([&] { return key.has_value(); }));
    return key.value_or(0);
  }
  Request request(RequestKey key) { return store_->find(key)->request; }
  /// What a person decides of it, as the API would hand it over.
  template <class Decision>
  void decide(RequestKey key, Decision decision) {
    std::optional<store::UpdateOutcome> outcome;
    auto transition = [this, decision](const Record& record) {
      return decision(record, lifecycle::Decider{.by = "زهرا"}, policy_,
                      lifecycle::Moment{.now = executor_.now(), .random_bits = random_.bits()});
    };
    store_->update(key, std::move(transition), [&](store::UpdateOutcome done) {
      executor_.post([&, done = std::move(done)] {
        if (done) driver_->added(done->tasks);
        outcome = done;
      });
    });
    EXPECT_TRUE(executor_.run_until([&] { return outcome.has_value(); }));
    EXPECT_TRUE(outcome->ok()) << (outcome->ok() ? "" : outcome->error().code);
  }
  /// A file or, with a `url`, a link, as the API would attach it. Whether it was new.
  bool attach(RequestKey key, const std::string& content, const std::string& name = "", const std::string& url = "") {
    Attachment described{
        .digest = {}, .media_type = url.empty() ? "image/jpeg" : "", .size = 0, .name = Sensitive(name), .url = Sensitive(url)};
    const auto then = [this, now = executor_.now()](const Record& record) {
      return lifecycle::attached(record, all_attached_, policy_, {.now = now});
    };
    std::optional<store::AttachOutcome> done;
    store_->attach({.request = key, .attachment = std::move(described), .content = content, .most = 10, .then = then},
                   [&](const store::AttachOutcome& outcome) {
                     executor_.post([&, outcome] {
                       if (outcome) driver_->added(outcome->tasks);
                       done = outcome;
                     });
                   });
    EXPECT_TRUE(executor_.run_until([&] { return done.has_value(); }));
    EXPECT_TRUE(done->ok());
    return (*done)->fresh;
  }
  void assign(RequestKey key, const std::string& unit) {
    decide(key, [unit](const Record& record, const auto& decider, const auto& policy, const auto& moment) {
      return lifecycle::assign(record, {.assignment = {.unit = unit}}, decider, policy, moment);
    });
  }
  /// Time passes in small steps until the condition holds.
  bool eventually(const std::function<bool()>& condition) {
    for (int step = 0; step < 2'000; ++step) {
      if (condition()) return true;
      EXPECT_TRUE(executor_.run_until([&] { return settled() && !executor_.has_work(); }));
      executor_.pass(milliseconds(500));
    }
    return condition();
  }
  void pass(Milliseconds time) {
    for (auto passed = milliseconds(0); passed < time; passed += milliseconds(500)) {
      EXPECT_TRUE(executor_.run_until([&] { return settled() && !executor_.has_work(); }));
      executor_.pass(milliseconds(500));
    }
  }
  void pass_days(Milliseconds time) {
    for (auto passed = milliseconds(0); passed < time; passed += minutes(30)) {
      EXPECT_TRUE(executor_.run_until([&] { return settled() && !executor_.has_work(); }));
      executor_.pass(minutes(30));
    }
    EXPECT_TRUE(executor_.run_until([&] { return settled() && !executor_.has_work(); }));
  }
  /// Not before the one, but before the other time from now has passed.
  bool registers_within(RequestKey key, Milliseconds not_before, Milliseconds before) {
    pass(not_before);
    EXPECT_FALSE(registered(key)) << "too early";
    pass(before - not_before);
    return registered(key);
  }
  /// Nothing is under way in any lane.
  bool settled() {
    for (const auto lane :
         {Lane::system137, Lane::service_desk, Lane::sms, Lane::sms_status, Lane::clock, Lane::status137, Lane::desk_status}) {
      if (driver_->status(lane).view.in_flight > 0) return false;
    }
    return true;
  }
  bool registered(RequestKey key) { return request(key).registration.state == RegistrationState::registered; }

  std::filesystem::path folder_;
  ManualExecutor executor_;
  CountingRandom random_;
  ScriptedUpstream system137_{executor_};
  ScriptedUpstream desk_{executor_};
  ScriptedSms sms_{executor_};
  ScriptedSms second_sms_{executor_};
  prometheus::Registry metrics_;
  Enclosures::Url media_url_;
  lifecycle::Policy policy_;
  bool all_attached_ = false;  ///< All attachments are there that were announced.
  Settings settings_;
  std::vector<SmsLine> lines_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Driver> driver_;
};

}  // namespace salam::pipeline
