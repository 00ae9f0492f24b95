#include <algorithm>

#include "gateway/domain/digits.h"
#include "gateway/domain/text.h"

namespace salam {
namespace {

/// What follows the country code, with its trunk zero or without.
std::optional<std::string> mobile_from_national(std::string_view digits) {
  if (digits.starts_with('0')) digits.remove_prefix(1);
  if (digits.size() != 10 || digits.front() != '9') return std::nullopt;
  return "+98" + std::string(digits);
}

std::optional<std::string> mobile_from_international(std::string_view digits) {
  if (!digits.starts_with("98")) return std::nullopt;
  return mobile_from_national(digits.substr(2));
}

}  // namespace

std::optional<std::string> parse_mobile(std::string_view text) {
  constexpr std::string_view punctuation = "().";
  if (const auto plus = text.find('+'); plus != std::string_view::npos) {
    const auto before = bare_digits(text.substr(0, plus), punctuation);
    const auto after = bare_digits(text.substr(plus + 1), punctuation);
    if (!before || !before->empty() || !after) return std::nullopt;
    return mobile_from_international(*after);
  }
  const auto digits = bare_digits(text, punctuation);
  if (!digits) return std::nullopt;
  if (digits->starts_with("00")) return mobile_from_international(std::string_view(*digits).substr(2));
  if (digits->size() > 11) return mobile_from_international(*digits);
  return mobile_from_national(*digits);
}

std::optional<std::string> parse_national_id(std::string_view text) {
  const auto digits = bare_digits(text);
  if (!digits || digits->size() < 8 || digits->size() > 10) return std::nullopt;
  const auto id = std::string(10 - digits->size(), '0') + *digits;
  if (std::ranges::all_of(id, [&](char c) { return c == id.front(); })) return std::nullopt;
  int sum = 0;
  for (int i = 0; i < 9; ++i) sum += (id[static_cast<std::size_t>(i)] - '0') * (10 - i);
  const int remainder = sum % 11;
  const int check = remainder < 2 ? remainder : 11 - remainder;
  if (id.back() - '0' != check) return std::nullopt;
  return id;
}

}  // namespace salam
