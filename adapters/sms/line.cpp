#include "adapters/sms/line.h"

namespace salam::sms {
namespace {

std::unique_ptr<SmsProvider> make(const KavenegarSettings& settings, const boost::asio::any_io_executor& executor) {
  return make_kavenegar(settings, executor);
}

std::unique_ptr<SmsProvider> make(const MagfaSettings& settings, const boost::asio::any_io_executor& executor) {
  return make_magfa(settings, executor);
}

std::unique_ptr<SmsProvider> make(const KannelSettings& settings, const boost::asio::any_io_executor& executor) {
  return make_kannel(settings, executor);
}

std::unique_ptr<SmsProvider> make(const MappedSettings& settings, const boost::asio::any_io_executor& executor) {
  return make_mapped(settings, executor);
}

}  // namespace

std::unique_ptr<SmsProvider> make_line(const LineSettings& settings, const boost::asio::any_io_executor& executor) {
  return std::visit([&](const auto& driver) { return make(driver, executor); }, settings.driver);
}

}  // namespace salam::sms
