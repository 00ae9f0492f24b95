#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <spdlog/fmt/fmt.h>

#include "gateway/ports/clock.h"
#include "gateway/ports/executor.h"
#include "tests/simulation/counts.h"

/// A world in one thread: its clock goes from one event to the next, and a seed decides everything else.
namespace salam::simulation {

/// SplitMix64: small, and the same everywhere.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}
  std::uint64_t bits();
  double fraction() { return static_cast<double>(bits() >> 11) * 0x1.0p-53; }
  bool chance(double probability) { return fraction() < probability; }
  std::int64_t below(std::int64_t end) { return static_cast<std::int64_t>(bits() % static_cast<std::uint64_t>(end)); }
  Milliseconds between(Milliseconds from, Milliseconds to) { return from + Milliseconds(below((to - from).count() + 1)); }
  /// Short as a rule, now and then as long as `most`.
  Milliseconds delay(Milliseconds usual, Milliseconds most) { return chance(0.05) ? between(usual, most) : between({}, usual); }
  /// The index of one of several weights.
  std::size_t pick(const std::vector<double>& weights);

 private:
  std::uint64_t state_;
};

/// The gateway's randomness.
class SeededRandom : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : dice_(seed) {}
  std::uint64_t bits() override { return dice_.bits(); }

 private:
  Dice dice_;
};

/// Whose event it is: the outside's go on for ever, a gateway's vanish when it dies.
using Owner = std::uint64_t;
inline constexpr Owner outside = 0;

/// The gateway ends here. Thrown to the top, where the world goes on without it.
struct Killed {};

class World : public Clock {
 public:
  World(std::uint64_t seed, bool traced) : dice(seed), traced_(traced) {}

  [[nodiscard]] Timestamp now() const override { return now_; }
  [[nodiscard]] Steady steady() const override { return Steady{} + std::chrono::hours(1000) + (now_ - start); }
  [[nodiscard]] Milliseconds passed() const { return now_ - start; }

  void after(Milliseconds wait, Owner owner, std::function<void()> work);
  /// Runs the next event; the clock stands at its time.
  void step();
  /// The gateway that runs now, or ran last.
  /// Kills the present gateway then, whatever it is doing.
  void kill_after(Milliseconds wait);
  [[nodiscard]] Owner gateway() const { return gateway_; }
  /// What the present gateway still had to do will never happen.
  void end_gateway() { ++gateway_; }

  template <class... Args>
  void tell(fmt::format_string<Args...> text, Args&&... args) {
    if (traced_) write(fmt::format(text, std::forward<Args>(args)...));
  }
  [[nodiscard]] const std::string& trace() const { return trace_; }

  Dice dice;
  Counts counts;
  bool faults = true;  ///< Off once the world calms down.

 private:
  struct Event {
    Timestamp at;
    std::uint64_t number;
    Owner owner;
    std::function<void()> work;
    friend bool operator<(const Event& a, const Event& b) { return a.at != b.at ? a.at > b.at : a.number > b.number; }
  };
  static constexpr Timestamp start{std::chrono::hours(497'222)};

  void write(const std::string& line);

  Timestamp now_ = start;
  std::vector<Event> events_;  ///< A heap.
  std::uint64_t scheduled_ = 0;
  Owner gateway_ = 1;
  bool traced_;
  std::string trace_;
};

/// The core thread of the gateway that was started with it.
class CoreThread : public Executor {
 public:
  explicit CoreThread(World& world) : world_(world), owner_(world.gateway()) {}
  void post(std::function<void()> work) override { world_.after(Milliseconds{0}, owner_, std::move(work)); }
  void call_after(Milliseconds wait, std::function<void()> work) override { world_.after(wait, owner_, std::move(work)); }

 private:
  World& world_;
  Owner owner_;
};

}  // namespace salam::simulation
