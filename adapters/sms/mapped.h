#pragma once

#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>

#include "adapters/sms/connection.h"
#include "gateway/domain/sensitive.h"
#include "gateway/ports/sms_provider.h"

namespace salam::sms {

/// Any other panel, as a mapping file says.
struct MappedSettings : Connection {
  std::string mapping_file;  ///< TOML; see `docker/examples/sms_panel.toml`.
  /// What the mapping puts in for `{{api_key}}`, `{{user}}` and `{{password}}`; those that it uses are needed. They may stand in a path: no
  /// URL of this driver is ever logged.
  Sensitive<std::string> api_key;
  Sensitive<std::string> user;
  Sensitive<std::string> password;
  std::string sender;            ///< `{{sender}}`; needed where the mapping uses it.
  Milliseconds timeout{10'000};  ///< Of one call, a login and connect included.
  std::size_t max_connections = 8;
};

/// Throws std::runtime_error with a sentence for the operator, which names the mapping's file and key, where the settings cannot work.
/// Destroyed, it drops the handlers of calls under way uncalled.
std::unique_ptr<SmsProvider> make_mapped(const MappedSettings& settings, const boost::asio::any_io_executor& executor);
/// Over a client that is already there; a login goes over it too.
std::unique_ptr<SmsProvider> make_mapped(const MappedSettings& settings, std::unique_ptr<http_client::Client> client,
                                         const boost::asio::any_io_executor& executor);

}  // namespace salam::sms
