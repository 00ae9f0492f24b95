#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/domain/request.h"
#include "gateway/domain/result.h"

namespace salam::upstream {

/// What a template may name in double braces: `{{subject}}`.
enum class Placeholder {
  code,  ///< The gateway's tracking code, ten Latin digits.
  subject,
  description,
  category,      ///< The citizen's or the routing rule's; may be empty.
  service_code,  ///< What the category is called there.
  kind,
  region,       ///< `1`…`15`, `nazhvan`.
  region_name,  ///< `منطقه ۵`.
  name,
  first_name,
  last_name,
  mobile,        ///< `+989…`
  mobile_local,  ///< `09…`
  phone,         ///< `mobile_local`, or what was written where that is no mobile number.
  national_id,
  address,
  latitude,
  longitude,
  meeting,
  form,
  item,
  received_at,  ///< RFC 3339.
  page,         ///< Of a lookup.
  api_key,
};
std::optional<Placeholder> parse_placeholder(std::string_view name);

/// The category that counts: as written, else as routed.
std::string_view category_of(const Request& request);

/// A request's value for it, empty where there is none (also for what is no part of a request: service code, page, key).
std::string value_of(Placeholder placeholder, const Request& request);

/// How values are escaped where they are put in.
enum class Escape {
  none,
  json,     ///< Inside quotes the string's content; outside them a whole value: a string, a number, or null where it is empty.
  percent,  ///< Form fields and URLs (RFC 3986).
  xml,      ///< XML 1.0 text and attributes.
  header,   ///< Control characters left out.
};

/// A text with placeholders.
class Template {
 public:
  using Values = std::function<std::string(Placeholder)>;

  Template() = default;
  /// Errors: `template_invalid` for an unknown or unclosed placeholder.
  static Result<Template> parse(std::string_view text, Escape escape);

  [[nodiscard]] std::string render(const Values& values) const;
  [[nodiscard]] bool uses(Placeholder placeholder) const;
  [[nodiscard]] bool empty() const noexcept { return parts_.empty(); }

 private:
  struct Part {
    std::string text;  ///< Before the placeholder.
    std::optional<Placeholder> placeholder;
    bool quoted = false;  ///< It stands inside a JSON string.
  };
  Escape escape_ = Escape::none;
  std::vector<Part> parts_;
};

}  // namespace salam::upstream
