#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/domain/time.h"

namespace salam {

/// RFC 9562.
struct Uuid {
  std::array<std::uint8_t, 16> bytes{};

  /// Version 7: `now` in the first 48 bits, the rest from 16 random bytes.
  static Uuid v7(Timestamp now, const std::array<std::uint8_t, 16>& random);
  /// The 36-character form, either case.
  static std::optional<Uuid> parse(std::string_view text);
  [[nodiscard]] std::string to_string() const;

  friend auto operator<=>(const Uuid&, const Uuid&) = default;
};

}  // namespace salam
