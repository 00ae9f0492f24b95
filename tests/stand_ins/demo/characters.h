#pragma once

#include <string>
#include <string_view>

namespace salam::stand_ins::demo {

/// UTF-8 to code points and back.
std::u32string characters_of(std::string_view text);
std::string to_utf8(std::u32string_view characters);

}  // namespace salam::stand_ins::demo
