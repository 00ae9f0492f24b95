#include "adapters/upstream/mapping_file.h"

#include <algorithm>
#include <array>
#include <utility>

#include "adapters/upstream/mapping_table.h"
#include "gateway/json/parse.h"

namespace salam::upstream {
namespace {

bool is_token(std::string_view text) {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || marks.find(c) != std::string_view::npos;
  });
}

/// Braces too: they hold the placeholders.
bool is_url_character(char c) { return c > ' ' && c < '\x7F' && c != '#'; }

BodyFormat read_format(MappingTable& table) {
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
void check_json(const MappingTable& table, const Template& body) {
  for (const auto* const value : {"1", ""}) {
    const auto parsed = json::parse(body.render([&](Placeholder) { return std::string(value); }));
    if (!parsed) table.fail("body", "gives no JSON: " + parsed.error().message);
  }
}

void check_headers(const MappingTable& table, const Call& call) {
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

Call read_call(MappingTable& table, std::string default_method) {
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
AnswerRule read_condition(MappingTable& table) {
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

AnswerRule read_success(MappingTable table) {
  auto rule = read_condition(table);
  if (rule.statuses.empty()) rule.statuses = {200, 201, 202};
  if (!std::all_of(rule.statuses.begin(), rule.statuses.end(), is_success)) table.fail("statuses", "must be from 200 to 299");
  rule.code = table.needed_pointer("code");
  table.nothing_else();
  return rule;
}

std::vector<AnswerRule> read_rules(MappingTable& parent, std::string_view name) {
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

MappedLookup read_lookup(MappingTable table) {
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

Mapping read_mapping(MappingTable root) {
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

}  // namespace

Result<Mapping> parse_mapping(std::string_view toml, std::string_view file) { return read_mapping_file(toml, file, read_mapping); }

}  // namespace salam::upstream
