#pragma once

#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>

#include "adapters/sms/connection.h"
#include "gateway/domain/sensitive.h"
#include "gateway/ports/sms_provider.h"

namespace salam::sms {

/// https://messaging.magfa.com/ui/?public/wiki/api/http_v2
struct MagfaSettings : Connection {
  MagfaSettings() { base_url = "https://sms.magfa.com/api/http/sms/v2"; }

  std::string username;  ///< Without the domain.
  std::string domain;
  Sensitive<std::string> password;
  std::string sender;            ///< A service line of the account.
  Milliseconds timeout{10'000};  ///< Of one call, connect included.
  std::size_t max_connections = 8;
};

/// Magfa's `uid` does not deduplicate: what may have been taken is looked up by it.
///
/// Throws std::runtime_error with a sentence for the operator where the settings cannot work. Destroyed, it drops the handlers of calls
/// under way uncalled.
std::unique_ptr<SmsProvider> make_magfa(const MagfaSettings& settings, const boost::asio::any_io_executor& executor);
/// Over a client that is already there.
std::unique_ptr<SmsProvider> make_magfa(const MagfaSettings& settings, std::unique_ptr<http_client::Client> client);

}  // namespace salam::sms
