#pragma once

#include <optional>
#include <string_view>

#include "tests/stand_ins/message.h"
#include "tests/stand_ins/text.h"

/// What the answers of the Open311 stand-in have in common.
namespace salam::stand_ins::open311 {

/// `[{"code", "description"}]`.
Response error(int status, std::string_view code, std::string_view description);
inline Response invalid(std::string_view description) { return error(400, "400", description); }
inline Response not_found(std::string_view description) { return error(404, "404", description); }

/// What is wrong with a description: at most 4000 characters, no HTML.
std::optional<Response> wrong_description(std::string_view description);

/// A date-time under that name; one that is malformed is the answer. Absent: nothing.
std::optional<Response> read_time(const Fields& query, std::string_view name, std::optional<Time>& time);

}  // namespace salam::stand_ins::open311
