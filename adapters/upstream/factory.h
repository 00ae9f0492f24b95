#pragma once

#include <memory>
#include <string_view>

#include <boost/asio/any_io_executor.hpp>

#include "adapters/upstream/protocol.h"
#include "adapters/upstream/service_list.h"
#include "adapters/upstream/settings.h"
#include "gateway/domain/result.h"
#include "gateway/ports/executor.h"
#include "gateway/ports/upstream.h"

namespace salam::upstream {

/// Whether these settings can serve, mapping file included; opens no connection. `section` names them in errors: `upstream_invalid` or
/// `mapping_invalid`, with key or file and reason.
Result<void> check(const Settings& settings, std::string_view section);

/// A driver's protocol and the client it speaks over, for a command that asks by itself; neither of them by hand. Errors as in `make`.
struct Connection {
  std::shared_ptr<const Protocol> protocol;
  std::shared_ptr<http_client::Client> client;
};
Result<Connection> connect(const Settings& settings, std::string_view section, const boost::asio::any_io_executor& io);

/// The driver that the settings choose. Call it, and the result, on the core thread; `io` runs on it, and `core` must outlive the result.
/// `listener` hears of Open311's service list. Errors: those of `check`, or a base URL or CA file that cannot be used.
Result<std::unique_ptr<Upstream>> make(const Settings& settings, std::string_view section, const boost::asio::any_io_executor& io,
                                       Executor& core, ServiceListListener listener);

}  // namespace salam::upstream
