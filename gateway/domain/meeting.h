#pragma once

#include <string>

#include "gateway/domain/region.h"
#include "gateway/domain/time.h"

namespace salam {

/// One Mardom Salam evening in a mosque (دیدار).
struct Meeting {
  std::string id;  ///< Chosen by the communications directorate; `[A-Za-z0-9._-]{1,64}`.
  Region region;
  std::string mosque;
  Date date;

  friend bool operator==(const Meeting&, const Meeting&) = default;
};

}  // namespace salam
