#pragma once

#include <string>

#include "gateway/domain/tracking_code.h"

namespace salam {

/// A paper form that was printed with its number and its code, before anybody wrote on it.
struct PrintedForm {
  std::string form;  ///< Its number, in Latin digits.
  TrackingCode code;

  friend bool operator==(const PrintedForm&, const PrintedForm&) = default;
};

}  // namespace salam
