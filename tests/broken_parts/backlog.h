#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "tests/integration/gateway.h"

namespace salam::test {

/// As in tests/integration/gateway.h, with patience for a broker that starts.
bool eventually_within(std::chrono::seconds patience, const std::function<bool()>& condition);

/// Forms of different citizens, and what must have become of them when the broken part works again.
class Backlog {
 public:
  /// `more`: further members of each form, as `"category": "loan", `.
  explicit Backlog(City& city, std::string more = {}) : city_(city), more_(std::move(more)) {}

  /// Each is answered 202, or the test fails.
  void take(int count);
  [[nodiscard]] bool all_told() const;
  [[nodiscard]] std::size_t count(const std::string& state) const;
  /// Waits until each is told, then checks: registered there once, texted so often, its events numbered without a gap, the audit passes, no
  /// dependency fails.
  void expect_recovered(City::Which system, std::size_t texts_each = 1);
  [[nodiscard]] const std::vector<std::string>& ids() const { return ids_; }

 private:
  City& city_;
  std::string more_;
  std::vector<std::string> ids_;
  std::vector<std::string> mobiles_;
};

/// Waits until /health calls it failing, with why and since when, and checks that intake goes on.
void expect_failing(City& city, const std::string& dependency);

/// Every event's number by the request (or meeting) it belongs to, in the outbox's order.
std::map<std::string, std::vector<int>> outbox(City& city);
/// 1, 2, 3 … for each.
void expect_numbered_without_gap(const std::map<std::string, std::vector<int>>& sequences);

}  // namespace salam::test
