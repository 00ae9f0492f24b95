#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "gateway/http/server.h"
#include "gateway/store/store.h"

namespace salam::api {

/// One thing the gateway depends on, as operators see it.
struct Dependency {
  std::string name;
  std::string state;  ///< `ok`, `failing`, `idle` (not asked yet), `by_hand`, `off`.
  Timestamp since;    ///< In that state; the gateway's start where it was never another.
  std::string last_error;
  std::optional<Timestamp> last_error_at;
  std::vector<std::pair<std::string, std::string>> details;
};

/// Where the operations listener gets its answers. Thread-safe.
struct HealthSources {
  store::Store& store;
  /// Calls back from the core thread, which proves that it lives.
  std::function<void(std::function<void(std::vector<Dependency>)>)> dependencies;
  std::function<bool()> draining;
  std::function<std::string()> metrics;              ///< Prometheus text.
  std::uint64_t disk_free_mark = 256 * 1024 * 1024;  ///< Bytes; less is not ready.
  std::size_t queue_mark = 10'000;                   ///< Unsaved writes; more is not ready.
};

/// `/livez`, `/readyz` (both with `?verbose`, as Kubernetes probes), `/health`, `/metrics`. Ready means that intake can be taken: upstreams
/// may be down, and requests may wait.
std::vector<http::Route> health_routes(const HealthSources& sources);

}  // namespace salam::api
