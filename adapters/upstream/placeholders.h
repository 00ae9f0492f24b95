#pragma once

#include <functional>
#include <optional>
#include <set>
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
  received_at,                 ///< RFC 3339.
  received_on,                 ///< That day in Tehran: `2026-11-24`.
  received_on_jalali,          ///< `1405/09/03`.
  received_on_jalali_persian,  ///< `۱۴۰۵/۰۹/۰۳`.
  meeting_date,                ///< Of the meeting: `2026-11-24`.
  meeting_date_jalali,         ///< `1405/09/03`.
  media_url,                   ///< Where the first attachment can be fetched; empty where there is none, or no address for it.
  media_urls,                  ///< All of them, one a line.
  their_region,                ///< What the mapping's table makes of the region.
  their_category,
  their_kind,
  page,  ///< Of a lookup.
  api_key,
  user,
  password,
  token,  ///< What the login gave.
  text,   ///< From here on a text message's, which is no part of a request.
  sender,
  message_id,            ///< The gateway's own, 63 bits.
  mobile_international,  ///< `989…`
  ids,                   ///< The panel's, of the messages whose delivery is asked for, commas between them.
  upstream_code,         ///< The system's own code of a request that is amended or followed.
  upstream_codes,        ///< Those of several, one a line; each is escaped by itself.
  amendment_mark,        ///< From here on an amendment's: by which it is found again, `1234567890-2`.
  amendment_number,
  amendment_text,  ///< All that changed, in words for people.
  unit,            ///< Who must act.
  due,             ///< Until when: `2026-12-01`.
  due_jalali,      ///< `1405/09/10`.
  explanation,
  answer,  ///< What the citizen was told.
};
std::optional<Placeholder> parse_placeholder(std::string_view name);

/// The category that counts: as written, else as routed.
std::string_view category_of(const Request& request);

/// A request's value for it, empty where there is none (also for what is no part of a request: what the system calls it, page, secrets,
/// and an amendment's text).
std::string value_of(Placeholder placeholder, const Request& request);

/// Stands in a header in the token's place until the call is sent. `Escape::header` lets no other value carry a control character.
inline constexpr std::string_view token_mark = "\x1A";

/// How values are escaped where they are put in.
enum class Escape {
  none,
  json,     ///< Inside quotes the string's content; outside them a whole value: a string, a number, or null where it is empty.
  percent,  ///< Form fields and URLs (RFC 3986).
  xml,      ///< XML 1.0 text and attributes.
  header,   ///< Control characters left out.
};

/// What the placeholders of a text may be.
struct Scope {
  bool request = true;            ///< A request's own values, and what its category is called there.
  std::set<Placeholder> others;   ///< Besides these.
  std::set<Placeholder> numbers;  ///< Whose value is a number, besides latitude, longitude, item and amendment_number.
  bool secrets_in_path = false;   ///< Only where no address is ever shown.
  std::string separator = ",";    ///< Between `upstream_codes`; put in as it is.
};

/// A text with placeholders.
class Template {
 public:
  using Values = std::function<std::string(Placeholder)>;

  Template() = default;
  /// Errors: `template_invalid` for an unknown or unclosed placeholder, or one that is outside the scope.
  static Result<Template> parse(std::string_view text, Escape escape, const Scope& scope = {});

  [[nodiscard]] std::string render(const Values& values) const;
  [[nodiscard]] bool uses(Placeholder placeholder) const;
  [[nodiscard]] bool empty() const noexcept { return parts_.empty(); }

 private:
  struct Part {
    std::string text;  ///< Before the placeholder.
    std::optional<Placeholder> placeholder;
    bool quoted = false;  ///< It stands inside a JSON string.
    bool number = false;
  };
  [[nodiscard]] std::string escaped(const Part& part, const std::string& value) const;

  Escape escape_ = Escape::none;
  std::string separator_;
  std::vector<Part> parts_;
};

}  // namespace salam::upstream
