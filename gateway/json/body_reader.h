#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/domain/region.h"
#include "gateway/domain/routing.h"
#include "gateway/domain/text.h"
#include "gateway/json/schema.h"

namespace salam::json {

inline constexpr const char* expected_text = "text that is not blank";
inline constexpr const char* expected_region = "1 to 15, or nazhvan";

/// Reads an object that its schema accepts, and notes what only the domain can refuse. `where`: the object's own place, before each
/// pointer of an error.
class BodyReader {
 public:
  explicit BodyReader(const Value& object, std::string where = {}) : object_(object), where_(std::move(where)) {}

  /// Normalised; empty where absent.
  [[nodiscard]] std::string text(std::string_view pointer) const {
    const auto* const value = find(object_, pointer);
    return value == nullptr ? "" : normalise(text_of(*value).value_or(""));
  }

  std::string required_text(std::string_view pointer) {
    auto read = text(pointer);
    if (read.empty()) add(pointer, expected_text);
    return read;
  }

  /// Unset where it is absent.
  [[nodiscard]] std::optional<std::string> optional_text(std::string_view name) const {
    const auto* const value = member(object_, name);
    return value == nullptr || value->IsNull() ? std::nullopt : std::optional(normalise(view_of(*value)));
  }

  /// A list of names, unset where it is absent.
  std::optional<std::vector<std::string>> names(const std::string& name) {
    const auto* const list = member(object_, name);
    if (list == nullptr || !list->IsArray()) return std::nullopt;
    std::vector<std::string> read;
    for (const auto& element : list->GetArray()) {
      read.push_back(normalise(view_of(element)));
      if (read.back().empty()) add('/' + name + '/' + std::to_string(read.size() - 1), expected_text);
    }
    return read;
  }

  std::optional<Region> region() {
    const auto written = text("/region");
    const auto* const value = member(object_, "region");
    if (value == nullptr || value->IsNull()) return std::nullopt;
    auto region = Region::parse(written);
    if (!region) add("/region", expected_region);
    return region;
  }

  std::optional<Date> date(std::string_view pointer) {
    const auto written = text(pointer);
    if (written.empty()) return std::nullopt;
    const auto date = parse_date(written);
    if (!date) add(pointer, "a day of the calendar, such as 2026-11-24");
    return date;
  }

  /// For what the schema has checked already.
  [[nodiscard]] Kind kind() const { return parse_kind(text("/kind")).value_or(Kind::request); }

  [[nodiscard]] std::optional<double> number(std::string_view pointer) const {
    const auto* const value = find(object_, pointer);
    return value != nullptr && value->IsNumber() ? std::optional(value->GetDouble()) : std::nullopt;
  }

  [[nodiscard]] std::optional<int> integer(std::string_view name) const {
    const auto* const value = member(object_, name);
    return value != nullptr && value->IsInt() ? std::optional(value->GetInt()) : std::nullopt;
  }

  void add(std::string_view pointer, std::string_view expected) {
    errors_.push_back({.pointer = where_ + std::string(pointer), .expected = std::string(expected)});
  }

  [[nodiscard]] bool good() const { return errors_.empty(); }
  FieldErrors take_errors() { return std::move(errors_); }

 private:
  const Value& object_;
  std::string where_;
  FieldErrors errors_;
};

}  // namespace salam::json
