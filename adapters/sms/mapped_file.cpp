#include "adapters/sms/mapped_file.h"

#include <algorithm>
#include <array>
#include <utility>

#include "adapters/upstream/mapping_parts.h"
#include "adapters/upstream/mapping_table.h"
#include "gateway/domain/text.h"

namespace salam::sms::mapped {
namespace {

using upstream::MappingTable;
using upstream::Placeholder;
using upstream::ReplyFormat;
using upstream::Scope;

constexpr std::size_t a_week = 7UL * 24 * 60 * 60;
constexpr std::size_t largest_batch = 500;
constexpr std::array kinds{MessageKind::registered, MessageKind::holding};

Scope of_account(bool has_login) {
  Scope scope{false, {Placeholder::api_key, Placeholder::user, Placeholder::password, Placeholder::sender}, {}, true};
  if (has_login) scope.others.insert(Placeholder::token);
  return scope;
}

Scope of_message(bool has_login) {
  auto scope = of_account(has_login);
  scope.others.insert({Placeholder::text, Placeholder::code, Placeholder::message_id, Placeholder::mobile, Placeholder::mobile_local,
                       Placeholder::mobile_international});
  scope.numbers = {Placeholder::message_id};
  return scope;
}

bool names_receiver(const upstream::Call& call) {
  return call.uses(Placeholder::mobile) || call.uses(Placeholder::mobile_local) || call.uses(Placeholder::mobile_international);
}

upstream::Call read_send(MappingTable table, const Scope& scope, Placeholder needed, std::string_view why) {
  auto call = upstream::read_call(table, "POST", scope);
  if (!names_receiver(call)) table.fail("body", "must hold {{mobile}}, {{mobile_local}} or {{mobile_international}}");
  if (!call.uses(needed)) table.fail("body", std::string(why));
  table.nothing_else();
  return call;
}

std::map<MessageKind, upstream::Call> read_templates(MappingTable table, const Scope& scope) {
  std::map<MessageKind, upstream::Call> templates;
  for (const auto kind : kinds) {
    const auto name = to_string(kind);
    if (table.has(name)) templates.emplace(kind, read_send(table.table(name), scope, Placeholder::code, "must hold {{code}}"));
  }
  table.nothing_else();
  return templates;
}

upstream::AnswerRule read_success(MappingTable table, ReplyFormat format) {
  auto rule = upstream::read_condition(table, format);
  if (rule.statuses.empty()) rule.statuses = {200, 201, 202};
  if (!std::ranges::all_of(rule.statuses, upstream::is_success)) table.fail("statuses", "must be from 200 to 299");
  rule.code = table.needed_path("id", format);
  table.nothing_else();
  return rule;
}

std::vector<upstream::AnswerRule> read_rules(MappingTable& root, std::string_view name, ReplyFormat format) {
  std::vector<upstream::AnswerRule> rules;
  for (auto& table : root.tables(name)) {
    auto rule = upstream::read_condition(table, format);
    rule.why = table.path("why", format);
    table.nothing_else();
    rules.push_back(std::move(rule));
  }
  return rules;
}

std::map<std::string, Delivery> read_words(MappingTable table) {
  std::map<std::string, Delivery> words;
  constexpr std::array<std::pair<std::string_view, Delivery>, 4> deliveries{{{"delivered", Delivery::delivered},
                                                                             {"failed", Delivery::failed},
                                                                             {"on_the_way", Delivery::on_the_way},
                                                                             {"unknown", Delivery::unknown}}};
  for (const auto& [name, delivery] : deliveries) {
    for (const auto& word : table.texts(name)) {
      if (!words.emplace(matching_form(word), delivery).second) table.fail(name, "holds a word that stands there twice: " + word);
    }
  }
  if (std::ranges::none_of(words, [](const auto& word) { return word.second == Delivery::delivered; })) {
    table.fail("delivered", "is missing: no message would ever be known to have arrived");
  }
  table.nothing_else();
  return words;
}

StatusQuery read_status(MappingTable table, ReplyFormat format, Scope scope) {
  StatusQuery query;
  scope.others.insert(Placeholder::ids);
  query.call = upstream::read_call(table, "GET", scope);
  if (!query.call.uses(Placeholder::ids)) table.fail("path", "must hold {{ids}}");
  query.batch = table.count("batch", query.batch, 1, largest_batch);
  if (table.has("statuses")) query.statuses = table.statuses();
  query.items = table.path("items", format);
  query.id = table.path("id", format);
  query.status = table.needed_path("status", format);
  query.reason = table.path("reason", format);
  if (query.items.empty() != query.id.empty()) table.fail("id", "and items belong together: a list, and whose status an item of it tells");
  if (query.items.empty() && query.batch > 1) table.fail("batch", "must be 1, as there are no items");
  if (!query.items.may_lead_to_list()) table.fail("items", "must lead to the element that holds the items, not to a value");
  query.words = read_words(table.table("words"));
  table.nothing_else();
  return query;
}

std::optional<Milliseconds> read_seconds(MappingTable& root, std::string_view name) {
  if (!root.has(name)) return std::nullopt;
  return std::chrono::seconds(root.count(name, 0, 1, a_week));
}

/// What must hold between parts.
void check(const MappingTable& root, const Mapping& mapping) {
  if (!mapping.send && mapping.templates.size() < kinds.size()) {
    root.fail("send", "is missing, and [templates] has not a call for every kind of message: registered, holding");
  }
  if (mapping.deduplicates_for && mapping.uncertain_for) {
    root.fail("uncertain_for_seconds", "has no use, as the panel deduplicates: an uncertain text is simply repeated");
  }
  const auto carries_id = [](const upstream::Call& call) { return call.uses(Placeholder::message_id); };
  const bool all_carry_id = (!mapping.send || carries_id(*mapping.send)) &&
                            std::ranges::all_of(mapping.templates, [&](const auto& each) { return carries_id(each.second); });
  if (mapping.deduplicates_for && !all_carry_id) root.fail("deduplicates_for_seconds", "needs {{message_id}} in every call that sends");
  if (mapping.login && !mapping.uses(Placeholder::token)) root.fail("login", "has no use: no call's headers hold {{token}}");
}

Mapping read_mapping(MappingTable root) {
  Mapping mapping;
  const auto format = mapping.reply_format = upstream::read_reply_format(root);
  if (root.has("login")) mapping.login = upstream::read_login(root.table("login"), format);
  const auto scope = of_message(mapping.login.has_value());
  if (root.has("send")) mapping.send = read_send(root.table("send"), scope, Placeholder::text, "must hold {{text}}");
  if (root.has("templates")) mapping.templates = read_templates(root.table("templates"), scope);
  mapping.success = read_success(root.table("success"), format);
  mapping.rejected = read_rules(root, "rejected", format);
  mapping.later = read_rules(root, "later", format);
  mapping.misconfigured = read_rules(root, "misconfigured", format);
  mapping.status = read_status(root.table("status"), format, of_account(mapping.login.has_value()));
  mapping.deduplicates_for = read_seconds(root, "deduplicates_for_seconds");
  mapping.uncertain_for = read_seconds(root, "uncertain_for_seconds");
  check(root, mapping);
  root.nothing_else();
  return mapping;
}

}  // namespace

Result<Mapping> parse_mapping(std::string_view toml, std::string_view file) {
  return upstream::read_mapping_file(toml, file, read_mapping);
}

}  // namespace salam::sms::mapped
