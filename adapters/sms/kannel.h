#pragma once

#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>

#include "adapters/sms/connection.h"
#include "gateway/domain/sensitive.h"
#include "gateway/ports/sms_provider.h"

namespace salam::sms {

/// A Kannel's sendsms interface (https://www.kannel.org/download/1.4.5/userguide-1.4.5/userguide.html, chapter 10).
struct KannelSettings : Connection {
  KannelSettings() { base_url = "http://127.0.0.1:13013/cgi-bin/sendsms"; }

  std::string username;
  Sensitive<std::string> password;  ///< Stands in the query of every call: no URL of this driver is ever logged.
  std::string sender;               ///< `from`; empty: the Kannel's own.
  std::string smsc;                 ///< The link to send by; empty: the Kannel chooses.
  /// Where Kannel tells what became of a text: the gateway's callback with its secret, without a query. No `%`: Kannel fills such escapes.
  Sensitive<std::string> report_url;
  Milliseconds report_window{30 * 60'000};  ///< A text on its way is reported on within it, even if only as taken by the operator.
  std::string ca_file;                      ///< PEM; empty: the system's.
  Milliseconds timeout{10'000};             ///< Of one call, connect included.
  std::size_t max_connections = 8;
};

/// A message's provider id is its own id, which Kannel's reports carry back (`kannel::read_report`); `status` has nobody to ask and tells
/// of no message.
///
/// Throws std::runtime_error with a sentence for the operator where the settings cannot work. Destroyed, it drops the handlers of calls
/// under way uncalled.
std::unique_ptr<SmsProvider> make_kannel(KannelSettings settings, const boost::asio::any_io_executor& executor);
/// Over a client that is already there.
std::unique_ptr<SmsProvider> make_kannel(KannelSettings settings, std::unique_ptr<http_client::Client> client,
                                         const boost::asio::any_io_executor& executor);

}  // namespace salam::sms
