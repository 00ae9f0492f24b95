#include "adapters/service_desk/service_desk.h"

#include <utility>

namespace salam::service_desk {
namespace {

constexpr std::string_view section = "service_desk";

}  // namespace

upstream::Settings default_settings() {
  upstream::Settings settings;
  settings.driver = upstream::DriverKind::mapped;
  return settings;
}

Result<void> check(const upstream::Settings& settings) { return upstream::check(settings, section); }

Result<std::unique_ptr<Upstream>> make(const upstream::Settings& settings, const boost::asio::any_io_executor& io, Executor& core,
                                       upstream::ServiceListListener listener) {
  return upstream::make(settings, section, io, core, std::move(listener));
}

}  // namespace salam::service_desk
