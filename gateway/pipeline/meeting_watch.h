#pragma once

#include <array>
#include <optional>

#include <prometheus/counter.h>
#include <prometheus/registry.h>

#include "gateway/domain/deadlines.h"
#include "gateway/ports/clock.h"
#include "gateway/ports/executor.h"
#include "gateway/store/store.h"

namespace salam::pipeline {

/// Has it announced when a meeting's deadline comes near and when it is missed, each once: the store notes that in the transaction that
/// writes the event. One timer waits for the next such moment, but never longer than an hour, so that a clock that is set does no harm.
/// Lives on the executor's thread; what may be called elsewhere says so. Outlives nothing it is given.
class MeetingWatch {
 public:
  struct World {
    store::Store& store;
    const Clock& clock;
    Executor& executor;
  };
  MeetingWatch(World world, prometheus::Registry& metrics);

  /// Announces what is due now, such as what passed while the gateway was down, and goes on.
  void start() { look(); }
  /// A meeting was put, or the calendar changed. From any thread.
  void deadlines_changed();

 private:
  void look();
  void looked(const Result<store::Announced>& announced);
  void wait(Milliseconds time);

  World world_;
  std::array<prometheus::Counter*, meeting_steps.size()> missed_{};
  std::optional<Clock::Steady> wakes_at_;
  bool looking_ = false;
  bool look_again_ = false;
};

}  // namespace salam::pipeline
