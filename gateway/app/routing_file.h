#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/config/reader.h"
#include "gateway/domain/routing.h"

/// The routing rules' file:
///
///     [[rule]]
///     name = "power"
///     why = "برق با شرکت توزیع است"
///     words = ["قطعی برق"]           # any of kinds, regions, categories, words; at least one of them
///     system = "service_desk"        # or "137"
///     set_category = "power"         # optional
namespace salam::app {

/// The rules in their order; their digest is the file's SHA-256 in hex. Else everything that is wrong, with file, line and key.
Result<RuleSet, std::vector<config::Problem>> read_routing_rules(const std::string& file, std::string_view toml);
Result<RuleSet, std::vector<config::Problem>> read_routing_file(const std::string& file);

}  // namespace salam::app
