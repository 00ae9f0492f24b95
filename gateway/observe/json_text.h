#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// The two things that logs and refusals need of JSON and UTF-8 (RFC 8259, RFC 3629).
namespace salam::observe {

/// Length in bytes of the well-formed UTF-8 character at `at`; 0 where there is none.
std::size_t utf8_character(std::string_view text, std::size_t at);
bool is_utf8(std::string_view text);

/// Appends `text` as a JSON string with its quotes; what is not UTF-8 becomes U+FFFD.
void append_json_string(std::string& out, std::string_view text);

}  // namespace salam::observe
