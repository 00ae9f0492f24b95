#include "gateway/http/field_values.h"

#include <algorithm>

namespace salam::http {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

bool same_ignoring_case(std::string_view left, std::string_view right) {
  return std::ranges::equal(left, right, [](char a, char b) { return lower(a) == lower(b); });
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t";
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::optional<std::string_view> next_part(std::optional<std::string_view>& rest, char separator) {
  if (!rest) return std::nullopt;
  const auto end = rest->find(separator);
  const auto part = trimmed(rest->substr(0, end));
  rest = end == std::string_view::npos ? std::nullopt : std::optional(rest->substr(end + 1));
  return part;
}

}  // namespace salam::http
