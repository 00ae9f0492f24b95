#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace salam {

/// The code point that starts at `position`, which moves behind it; negative where the bytes there are no UTF-8.
std::int32_t next_code_point(std::string_view text, std::size_t& position);

}  // namespace salam
