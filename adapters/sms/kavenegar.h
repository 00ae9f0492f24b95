#pragma once

#include <map>
#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>

#include "adapters/sms/connection.h"
#include "gateway/domain/sensitive.h"
#include "gateway/ports/sms_provider.h"

namespace salam::sms {

/// https://kavenegar.com/rest.html
struct KavenegarSettings : Connection {
  KavenegarSettings() { base_url = "https://api.kavenegar.com"; }

  Sensitive<std::string> api_key;  ///< Stands in the path of every call: no URL of this driver is ever logged.
  std::string sender;              ///< A service line; empty: the account's own default.
  /// An approved template for a kind of message: it goes by `verify/lookup` with the message's code as `token`, as shared service lines
  /// want it. `verify/lookup` takes no `localid`, so with any template nothing counts as deduplicated.
  std::map<MessageKind, std::string> templates;
};

/// Throws std::runtime_error with a sentence for the operator where the settings cannot work. Destroyed, it drops the handlers of calls
/// under way uncalled.
std::unique_ptr<SmsProvider> make_kavenegar(KavenegarSettings settings, const boost::asio::any_io_executor& executor);
/// Over a client that is already there.
std::unique_ptr<SmsProvider> make_kavenegar(KavenegarSettings settings, std::unique_ptr<http_client::Client> client);

}  // namespace salam::sms
