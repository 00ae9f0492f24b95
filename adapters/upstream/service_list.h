#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "adapters/http_client/client.h"
#include "adapters/upstream/open311_entries.h"
#include "adapters/upstream/service_catalogue.h"
#include "gateway/ports/executor.h"

namespace salam::upstream {

/// How it stands with the list of services, for health.
struct ServiceListStatus {
  bool loaded = false;  ///< Ever; a failed refresh keeps what was known.
  std::size_t services = 0;
  std::vector<std::string> unknown_codes;  ///< Configured, but not in the list.
  std::string problem;                     ///< Of the last try; empty where all is well.
};
using ServiceListListener = std::function<void(const ServiceListStatus&)>;

/// Where the list is and how it is read.
struct ServiceListSource {
  ReplyFormat format = ReplyFormat::json;
  std::string jurisdiction_id;
};

/// Reads the list in the background, again after 5 s (doubling, to 5 min) while that fails and every 6 h after; tells `listener` each time,
/// on the executor's thread. Ends when `client` does.
void keep_service_list(std::weak_ptr<http_client::Client> client, ServiceListSource source, Milliseconds call_deadline,
                       std::shared_ptr<ServiceCatalogue> catalogue, Executor& executor, ServiceListListener listener);

}  // namespace salam::upstream
