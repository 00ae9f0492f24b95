#include "gateway/json/schema_subset.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include <rapidjson/internal/regex.h>

namespace salam::json {
namespace {

constexpr std::string_view definitions_prefix = "#/definitions/";

using Refusal = std::optional<Error>;

Refusal refuse(const std::string& pointer, std::string_view why) {
  return Error{"schema_invalid", "schema at '" + pointer + "': " + std::string(why)};
}

bool is_type_name(const Value& value) {
  constexpr std::array<std::string_view, 7> names{"string", "integer", "number", "object", "array", "boolean", "null"};
  return std::ranges::find(names, view_of(value)) != names.end();
}

bool compiles(const char* pattern) {
  try {
    return rapidjson::internal::GenericRegex<rapidjson::UTF8<>>(pattern).IsValid();
  } catch (const std::logic_error&) {
    // RapidJSON asserts on some bad patterns instead of refusing them.
    return false;
  }
}

/// Only what RapidJSON's expressions and ECMA-262 read alike.
Refusal check_pattern(const Value& value, const std::string& at) {
  const auto pattern = view_of(value);
  if (!value.IsString() || pattern.empty()) return refuse(at, "a pattern is a string");
  if (pattern.find('\\') != std::string_view::npos) return refuse(at, "no backslash in patterns: [.] instead");
  if (pattern.find("(?") != std::string_view::npos) return refuse(at, "no (? in patterns");
  // RapidJSON copies what is repeated: a class with {1,64} took 120 µs to match 16 characters, with + and maxLength 1 µs.
  if (pattern.find('{') != std::string_view::npos) return refuse(at, "no counted repetition in patterns: maxLength instead");
  if (!compiles(value.GetString())) return refuse(at, "not a valid pattern");
  return std::nullopt;
}

Refusal check_type(const Value& value, const std::string& at) {
  if (is_type_name(value)) return std::nullopt;
  const bool list = value.IsArray() && !value.Empty() && std::all_of(value.Begin(), value.End(), is_type_name);
  return list ? std::nullopt : refuse(at, "not a type, nor a list of types");
}

Refusal check_enum(const Value& value, const std::string& at) {
  const auto scalar = [](const Value& item) { return item.IsString() || item.IsInt64() || item.IsNull() || item.IsBool(); };
  const bool list = value.IsArray() && !value.Empty() && std::all_of(value.Begin(), value.End(), scalar);
  return list ? std::nullopt : refuse(at, "not a list of plain values");
}

Refusal check_required(const Value& value, const Value& node, const std::string& at) {
  if (!value.IsArray() || value.Empty()) return refuse(at, "not a list of names");
  const auto* const properties = member(node, "properties");
  std::set<std::string_view> names;
  for (const auto& name : value.GetArray()) {
    if (!name.IsString() || !names.insert(view_of(name)).second) return refuse(at, "not a list of different names");
    if (properties == nullptr || member(*properties, view_of(name)) == nullptr) return refuse(at, "requires what properties does not name");
  }
  return std::nullopt;
}

Refusal check_ref(const Value& value, const Value& node, const Value& root, const std::string& at) {
  if (node.MemberCount() != 1) return refuse(at, "$ref stands alone: draft 4 ignores what stands beside it");
  if (!view_of(value).starts_with(definitions_prefix)) return refuse(at, "only references to #/definitions/");
  const auto* const definitions = member(root, "definitions");
  const auto name = view_of(value).substr(definitions_prefix.size());
  const auto* const target = definitions == nullptr ? nullptr : member(*definitions, name);
  if (target == nullptr) return refuse(at, "leads nowhere");
  if (member(*target, "$ref") != nullptr) return refuse(at, "leads to another $ref");
  return std::nullopt;
}

Refusal check_node(const Value& node, const Value& root, const std::string& at);

Refusal check_nodes(const Value& nodes, const Value& root, const std::string& at) {
  if (!nodes.IsObject()) return refuse(at, "not an object");
  for (const auto& [name, node] : nodes.GetObject()) {
    if (view_of(name).find_first_of("~/%") != std::string_view::npos) return refuse(at, "no ~, / or % in names");
    if (auto refusal = check_node(node, root, at + "/" + std::string(view_of(name)))) return refusal;
  }
  return std::nullopt;
}

Refusal check_keyword(std::string_view keyword, const Value& value, const Value& node, const Value& root, const std::string& at) {
  const auto unless = [&at](bool good, std::string_view why) { return good ? std::nullopt : refuse(at, why); };
  if (keyword == "title" || keyword == "description") return unless(value.IsString(), "not a string");
  if (keyword == "default") return std::nullopt;
  if (keyword == "type") return check_type(value, at);
  if (keyword == "enum") return check_enum(value, at);
  if (keyword == "pattern") return check_pattern(value, at);
  if (keyword == "required") return check_required(value, node, at);
  if (keyword == "properties") return check_nodes(value, root, at);
  if (keyword == "definitions") return &node == &root ? check_nodes(value, root, at) : refuse(at, "only at the top");
  if (keyword == "items") return check_node(value, root, at);
  if (keyword == "additionalProperties") return unless(value.IsBool(), "only true or false");
  if (keyword == "minimum" || keyword == "maximum") return unless(value.IsNumber(), "not a number");
  if (keyword == "minLength" || keyword == "maxLength" || keyword == "minItems" || keyword == "maxItems") {
    return unless(value.IsUint(), "not a whole number");
  }
  if (keyword == "$ref") return check_ref(value, node, root, at);
  return refuse(at, "a keyword outside the subset");
}

Refusal check_node(const Value& node, const Value& root, const std::string& at) {
  if (!node.IsObject()) return refuse(at, "not an object");
  for (const auto& [name, value] : node.GetObject()) {
    const auto keyword = view_of(name);
    if (auto refusal = check_keyword(keyword, value, node, root, at + "/" + std::string(keyword))) return refusal;
  }
  if (!node.ObjectEmpty() && member(node, "$ref") == nullptr && member(node, "type") == nullptr) return refuse(at, "names no type");
  return std::nullopt;
}

/// ` of 1 to 200 characters`, or nothing where there are no bounds.
std::string range(const Value& node, std::string_view minimum, std::string_view maximum, std::string_view of, std::string_view unit) {
  const auto low = string_at(node, minimum);
  const auto high = string_at(node, maximum);
  if (!low && !high) return "";
  std::string bounds;
  if (low && high) {
    bounds = *low + " to " + *high;
  } else {
    bounds = low ? "at least " + *low : "at most " + *high;
  }
  return std::string(of) + bounds + std::string(unit);
}

std::string described(std::string_view type, const Value& node) {
  if (type == "string") {
    const auto pattern = string_at(node, "pattern");
    return "a string" + range(node, "minLength", "maxLength", " of ", " characters") + (pattern ? " like " + *pattern : "");
  }
  if (type == "integer") return "a whole number" + range(node, "minimum", "maximum", " of ", "");
  if (type == "number") return "a number" + range(node, "minimum", "maximum", " of ", "");
  if (type == "array") return "an array" + range(node, "minItems", "maxItems", " of ", " items");
  if (type == "object") return "an object";
  return type == "boolean" ? "true or false" : "null";
}

std::string joined(const std::vector<std::string>& parts, std::string_view separator) {
  std::string text;
  for (const auto& part : parts) text += (text.empty() ? "" : std::string(separator)) + part;
  return text;
}

}  // namespace

Result<void> check_subset(const Value& schema) {
  if (auto refusal = check_node(schema, schema, "")) return *std::move(refusal);
  return {};
}

const Value& resolved(const Value& node, const Value& root) {
  const auto* const reference = member(node, "$ref");
  if (reference == nullptr) return node;
  return *member(*member(root, "definitions"), view_of(*reference).substr(definitions_prefix.size()));
}

std::string described(const Value& node) {
  const auto* const type = member(node, "type");
  std::vector<std::string> parts;
  if (const auto* const choices = member(node, "enum")) {
    for (const auto& choice : choices->GetArray()) parts.push_back(choice.IsString() ? std::string(view_of(choice)) : to_text(choice));
    parts = {"one of " + joined(parts, ", ")};
  } else if (type != nullptr && type->IsArray()) {
    // That null reads as absent need not be said.
    for (const auto& name : type->GetArray()) {
      if (view_of(name) != "null") parts.push_back(described(view_of(name), node));
    }
  } else {
    parts.push_back(type == nullptr ? "anything" : described(view_of(*type), node));
  }
  const auto prose = string_at(node, "description");
  return joined(parts, " or ") + (prose ? ". " + *prose : "");
}

}  // namespace salam::json
