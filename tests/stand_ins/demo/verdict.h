#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "tests/stand_ins/demo/api_client.h"
#include "tests/stand_ins/demo/row.h"

namespace salam::stand_ins::demo {

/// The totals of a meeting, and whether they agree.
class Verdict {
 public:
  /// Prints what the gateway says of the rows.
  explicit Verdict(const std::vector<Row>& rows);

  /// Says it with a mark, and remembers.
  void check(const std::string& what, bool holds);
  [[nodiscard]] bool holds() const { return holds_; }

 private:
  bool holds_ = true;
};

/// Compares the rows with what the stand-ins saw: each registration once, under its code, and each text sent once. `ready_file` is theirs.
void compare_with_ledgers(Verdict& verdict, const std::vector<Row>& rows, const rapidjson::Document& ready_file);
/// Compares the events in Kafka with the requests' histories; waits for the last ones until `deadline`.
void compare_with_topic(Verdict& verdict, const std::vector<Row>& rows, const rapidjson::Document& ready_file, ApiClient& api,
                        std::chrono::steady_clock::time_point deadline);

}  // namespace salam::stand_ins::demo
