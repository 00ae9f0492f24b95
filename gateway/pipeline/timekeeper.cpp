#include "gateway/pipeline/timekeeper.h"

#include <spdlog/spdlog.h>

namespace salam::pipeline {
namespace {

/// Less is the rounding of two clocks, or one that is slewed.
constexpr Milliseconds a_jump{1'000};

}  // namespace

void Timekeeper::look() {
  const auto steady = clock_.steady();
  unset_ = start_wall_ + std::chrono::floor<Milliseconds>(steady - start_steady_);
  const auto ahead = std::chrono::duration_cast<Milliseconds>(clock_.now() - unset_);
  const auto jump = ahead - ahead_;
  if (std::chrono::abs(jump) >= a_jump) {
    spdlog::warn("the wall clock was set {} by {} s", jump.count() > 0 ? "forward" : "back", std::chrono::abs(jump).count() / 1000);
    if (jump.count() > 0) {
      set_forward_at_ = steady;
    } else {
      counts_as_before_until_ = steady - jump;
      ahead_before_ = ahead_;
    }
  }
  ahead_ = ahead;
}

Now Timekeeper::now() {
  look();
  return {.wall = unset_, .steady = clock_.steady()};
}

Task Timekeeper::reckoned(Task task) {
  look();
  task.due -= ahead_;
  return task;
}

Task Timekeeper::stored(Task task) {
  look();
  task.due -= clock_.steady() < counts_as_before_until_ ? ahead_before_ : ahead_;
  return task;
}

bool Timekeeper::set_forward_within(Milliseconds time) {
  look();
  return set_forward_at_ && clock_.steady() < *set_forward_at_ + time;
}

}  // namespace salam::pipeline
