#pragma once

#include <string>
#include <string_view>

#include "gateway/domain/result.h"

namespace salam::sheets {

/// The text of a file in UTF-8, without its mark: from UTF-8, UTF-16 with its mark, or Windows-1256, which is what Excel saves on a Persian
/// Windows. Errors: `sheet_type` for what is no text, `sheet_damaged` for UTF-8 with bytes that are none.
Result<std::string> text_of_file(std::string_view file);

}  // namespace salam::sheets
