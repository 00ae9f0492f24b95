#include "gateway/config/nearest.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>
#include <vector>

namespace salam::config {
namespace {

/// Levenshtein's: insertions, deletions and replacements from one to the other.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    auto diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const auto replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string nearest(std::string_view name, const std::set<std::string, std::less<>>& known) {
  std::string best;
  auto least = std::max<std::size_t>(name.size() / 3, 2) + 1;
  for (const auto& candidate : known) {
    if (const auto apart = distance(name, candidate); apart < least) {
      least = apart;
      best = candidate;
    }
  }
  return best;
}

}  // namespace salam::config
