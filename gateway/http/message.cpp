#include "gateway/http/message.h"

#include <algorithm>
#include <charconv>

#include "gateway/http/field_values.h"

namespace salam::http {
namespace {

/// RFC 9110 section 12.4.2, in thousandths; 1000 where absent, 0 where malformed.
int weight(std::string_view parameters) {
  std::optional<std::string_view> rest = parameters;
  while (const auto part = next_part(rest, ';')) {
    if (!part->starts_with("q=") && !part->starts_with("Q=")) continue;
    double value = 0;
    const auto text = part->substr(2);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
    return error == std::errc() && end == text.data() + text.size() && value >= 0 && value <= 1 ? static_cast<int>(value * 1000) : 0;
  }
  return 1000;
}

bool is_language(std::string_view range, std::string_view language) {
  return same_ignoring_case(range.substr(0, range.find('-')), language);
}

std::optional<int> seconds_of(std::string_view text) {
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
  int seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc() || end != text.data() + text.size() || seconds < 0) return std::nullopt;
  return seconds;
}

/// The value of the first `wait` in one `Prefer` field.
std::optional<int> wait_in(std::string_view field) {
  std::optional<std::string_view> rest = field;
  while (const auto preference = next_part(rest, ',')) {
    std::optional<std::string_view> parameters = *preference;
    std::optional<std::string_view> pair = next_part(parameters, ';');
    const auto name = next_part(pair, '=');
    if (name && same_ignoring_case(*name, "wait") && pair) return seconds_of(trimmed(*pair));
  }
  return std::nullopt;
}

}  // namespace

std::string_view to_string(Method method) {
  switch (method) {
    case Method::get:
      return "GET";
    case Method::head:
      return "HEAD";
    case Method::post:
      return "POST";
    case Method::put:
      return "PUT";
    case Method::patch:
      return "PATCH";
    case Method::delete_:
      return "DELETE";
    case Method::other:
      break;
  }
  return "other";
}

std::string_view Request::header(std::string_view lower_case_name) const {
  const auto found = std::ranges::find(headers, lower_case_name, &std::pair<std::string, std::string>::first);
  return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

std::optional<std::string_view> Request::query_value(std::string_view name) const {
  const auto found = std::ranges::find(query, name, &std::pair<std::string, std::string>::first);
  if (found == query.end()) return std::nullopt;
  return found->second;
}

bool Request::accepts(std::string_view media_type) const {
  std::optional<std::string_view> rest = header("accept");
  while (const auto range = next_part(rest, ',')) {
    std::optional<std::string_view> parameters = *range;
    if (same_ignoring_case(next_part(parameters, ';').value_or(""), media_type)) return true;
  }
  return false;
}

bool Request::wants_persian() const {
  int best = 0;
  bool persian = false;
  std::optional<std::string_view> rest = header("accept-language");
  while (const auto item = next_part(rest, ',')) {
    std::optional<std::string_view> parameters = *item;
    const auto range = next_part(parameters, ';').value_or("");
    const bool is_persian = is_language(range, "fa");
    if (!is_persian && !is_language(range, "en")) continue;
    const int quality = weight(parameters.value_or(""));
    if (quality <= best) continue;
    best = quality;
    persian = is_persian;
  }
  return persian;
}

std::optional<int> Request::prefer_wait() const {
  for (const auto& [name, value] : headers) {
    if (name != "prefer") continue;
    if (const auto seconds = wait_in(value)) return seconds;
  }
  return std::nullopt;
}

}  // namespace salam::http
