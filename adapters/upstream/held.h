#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "adapters/upstream/protocol.h"
#include "adapters/upstream/settings.h"

namespace salam::upstream {

/// All that the system has taken since then and that carries a tracking code of this gateway's form. Blocks for as long as its pages last;
/// `progress` is told how many were found so far. Errors: `cannot_list` (this driver has no list), `list_unreadable`, those of `check`.
Result<std::vector<Held>> list_held(const Settings& settings, std::string_view section, Timestamp since,
                                    const std::function<void(std::size_t)>& progress);

}  // namespace salam::upstream
