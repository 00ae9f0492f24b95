#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace salam {

/// The digits of a number as people write it, any script, as Latin digits: blanks, dashes, invisible marks and the ASCII characters of
/// `also` are passed over; nothing where anything else stands in the text.
std::optional<std::string> bare_digits(std::string_view text, std::string_view also = {});

/// Whether the code point may stand between the digits of one number: a blank, a dash or an invisible mark.
bool separates_digits(char32_t code_point);

}  // namespace salam
