#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tests/stand_ins/message.h"

namespace salam::stand_ins {

/// application/x-www-form-urlencoded (WHATWG URL), also for query strings; nothing where an escape is broken or the text is not UTF-8.
std::optional<Fields> parse_form(std::string_view text);
/// Decodes %XX; nothing where an escape is broken.
std::optional<std::string> percent_decoded(std::string_view text, bool plus_is_blank);
/// Of the first field with that name that is not empty (Open311: an empty parameter equals an absent one).
std::string_view value_of(const Fields& fields, std::string_view name);

/// In code points; nothing where it is not UTF-8.
std::optional<std::size_t> utf8_length(std::string_view text);
std::optional<std::int64_t> to_integer(std::string_view text);
std::optional<double> to_number(std::string_view text);

using Time = std::chrono::system_clock::time_point;
/// `2026-11-24T15:00:00Z`.
std::string w3c_time(Time time);
/// With `Z` or an offset; nothing where it is malformed.
std::optional<Time> parse_w3c_time(const std::string& text);

}  // namespace salam::stand_ins
