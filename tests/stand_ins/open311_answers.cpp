#include "tests/stand_ins/open311_answers.h"

#include <string>

#include "tests/stand_ins/json.h"

namespace salam::stand_ins::open311 {

Response error(int status, std::string_view code, std::string_view description) {
  Json json;
  json.open_array().open_object().member("code", code).member("description", description).close_object().close_array();
  return {status, json.take()};
}

std::optional<Response> read_time(const Fields& query, std::string_view name, std::optional<Time>& time) {
  auto text = value_of(query, name);
  if (text.empty()) return std::nullopt;
  time = parse_w3c_time(std::string(text));
  if (time) return std::nullopt;
  return invalid(std::string(name) + " must be a W3C date-time with Z or an offset");
}

}  // namespace salam::stand_ins::open311
