#pragma once

#include <array>
#include <cstdint>
#include <iosfwd>
#include <random>
#include <string>
#include <vector>

#include "tests/torture/city.h"
#include "tests/torture/ledgers.h"

namespace salam::torture {

struct Options {
  int cycles = 30;
  std::uint64_t seed = 1;
  int forms = 12;     ///< In one cycle.
  int together = 10;  ///< Cycles from one comparison of the ledgers to the next.
};

enum class KillKind { random_moment, at_sync, at_send, bytes_held };

struct Report {
  int cycles = 0;
  std::size_t requests = 0;
  int unanswered = 0;                 ///< Posts that brought no answer, and so were repeated.
  std::array<int, 4> kills{};         ///< By kind.
  int late_requests = 0;              ///< To the broker, from killed gateways, after their successors had begun.
  int late_records = 0;               ///< Those of them that carried records.
  std::vector<std::string> failures;  ///< What went wrong besides the ledgers.
  Verdict verdict;

  [[nodiscard]] bool good() const { return failures.empty() && verdict.good(); }
  [[nodiscard]] std::string summary() const;
};

/// Kills a gateway again and again while forms come in and everything around it fails; then lets everything settle and compares what each
/// party wrote down.
class Torture {
 public:
  Torture(City& city, const Options& options, std::ostream& progress);

  /// Ends at the first comparison that finds something.
  Report run();

 private:
  void open_meeting();
  void cycle();
  void kill_at_random();
  void kill_as_planned(KillKind kind, const std::string& plan);
  void kill_with_bytes_held();
  void settle();
  void compare_ledgers();

  void kill(KillKind kind);
  std::chrono::milliseconds up_to(int milliseconds);
  int dice(int least, int most);

  City& city_;
  Options options_;
  std::ostream& progress_;
  std::mt19937_64 random_;
  std::size_t compared_ = 0;
  Report report_;
};

}  // namespace salam::torture
