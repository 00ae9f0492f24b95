#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "gateway/domain/lifecycle.h"
#include "gateway/pipeline/metrics.h"
#include "gateway/pipeline/scheduler.h"
#include "gateway/pipeline/timekeeper.h"
#include "gateway/ports/clock.h"
#include "gateway/ports/executor.h"
#include "gateway/ports/sms_provider.h"
#include "gateway/ports/upstream.h"
#include "gateway/store/store.h"

/// Carries the scheduler's actions out: commit the intent, call, commit the outcome with what follows from it.
namespace salam::pipeline {

struct Settings {
  std::array<LaneSettings, lane_count> lanes;
  lifecycle::Policy policy;
};

/// One lane as operators see it.
struct LaneStatus {
  LaneView view;
  std::string last_error;
  std::optional<Timestamp> last_error_at;
  std::optional<bool> healthy;  ///< Absent: not asked yet.
  Timestamp since;              ///< In that health.
  bool lookup_proved = false;
};

/// Lives on the executor's thread; what may be called elsewhere says so. Outlives nothing it is given.
class Driver {
 public:
  struct World {
    store::Store& store;
    Upstream& system137;
    Upstream& service_desk;
    SmsProvider& sms;
    Clock& clock;
    Random& random;
    Executor& executor;
  };

  Driver(Settings settings, World world, prometheus::Registry& metrics);

  /// Picks up what the store holds and goes on.
  void start();
  /// Tasks that were committed. From any thread.
  void added(std::vector<Task> tasks);
  /// Calls back (on the executor's thread) once the request is registered, or when the wait is over, with its record as it then stands.
  /// From any thread.
  void await_registration(RequestKey key, Milliseconds wait, std::function<void(std::optional<Record>)> handler);
  /// Starts nothing more; calls back when nothing is under way, after all who await a registration.
  void drain(std::function<void()> drained);
  [[nodiscard]] LaneStatus status(Lane lane) const;

 private:
  struct LaneState {
    std::string last_error;
    std::optional<Timestamp> last_error_at;
    std::optional<bool> healthy;
    Timestamp since;
    bool lookup_proved = false;
    std::optional<Clock::Steady> proof_asked_at;
  };
  /// What a call's answer comes to.
  struct Verdict {
    Transition transition = {};
    Health health = Health::ok;
    std::optional<Milliseconds> pause = {};
    std::string error = {};  ///< For the lane's status; empty where all is well.
  };
  using Waiter = std::function<void(std::optional<Record>)>;

  LaneState& state(Lane lane) { return lane_states_[static_cast<std::size_t>(lane)]; }
  Upstream& upstream(Lane lane) { return lane == Lane::system137 ? world_.system137 : world_.service_desk; }
  lifecycle::LookupPower power(Lane lane);
  lifecycle::Moment moment(std::optional<Attempt> attempt = {});
  /// The same, for a call that took that long.
  lifecycle::Moment moment(Lane lane, std::string_view action, Timestamp at, Milliseconds took, std::string_view outcome,
                           const std::string& detail);

  void advance();
  void arm(Milliseconds wait);
  void run(const Start& start);
  void load(const Load& load);

  void begin_registration(const Task& task);
  void submit(const Task& task, Request request);
  void look_up(const Task& task);
  void poll(const Task& task);
  void send(const Task& task);
  void send(const Task& task, const Message& message);
  void ask_status(const std::vector<Task>& tasks);
  void holding(const Task& task);
  /// Looks for what `registered` gives, unless the lookup has proved itself or was asked to just now.
  void prove_lookup(Lane lane, const std::function<std::optional<Request>()>& registered);
  /// With the newest registration that the store knows: nothing new may be coming that could prove it.
  void prove_lookup(Lane lane);

  Verdict judge(const Task& task, Timestamp at, Reply<SubmitOutcome> reply);
  Verdict judge(const Task& task, Timestamp at, Reply<LookupOutcome> reply);
  Verdict judge(const Task& task, Timestamp at, Reply<PollOutcome> reply);
  Verdict judge(const Task& task, Timestamp at, Reply<SendOutcome> reply);

  void commit(const Task& task, Verdict verdict);
  void committed(const Task& task, const Verdict& verdict, const store::UpdateOutcome& outcome);
  void finish(const Task& task, Health health, std::optional<Milliseconds> pause = {});
  /// Nothing was written: the same task again, a little later.
  void put_off(Task task);
  void note(Lane lane, const Verdict& verdict);
  void poison(const Task& task);
  void registered(const Record& record);
  void end_drain();

  Settings settings_;
  World world_;
  Timekeeper time_;
  Scheduler scheduler_;
  Metrics metrics_;
  std::array<LaneState, lane_count> lane_states_;
  std::unordered_multimap<RequestKey, std::shared_ptr<Waiter>> waiters_;
  std::function<void()> drained_;
  std::size_t in_flight_ = 0;
  std::optional<Clock::Steady> armed_;  ///< When the next timer fires.
  bool draining_ = false;
};

}  // namespace salam::pipeline
