#include "adapters/upstream/mapping_file.h"

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

#include "adapters/upstream/mapping_parts.h"
#include "adapters/upstream/mapping_table.h"
#include "gateway/domain/text.h"
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
  table.fail("body_format", "must be json, form or xml; multipart has no body but goes with [[submit.part]] or [[amend.part]]");
}

Escape escape_of(BodyFormat format) {
  return format == BodyFormat::json ? Escape::json : format == BodyFormat::xml ? Escape::xml : Escape::percent;
}

/// With all values there, and with none.
void check_json(const MappingTable& table, std::string_view key, const Template& body) {
  for (const auto* const value : {"1", ""}) {
    const auto parsed = json::parse(body.render([&](Placeholder placeholder) {
      const bool several = placeholder == Placeholder::upstream_codes && *value != '\0';
      return several ? "1\n1" : std::string(value);
    }));
    if (!parsed) table.fail(key, "gives no JSON: " + parsed.error().message);
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

/// What the file says at its top, and all of its calls and rules need.
struct Frame {
  ReplyFormat format = ReplyFormat::json;
  Scope scope;
};

/// A token is not known before the call is sent, and only the headers wait for it.
Scope without_token(Scope scope) {
  scope.others.erase(Placeholder::token);
  return scope;
}

Template read_path(MappingTable& table, const Scope& scope) {
  const auto path = table.text("path");
  if (!path.starts_with('/') || !std::all_of(path.begin(), path.end(), is_url_character)) {
    table.fail("path", "must begin with / and hold ASCII only, without blanks and #");
  }
  auto made = table.parsed("path", path, Escape::percent, scope);
  for (const auto secret : {Placeholder::api_key, Placeholder::user, Placeholder::password}) {
    if (made.uses(secret) && !scope.secrets_in_path) table.fail("path", "must hold no secret: addresses end up in logs");
  }
  return made;
}

}  // namespace

Call read_call(MappingTable& table, std::string default_method, const Scope& scope) {
  Call call;
  call.method = table.text("method", std::move(default_method));
  constexpr std::array<std::string_view, 4> methods{"GET", "POST", "PUT", "PATCH"};
  if (std::find(methods.begin(), methods.end(), call.method) == methods.end()) table.fail("method", "must be GET, POST, PUT or PATCH");
  call.path = read_path(table, without_token(scope));
  call.headers = table.templates("headers", Escape::header, scope);
  check_headers(table, call);
  if (table.has("body")) {
    call.format = read_format(table);
    call.body = table.parsed("body", table.text("body"), escape_of(call.format), without_token(scope));
    if (call.format == BodyFormat::json) check_json(table, "body", call.body);
  }
  return call;
}

AnswerRule read_condition(MappingTable& table, ReplyFormat format) {
  AnswerRule rule;
  rule.statuses = table.statuses();
  rule.pointer = table.path("pointer", format);
  rule.equals = table.texts("equals");
  rule.contains = table.texts("contains");
  const bool has_values = !rule.equals.empty() || !rule.contains.empty();
  if (has_values && rule.pointer.empty()) table.fail("pointer", "is missing: equals and contains look at the value there");
  if (!has_values && !rule.pointer.empty()) table.fail("pointer", "needs equals or contains beside it");
  if (!has_values && rule.statuses.empty()) table.fail("statuses", "is missing: a rule without a condition would hold always");
  return rule;
}

namespace {

Escape escape_of_part(std::string_view media_type) {
  if (media_type.find("json") != std::string_view::npos) return Escape::json;
  return media_type.find("xml") != std::string_view::npos ? Escape::xml : Escape::none;
}

BodyPart read_part(MappingTable table, const Scope& scope) {
  BodyPart part;
  part.name = table.text("name");
  if (part.name.empty()) table.fail("name", "must not be empty");
  part.file = table.flag("file");
  part.media_type = table.text("type", "");
  if (std::ranges::any_of(part.media_type, [](char c) { return c < ' ' || c > '~'; })) table.fail("type", "must be ASCII, in one line");
  if (part.file && (table.has("value") || table.has("type"))) table.fail("file", "goes without value and type: the file has its own");
  if (!part.file) part.value = table.parsed("value", table.text("value"), escape_of_part(part.media_type), without_token(scope));
  if (!part.file && escape_of_part(part.media_type) == Escape::json) check_json(table, "value", part.value);
  table.nothing_else();
  return part;
}

/// Besides what every call has, it may be a multipart form. `name`: of the table.
Call read_form_call(MappingTable& table, const std::string& name, const Scope& scope) {
  auto call = read_call(table, "POST", scope);
  if (table.has("part")) {
    if (table.has("body")) table.fail("body", "must not stand beside [[" + name + ".part]]");
    if (table.text("body_format") != "multipart") table.fail("body_format", "must be multipart, as there are parts");
    if (call.sets_header("content-type")) table.fail("headers", "must not hold Content-Type, which names the boundary of the parts");
    call.format = BodyFormat::multipart;
    for (auto& part : table.tables("part")) call.parts.push_back(read_part(std::move(part), scope));
  } else if (!table.has("body") && table.has("body_format")) {
    if (table.text("body_format") != "multipart") table.fail("body", "is missing, though there is a body_format");
    table.fail("part", "is missing: [[" + name + ".part]] says what the form holds");
  }
  return call;
}

Call read_submit(MappingTable table, const Scope& scope) {
  auto call = read_form_call(table, "submit", scope);
  table.nothing_else();
  return call;
}

AnswerRule read_success(MappingTable table, ReplyFormat format) {
  auto rule = read_condition(table, format);
  if (rule.statuses.empty()) rule.statuses = {200, 201, 202};
  if (!std::all_of(rule.statuses.begin(), rule.statuses.end(), is_success)) table.fail("statuses", "must be from 200 to 299");
  rule.code = table.needed_path("code", format);
  table.nothing_else();
  return rule;
}

std::vector<AnswerRule> read_rules(MappingTable& parent, std::string_view name, ReplyFormat format) {
  std::vector<AnswerRule> rules;
  for (auto& table : parent.tables(name)) {
    auto rule = read_condition(table, format);
    if (name == "already_exists") rule.code = table.path("code", format);
    rule.why = table.path("why", format);
    table.nothing_else();
    rules.push_back(std::move(rule));
  }
  return rules;
}

ReplyPath read_items(MappingTable& table, ReplyFormat format) {
  auto items = table.path("items", format);
  if (!items.may_lead_to_list()) table.fail("items", "must lead to the element that holds the items, not to a value");
  return items;
}

/// Without what an item is known by.
MappedLookup read_search(MappingTable& table, Frame frame) {
  MappedLookup lookup;
  frame.scope.others.insert(Placeholder::page);
  lookup.call = read_call(table, "GET", frame.scope);
  lookup.items = read_items(table, frame.format);
  if (table.has("next")) lookup.next = table.needed_path("next", frame.format);
  lookup.first_page = table.count("first_page", lookup.first_page, 0, 1);
  lookup.max_pages = table.count("max_pages", lookup.max_pages, 1, 1000);
  if (lookup.next && !lookup.call.uses(Placeholder::page)) table.fail("path", "must hold {{page}}, as " + table.key("next") + " is set");
  return lookup;
}

MappedLookup read_lookup(MappingTable table, const Frame& frame) {
  auto lookup = read_search(table, frame);
  lookup.item_code = table.needed_path("item_code", frame.format);
  lookup.item_id = table.needed_path("item_id", frame.format);
  table.nothing_else();
  return lookup;
}

/// Without `code`, which the two have by different names.
ReportPaths read_report_paths(MappingTable& table, ReplyFormat format) {
  ReportPaths paths;
  paths.status = table.needed_path("status", format);
  paths.words = table.path("words", format);
  paths.at = table.path("at", format);
  return paths;
}

std::string read_separator(MappingTable& table) {
  auto separator = table.text("separator", ",");
  if (separator.empty() || !std::ranges::all_of(separator, is_url_character)) {
    table.fail("separator", "must be ASCII, without blanks and #, and not empty");
  }
  return separator;
}

/// Nothing of a request: many are asked after at once.
Scope follow_up_scope(const Scope& calls, std::string separator) {
  Scope scope{.request = false, .others = {Placeholder::upstream_code, Placeholder::upstream_codes}, .numbers = {}};
  for (const auto kept : {Placeholder::api_key, Placeholder::user, Placeholder::password, Placeholder::token}) {
    if (calls.others.contains(kept)) scope.others.insert(kept);
  }
  scope.separator = std::move(separator);
  return scope;
}

/// `usual`: the statuses where none are given.
AnswerRule read_optional_success(MappingTable& table, ReplyFormat format, std::vector<int> usual) {
  const bool has_condition = table.has("statuses") || table.has("pointer") || table.has("equals") || table.has("contains");
  auto rule = has_condition ? read_condition(table, format) : AnswerRule{};
  if (rule.statuses.empty()) rule.statuses = std::move(usual);
  if (!std::ranges::all_of(rule.statuses, is_success)) table.fail("statuses", "must be from 200 to 299");
  return rule;
}

MappedFollowUp read_follow_up(MappingTable table, const Frame& frame) {
  MappedFollowUp follow_up;
  follow_up.separator = read_separator(table);
  follow_up.call = read_call(table, "GET", follow_up_scope(frame.scope, follow_up.separator));
  const bool one = follow_up.call.uses(Placeholder::upstream_code);
  if (!one && !follow_up.call.uses(Placeholder::upstream_codes)) {
    table.fail("path", "(or body) must hold {{upstream_codes}}, or {{upstream_code}} where one is asked after at a time");
  }
  follow_up.batch = table.count("batch", one ? 1 : follow_up.batch, 1, 500);
  if (one && follow_up.batch != 1) table.fail("batch", "must be 1, as the call holds {{upstream_code}}");
  follow_up.success = read_optional_success(table, frame.format, {200});
  follow_up.items = read_items(table, frame.format);
  follow_up.item = read_report_paths(table, frame.format);
  follow_up.item.code = one ? table.path("item_id", frame.format) : table.needed_path("item_id", frame.format);
  table.nothing_else();
  return follow_up;
}

Frame amend_frame(Frame frame) {
  for (const auto placeholder :
       {Placeholder::upstream_code, Placeholder::amendment_mark, Placeholder::amendment_number, Placeholder::amendment_text,
        Placeholder::unit, Placeholder::due, Placeholder::due_jalali, Placeholder::explanation, Placeholder::answer}) {
    frame.scope.others.insert(placeholder);
  }
  return frame;
}

MappedAmend read_amend(MappingTable table, const Frame& frame) {
  MappedAmend amend;
  amend.call = read_form_call(table, "amend", frame.scope);
  if (!amend.call.uses(Placeholder::upstream_code) && !amend.call.uses(Placeholder::code)) {
    table.fail("path", "(or body) must hold {{upstream_code}}, or {{code}} where the system knows its requests by ours");
  }
  amend.sets_values = table.flag("sets_values");
  amend.success = read_optional_success(table, frame.format, {200, 201, 202, 204});
  amend.mark = table.path("mark", frame.format);
  const bool carries_mark = amend.call.uses(Placeholder::amendment_mark) || amend.call.uses(Placeholder::amendment_text);
  if (!amend.mark.empty() && !carries_mark) table.fail("mark", "cannot be repeated: the call holds no {{amendment_mark}}");
  table.nothing_else();
  return amend;
}

MappedLookup read_amend_lookup(MappingTable table, const Call& amend, const Frame& frame) {
  auto lookup = read_search(table, frame);
  lookup.item_code = table.needed_path("item_mark", frame.format);
  lookup.whole = table.flag("whole");
  const bool pages = lookup.call.uses(Placeholder::page);
  if (pages == lookup.whole) table.fail("whole", "must be true where one reply holds all items, else the call must hold {{page}}");
  if (!amend.uses(Placeholder::amendment_mark) && !amend.uses(Placeholder::amendment_text)) {
    table.fail("item_mark", "leads to nothing: [amend] must send {{amendment_mark}} or {{amendment_text}}, which holds it");
  }
  table.nothing_else();
  return lookup;
}

void read_amending(MappingTable& root, const Frame& frame, Mapping& mapping) {
  if (root.has("amend")) mapping.amend = read_amend(root.table("amend"), frame);
  if (!root.has("amend_lookup")) return;
  if (!mapping.amend) root.fail("amend_lookup", "needs an [amend]");
  mapping.amend->lookup = read_amend_lookup(root.table("amend_lookup"), mapping.amend->call, frame);
}

MappedCallback read_callback_paths(MappingTable table, ReplyFormat format) {
  MappedCallback callback{.items = read_items(table, format), .item = read_report_paths(table, format)};
  callback.item.code = table.needed_path("code", format);
  table.nothing_else();
  return callback;
}

}  // namespace

ReplyFormat read_reply_format(MappingTable& root) {
  const auto name = root.text("reply_format", "json");
  if (name != "json" && name != "xml") root.fail("reply_format", "must be json or xml");
  return name == "json" ? ReplyFormat::json : ReplyFormat::xml;
}

namespace {

/// What of ours a key of a table of codes means; empty where it means nothing.
using Ours = std::function<std::string(const std::string&)>;

CodeTable read_codes(MappingTable table, Placeholder placeholder, const Ours& ours, Scope& scope) {
  CodeTable codes;
  bool numbers = true;
  for (const auto& [name, code] : table.codes()) {
    numbers = numbers && code.is_number;
    const auto key = ours(name);
    if (name == "default") {
      codes.fallback = code.text;
    } else if (key.empty()) {
      table.fail(name, "is not known; regions are 1 to 15 and nazhvan, kinds request, complaint, suggestion, criticism and thanks");
    } else if (!codes.by_ours.emplace(key, code.text).second) {
      table.fail(name, "stands there twice, in different spelling");
    }
  }
  scope.others.insert(placeholder);
  if (numbers) scope.numbers.insert(placeholder);
  return codes;
}

/// For what there is a closed set of.
void check_complete(const MappingTable& table, const CodeTable& codes, const std::vector<std::string>& all) {
  for (const auto& ours : all) {
    if (!codes.find(ours)) table.fail(ours, "is missing, and so is a default");
  }
}

std::vector<std::string> all_regions() {
  std::vector<std::string> all;
  for (int number = 1; number <= Region::nazhvan_number; ++number) all.push_back(Region::from_number(number)->wire());
  return all;
}

std::vector<std::string> all_kinds() {
  std::vector<std::string> all;
  for (const auto kind : {Kind::request, Kind::complaint, Kind::suggestion, Kind::criticism, Kind::thanks})
    all.emplace_back(to_string(kind));
  return all;
}

std::string region_named(const std::string& name) {
  const auto region = Region::parse(name);
  return region ? region->wire() : std::string();
}

void read_tables(MappingTable tables, Mapping& mapping, Scope& scope) {
  if (tables.has("region")) {
    mapping.regions = read_codes(tables.table("region"), Placeholder::their_region, region_named, scope);
    check_complete(tables.table("region"), mapping.regions, all_regions());
  }
  if (tables.has("category")) {
    mapping.categories = read_codes(tables.table("category"), Placeholder::their_category, matching_form, scope);
  }
  if (tables.has("kind")) {
    const auto known = [](const std::string& name) { return parse_kind(name) ? name : std::string(); };
    mapping.kinds = read_codes(tables.table("kind"), Placeholder::their_kind, known, scope);
    check_complete(tables.table("kind"), mapping.kinds, all_kinds());
  }
  tables.nothing_else();
}

/// Names of cookies are compared as they are, those of headers in lower case.
std::string lower_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

}  // namespace

Login read_login(MappingTable table, ReplyFormat format) {
  constexpr std::size_t a_month = 31UL * 24 * 60 * 60;
  Login login;
  login.call = read_call(table, "POST", {false, {Placeholder::api_key, Placeholder::user, Placeholder::password}, {}});
  login.token = table.path("token", format);
  login.token_header = lower_case(table.text("token_header", ""));
  login.token_cookie = table.text("token_cookie", "");
  const int places = static_cast<int>(!login.token.empty()) + static_cast<int>(!login.token_header.empty()) +
                     static_cast<int>(!login.token_cookie.empty());
  if (places != 1) table.fail("token", "or token_header or token_cookie must say where the token stands; one of them, and no more");
  login.expires_in = table.path("expires_in", format);
  if (table.has("lifetime_seconds")) login.lifetime = std::chrono::seconds(table.count("lifetime_seconds", 0, 1, a_month));
  if (table.has("renew_on")) login.renew_on = table.statuses("renew_on");
  if (!std::all_of(login.renew_on.begin(), login.renew_on.end(), [](int status) { return status >= 400 && status < 500; })) {
    table.fail("renew_on", "must be statuses from 400 to 499");
  }
  table.nothing_else();
  return login;
}

namespace {

Mapping read_mapping(MappingTable root) {
  Mapping mapping;
  mapping.reply_format = read_reply_format(root);
  Frame frame{mapping.reply_format, {}};
  frame.scope.others = {Placeholder::api_key, Placeholder::user, Placeholder::password};
  if (root.has("tables")) read_tables(root.table("tables"), mapping, frame.scope);
  if (root.has("login")) {
    mapping.login = read_login(root.table("login"), frame.format);
    frame.scope.others.insert(Placeholder::token);
  }
  mapping.submit = read_submit(root.table("submit"), frame.scope);
  mapping.success = read_success(root.table("success"), frame.format);
  mapping.already_exists = read_rules(root, "already_exists", frame.format);
  mapping.refused = read_rules(root, "refused", frame.format);
  mapping.later = read_rules(root, "later", frame.format);
  if (root.has("lookup")) mapping.lookup = read_lookup(root.table("lookup"), frame);
  read_amending(root, amend_frame(frame), mapping);
  if (root.has("follow_up")) mapping.follow_up = read_follow_up(root.table("follow_up"), frame);
  if (root.has("callback")) mapping.callback = read_callback_paths(root.table("callback"), frame.format);
  if (root.has("status")) mapping.statuses = read_follow_up_words(root.table("status"));
  if (mapping.login && !mapping.submit.uses(Placeholder::token)) root.fail("submit.headers", "must hold {{token}}, as there is a [login]");
  root.nothing_else();
  return mapping;
}

}  // namespace

Result<Mapping> parse_mapping(std::string_view toml, std::string_view file) { return read_mapping_file(toml, file, read_mapping); }

}  // namespace salam::upstream
