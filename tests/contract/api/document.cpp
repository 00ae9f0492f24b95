#include "tests/contract/api/document.h"

#include <charconv>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <stdexcept>

#include <yaml-cpp/yaml.h>

#include "gateway/domain/change.h"
#include "gateway/json/writer.h"

namespace salam::test {
namespace {

template <class Number>
std::optional<Number> number(const std::string& text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return {};
  return value;
}

/// A plain scalar, by YAML 1.2's core schema.
void write_plain(json::Writer& writer, const std::string& text) {
  if (text.empty() || text == "null" || text == "~") {
    writer.null();
  } else if (text == "true" || text == "false") {
    writer.boolean(text == "true");
  } else if (const auto whole = number<std::int64_t>(text)) {
    writer.integer(*whole);
  } else if (const auto real = number<double>(text)) {
    writer.number(*real);
  } else {
    writer.string(text);
  }
}

void write(json::Writer& writer, const YAML::Node& node) {
  if (node.IsMap()) {
    writer.begin_object();
    for (const auto& entry : node) {
      writer.key(entry.first.Scalar());
      write(writer, entry.second);
    }
    writer.end_object();
  } else if (node.IsSequence()) {
    writer.begin_array();
    for (const auto& element : node) write(writer, element);
    writer.end_array();
  } else if (node.IsScalar() && node.Tag() == "!") {
    writer.string(node.Scalar());
  } else {
    write_plain(writer, node.IsScalar() ? node.Scalar() : "");
  }
}

json::Document parsed(const std::string& text, std::string_view name) {
  auto document = json::parse(text);
  if (!document) throw std::runtime_error(std::string(name) + ": " + document.error().message);
  return std::move(*document);
}

/// The same where our own schemas know their definitions.
std::string with_definitions(std::string schema, const std::string& definitions) {
  schema.pop_back();
  schema += R"(,"definitions":)" + definitions + "}";
  constexpr std::string_view here = "#/components/schemas/";
  for (auto at = schema.find(here); at != std::string::npos; at = schema.find(here, at)) schema.replace(at, here.size(), "#/definitions/");
  return schema;
}

const json::Schema& compiled(const std::string& text) {
  static std::map<std::string, json::Schema> known;
  const auto found = known.find(text);
  if (found != known.end()) return found->second;
  auto schema = json::Schema::compile(text);
  if (!schema) throw std::runtime_error(schema.error().message + " in " + text.substr(0, 200));
  return known.emplace(text, std::move(*schema)).first->second;
}

}  // namespace

std::string read_text(std::string_view name) {
  std::ifstream file(std::string(SALAM_SOURCE_DIR "/schemas/") + std::string(name), std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + std::string(name));
  return {std::istreambuf_iterator<char>(file), {}};
}

Description::Description(std::string_view name) {
  const auto text = read_text(name);
  json::Writer writer;
  write(writer, YAML::Load(text));
  document_ = parsed(writer.take(), name);
}

const json::Value& Description::at(std::string_view pointer) const {
  const auto* const found = json::find(document_, pointer);
  if (found == nullptr) throw std::runtime_error("nothing at " + std::string(pointer));
  return *found;
}

const json::Value& Description::resolved(const json::Value& node) const {
  const auto* const reference = json::member(node, "$ref");
  if (reference == nullptr || !json::view_of(*reference).starts_with('#')) return node;
  return resolved(at(json::view_of(*reference).substr(1)));
}

const json::Value* Description::member(const json::Value& node, std::string_view name) const {
  const auto* const found = json::member(node, name);
  return found == nullptr ? nullptr : &resolved(*found);
}

json::FieldErrors Description::check(const json::Value& node, const json::Value& value) const {
  return compiled(with_definitions(json::to_text(resolved(node)), json::to_text(at("/components/schemas")))).check(value);
}

std::string event_schema_name(std::string_view type) {
  constexpr std::string_view prefix = "ir.isfahan.mardomsalam.";
  return "events/" + std::string(type.starts_with(prefix) ? type.substr(prefix.size()) : type);
}

json::FieldErrors check_event(std::string_view type, const json::Value& data) {
  const auto name = event_schema_name(type);
  auto text = read_text(name + ".json");
  text.replace(text.find('{'), 1, R"({"additionalProperties": false,)");
  return compiled(text).check(data);
}

std::set<std::string> event_types() {
  std::set<std::string> types;
  for (int i = 0; !cloud_event_type(static_cast<EventType>(i)).empty(); ++i) types.emplace(cloud_event_type(static_cast<EventType>(i)));
  return types;
}

std::vector<std::string> names(const json::Value& node) {
  std::vector<std::string> found;
  if (node.IsObject()) {
    for (const auto& [name, value] : node.GetObject()) found.emplace_back(json::view_of(name));
  } else if (node.IsArray()) {
    for (const auto& element : node.GetArray()) found.emplace_back(json::view_of(element));
  }
  return found;
}

}  // namespace salam::test
