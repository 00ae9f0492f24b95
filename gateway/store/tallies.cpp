#include "gateway/store/tallies.h"

namespace salam::store {

void Tallies::write(Database& database) {
  for (const auto& [cell, change] : changes_) {
    if (change != 0) {
      const auto& [state, system, told] = cell;
      database
          .query(
              "INSERT INTO tallies(state, system, told, requests) VALUES (?,?,?,?) "
              "ON CONFLICT(state, system, told) DO UPDATE SET requests = requests + excluded.requests")
          .bind(state, system, told, change)
          .run();
    }
  }
  changes_.clear();
}

}  // namespace salam::store
