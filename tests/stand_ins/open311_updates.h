#pragma once

#include <string>
#include <vector>

#include "tests/stand_ins/progress.h"
#include "tests/stand_ins/registry.h"

namespace salam::stand_ins::open311 {

/// Service request updates (https://github.com/mysociety/fixmystreet/wiki/Open311-FMS---Complete-Spec): each step of a registration, and
/// what clients add.
class Updates {
 public:
  /// Both ends of the time are needed. Oldest first.
  [[nodiscard]] Response list(const Fields& query, const Registry& registry, const Pace& pace) const;
  /// The same update twice is kept once.
  Response post(const Fields& fields, const Registry& registry);
  void clear() { posted_.clear(); }

 private:
  struct Update {
    std::string id;
    std::string request;
    std::string status;
    std::string description;
    Time at{};
  };
  [[nodiscard]] static std::vector<Update> of(const Registration& registration, const Pace& pace, Time now);

  std::vector<Update> posted_;
};

}  // namespace salam::stand_ins::open311
