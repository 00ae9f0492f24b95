#pragma once

#include <string>
#include <string_view>

#include "adapters/upstream/mapped_http.h"
#include "adapters/upstream/open311.h"
#include "gateway/domain/result.h"

/// The files (TOML) in which an installation says how its systems are spoken to; `docker/examples/` holds one of each with every key
/// explained. Errors: `mapping_invalid` with file, key and reason. An unknown key is an error, so that nothing misspelt is passed over.
namespace salam::upstream {

/// `file`: for errors only.
Result<Mapping> parse_mapping(std::string_view toml, std::string_view file);

/// All but the key.
Result<Open311Settings> parse_open311(std::string_view toml, std::string_view file);

}  // namespace salam::upstream
