#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace salam::http {

/// Decoded, in order.
using Parameters = std::vector<std::pair<std::string, std::string>>;

/// A request target (RFC 9112 section 3.2) in origin or absolute form.
struct Target {
  std::string raw_path;  ///< As sent: what routes are matched against, so that an encoded slash stays inside its segment.
  std::string path;
  Parameters query;  ///< As browsers send it: `+` is a blank.
};

/// Nothing where it is another form, an escape is malformed, or what it stands for is not UTF-8 or holds a NUL.
std::optional<Target> parse_target(std::string_view text);

/// `application/x-www-form-urlencoded`, as a query or a body holds it. Nothing where an escape is malformed.
std::optional<Parameters> parse_form(std::string_view text);

std::optional<std::string> percent_decoded(std::string_view text, bool plus_is_blank = false);

}  // namespace salam::http
