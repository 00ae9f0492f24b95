#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/domain/result.h"
#include "gateway/json/parse.h"

namespace salam::json {

/// One place in a document that is not as expected.
struct FieldError {
  std::string pointer;   ///< JSON Pointer (RFC 6901).
  std::string expected;  ///< What would have been right there.

  friend bool operator==(const FieldError&, const FieldError&) = default;
};
using FieldErrors = std::vector<FieldError>;

/// A JSON Schema in a checked subset that draft 4 and 2020-12 read alike: `type`, `enum`, `properties`, `required`,
/// `additionalProperties` (true or false), `definitions`, `$ref` to them, `items`, `minItems`, `maxItems`, `minLength`, `maxLength`,
/// `pattern` (without backslashes, `(?` and `{`), `minimum`, `maximum`, and the annotations `title`, `description`, `default`. RapidJSON
/// accepts whatever it does not understand; so a schema that uses anything else is refused here.
class Schema {
 public:
  /// Errors: `schema_invalid` with the place and the reason.
  static Result<Schema> compile(std::string_view text);

  /// Empty where the value is valid; else every place that is not as expected, in the schema's order, at most 50 of them.
  [[nodiscard]] FieldErrors check(const Value& value) const;

 private:
  struct Rules;
  explicit Schema(std::shared_ptr<const Rules> rules) : rules_(std::move(rules)) {}
  std::shared_ptr<const Rules> rules_;
};

/// The schemas in `schemas/`, as built in: name (`intake/request`) and text.
const std::vector<std::pair<std::string_view, std::string_view>>& schema_texts();

/// One of them, by name. The first call compiles them all; throws std::logic_error where one is refused or unknown: call it once at start.
const Schema& schema(std::string_view name);

}  // namespace salam::json
