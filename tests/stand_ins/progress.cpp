#include "tests/stand_ins/progress.h"

#include <algorithm>

namespace salam::stand_ins {

std::vector<Step> steps_of(const Registration& registration, const Pace& pace, Time now) {
  std::vector<Step> steps{{"open", "", registration.at}};
  if (registration.stays_open) return steps;
  steps.push_back({"in_progress", "همکاران ما در محل هستند", registration.at + pace.in_progress_after});
  steps.push_back({"closed", "رسیدگی شد", registration.at + pace.closed_after});
  std::erase_if(steps, [&](const Step& step) { return step.at > std::max(now, registration.at); });
  return steps;
}

}  // namespace salam::stand_ins
