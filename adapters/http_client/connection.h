#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

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

/// Verifies peers against the PEM file (empty: the system's CAs), TLS 1.2 or later. Throws std::runtime_error for an unusable file.
std::shared_ptr<boost::asio::ssl::context> make_tls(const std::string& ca_file);

}  // namespace salam::http_client
