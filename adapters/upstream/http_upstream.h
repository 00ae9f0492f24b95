#pragma once

#include <memory>

#include "adapters/http_client/client.h"
#include "adapters/upstream/protocol.h"
#include "gateway/ports/executor.h"
#include "gateway/ports/upstream.h"

namespace salam::upstream {

/// An upstream that is spoken to by a protocol over an HTTP client. A lookup's pages share one call deadline. `executor` must outlive it.
std::unique_ptr<Upstream> make_http_upstream(UpstreamTraits traits, std::shared_ptr<const Protocol> protocol,
                                             std::shared_ptr<http_client::Client> client, Executor& executor);

}  // namespace salam::upstream
