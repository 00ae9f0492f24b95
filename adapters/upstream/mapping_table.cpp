#include "adapters/upstream/mapping_table.h"

#include <algorithm>

namespace salam::upstream {
namespace {

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

}  // namespace

std::string MappingTable::key(std::string_view name) const { return path_.empty() ? std::string(name) : path_ + "." + std::string(name); }

std::string MappingTable::text(std::string_view name, std::optional<std::string> fallback) {
  const auto* const node = find(name);
  if (node == nullptr && fallback) return *fallback;
  if (node == nullptr) fail(name, "is missing");
  if (!node->is_string()) fail(name, "must be a string");
  return **node->as_string();
}

ReplyPath MappingTable::path(std::string_view name, ReplyFormat format) {
  auto parsed = ReplyPath::parse(text(name, ""), format);
  if (!parsed) fail(name, parsed.error().message);
  return std::move(*parsed);
}

ReplyPath MappingTable::needed_path(std::string_view name, ReplyFormat format) {
  if (text(name).empty()) fail(name, "must not be empty");
  return path(name, format);
}

bool MappingTable::flag(std::string_view name) {
  const auto* const node = find(name);
  if (node == nullptr) return false;
  if (!node->is_boolean()) fail(name, "must be true or false");
  return **node->as_boolean();
}

std::size_t MappingTable::count(std::string_view name, std::size_t fallback, std::int64_t least, std::int64_t most) {
  const auto* const node = find(name);
  if (node == nullptr) return fallback;
  const auto value = node->is_integer() ? **node->as_integer() : least - 1;
  if (value < least || value > most) fail(name, "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  return static_cast<std::size_t>(value);
}

std::vector<std::string> MappingTable::texts(std::string_view name) {
  std::vector<std::string> values;
  each(name, "strings", [&](const toml::node& node) {
    if (!node.is_string() || node.as_string()->get().empty()) return false;
    values.push_back(**node.as_string());
    return true;
  });
  return values;
}

std::vector<int> MappingTable::statuses(std::string_view name) {
  std::vector<int> values;
  each(name, "HTTP statuses from 200 to 599", [&](const toml::node& node) {
    const auto value = node.is_integer() ? **node.as_integer() : 0;
    values.push_back(static_cast<int>(value));
    return value >= 200 && value <= 599;
  });
  return values;
}

std::vector<std::pair<std::string, Template>> MappingTable::templates(std::string_view name, Escape escape, const Scope& scope) {
  std::vector<std::pair<std::string, Template>> values;
  if (!has(name)) return values;
  auto inner = table(name);
  for (const auto& [inner_key, node] : inner.table_) {
    const auto text = inner.text(inner_key.str());
    if (std::any_of(text.begin(), text.end(), is_control)) inner.fail(inner_key.str(), "must be one line, without control characters");
    values.emplace_back(inner_key.str(), inner.parsed(inner_key.str(), text, escape, scope));
  }
  return values;
}

Template MappingTable::parsed(std::string_view name, std::string_view text, Escape escape, const Scope& scope) const {
  auto made = Template::parse(text, escape, scope);
  if (!made) fail(name, made.error().message);
  return std::move(*made);
}

std::vector<std::pair<std::string, MappingCode>> MappingTable::codes() {
  std::vector<std::pair<std::string, MappingCode>> values;
  for (const auto& [name, node] : table_) {
    asked_.emplace(name.str());
    const bool is_number = node.is_integer();
    auto text = is_number ? std::to_string(**node.as_integer()) : node.is_string() ? **node.as_string() : std::string();
    if (text.empty()) fail(name.str(), "must be a string that is not empty, or a whole number");
    values.emplace_back(name.str(), MappingCode{std::move(text), is_number});
  }
  return values;
}

MappingTable MappingTable::table(std::string_view name) {
  const auto* const node = find(name);
  if (node == nullptr) fail(name, "is missing");
  if (!node->is_table()) fail(name, "must be a table");
  return {*node->as_table(), key(name)};
}

std::vector<MappingTable> MappingTable::tables(std::string_view name) {
  std::vector<MappingTable> found;
  each(name, "tables ([[" + std::string(name) + "]])", [&](const toml::node& node) {
    if (!node.is_table()) return false;
    found.emplace_back(*node.as_table(), key(name) + "[" + std::to_string(found.size()) + "]");
    return true;
  });
  return found;
}

void MappingTable::nothing_else() const {
  for (const auto& [name, node] : table_) {
    if (!asked_.contains(std::string(name.str()))) fail(name.str(), "is not a known key");
  }
}

const toml::node* MappingTable::find(std::string_view name) {
  asked_.emplace(name);
  return table_.get(name);
}

void MappingTable::each(std::string_view name, const std::string& what, const std::function<bool(const toml::node&)>& take) {
  const auto* const node = find(name);
  if (node == nullptr) return;
  const auto* const array = node->as_array();
  if (array == nullptr || !std::all_of(array->begin(), array->end(), take)) fail(name, "must be a list of " + what);
}

FollowUpWords read_follow_up_words(MappingTable table) {
  FollowUpWords words;
  for (const auto progress :
       {Progress::open, Progress::in_progress, Progress::answered, Progress::resolved, Progress::cannot_be_done, Progress::reopened}) {
    for (const auto& word : table.texts(to_string(progress))) words.add(word, {progress});
  }
  for (const auto& word : table.texts("needs_person")) words.add(word, {.progress = {}, .declined = true});
  table.nothing_else();
  return words;
}

}  // namespace salam::upstream
