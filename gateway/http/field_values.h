#pragma once

#include <optional>
#include <string_view>

/// Reading field values (RFC 9110 section 5.6).
namespace salam::http {

bool same_ignoring_case(std::string_view left, std::string_view right);
std::string_view trimmed(std::string_view text);

/// Cuts the part up to `separator` off the front of `rest` and trims it; nothing when `rest` is used up.
std::optional<std::string_view> next_part(std::optional<std::string_view>& rest, char separator);

}  // namespace salam::http
