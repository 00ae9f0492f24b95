#pragma once

#include <cstddef>
#include <vector>

#include "gateway/domain/lifecycle.h"
#include "gateway/pipeline/scheduler.h"
#include "gateway/ports/clock.h"

namespace salam::pipeline {

/// Which of several lines (SMS providers, in the order of the configuration) sends: the first without a lasting trouble of its own, such as
/// no credit, wrong credentials, or several failures in a row. One in trouble is tried with a single message after a wait that grows.
class LineChoice {
 public:
  /// `failures`: so many in a row are a lasting trouble.
  LineChoice(std::size_t lines, int failures, lifecycle::Backoff wait) : lines_(lines), failures_(failures), wait_(wait) {}

  /// Of a line in trouble, it is the trial. Where all are in trouble: the one whose wait is over first. At least one line.
  std::size_t choose(Clock::Steady now);
  /// What a call of that line came to.
  void came_back(std::size_t line, Health health, Clock::Steady now);
  [[nodiscard]] bool in_trouble(std::size_t line) const { return lines_[line].trips > 0; }
  /// One that is not in trouble.
  [[nodiscard]] bool any_fit() const;

 private:
  struct Line {
    int failures = 0;
    int trips = 0;             ///< Trials since the trouble began, and one; 0: it is not in trouble.
    Clock::Steady trial_at{};  ///< Where it is.
  };

  void rest(Line& line, Clock::Steady now) const;

  std::vector<Line> lines_;
  int failures_;
  lifecycle::Backoff wait_;
};

}  // namespace salam::pipeline
