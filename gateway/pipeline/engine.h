#pragma once

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/domain/lifecycle.h"
#include "gateway/pipeline/metrics.h"
#include "gateway/pipeline/scheduler.h"
#include "gateway/pipeline/timekeeper.h"
#include "gateway/ports/clock.h"
#include "gateway/ports/executor.h"
#include "gateway/ports/upstream.h"
#include "gateway/store/store.h"

namespace salam::pipeline {

/// One lane as operators see it.
struct LaneStatus {
  LaneView view;
  std::string last_error;
  std::optional<Timestamp> last_error_at;
  std::optional<bool> healthy;  ///< Absent: not asked yet.
  Timestamp since;              ///< In that health.
};

/// What a call's answer comes to.
struct Verdict {
  Transition transition = {};
  Health health = Health::ok;
  std::optional<Milliseconds> pause = {};
  std::string error = {};  ///< For the lane's status; empty where all is well.
};

/// What carrying out any task has in common: starts what the scheduler says, commits what an answer came to, and tells the scheduler. Lives
/// on the executor's thread; what may be called elsewhere says so. Outlives nothing it is given.
class Engine {
 public:
  struct World {
    store::Store& store;
    Clock& clock;
    Random& random;
    Executor& executor;
  };
  struct Hooks {
    /// Each of the tasks is to be answered by one `commit`, `finish` or `put_off`.
    std::function<void(const Start&)> run;
    std::function<void(const Record&)> committed;
    /// The task's request fails for a reason of its own.
    std::function<void(const Task&)> fails_alone;
    /// Nothing is under way any more, and nothing more starts.
    std::function<void()> drained;
  };

  Engine(const std::array<LaneSettings, lane_count>& lanes, const lifecycle::Policy& policy, World world, Hooks hooks,
         prometheus::Registry& metrics);

  /// Starts what can be started.
  void advance();
  /// Tasks that were committed. From any thread.
  void added(std::vector<Task> tasks);
  void drain();
  [[nodiscard]] bool is_drained() const { return draining_ && in_flight_ == 0; }
  [[nodiscard]] LaneStatus status(Lane lane) const;

  void commit(const Task& task, Verdict verdict);
  void finish(const Task& task, Health health, std::optional<Milliseconds> pause = {});
  /// Nothing was written: the same task again, a little later.
  void put_off(Task task);
  /// Nobody was asked: ends the task, with what was committed in its place.
  void close(const Task& task, const std::vector<Task>& next);
  /// Commits the intent of a call. `go_on` hears of everything but a store that cannot write now, which puts the task off.
  void begin(const Task& task, Transition transition, std::function<void(store::UpdateOutcome)> go_on);

  lifecycle::Moment moment(std::optional<Attempt> attempt = {});
  /// The same, for a call that took that long; counts it.
  lifecycle::Moment moment(Lane lane, std::string_view action, Timestamp at, Milliseconds took, std::string_view outcome,
                           const std::string& detail);

  [[nodiscard]] const World& world() const { return world_; }
  [[nodiscard]] const lifecycle::Policy& policy() const { return policy_; }
  [[nodiscard]] Metrics& metrics() { return metrics_; }
  [[nodiscard]] Timekeeper& time() { return time_; }

 private:
  struct LaneState {
    std::string last_error;
    std::optional<Timestamp> last_error_at;
    std::optional<bool> healthy;
    Timestamp since;
  };

  void arm(Milliseconds wait);
  void load(const Load& wanted);
  void committed(const Task& task, const Verdict& verdict, const store::UpdateOutcome& outcome);
  void note(Lane lane, const Verdict& verdict);

  const lifecycle::Policy& policy_;
  World world_;
  Hooks hooks_;
  Timekeeper time_;
  Scheduler scheduler_;
  Metrics metrics_;
  std::array<LaneState, lane_count> lane_states_;
  std::size_t in_flight_ = 0;
  std::optional<Clock::Steady> armed_;  ///< When the next timer fires.
  bool draining_ = false;
};

/// 429 and 503 with a time are an answer; what could not be reached is none.
Health health_of(const outcome::TryLater& later);

}  // namespace salam::pipeline
