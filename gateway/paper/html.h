#pragma once

#include <string>
#include <string_view>

namespace salam::paper {

/// For text and for attributes in quotes.
std::string escaped(std::string_view text);

}  // namespace salam::paper
