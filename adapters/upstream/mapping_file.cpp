#include "adapters/upstream/mapping_file.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <set>
#include <utility>

#include <toml++/toml.h>

#include "gateway/json/parse.h"

namespace salam::upstream {
namespace {

/// What is wrong, thrown inside this file only: a reader of nested tables has no better way out.
struct Invalid {
  std::string key;
  std::string reason;
};

bool is_pointer(std::string_view text) {
  if (!text.empty() && text.front() != '/') return false;
  for (auto at = text.find('~'); at != std::string_view::npos; at = text.find('~', at + 1)) {
    if (at + 1 == text.size() || (text[at + 1] != '0' && text[at + 1] != '1')) return false;
  }
  return true;
}

/// One table, which remembers what was asked of it.
class Table {
 public:
  Table(const toml::table& table, std::string path) : table_(table), path_(std::move(path)) {}

  [[nodiscard]] std::string key(std::string_view name) const { return path_.empty() ? std::string(name) : path_ + "." + std::string(name); }
  [[noreturn]] void fail(std::string_view name, std::string reason) const { throw Invalid{key(name), std::move(reason)}; }
  [[nodiscard]] bool has(std::string_view name) const { return table_.contains(name); }

  std::string text(std::string_view name, std::optional<std::string> fallback = std::nullopt) {
    const auto* const node = find(name);
    if (node == nullptr && fallback) return *fallback;
    if (node == nullptr) fail(name, "is missing");
    if (!node->is_string()) fail(name, "must be a string");
    return **node->as_string();
  }

  std::string pointer(std::string_view name, std::optional<std::string> fallback = std::nullopt) {
    auto value = text(name, std::move(fallback));
    if (!is_pointer(value)) fail(name, "must be a JSON Pointer, such as /ticket/code");
    return value;
  }

  std::string needed_pointer(std::string_view name) {
    auto value = pointer(name);
    if (value.empty()) fail(name, "must not be empty");
    return value;
  }

  bool flag(std::string_view name) {
    const auto* const node = find(name);
    if (node == nullptr) return false;
    if (!node->is_boolean()) fail(name, "must be true or false");
    return **node->as_boolean();
  }

