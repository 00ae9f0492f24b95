#include <string>
#include <string_view>

#include "gateway/domain/text.h"
#include "gateway/domain/utf8.h"

namespace salam {
namespace {

// 3GPP TS 23.038, 6.2.1: the default alphabet and its extension table.
constexpr std::u32string_view basic =
    U"@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
constexpr std::u32string_view extension = U"\f^{}\\[~]|€";

struct Capacity {
  std::size_t single;
  std::size_t of_several;
};
constexpr Capacity gsm{.single = 160, .of_several = 153};
constexpr Capacity ucs2{.single = 70, .of_several = 67};

std::u32string code_points(std::string_view text) {
  std::u32string result;
  for (std::size_t i = 0; i < text.size();) result.push_back(static_cast<char32_t>(next_code_point(text, i)));
  return result;
}

/// Characters are never split between two parts.
template <class Units>
std::size_t parts(std::u32string_view text, Capacity capacity, Units units_of) {
  std::size_t total = 0;
  std::size_t count = 1;
  std::size_t filled = 0;
  for (const auto c : text) {
    const std::size_t units = units_of(c);
    total += units;
    if (filled + units > capacity.of_several) {
      ++count;
      filled = 0;
    }
    filled += units;
  }
  return total <= capacity.single ? 1 : count;
}

bool in(std::u32string_view set, char32_t c) { return set.find(c) != std::u32string_view::npos; }

}  // namespace

std::size_t sms_parts(std::string_view text) {
  if (text.empty()) return 0;
  const auto points = code_points(text);
  bool latin = true;
  for (const auto c : points) latin = latin && (in(basic, c) || in(extension, c));
  if (latin) return parts(points, gsm, [](char32_t c) { return in(extension, c) ? 2U : 1U; });
  return parts(points, ucs2, [](char32_t c) { return c > 0xFFFF ? 2U : 1U; });
}

}  // namespace salam
