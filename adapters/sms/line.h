#pragma once

#include <memory>
#include <string>
#include <variant>

#include <boost/asio/any_io_executor.hpp>

#include "adapters/sms/kannel.h"
#include "adapters/sms/kavenegar.h"
#include "adapters/sms/magfa.h"
#include "adapters/sms/mapped.h"
#include "gateway/ports/sms_provider.h"

namespace salam::sms {

/// One SMS provider as the configuration names it: which driver serves it, and how.
struct LineSettings {
  std::string name;  ///< Stored with each message that it sends: a line that is renamed no longer knows its messages.
  std::variant<KavenegarSettings, MagfaSettings, KannelSettings, MappedSettings> driver;
};

/// Throws std::runtime_error with a sentence for the operator where the settings cannot work. Destroyed, it drops the handlers of calls
/// under way uncalled.
std::unique_ptr<SmsProvider> make_line(const LineSettings& settings, const boost::asio::any_io_executor& executor);

}  // namespace salam::sms
