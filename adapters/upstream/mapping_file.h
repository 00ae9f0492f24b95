#pragma once

#include <string_view>

#include "adapters/upstream/mapped_http.h"
#include "gateway/domain/result.h"

namespace salam::upstream {

/// The file (TOML) in which an installation says how a system is spoken to over HTTP; `docker/examples/service_desk.toml` explains every
/// key. Errors: `mapping_invalid` with file, key and reason. An unknown key is an error, so that nothing misspelt is passed over. `file`:
/// for errors only.
Result<Mapping> parse_mapping(std::string_view toml, std::string_view file);

}  // namespace salam::upstream
