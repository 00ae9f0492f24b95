#include "tests/stand_ins/demo/characters.h"

#include <cstdint>

#include <unicode/unistr.h>

namespace salam::stand_ins::demo {

std::u32string characters_of(std::string_view text) {
  std::u32string characters;
  auto units = icu::UnicodeString::fromUTF8({text.data(), static_cast<std::int32_t>(text.size())});
  for (std::int32_t at = 0; at < units.length(); at = units.moveIndex32(at, 1)) {
    characters += static_cast<char32_t>(units.char32At(at));
  }
  return characters;
}

std::string to_utf8(std::u32string_view characters) {
  icu::UnicodeString units;
  for (auto character : characters) units.append(static_cast<UChar32>(character));
  std::string text;
  return units.toUTF8String(text);
}

}  // namespace salam::stand_ins::demo
