#pragma once

#include <string>

#include "gateway/domain/change.h"

namespace salam::json {

/// The data of a request's event, as `schemas/events/` describes it: the request as it stands after the change, and the event's own
/// details, which take the place of a member of the same name. Name, mobile number and what the citizen wrote only with `personal_data`.
std::string event_data(const Event& event, const Request& after, bool personal_data);

}  // namespace salam::json
