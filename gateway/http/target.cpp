#include "gateway/http/target.h"

#include "gateway/http/field_values.h"
#include "gateway/observe/json_text.h"

namespace salam::http {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// Absolute form to origin form.
std::string_view without_authority(std::string_view text) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!same_ignoring_case(text.substr(0, scheme.size()), scheme)) continue;
    text.remove_prefix(scheme.size());
    const auto path = text.find_first_of("/?");
    return path == std::string_view::npos ? "/" : text.substr(path);
  }
  return text;
}

}  // namespace

std::optional<Parameters> parse_form(std::string_view text) {
  Parameters parameters;
  for (std::size_t start = 0; start <= text.size();) {
    const auto end = std::min(text.find('&', start), text.size());
    const auto pair = text.substr(start, end - start);
    start = end + 1;
    if (pair.empty()) continue;
    const auto equals = std::min(pair.find('='), pair.size());
    auto name = percent_decoded(pair.substr(0, equals), true);
    auto value = percent_decoded(equals < pair.size() ? pair.substr(equals + 1) : std::string_view(), true);
    if (!name || !value) return std::nullopt;
    parameters.emplace_back(*std::move(name), *std::move(value));
  }
  return parameters;
}

std::optional<std::string> percent_decoded(std::string_view text, bool plus_is_blank) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      decoded += plus_is_blank && text[at] == '+' ? ' ' : text[at];
      continue;
    }
    const int high = text.size() - at > 2 ? hex_value(text[at + 1]) : -1;
    const int low = text.size() - at > 2 ? hex_value(text[at + 2]) : -1;
    if (high < 0 || low < 0 || high + low == 0) return std::nullopt;
    decoded += static_cast<char>(high * 16 + low);
    at += 2;
  }
  if (!observe::is_utf8(decoded)) return std::nullopt;
  return decoded;
}

std::optional<Target> parse_target(std::string_view text) {
  text = without_authority(text.substr(0, text.find('#')));
  const auto question = text.find('?');
  Target target;
  target.raw_path = text.substr(0, question);
  if (target.raw_path.empty()) target.raw_path = "/";
  if (target.raw_path.front() != '/') return std::nullopt;
  auto path = percent_decoded(target.raw_path);
  auto query = parse_form(question == std::string_view::npos ? std::string_view() : text.substr(question + 1));
  if (!path || !query) return std::nullopt;
  target.path = *std::move(path);
  target.query = *std::move(query);
  return target;
}

}  // namespace salam::http
