#pragma once

#include <string_view>
#include <vector>

#include "tests/stand_ins/message.h"
#include "tests/stand_ins/registry.h"
#include "tests/stand_ins/text.h"

namespace salam::stand_ins {

/// How soon a system gets on with what it holds, from the registration on.
struct Pace {
  Milliseconds in_progress_after{2'000};
  Milliseconds closed_after{4'000};
};

struct Step {
  std::string_view status;  ///< `open`, `in_progress`, `closed`.
  std::string_view notes;   ///< For the citizen; empty at first.
  Time at{};
};

/// What has become of it until now; the first step is its registration.
std::vector<Step> steps_of(const Registration& registration, const Pace& pace, Time now);

/// Calls with each code of a list with commas between them.
template <class Visit>
void for_each_code(std::string_view list, Visit visit) {
  while (!list.empty()) {
    auto code = list.substr(0, list.find(','));
    visit(code);
    list.remove_prefix(code.size() < list.size() ? code.size() + 1 : list.size());
  }
}

}  // namespace salam::stand_ins
