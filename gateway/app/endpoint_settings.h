#pragma once

#include "adapters/http_client/client.h"
#include "gateway/config/reader.h"

namespace salam::app {

/// The keys by which any outside system is reached, from that system's table.
void read_endpoint(config::Section& section, http_client::Endpoint& endpoint);
/// Notes what cannot work.
void check_endpoint(const http_client::Endpoint& endpoint, config::Section section);

}  // namespace salam::app
