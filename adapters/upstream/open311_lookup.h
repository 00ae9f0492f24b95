#pragma once

#include <memory>

#include "adapters/upstream/open311.h"
#include "adapters/upstream/protocol.h"

namespace salam::upstream {

/// Reads the list of requests until the one with our code is found, or everything has been seen.
std::unique_ptr<Lookup> make_open311_lookup(const Open311Settings& settings, const Request& request);

/// Reads all of the list.
std::unique_ptr<Listing> make_open311_listing(const Open311Settings& settings, Timestamp since);

}  // namespace salam::upstream
