#include "gateway/ports/clock.h"

#include <cstring>

namespace salam {

std::array<std::uint8_t, 16> Random::bytes16() {
  const std::array<std::uint64_t, 2> words{bits(), bits()};
  std::array<std::uint8_t, 16> bytes{};
  std::memcpy(bytes.data(), words.data(), bytes.size());
  return bytes;
}

double Random::fraction() { return static_cast<double>(bits() >> 11) * 0x1.0p-53; }

}  // namespace salam
