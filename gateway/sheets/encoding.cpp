#include "gateway/sheets/encoding.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <stdexcept>

#include <unicode/ucnv.h>
#include <unicode/unistr.h>

#include "gateway/domain/text.h"

namespace salam::sheets {
namespace {

constexpr std::string_view utf8_mark = "\xEF\xBB\xBF";
constexpr std::string_view little_endian_mark = "\xFF\xFE";
constexpr std::string_view big_endian_mark = "\xFE\xFF";

bool is_high(char byte) { return (static_cast<unsigned char>(byte) & 0x80U) != 0; }
bool continues(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; }
/// Of the Arabic block, U+0600–U+06FF.
bool leads_arabic(char byte) { return byte >= '\xD8' && byte <= '\xDB'; }

/// Persian in UTF-8 with some bad bytes, rather than in an encoding of one byte a letter.
bool is_broken_utf8(std::string_view text) {
  std::size_t high = 0;
  std::size_t paired = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!is_high(text[i])) continue;
    ++high;
    if (leads_arabic(text[i]) && i + 1 < text.size() && continues(text[i + 1])) paired += 2;
  }
  return paired * 2 > high;
}

std::string converted(std::string_view bytes, const char* encoding) {
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<UConverter, decltype(&ucnv_close)> converter(ucnv_open(encoding, &status), &ucnv_close);
  const icu::UnicodeString text(bytes.data(), static_cast<std::int32_t>(bytes.size()), converter.get(), status);
  if (U_FAILURE(status)) throw std::runtime_error(std::string("ICU: ") + u_errorName(status));
  std::string utf8;
  text.toUTF8String(utf8);
  return utf8;
}

bool is_binary(std::string_view text) {
  return std::ranges::any_of(text,
                             [](char c) { return c >= 0 && c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\v' && c != '\f'; });
}

Result<std::string> decoded(std::string_view file) {
  if (file.starts_with(little_endian_mark)) return converted(file.substr(little_endian_mark.size()), "UTF-16LE");
  if (file.starts_with(big_endian_mark)) return converted(file.substr(big_endian_mark.size()), "UTF-16BE");
  const bool marked = file.starts_with(utf8_mark);
  const auto text = marked ? file.substr(utf8_mark.size()) : file;
  if (valid_utf8(text)) return std::string(text);
  if (marked || is_broken_utf8(text)) {
    return Error{
        "sheet_damaged",
        "نویسه‌های این پرونده آسیب دیده‌اند؛ آن را دوباره به صورت xlsx یا «CSV UTF-8» ذخیره کنید."};
  }
  return converted(text, "windows-1256");
}

}  // namespace

Result<std::string> text_of_file(std::string_view file) {
  auto text = decoded(file);
  if (text && is_binary(*text)) {
    return Error{"sheet_type", "این پرونده نه CSV است و نه XLSX؛ آن را در اکسل باز کنید و به صورت xlsx ذخیره کنید."};
  }
  return text;
}

}  // namespace salam::sheets
