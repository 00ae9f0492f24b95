#include "gateway/domain/utf8.h"

#include <unicode/utf8.h>

#include "gateway/domain/text.h"

namespace salam {
namespace {

// Inline, because it runs over every character of every form.
inline UChar32 next(std::string_view text, std::size_t& position) {
  UChar32 c = 0;
// ICU's macro narrows without a cast.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
  U8_NEXT(text.data(), position, text.size(), c);
#pragma GCC diagnostic pop
  return c;
}

}  // namespace

std::int32_t next_code_point(std::string_view text, std::size_t& position) { return next(text, position); }

bool valid_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    if (next(text, i) < 0) return false;
  }
  return true;
}

}  // namespace salam
