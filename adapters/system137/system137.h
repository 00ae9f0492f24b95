#pragma once

#include <memory>

#include <boost/asio/any_io_executor.hpp>

#include "adapters/upstream/factory.h"

/// System 137 (سامانه ۱۳۷), served by whichever driver its settings choose; Open311 by default.
namespace salam::system137 {

upstream::Settings default_settings();

/// See `upstream::check` and `upstream::make`.
Result<void> check(const upstream::Settings& settings);
Result<std::unique_ptr<Upstream>> make(const upstream::Settings& settings, const boost::asio::any_io_executor& io, Executor& core,
                                       upstream::ServiceListListener listener = {});

}  // namespace salam::system137
