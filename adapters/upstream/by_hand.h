#pragma once

#include <memory>

#include "gateway/ports/executor.h"
#include "gateway/ports/upstream.h"

namespace salam::upstream {

/// The driver for a system without an interface: every request goes to an officer, who registers it in the system's own page and enters
/// its code. `executor` must outlive it.
std::unique_ptr<Upstream> make_by_hand(Executor& executor);

}  // namespace salam::upstream
