#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace salam::reports {

/// Forms one after the other.
struct FormRange {
  std::string from;
  std::string to;
  std::int64_t forms = 0;

  friend bool operator==(const FormRange&, const FormRange&) = default;
};

/// The forms from which nothing was typed in. Of printed ones, those that are not among the typed; where none were printed, the gaps
/// between the smallest and the largest number that was typed.
std::vector<FormRange> missing_forms(const std::vector<std::string>& printed, const std::vector<std::string>& typed);

}  // namespace salam::reports
