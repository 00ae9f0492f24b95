#pragma once

#include <cstdint>
#include <map>
#include <tuple>

#include "gateway/domain/request.h"
#include "gateway/store/database.h"

namespace salam::store {

/// How many requests stand where, gathered over one transaction and written at its end.
class Tallies {
 public:
  void add(const Request& request) { ++changes_[cell(request)]; }
  void remove(const Request& request) { --changes_[cell(request)]; }
  void clear() { changes_.clear(); }
  /// Writes and forgets.
  void write(Database& database);

 private:
  using Cell = std::tuple<RegistrationState, System, bool>;
  static Cell cell(const Request& request) { return {request.registration.state, request.registration.system, request.told.has_value()}; }

  std::map<Cell, std::int64_t> changes_;
};

}  // namespace salam::store
