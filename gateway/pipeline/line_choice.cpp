#include "gateway/pipeline/line_choice.h"

#include <algorithm>

namespace salam::pipeline {

std::size_t LineChoice::choose(Clock::Steady now) {
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    auto& line = lines_[i];
    if (line.trips == 0) return i;
    if (line.trial_at <= now) {
      rest(line, now);
      return i;
    }
  }
  const auto soonest = std::ranges::min_element(lines_, {}, &Line::trial_at);
  return static_cast<std::size_t>(soonest - lines_.begin());
}

void LineChoice::came_back(std::size_t which, Health health, Clock::Steady now) {
  auto& line = lines_[which];
  if (health == Health::none) return;
  if (health == Health::ok) {
    line = {};
    return;
  }
  line.failures += 1;
  if (line.trips == 0 && (health == Health::misconfigured || line.failures >= failures_)) rest(line, now);
}

void LineChoice::rest(Line& line, Clock::Steady now) const {
  line.trips += 1;
  line.trial_at = now + wait_.wait(line.trips, 1);
}

bool LineChoice::any_fit() const {
  return std::ranges::any_of(lines_, [](const Line& line) { return line.trips == 0; });
}

}  // namespace salam::pipeline
