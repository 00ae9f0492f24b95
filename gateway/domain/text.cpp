#include "gateway/domain/text.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <stdexcept>

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/uniset.h>
#include <unicode/unistr.h>

#include "gateway/domain/digits.h"
#include "gateway/domain/utf8.h"

namespace salam {
namespace {

constexpr char16_t tatweel = 0x0640;
constexpr char16_t non_joiner = 0x200C;

void expect_success(UErrorCode status) {
  if (U_FAILURE(status)) throw std::runtime_error(std::string("ICU: ") + u_errorName(status));
}

const icu::Normalizer2& nfkc() {
  static const auto* const instance = [] {
    UErrorCode status = U_ZERO_ERROR;
    const auto* found = icu::Normalizer2::getNFKCInstance(status);
    expect_success(status);
    return found;
  }();
  return *instance;
}

/// NFKC, except that superscripts, subscripts and fractions stay: `3½` must not become `31⁄2`.
const icu::Normalizer2& careful_nfkc() {
  static const icu::UnicodeSet folded = [] {
    UErrorCode status = U_ZERO_ERROR;
    icu::UnicodeSet set(u"[^[:dt=super:][:dt=sub:][:dt=fraction:]]", status);
    expect_success(status);
    set.freeze();
    return set;
  }();
  static const icu::FilteredNormalizer2 filtered(nfkc(), folded);
  return filtered;
}

void compose(icu::UnicodeString& text) {
  UErrorCode status = U_ZERO_ERROR;
  if (nfkc().quickCheck(text, status) != UNORM_YES) text = careful_nfkc().normalize(text, status);
  expect_success(status);
}

enum class Role : std::uint8_t { shown, blank, line_break, joiner, dropped };

Role role_of(UChar32 c) {
  switch (c) {
    case '\n':
    case '\v':
    case '\f':
    case '\r':
    case 0x0085:
      return Role::line_break;
    case '\t':
      return Role::blank;
    case tatweel:
      return Role::dropped;
    case non_joiner:
      return Role::joiner;
    default:
      break;
  }
  switch (u_charType(c)) {
    case U_CONTROL_CHAR:
    case U_FORMAT_CHAR:
      return Role::dropped;
    case U_SPACE_SEPARATOR:
      return Role::blank;
    case U_LINE_SEPARATOR:
    case U_PARAGRAPH_SEPARATOR:
      return Role::line_break;
    default:
      return Role::shown;
  }
}

UChar32 persian_letter(UChar32 c) {
  switch (c) {
    case 0x064A:  // ي
      return 0x06CC;
    case 0x0643:  // ك
      return 0x06A9;
    default:
      return c;
  }
}

UChar32 matching_letter(UChar32 c) {
  switch (c) {
    case 0x0623:  // أ
    case 0x0625:  // إ
    case 0x0671:  // ٱ
      return 0x0627;
    case 0x0629:  // ة
    case 0x06C0:  // ۀ
    case 0x06D5:  // ە
      return 0x0647;
    case 0x0649:  // ى
      return 0x06CC;
    default:
      break;
  }
  if (c >= 0x0660 && c <= 0x0669) return '0' + (c - 0x0660);
  if (c >= 0x06F0 && c <= 0x06F9) return '0' + (c - 0x06F0);
  return u_foldCase(c, U_FOLD_CASE_DEFAULT);
}

struct Character {
  char16_t persian;   ///< What `normalise` makes of it.
  char16_t matching;  ///< What `matching_form` makes of that.
  Role role;
  bool letter;
  bool mark;
};

/// `c` within the basic plane.
Character describe(UChar32 c) {
  const auto persian = persian_letter(c);
  const auto type = u_charType(c);
  return {.persian = static_cast<char16_t>(persian),
          .matching = static_cast<char16_t>(matching_letter(persian)),
          .role = role_of(c),
          .letter = u_isalpha(c) != 0,
          .mark = type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK};
}

/// Latin, Greek, Cyrillic and Arabic letters come from a table. A half of a surrogate pair is shown as it is.
Character character(char16_t c) {
  static const auto table = [] {
    std::array<Character, 0x800> described{};
    for (std::size_t i = 0; i < described.size(); ++i) described[i] = describe(static_cast<UChar32>(i));
    return described;
  }();
  return c < table.size() ? table[c] : describe(c);
}

enum class Form { normal, matching };

icu::UnicodeString cleaned(std::string_view utf8, Form form) {
  auto text = icu::UnicodeString::fromUTF8({utf8.data(), static_cast<std::int32_t>(utf8.size())});
  compose(text);
  std::u16string clean;
  clean.reserve(static_cast<std::size_t>(text.length()));
  bool blank = false;
  bool line_break = false;
  bool joiner = false;
  bool after_letter = false;
  for (const auto unit : std::u16string_view(text.getBuffer(), static_cast<std::size_t>(text.length()))) {
    const auto c = character(unit);
    switch (c.role) {
      case Role::blank:
        blank = true;
        continue;
      case Role::line_break:
        line_break = true;
        continue;
      case Role::joiner:
        joiner = true;
        continue;
      case Role::dropped:
        continue;
      case Role::shown:
        if (form == Form::matching && c.mark) continue;
        break;
    }
    if (blank || line_break) {
      if (!clean.empty()) clean.push_back(line_break ? u'\n' : u' ');
    } else if (joiner && after_letter && c.letter && form == Form::normal) {
      clean.push_back(non_joiner);
    }
    clean.push_back(form == Form::matching ? c.matching : c.persian);
    after_letter = c.letter || (after_letter && c.mark);
    blank = line_break = joiner = false;
  }
  text.setTo(clean.data(), static_cast<std::int32_t>(clean.size()));
  compose(text);
  return text;
}

/// ASCII that is its own normal form, as numbers and identifiers are.
bool plain(std::string_view text) {
  if (text.starts_with(' ') || text.ends_with(' ') || text.find("  ") != std::string_view::npos) return false;
  return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

std::string to_utf8(const icu::UnicodeString& text) {
  std::string utf8;
  utf8.reserve(2 * static_cast<std::size_t>(text.length()));
  return text.toUTF8String(utf8);
}

/// In UTF-8 `\xDB` leads ۰–۹ (B0–B9) and `\xD9` leads ٠–٩ (A0–A9).
bool is_digit_pair(char lead, char trail, char digits_lead, unsigned char zero) {
  const auto value = static_cast<unsigned char>(trail);
  return lead == digits_lead && value >= zero && value <= zero + 9;
}

bool is_persian_digit(std::string_view pair) { return pair.size() == 2 && is_digit_pair(pair[0], pair[1], '\xDB', 0xB0); }
bool is_arabic_digit(std::string_view pair) { return pair.size() == 2 && is_digit_pair(pair[0], pair[1], '\xD9', 0xA0); }
bool is_continuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; }

}  // namespace

std::string normalise(std::string_view text) { return plain(text) ? std::string(text) : to_utf8(cleaned(text, Form::normal)); }

// In this order: what `normalise` drops may stand between a letter and its mark.
std::string matching_form(std::string_view text) { return to_utf8(cleaned(normalise(text), Form::matching)); }

std::string latin_digits(std::string_view text) {
  std::string latin;
  latin.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto pair = text.substr(i, 2);
    if (is_persian_digit(pair) || is_arabic_digit(pair)) {
      latin.push_back(static_cast<char>('0' + (static_cast<unsigned char>(pair[1]) & 0x0FU)));
      ++i;
    } else {
      latin.push_back(text[i]);
    }
  }
  return latin;
}

