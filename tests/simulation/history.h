#pragma once

#include <string>
#include <vector>

#include "tests/simulation/counts.h"
#include "tests/simulation/mutations.h"

namespace salam::simulation {

struct HistorySettings {
  std::uint64_t seed = 1;
  int requests = 100;
  Mutation mutation = Mutation::none;
  double beyond_settle_after = 0;  ///< How often an upstream shows an entry later than it has promised.
  bool traced = false;
};

struct HistoryOutcome {
  std::vector<std::string> breaches;
  std::uint64_t requests = 0;
  Milliseconds lasted{0};  ///< Of virtual time, until the world was quiet.
  Counts counts;
  std::string trace;
};

/// One history: faults, then calm, then virtual time runs on until nothing is due any more; then the ledgers are checked.
HistoryOutcome history(const HistorySettings& settings);

}  // namespace salam::simulation
