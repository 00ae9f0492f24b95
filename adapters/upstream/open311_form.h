#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/upstream/open311.h"
#include "adapters/upstream/open311_call.h"
#include "gateway/domain/request.h"

/// A request as Open311 takes it, and how it is known again there.
namespace salam::upstream {

/// What Open311 takes as `description`: at most so many code points, without HTML.
std::string plain_words(std::string_view text, std::size_t code_points = 4000);

/// Of `POST /requests`, key and jurisdiction included.
Fields submission(const Open311Settings& settings, const ServiceCatalogue& catalogue, const Request& request);

/// Whether a description ends with the line by which our submissions name the request.
bool names_request(std::string_view description, const Request& request);
/// The code in that line.
std::optional<TrackingCode> code_named_in(std::string_view description);

}  // namespace salam::upstream