std::string persian_digits(std::string_view text) {
  std::string persian;
  persian.reserve(2 * text.size());
  for (const char c : latin_digits(text)) {
    if (c >= '0' && c <= '9') {
      persian.push_back('\xDB');
      persian.push_back(static_cast<char>(0xB0 + (c - '0')));
    } else {
      persian.push_back(c);
    }
  }
  return persian;
}

std::size_t length(std::string_view text) {
  std::size_t code_points = 0;
  for (const char byte : text) code_points += is_continuation(byte) ? 0 : 1;
  return code_points;
}

std::string shortened(std::string_view text, std::size_t code_points) {
  if (length(text) <= code_points) return std::string(text);
  if (code_points == 0) return {};
  std::size_t end = 0;
  for (std::size_t kept = 0; end < text.size(); ++end) {
    if (!is_continuation(text[end]) && kept++ == code_points - 1) break;
  }
  return std::string(text.substr(0, end)) + "…";
}

std::string without_numbers(std::string_view text) {
  constexpr int digits_of_a_number = 7;
  std::string cleared;
  std::size_t copied = 0;  // All before it is in `cleared`.
  std::size_t start = 0;   // Of the run.
  std::size_t end = 0;     // Behind the run's last digit.
  int digits = 0;
  const auto copy_until = [&](std::size_t position) {
    cleared += text.substr(copied, position - copied);
    copied = position;
  };
  const auto end_run = [&] {
    if (digits >= digits_of_a_number) {
      copy_until(start);
      cleared += "[digits]";
      copied = end;
    }
    digits = 0;
  };
  for (std::size_t i = 0; i < text.size();) {
    const auto here = i;
    const auto c = next_code_point(text, i);
    if (c >= 0 && u_charDigitValue(c) >= 0) {
      if (digits++ == 0) start = here;
      end = i;
    } else if (c < 0 || !separates_digits(static_cast<char32_t>(c))) {
      end_run();
    }
  }
  end_run();
  copy_until(text.size());
  return cleared;
}

}  // namespace salam