  std::size_t count(std::string_view name, std::size_t fallback, std::int64_t least, std::int64_t most) {
    const auto* const node = find(name);
    if (node == nullptr) return fallback;
    const auto value = node->is_integer() ? **node->as_integer() : least - 1;
    if (value < least || value > most) fail(name, "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
    return static_cast<std::size_t>(value);
  }

  std::vector<std::string> texts(std::string_view name) {
    std::vector<std::string> values;
    each(name, "strings", [&](const toml::node& node) {
      if (!node.is_string() || node.as_string()->get().empty()) return false;
      values.push_back(**node.as_string());
      return true;
    });
    return values;
  }

  std::vector<int> statuses(std::string_view name = "statuses") {
    std::vector<int> values;
    each(name, "HTTP statuses from 200 to 599", [&](const toml::node& node) {
      const auto value = node.is_integer() ? **node.as_integer() : 0;
      values.push_back(static_cast<int>(value));
      return value >= 200 && value <= 599;
    });
    return values;
  }

  std::vector<std::pair<std::string, Template>> templates(std::string_view name, Escape escape) {
    std::vector<std::pair<std::string, Template>> values;
    if (!has(name)) return values;
    auto inner = table(name);
    for (const auto& [inner_key, node] : inner.table_) {
      const auto text = inner.text(inner_key.str());
      if (text.find_first_of("\r\n") != std::string::npos) inner.fail(inner_key.str(), "must be one line");
      values.emplace_back(inner_key.str(), inner.parsed(inner_key.str(), text, escape));
    }
    return values;
  }

  Template parsed(std::string_view name, std::string_view text, Escape escape) const {
    auto made = Template::parse(text, escape);
    if (!made) fail(name, made.error().message);
    return std::move(*made);
  }

  Table table(std::string_view name) {
    const auto* const node = find(name);
    if (node == nullptr) fail(name, "is missing");
    if (!node->is_table()) fail(name, "must be a table");
    return {*node->as_table(), key(name)};
  }

  std::vector<Table> tables(std::string_view name) {
    std::vector<Table> found;
    each(name, "tables ([[" + std::string(name) + "]])", [&](const toml::node& node) {
      if (!node.is_table()) return false;
      found.emplace_back(*node.as_table(), key(name) + "[" + std::to_string(found.size()) + "]");
      return true;
    });
    return found;
  }

  void nothing_else() const {
    for (const auto& [name, node] : table_) {
      if (!asked_.contains(std::string(name.str()))) fail(name.str(), "is not a known key");
    }
  }

 private:
  const toml::node* find(std::string_view name) {
    asked_.emplace(name);
    return table_.get(name);
  }

  template <class Take>
  void each(std::string_view name, const std::string& what, const Take& take) {
    const auto* const node = find(name);
    if (node == nullptr) return;
    const auto* const array = node->as_array();
    if (array == nullptr || !std::all_of(array->begin(), array->end(), take)) fail(name, "must be a list of " + what);
  }

  const toml::table& table_;
  std::string path_;
  std::set<std::string> asked_;
};

bool is_token(std::string_view text) {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || marks.find(c) != std::string_view::npos;
  });
}

/// Braces too: they hold the placeholders.
bool is_url_character(char c) { return c > ' ' && c < '\x7F' && c != '#'; }

BodyFormat read_format(Table& table) {
  const auto name = table.text("body_format");
  if (name == "json") return BodyFormat::json;
  if (name == "form") return BodyFormat::form;
  if (name == "xml") return BodyFormat::xml;
  table.fail("body_format", "must be json, form or xml");
}

Escape escape_of(BodyFormat format) {
  return format == BodyFormat::json ? Escape::json : format == BodyFormat::xml ? Escape::xml : Escape::percent;
}

/// With all values there, and with none.
void check_json(const Table& table, const Template& body) {
  for (const auto* const value : {"1", ""}) {
    const auto parsed = json::parse(body.render([&](Placeholder) { return std::string(value); }));
    if (!parsed) table.fail("body", "gives no JSON: " + parsed.error().message);
  }
}

void check_headers(const Table& table, const Call& call) {
  for (const auto& [name, value] : call.headers) {
    if (!is_token(name)) table.fail("headers." + name, "is not a header's name");
    for (const auto framing : {"host", "content-length", "transfer-encoding", "connection"}) {
      if (std::equal(name.begin(), name.end(), framing, framing + std::string_view(framing).size(),
                     [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; })) {
        table.fail("headers." + name, "is set by the client itself");
      }
    }
  }
}

Call read_call(Table& table, std::string default_method) {
  Call call;
  call.method = table.text("method", std::move(default_method));
  constexpr std::array<std::string_view, 4> methods{"GET", "POST", "PUT", "PATCH"};
  if (std::find(methods.begin(), methods.end(), call.method) == methods.end()) table.fail("method", "must be GET, POST, PUT or PATCH");
  const auto path = table.text("path");
  if (!path.starts_with('/') || !std::all_of(path.begin(), path.end(), is_url_character)) {
    table.fail("path", "must begin with / and hold ASCII only, without blanks and #");
  }
  call.path = table.parsed("path", path, Escape::percent);
  if (call.path.uses(Placeholder::api_key)) table.fail("path", "must not hold the key: addresses end up in logs");
  call.headers = table.templates("headers", Escape::header);
  check_headers(table, call);
  if (table.has("body")) {
    call.format = read_format(table);
    call.body = table.parsed("body", table.text("body"), escape_of(call.format));
    if (call.format == BodyFormat::json) check_json(table, call.body);
  }
  return call;
}

/// Statuses, and what must stand where.
AnswerRule read_condition(Table& table) {
  AnswerRule rule;
  rule.statuses = table.statuses();
  rule.pointer = table.pointer("pointer", "");
  rule.equals = table.texts("equals");
  rule.contains = table.texts("contains");
  const bool has_values = !rule.equals.empty() || !rule.contains.empty();
  if (has_values && rule.pointer.empty()) table.fail("pointer", "is missing: equals and contains look at the value there");
  if (!has_values && !rule.pointer.empty()) table.fail("pointer", "needs equals or contains beside it");
  if (!has_values && rule.statuses.empty()) table.fail("statuses", "is missing: a rule without a condition would hold always");
  return rule;
}

AnswerRule read_success(Table table) {
  auto rule = read_condition(table);
  if (rule.statuses.empty()) rule.statuses = {200, 201, 202};
  if (!std::all_of(rule.statuses.begin(), rule.statuses.end(), is_success)) table.fail("statuses", "must be from 200 to 299");
  rule.code = table.needed_pointer("code");
  table.nothing_else();
  return rule;
}

std::vector<AnswerRule> read_rules(Table& parent, std::string_view name) {
  std::vector<AnswerRule> rules;
  for (auto& table : parent.tables(name)) {
    auto rule = read_condition(table);
    if (name == "already_exists") rule.code = table.pointer("code", "");
    rule.why = table.pointer("why", "");
    table.nothing_else();
    rules.push_back(std::move(rule));
  }
  return rules;
}

MappedLookup read_lookup(Table table) {
  MappedLookup lookup;
  lookup.call = read_call(table, "GET");
  lookup.items = table.pointer("items");
  lookup.item_code = table.needed_pointer("item_code");
  lookup.item_id = table.needed_pointer("item_id");
  if (table.has("next")) lookup.next = table.needed_pointer("next");
  lookup.first_page = table.count("first_page", lookup.first_page, 0, 1);
  lookup.max_pages = table.count("max_pages", lookup.max_pages, 1, 1000);
  if (lookup.next && !lookup.call.path.uses(Placeholder::page)) table.fail("path", "must hold {{page}}, as lookup.next is set");
  table.nothing_else();
  return lookup;
}

Mapping read_mapping(Table root) {
  Mapping mapping;
  auto submit = root.table("submit");
  mapping.submit = read_call(submit, "POST");
  for (const auto* const text : {&mapping.submit.path, &mapping.submit.body}) {
    if (text->uses(Placeholder::page)) submit.fail("body", "{{page}} belongs to lookup.path");
  }
  submit.nothing_else();
  mapping.success = read_success(root.table("success"));
  mapping.already_exists = read_rules(root, "already_exists");
  mapping.refused = read_rules(root, "refused");
  mapping.later = read_rules(root, "later");
  if (root.has("lookup")) mapping.lookup = read_lookup(root.table("lookup"));
  root.nothing_else();
  return mapping;
}

std::vector<ErrorRule> read_error_rules(Table& root, std::string_view name) {
  std::vector<ErrorRule> rules;
  for (auto& table : root.tables(name)) {
    ErrorRule rule{table.statuses(), table.texts("codes"), table.texts("words")};
    if (rule.statuses.empty() && rule.codes.empty() && rule.words.empty()) {
      table.fail("statuses", "is missing: a rule without a condition would hold always");
    }
    table.nothing_else();
    rules.push_back(std::move(rule));
  }
  return rules;
}

Open311Lookup read_open311_lookup(Table table) {
  Open311Lookup lookup;
  const auto kind = table.text("kind", "attribute");
  if (kind != "none" && kind != "attribute" && kind != "scan") table.fail("kind", "must be attribute, scan or none");
  lookup.kind = kind == "none" ? LookupKind::none : kind == "scan" ? LookupKind::scan : LookupKind::attribute;
  if (table.has("code_at")) lookup.code_at = table.texts("code_at");
  if (!std::all_of(lookup.code_at.begin(), lookup.code_at.end(), is_pointer)) table.fail("code_at", "must be a list of JSON Pointers");
  lookup.page_size = table.count("page_size", lookup.page_size, 0, 1000);
  lookup.max_pages = table.count("max_pages", lookup.max_pages, 1, 1000);
  if (lookup.kind == LookupKind::scan && lookup.page_size == 0) table.fail("page_size", "must not be 0: a scan needs pages");
  table.nothing_else();
  return lookup;
}

Open311Settings read_open311(Table root) {
  Open311Settings settings;
  settings.jurisdiction_id = root.text("jurisdiction_id", "");
  settings.code_attribute = root.text("code_attribute", settings.code_attribute);
  settings.attributes = root.templates("attributes", Escape::none);
  settings.blackbox = root.flag("blackbox");
  settings.refused = read_error_rules(root, "refused");
  settings.later = read_error_rules(root, "later");
  settings.already_exists = read_error_rules(root, "already_exists");
  if (root.has("lookup")) settings.lookup = read_open311_lookup(root.table("lookup"));
  if (settings.lookup.kind == LookupKind::attribute && settings.code_attribute.empty()) {
    root.fail("code_attribute", "must not be empty, as the lookup filters by it");
  }
  root.nothing_else();
  return settings;
}

template <class Read>
auto read_file(std::string_view text, std::string_view file, const Read& read) -> Result<decltype(read(std::declval<Table>()))> {
  const auto invalid = [&](std::string_view what) { return Error{"mapping_invalid", std::string(file) + ": " + std::string(what)}; };
  try {
    const auto root = toml::parse(text);
    return read(Table(root, ""));
  } catch (const toml::parse_error& error) {
    return invalid("line " + std::to_string(error.source().begin.line) + ": " + std::string(error.description()));
  } catch (const Invalid& error) {
    return invalid(error.key + " " + error.reason);
  }
}

}  // namespace

Result<Mapping> parse_mapping(std::string_view toml, std::string_view file) { return read_file(toml, file, read_mapping); }

Result<Open311Settings> parse_open311(std::string_view toml, std::string_view file) { return read_file(toml, file, read_open311); }

}  // namespace salam::upstream
