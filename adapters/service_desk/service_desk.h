#pragma once

#include <memory>

#include <boost/asio/any_io_executor.hpp>

#include "adapters/upstream/factory.h"

/// The service desk of «اصفهان من» (میز خدمت), served by whichever driver its settings choose; mapped HTTP by default.
namespace salam::service_desk {

upstream::Settings default_settings();

/// See `upstream::check` and `upstream::make`.
Result<void> check(const upstream::Settings& settings);
Result<std::unique_ptr<Upstream>> make(const upstream::Settings& settings, const boost::asio::any_io_executor& io, Executor& core,
                                       upstream::ServiceListListener listener = {});

}  // namespace salam::service_desk
