#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "gateway/domain/time.h"

namespace salam {

/// A part of each day, Tehran time, in which citizens are not woken by what can wait. It may go over midnight.
struct QuietHours {
  std::chrono::minutes from{22 * 60};  ///< Since midnight, in [0, 24 h).
  std::chrono::minutes to{8 * 60};     ///< The same as `from`: there are none.

  /// `22:00-08:00`; nothing where it is malformed.
  static std::optional<QuietHours> parse(std::string_view text);
  /// How long they still last; nothing where they are not now.
  [[nodiscard]] Milliseconds left(Timestamp now) const;
};

}  // namespace salam
