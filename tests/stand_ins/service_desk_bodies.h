#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "tests/stand_ins/message.h"

/// What the desk takes, as strict as its contract.
namespace salam::stand_ins::desk {

bool is_external_id(std::string_view text);

/// `POST /tickets`. Keeps its values (`place.latitude`); answers with what is wrong.
std::optional<std::string> read_ticket(std::string_view body, Fields& fields);
/// `POST /tickets/{code}/amendments`, in the same way.
std::optional<std::string> read_amendment(std::string_view body, Fields& fields);

}  // namespace salam::stand_ins::desk
