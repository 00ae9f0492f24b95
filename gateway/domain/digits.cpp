#include "gateway/domain/digits.h"

#include <unicode/uchar.h>

#include "gateway/domain/utf8.h"

namespace salam {

bool separates_digits(char32_t code_point) {
  constexpr char32_t minus_sign = 0x2212;
  const auto c = static_cast<UChar32>(code_point);
  const auto type = u_charType(c);
  return u_isUWhiteSpace(c) || type == U_DASH_PUNCTUATION || type == U_FORMAT_CHAR || code_point == minus_sign;
}

std::optional<std::string> bare_digits(std::string_view text, std::string_view also) {
  std::string digits;
  for (std::size_t i = 0; i < text.size();) {
    const auto c = next_code_point(text, i);
    if (c < 0) return std::nullopt;
    if (const auto digit = u_charDigitValue(c); digit >= 0) {
      digits.push_back(static_cast<char>('0' + digit));
    } else if (!separates_digits(static_cast<char32_t>(c)) && (c > 0x7f || also.find(static_cast<char>(c)) == std::string_view::npos)) {
      return std::nullopt;
    }
  }
  return digits;
}

}  // namespace salam
