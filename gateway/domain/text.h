#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

// Persian text as it comes from keyboards and handwriting. All text is UTF-8; callers have checked it with `valid_utf8`.
namespace salam {

bool valid_utf8(std::string_view text);

/// The form that is stored and sent on beside what the citizen wrote: NFKC without changing digits' script (superscripts and fractions stay
/// too), Arabic ي ك to Persian ی ک, no tatweel, no bidi marks or other controls, zero-width non-joiner kept only between letters, runs of
/// blanks folded to one blank, or to one \n where a line break is among them, trimmed. Applying it twice changes nothing more.
std::string normalise(std::string_view text);

/// The form that only comparisons see: `normalise`, then ة→ه, ى→ی, no joiners, no diacritics (nor hamza on alef or heh), Latin digits,
/// case folded.
std::string matching_form(std::string_view text);

/// Persian and Arabic digits to 0–9; all else unchanged.
std::string latin_digits(std::string_view text);
/// 0–9 and Arabic digits to ۰–۹; all else unchanged.
std::string persian_digits(std::string_view text);

/// Unicode code points in the text.
std::size_t length(std::string_view text);
/// At most that many code points, cut at a code point and ended by `…` where something was cut.
std::string shortened(std::string_view text, std::size_t code_points);

/// Personal data out of a text that operators see: runs of 7 or more digits (any script, blanks and dashes between them allowed) become
/// `[digits]`.
std::string without_numbers(std::string_view text);

/// An Iranian mobile in any of its spellings (09…, +989…, 00989…, 989…, 9…, +98 (0)9…, in any digits, with blanks, dashes, dots,
/// parentheses or bidi marks between them) as E.164 `+989xxxxxxxxx`; nothing for anything else, landlines included.
std::optional<std::string> parse_mobile(std::string_view text);

/// An Iranian national ID (any digits, 8 to 10 of them, blanks and dashes between them) as ten Latin digits; nothing where length or check
/// digit is wrong, or all digits are the same.
std::optional<std::string> parse_national_id(std::string_view text);

/// How many SMS parts the text needs: GSM 03.38 160/153 where every character is in the basic set or its extension, else UCS-2 70/67 (a
/// character beyond the BMP counts two). 0 for an empty text.
std::size_t sms_parts(std::string_view text);

}  // namespace salam
