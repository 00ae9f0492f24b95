#include "tests/stand_ins/open311_answers.h"

#include <string>

#include "tests/stand_ins/json.h"

namespace salam::stand_ins::open311 {

namespace {

bool looks_like_html(std::string_view text) {
  for (auto at = text.find('<'); at != std::string_view::npos && at + 1 < text.size(); at = text.find('<', at + 1)) {
    char next = text[at + 1];
    if (next == '/' || next == '!' || (next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z')) return true;
  }
  return false;
}

}  // namespace

Response error(int status, std::string_view code, std::string_view description) {
  Json json;
  json.open_array().open_object().member("code", code).member("description", description).close_object().close_array();
  return {status, json.take()};
}

std::optional<Response> wrong_description(std::string_view description) {
  constexpr std::size_t longest = 4'000;
  if (utf8_length(description).value_or(0) > longest) return invalid("description is longer than 4000 characters");
  if (looks_like_html(description)) return invalid("description must not hold HTML");
  return std::nullopt;
}

std::optional<Response> read_time(const Fields& query, std::string_view name, std::optional<Time>& time) {
  auto text = value_of(query, name);
  if (text.empty()) return std::nullopt;
  time = parse_w3c_time(std::string(text));
  if (time) return std::nullopt;
  return invalid(std::string(name) + " must be a W3C date-time with Z or an offset");
}

}  // namespace salam::stand_ins::open311
