#pragma once

#include <array>
#include <chrono>
#include <cstdint>

#include "gateway/domain/time.h"

namespace salam {

class Clock {
 public:
  using Steady = std::chrono::steady_clock::time_point;

  virtual ~Clock() = default;
  [[nodiscard]] virtual Timestamp now() const = 0;  ///< What is stored and shown.
  [[nodiscard]] virtual Steady steady() const = 0;  ///< What waits are measured with.
};

/// The operating system's randomness, or a simulation's.
class Random {
 public:
  virtual ~Random() = default;
  virtual std::uint64_t bits() = 0;
  std::array<std::uint8_t, 16> bytes16();
  /// Uniform in [0, 1).
  double fraction();
};

}  // namespace salam
