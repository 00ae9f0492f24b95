#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace salam::config {

/// A whole number and a unit: `500ms`, `30s`, `5m`, `2h`, `7d`. Nothing for anything else.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

/// In the largest unit that divides it: `2h`, `90s`.
std::string to_text(std::chrono::milliseconds duration);

}  // namespace salam::config
