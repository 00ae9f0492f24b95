#include "gateway/json/schema.h"

#include <map>
#include <stdexcept>
#include <unordered_map>

#include <rapidjson/schema.h>

#include "gateway/json/schema_subset.h"

namespace salam::json {
namespace {

constexpr std::size_t max_errors = 50;

/// RapidJSON's compiled schema and its validator change while they work (its regular expressions too), so each thread has its own.
struct Validator {
  explicit Validator(const Value& rules) : document(rules), validator(document) {}

  bool accepts(const Value& value) {
    validator.Reset();
    value.Accept(validator);
    return validator.IsValid();
  }

  rapidjson::SchemaDocument document;
  rapidjson::SchemaValidator validator;
};

/// Reads schema and value side by side, since RapidJSON stops at the first error and does not name what is missing.
class Explanation {
 public:
  explicit Explanation(const Value& root) : root_(root) {}

  void explain(const Value& reference, const Value& value, const std::string& at) {
    if (errors_.size() >= max_errors) return;
    const auto& node = resolved(reference, root_);
    if (value.IsObject() && member(node, "properties") != nullptr) {
      explain_object(node, value, at);
    } else if (const auto* const items = member(node, "items"); value.IsArray() && items != nullptr) {
      explain_array(node, *items, value, at);
    } else if (!Validator(node).accepts(value)) {
      add(at, described(node));
    }
  }

  FieldErrors take() { return std::move(errors_); }

 private:
  void explain_object(const Value& node, const Value& value, const std::string& at) {
    const auto& properties = *member(node, "properties");
    if (const auto* const required = member(node, "required")) {
      for (const auto& name : required->GetArray()) {
        if (member(value, view_of(name)) != nullptr) continue;
        add(path(at, name), "missing: " + described(resolved(*member(properties, view_of(name)), root_)));
      }
    }
    const auto* const open = member(node, "additionalProperties");
    for (const auto& [name, part] : value.GetObject()) {
      if (const auto* const property = member(properties, view_of(name))) {
        explain(*property, part, path(at, name));
      } else if (open != nullptr && open->IsFalse()) {
        add(path(at, name), "no such member; known are " + names_of(properties));
      }
    }
  }

  void explain_array(const Value& node, const Value& items, const Value& value, const std::string& at) {
    const auto* const least = member(node, "minItems");
    const auto* const most = member(node, "maxItems");
    if ((least != nullptr && value.Size() < least->GetUint()) || (most != nullptr && value.Size() > most->GetUint())) {
      add(at, described(node));
    }
    for (rapidjson::SizeType i = 0; i < value.Size() && errors_.size() < max_errors; ++i) {
      explain(items, value[i], at + "/" + std::to_string(i));
    }
  }

  static std::string names_of(const Value& properties) {
    std::string names;
    for (const auto& [name, node] : properties.GetObject()) names.append(names.empty() ? "" : ", ").append(view_of(name));
    return names;
  }

  static std::string path(const std::string& at, const Value& name) {
    std::string text = at + "/";
    for (const char c : view_of(name)) {
      if (c == '~') {
        text += "~0";
      } else if (c == '/') {
        text += "~1";
      } else {
        text += c;
      }
    }
    return text;
  }

  void add(std::string pointer, std::string expected) {
    if (errors_.size() < max_errors) errors_.push_back({.pointer = std::move(pointer), .expected = std::move(expected)});
  }

  const Value& root_;
  FieldErrors errors_;
};

std::map<std::string_view, Schema> compile_all() {
  std::map<std::string_view, Schema> schemas;
  for (const auto& [name, text] : schema_texts()) {
    auto compiled = Schema::compile(text);
    if (!compiled.ok()) throw std::logic_error(std::string(name) + ": " + compiled.error().message);
    schemas.emplace(name, std::move(compiled).value());
  }
  return schemas;
}

}  // namespace

struct Schema::Rules {
  Document document;
};

Result<Schema> Schema::compile(std::string_view text) {
  auto document = parse(text);
  if (!document.ok()) return Error{"schema_invalid", "schema: " + document.error().message};
  if (auto checked = check_subset(*document); !checked.ok()) return checked.error();
  return Schema(std::make_shared<const Rules>(Rules{.document = std::move(document).value()}));
}

FieldErrors Schema::check(const Value& value) const {
  struct Held {
    explicit Held(std::shared_ptr<const Rules> source) : rules(std::move(source)), validator(rules->document) {}
    std::shared_ptr<const Rules> rules;
    Validator validator;
  };
  thread_local std::unordered_map<const Rules*, std::unique_ptr<Held>> held;
  auto& mine = held[rules_.get()];
  if (mine == nullptr) mine = std::make_unique<Held>(rules_);
  if (mine->validator.accepts(value)) return {};

  Explanation explanation(rules_->document);
  explanation.explain(rules_->document, value, "");
  auto errors = explanation.take();
  if (errors.empty()) errors.push_back({.pointer = "", .expected = described(rules_->document)});
  return errors;
}

const Schema& schema(std::string_view name) {
  static const auto schemas = compile_all();
  const auto found = schemas.find(name);
  if (found == schemas.end()) throw std::logic_error("no schema named " + std::string(name));
  return found->second;
}

}  // namespace salam::json
