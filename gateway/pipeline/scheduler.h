#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "gateway/domain/change.h"
#include "gateway/domain/lifecycle.h"
#include "gateway/ports/clock.h"

/// Decides which task starts when: happenings in, actions out. No socket, thread, clock or store in it.
namespace salam::pipeline {

struct Now {
  Timestamp wall;
  Clock::Steady steady;
};

struct LaneSettings {
  double rate = 50;            ///< Starts per second; > 0.
  int in_flight = 16;          ///< Tasks under way at which nothing more starts.
  std::size_t batch = 1;       ///< Tasks in one start.
  std::size_t memory = 4'096;  ///< New tasks held in memory, and as many retries; the rest waits in the store.
  int breaker_failures = 5;    ///< Different requests that fail in a row open the breaker.
  lifecycle::Backoff breaker_wait{Milliseconds{5'000}, Milliseconds{5 * 60'000}};
};

/// How a start ended, as far as the lane is concerned.
enum class Health {
  ok,             ///< The other side answered, whatever it said.
  failed,         ///< It could not be reached, or broke down.
  misconfigured,  ///< It refuses us, not the request.
  none,           ///< It was not asked.
};

/// These tasks start now; each `Start` is answered by one `finished` for each of its tasks.
struct Start {
  Lane lane;
  std::vector<Task> tasks;
};
/// The lane has room for more new tasks, or for more retries, from the store.
struct Load {
  Lane lane;
  bool retries;
  std::size_t limit;
};
using Action = std::variant<Start, Load>;

enum class Breaker { closed, open, half_open };
std::string_view to_string(Breaker breaker);

struct LaneView {
  Breaker breaker = Breaker::closed;
  std::size_t queued = 0;
  int in_flight = 0;
  bool more_in_store = false;
  int failures = 0;
};

/// What waits is of two kinds, new tasks and retries, which take turns where both are due, each in the order of due times: however many
/// fail again and again, new ones get at least every other start, and they never get all of them.
class Scheduler {
 public:
  explicit Scheduler(const std::array<LaneSettings, lane_count>& settings);

  /// A task was committed: new, or put again with another due time or lane, under its id or another.
  void added(const Task& task);
  /// The answer to `Load`: the next tasks by due time; fewer than asked for means that the store has no more.
  void loaded(const Load& asked, const std::vector<Task>& tasks);
  /// A started task is done with. `pause`: the other side asked for that long a rest. Returns true where the task's request fails for a
  /// reason of its own: it was refused as misconfigured, another passed, and it was refused again.
  bool finished(const Task& task, Health health, std::optional<Milliseconds> pause, double jitter, const Now& now);
  /// What can be done now.
  std::vector<Action> advance(const Now& now);
  /// When `advance` is worth calling again without a further happening.
  [[nodiscard]] std::optional<Milliseconds> next_wake(const Now& now) const;

  /// The ids of a lane that a load must leave out.
  [[nodiscard]] std::set<std::int64_t> known(Lane lane) const;
  [[nodiscard]] LaneView view(Lane lane) const;

 private:
  struct ByDue {
    bool operator()(const Task& a, const Task& b) const { return a.due != b.due ? a.due < b.due : a.id < b.id; }
  };
  struct Backlog {
    std::set<Task, ByDue> queue;
    bool more_in_store = true;
  };
  /// Of a request that did not pass when it was last tried.
  struct Trouble {
    Health health = Health::failed;
    std::uint64_t passes = 0;  ///< The lane's by then.
  };
  struct LaneData {
    LaneSettings settings;
    std::array<Backlog, 2> backlogs;  ///< New tasks; retries.
    bool retry_is_next = false;
    int in_flight = 0;
    double tokens = 1;
    Clock::Steady filled_at{};
    Clock::Steady resume_at{};
    Breaker breaker = Breaker::closed;
    int failures = 0;  ///< Requests that failed since one passed.
    int trips = 0;
    std::uint64_t passes = 0;
    std::unordered_map<RequestKey, Trouble> troubled;
  };
  struct Known {
    Task task;
    bool in_flight = false;
    std::optional<Task> successor;
    RequestKey asked_for = 0;  ///< One call may ask for several: the first of them stands for its outcome.
  };

  LaneData& lane(Lane lane) { return lanes_[static_cast<std::size_t>(lane)]; }
  [[nodiscard]] const LaneData& lane(Lane lane) const { return lanes_[static_cast<std::size_t>(lane)]; }
  static Backlog& backlog(LaneData& data, const Task& task) { return data.backlogs[task.retry ? 1 : 0]; }
  Backlog& backlog(const Task& task) { return backlog(lane(task.lane), task); }
  void enqueue(const Task& task);
  static void refill(LaneData& data, const Now& now);
  static int limit(const LaneData& data) { return data.breaker == Breaker::closed ? data.settings.in_flight : 1; }
  static bool blocked(const LaneData& data, const Now& now);
  static std::optional<Task> probe(const LaneData& data, const Now& now);
  static std::optional<Task> next(const LaneData& data, const Now& now);
  Start start(Lane which, LaneData& data, const Now& now);
  static bool judge(LaneData& data, RequestKey request, Health health, std::optional<Milliseconds> pause, double jitter, const Now& now);

  std::array<LaneData, lane_count> lanes_;
  /// A request's slot: whatever its task's id, only one of them runs at a time, and of those that wait only the newest is there. One that
  /// was put while another ran would else run beside the next.
  struct Place {
    RequestKey request;
    std::int64_t slot;
    friend bool operator==(const Place&, const Place&) = default;
  };
  struct Hash {
    std::size_t operator()(const Place& place) const {
      return std::hash<std::int64_t>{}(place.request) ^ (std::hash<std::int64_t>{}(place.slot) << 1U);
    }
  };
  static Place place_of(const Task& task) { return {task.request, slot_of(task)}; }

  std::unordered_map<Place, Known, Hash> known_;
};

}  // namespace salam::pipeline
