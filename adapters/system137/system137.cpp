#include "adapters/system137/system137.h"

#include <utility>

namespace salam::system137 {
namespace {

constexpr std::string_view section = "system137";

}  // namespace

upstream::Settings default_settings() {
  upstream::Settings settings;
  settings.driver = upstream::DriverKind::open311;
  return settings;
}

Result<void> check(const upstream::Settings& settings) { return upstream::check(settings, section); }

Result<std::unique_ptr<Upstream>> make(const upstream::Settings& settings, const boost::asio::any_io_executor& io, Executor& core,
                                       upstream::ServiceListListener listener) {
  return upstream::make(settings, section, io, core, std::move(listener));
}

}  // namespace salam::system137
