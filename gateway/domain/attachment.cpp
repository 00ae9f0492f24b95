#include "gateway/domain/attachment.h"

#include <algorithm>
#include <array>
#include <utility>

#include <unicode/uchar.h>

#include "gateway/domain/text.h"
#include "gateway/domain/utf8.h"

namespace salam {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t longest_name = 100;
constexpr UChar32 non_joiner = 0x200C;

constexpr std::array<std::pair<std::string_view, std::string_view>, 3> first_bytes{{
    {"\xFF\xD8\xFF"sv, "image/jpeg"},
    {"\x89PNG\r\n\x1A\n"sv, "image/png"},
    {"%PDF-"sv, "application/pdf"},
}};

/// Its length stands between the two.
bool is_webp(std::string_view content) { return content.starts_with("RIFF") && content.size() >= 12 && content.substr(8, 4) == "WEBP"; }

/// Changes how a name reads, or where a file of that name would stand.
bool misleads(UChar32 character) {
  if (character < 0 || character == '/' || character == '\\') return true;
  if (character == non_joiner) return false;
  constexpr auto types = U_GC_CC_MASK | U_GC_CF_MASK | U_GC_ZL_MASK | U_GC_ZP_MASK | U_GC_CO_MASK | U_GC_CN_MASK;
  return (U_GET_GC_MASK(character) & types) != 0;
}

bool misleads(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    if (misleads(next_code_point(text, at))) return true;
  }
  return false;
}

}  // namespace

std::string_view media_type_of(std::string_view content) {
  if (is_webp(content)) return "image/webp";
  const auto* const found = std::ranges::find_if(first_bytes, [&](const auto& known) { return content.starts_with(known.first); });
  return found == first_bytes.end() ? std::string_view() : found->second;
}

std::optional<std::string> parse_file_name(std::string_view text) {
  if (misleads(text)) return std::nullopt;
  auto name = normalise(text);
  // A wide slash is one now.
  if (misleads(name) || name.find_first_not_of('.') == std::string::npos || length(name) > longest_name) return std::nullopt;
  return name;
}

}  // namespace salam
