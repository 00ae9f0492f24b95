#pragma once

#include <string_view>

#include "adapters/sms/mapped_wire.h"
#include "gateway/domain/result.h"

namespace salam::sms::mapped {

/// The file (TOML) in which an installation says how its SMS panel is spoken to; `docker/examples/sms_panel.toml` explains every key.
/// Errors: `mapping_invalid` with file, key and reason. An unknown key is an error, so that nothing misspelt is passed over. `file`: for
/// errors only.
Result<Mapping> parse_mapping(std::string_view toml, std::string_view file);

}  // namespace salam::sms::mapped
