#pragma once

#include <string_view>

#include "adapters/upstream/open311.h"
#include "gateway/domain/result.h"

namespace salam::upstream {

/// The file (TOML) in which an installation says what its Open311 system asks for beyond the standard; `docker/examples/system137.toml`
/// explains every key. All of the settings but the key. Errors: `mapping_invalid` with file, key and reason. An unknown key is an error, so
/// that nothing misspelt is passed over. `file`: for errors only.
Result<Open311Settings> parse_open311(std::string_view toml, std::string_view file);

}  // namespace salam::upstream
