#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/json/parse.h"
#include "gateway/json/schema.h"

namespace salam::test {

/// A description under `schemas/`, YAML (core schema) or JSON, read as JSON. The constructor throws std::runtime_error where it is neither.
class Description {
 public:
  explicit Description(std::string_view name);

  [[nodiscard]] const json::Value& root() const { return document_; }
  /// Throws std::runtime_error where nothing stands there.
  [[nodiscard]] const json::Value& at(std::string_view pointer) const;
  /// The node itself, or where its `$ref` within the description leads.
  [[nodiscard]] const json::Value& resolved(const json::Value& node) const;
  /// A member, resolved; null where there is none.
  [[nodiscard]] const json::Value* member(const json::Value& node, std::string_view name) const;
  /// What does not suit the schema at `node`, which may refer to `components/schemas`. Throws std::runtime_error where the schema does not
  /// keep to the program's checked subset.
  [[nodiscard]] json::FieldErrors check(const json::Value& node, const json::Value& value) const;

 private:
  json::Document document_;
};

/// What an event's data has that its schema does not say, members that are not described among it. `type` as in CloudEvents.
json::FieldErrors check_event(std::string_view type, const json::Value& data);

/// `ir.isfahan.mardomsalam.request.told.v1` → `events/request.told.v1`.
std::string event_schema_name(std::string_view type);

/// Every type of event that the program knows.
std::set<std::string> event_types();

/// The names of an object's members, or the texts of an array's.
std::vector<std::string> names(const json::Value& node);

std::string read_text(std::string_view name);

}  // namespace salam::test
