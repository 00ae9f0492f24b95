#pragma once

#include "gateway/domain/change.h"
#include "gateway/pipeline/scheduler.h"
#include "gateway/ports/clock.h"

namespace salam::pipeline {

/// Stored due times are wall clock, which may be set; waits run with the steady clock, which may not. This turns the ones into the others:
/// the scheduler's wall clock goes on from the start as if nobody had set it, and a task comes to it with what it had to wait.
class Timekeeper {
 public:
  explicit Timekeeper(const Clock& clock) : clock_(clock), start_wall_(clock.now()), start_steady_(clock.steady()) {}

  /// For the scheduler.
  Now now();
  /// A task whose due time was reckoned just now.
  Task reckoned(Task task);
  /// A task from the store. For as long after the clock was set back as it was set back by, what is stored counts as reckoned before that:
  /// a few tasks may start too early then, but none waits for the clock to get there again.
  Task stored(Task task);
  /// The wall clock was set forward within that time: what it says has passed since then may not have.
  bool set_forward_within(Milliseconds time);

 private:
  void look();

  const Clock& clock_;
  Timestamp start_wall_;
  Clock::Steady start_steady_;
  Timestamp unset_;        ///< What the wall clock would say if it had not been set.
  Milliseconds ahead_{0};  ///< Of `unset_`, the wall clock.
  std::optional<Clock::Steady> set_forward_at_;
  Clock::Steady counts_as_before_until_{};
  Milliseconds ahead_before_{0};
};

}  // namespace salam::pipeline
