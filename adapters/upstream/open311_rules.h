#pragma once

#include <vector>

#include "adapters/upstream/open311.h"
#include "adapters/upstream/open311_reply.h"

namespace salam::upstream {

/// Whether one of the rules holds of a reply with that status and these errors.
bool any_holds(const std::vector<ErrorRule>& rules, int status, const std::vector<ReplyError>& errors);

}  // namespace salam::upstream
