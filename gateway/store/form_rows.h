#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "gateway/domain/time.h"
#include "gateway/domain/tracking_code.h"
#include "gateway/store/database.h"

/// Forms printed beforehand, between rows and the domain's values.
namespace salam::store {

std::optional<TrackingCode> printed_code(Database& database, std::int64_t meeting, std::string_view form);
/// Of the first request that was typed in from that form.
std::optional<TrackingCode> typed_code(Database& database, std::int64_t meeting, std::string_view form);
void insert_form(Database& database, std::int64_t meeting, std::string_view form, TrackingCode code, Timestamp printed_at);

}  // namespace salam::store
