#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include <boost/asio/any_io_executor.hpp>

#include "adapters/http_client/client.h"
#include "adapters/http_client/origin.h"
#include "adapters/http_client/resolver.h"

namespace boost::asio::ssl {
class context;
}

namespace salam::http_client {

/// What every connection of one client shares.
struct Shared {
  Origin origin;
  std::optional<Proxy> proxy;
  std::string user_agent;
  std::size_t max_body = 0;
  boost::asio::any_io_executor executor;
  std::shared_ptr<Resolver> resolver;
  std::shared_ptr<boost::asio::ssl::context> tls;  ///< Null for http.
};

/// A request on its way.
struct Exchange {
  std::string wire;
  bool head = false;  ///< The reply to HEAD has no body.
  std::chrono::steady_clock::time_point deadline;
};

/// One connection, and one exchange after another on it.
class Connection {
 public:
  virtual ~Connection() = default;
  /// Connects first where that has not been done. Calls back once, never from inside.
  virtual void exchange(Exchange exchange, Handler handler) = 0;
  /// Open, and neither a byte nor its end has come unasked: the next exchange may ride on it.
  [[nodiscard]] virtual bool usable() = 0;
  /// Drops the handler of an exchange under way.
  virtual void close() = 0;
};

std::shared_ptr<Connection> make_connection(std::shared_ptr<const Shared> shared);

/// Verifies peers against the endpoint's CA file (empty: the system's CAs), TLS 1.2 or later, and shows them the client certificate where
/// there is one.
std::shared_ptr<boost::asio::ssl::context> make_tls(const Endpoint& endpoint);

/// Thrown where an endpoint cannot be used.
struct Unusable : std::runtime_error {
  explicit Unusable(Misfit reason) : std::runtime_error(reason.why), misfit(std::move(reason)) {}
  Misfit misfit;
};

}  // namespace salam::http_client
