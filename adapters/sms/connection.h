#pragma once

#include <cstddef>
#include <memory>

#include <boost/asio/any_io_executor.hpp>

#include "adapters/http_client/client.h"
#include "gateway/domain/time.h"

namespace salam::sms {

/// What all drivers need to know of the way to their provider.
struct Connection : http_client::Endpoint {
  Milliseconds timeout{10'000};  ///< Of one call, a login and connect included.
  std::size_t max_connections = 8;
};

/// With a bound on what a reply may hold. Throws std::runtime_error where the endpoint cannot be used.
std::unique_ptr<http_client::Client> make_client(const Connection& connection, const boost::asio::any_io_executor& executor);

}  // namespace salam::sms
