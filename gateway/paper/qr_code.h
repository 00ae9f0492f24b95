#pragma once

#include <string>
#include <string_view>

namespace salam::paper {

/// Of a text that fits into a code.
inline constexpr std::size_t longest_qr_text = 200;

/// A QR code (ISO/IEC 18004, error correction M: 15 % may be unreadable) as an SVG element for HTML, one unit a module, with the quiet zone
/// of four modules that readers need. Throws std::invalid_argument for a text that is empty or longer than `longest_qr_text`.
std::string qr_code(std::string_view text);

}  // namespace salam::paper
