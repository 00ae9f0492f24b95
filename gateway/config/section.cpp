#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <utility>

#include <spdlog/fmt/fmt.h>
#include <spdlog/fmt/ranges.h>

#include "gateway/config/duration.h"
#include "gateway/config/reader.h"
#include "gateway/config/state.h"

namespace salam::config {
namespace {

using std::chrono::milliseconds;

template <class Number>
std::optional<Number> number_in(std::string_view text) {
  Number number{};
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && rest == end ? std::optional(number) : std::nullopt;
}

std::optional<std::int64_t> as_integer(const Node& node) {
  if (node.from_environment) return number_in<std::int64_t>(node.text);
  return node.kind == Node::Kind::integer ? std::optional(node.integer) : std::nullopt;
}

std::optional<double> as_number(const Node& node) {
  if (node.from_environment) return number_in<double>(node.text);
  if (node.kind == Node::Kind::integer) return static_cast<double>(node.integer);
  return node.kind == Node::Kind::number ? std::optional(node.number) : std::nullopt;
}

std::optional<bool> as_boolean(const Node& node) {
  if (node.from_environment && (node.text == "true" || node.text == "false")) return node.text == "true";
  return node.kind == Node::Kind::boolean ? std::optional(node.boolean) : std::nullopt;
}

std::optional<std::vector<std::string>> as_strings(const Node& node) {
  std::vector<std::string> strings;
  if (node.from_environment) {
    std::string_view rest = node.text;
    while (!rest.empty()) {
      const auto comma = std::min(rest.find(','), rest.size());
      strings.emplace_back(rest.substr(0, comma));
      rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
    return strings;
  }
  if (node.kind != Node::Kind::array) return std::nullopt;
  for (const auto& item : node.items) {
    if (item.kind != Node::Kind::text) return std::nullopt;
    strings.push_back(item.text);
  }
  return strings;
}

std::optional<std::string> as_scalar_text(const Node& node) {
  switch (node.kind) {
    case Node::Kind::text:
      return node.text;
    case Node::Kind::integer:
      return std::to_string(node.integer);
    case Node::Kind::number:
      return fmt::format("{}", node.number);
    case Node::Kind::boolean:
      return node.boolean ? "true" : "false";
    default:
      return std::nullopt;
  }
}

bool speaks_of_a_secret(std::string_view name) {
  constexpr std::array<std::string_view, 7> words{"cookie", "password", "secret", "token", "key", "credential", "authorization"};
  std::string lower(name);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return std::ranges::any_of(words, [&](std::string_view word) { return lower.find(word) != std::string::npos; });
}

/// TOML keys of letters, digits, _ and - stand bare.
std::string key_literal(std::string_view key) {
  const bool bare = std::ranges::all_of(key, [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '-'; });
  return bare ? std::string(key) : toml_string(key);
}

}  // namespace

const Node* Section::in_file(std::string_view key) const {
  if (table_ == nullptr) return nullptr;
  const auto found = table_->members.find(key);
  return found == table_->members.end() ? nullptr : &found->second;
}

std::string Section::full(std::string_view key) const { return key.empty() ? path_ : join_path(path_, key); }

/// Tables of a list have none.
std::string Section::variable(std::string_view key) const {
  if (path_.find('[') != std::string::npos) return "";
  std::string name = "SALAM_";
  for (const char c : full(key)) name += c == '.' || c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return name;
}

bool Section::has(std::string_view key) const { return in_file(key) != nullptr || state_->environment.contains(variable(key)); }

std::optional<Node> Section::look_up(std::string_view key) {
  state_->known[path_].emplace(key);
  if (const auto name = variable(key); !name.empty()) {
    state_->known_variables.insert(name);
    if (const auto found = state_->environment.find(name); found != state_->environment.end()) {
      return Node{.kind = Node::Kind::text, .text = found->second, .from_environment = true};
    }
  }
  const auto* const node = in_file(key);
  return node == nullptr ? std::nullopt : std::optional(*node);
}

void Section::show(std::string_view key, std::string literal) {
  std::string source = "default";
  if (state_->environment.contains(variable(key))) {
    source = variable(key);
  } else if (const auto* const node = in_file(key)) {
    source = fmt::format("line {}", node->line);
  }
  state_->entries.push_back({.section = path_, .key = key_literal(key), .literal = std::move(literal), .source = std::move(source)});
}

void Section::wrong(std::string_view key, std::string_view reason) {
  if (const auto name = variable(key); !key.empty() && state_->environment.contains(name)) {
    state_->problems.push_back({.file = "environment", .line = 0, .key = name, .reason = std::string(reason)});
    return;
  }
  const auto* place = key.empty() ? nullptr : in_file(key);
  if (place == nullptr && !path_.empty()) place = table_;
  state_->problems.push_back(
      {.file = state_->file, .line = place == nullptr ? 0 : place->line, .key = full(key), .reason = std::string(reason)});
}

std::optional<std::string> Section::text(std::string_view key) {
  auto node = look_up(key);
  if (!node) return std::nullopt;
  if (node->kind == Node::Kind::text) return std::move(node->text);
  wrong(key, "must be a string");
  return std::nullopt;
}

std::string Section::string(std::string_view key, std::string_view fallback) {
  auto value = text(key).value_or(std::string(fallback));
  show(key, toml_string(value));
  return value;
}

std::optional<std::string> Section::optional_string(std::string_view key) {
  auto value = text(key);
  if (value) show(key, toml_string(*value));
  return value;
}

std::string Section::required_string(std::string_view key) {
  const bool given = has(key);
  auto value = optional_string(key).value_or("");
  if (!given) {
    wrong(key, "is required");
  } else if (value.empty()) {
    wrong(key, "must not be empty");
  }
  return value;
}

std::string Section::choice(std::string_view key, std::string_view fallback, const std::vector<std::string_view>& allowed) {
  auto value = string(key, fallback);
  if (std::ranges::find(allowed, value) != allowed.end()) return value;
  wrong(key, fmt::format("must be one of {}", fmt::join(allowed, ", ")));
  return std::string(fallback);
}

std::string Section::path(std::string_view key, std::string_view fallback) {
  const auto value = string(key, fallback);
  return value.empty() ? value : (state_->folder / value).lexically_normal().string();
}

std::int64_t Section::integer(std::string_view key, std::int64_t fallback, std::int64_t least, std::int64_t most) {
  auto value = fallback;
  if (const auto node = look_up(key)) {
    const auto read = as_integer(*node);
    if (read && *read >= least && *read <= most) {
      value = *read;
    } else {
      wrong(key, fmt::format("must be a whole number from {} to {}", least, most));
    }
  }
  show(key, std::to_string(value));
  return value;
}

double Section::number(std::string_view key, double fallback, double least, double most) {
  auto value = fallback;
  if (const auto node = look_up(key)) {
    const auto read = as_number(*node);
    if (read && *read >= least && *read <= most) {
      value = *read;
    } else {
      wrong(key, fmt::format("must be a number from {} to {}", least, most));
    }
  }
  show(key, fmt::format("{}", value));
  return value;
}

bool Section::boolean(std::string_view key, bool fallback) {
  auto value = fallback;
  if (const auto node = look_up(key)) {
    const auto read = as_boolean(*node);
    if (!read) wrong(key, "must be true or false");
    value = read.value_or(fallback);
  }
  show(key, value ? "true" : "false");
  return value;
}

std::optional<milliseconds> Section::optional_duration(std::string_view key, milliseconds least, milliseconds most) {
  const auto node = look_up(key);
  if (!node) return std::nullopt;
  const auto value = node->kind == Node::Kind::text ? parse_duration(node->text) : std::nullopt;
  if (!value || *value < least || *value > most) {
    wrong(key, fmt::format("must be a duration from \"{}\" to \"{}\"", to_text(least), to_text(most)));
    return std::nullopt;
  }
  show(key, toml_string(to_text(*value)));
  return value;
}

milliseconds Section::duration(std::string_view key, milliseconds fallback, milliseconds least, milliseconds most) {
  const auto given = optional_duration(key, least, most);
  if (!given) show(key, toml_string(to_text(fallback)));
  return given.value_or(fallback);
}

std::vector<std::string> Section::strings(std::string_view key, std::vector<std::string> fallback) {
  auto values = std::move(fallback);
  if (const auto node = look_up(key)) {
    auto read = as_strings(*node);
    if (!read) wrong(key, "must be a list of strings");
    if (read) values = *std::move(read);
  }
  std::vector<std::string> literals;
  for (const auto& value : values) literals.push_back(toml_string(value));
  show(key, fmt::format("[{}]", fmt::join(literals, ", ")));
  return values;
}

std::string Section::read_secret_file(std::string_view key, const std::string& name) {
  auto content = read_file(state_->folder / name);
  if (!content) {
    wrong(key, fmt::format("cannot read the file `{}`", name));
    return "";
  }
  content->erase(content->find_last_not_of(" \t\r\n") + 1);
  if (content->empty()) wrong(key, fmt::format("the file `{}` is empty", name));
  return *std::move(content);
}

std::string Section::secret(std::string_view key) {
  const std::string file_key = std::string(key) + "_file";
  const auto direct = text(key);
  const auto file = text(file_key);
  if (direct && file) wrong(file_key, fmt::format("either this or `{}`", key));
  if (direct) show(key, std::string(redacted_literal));
  if (file) show(file_key, toml_string(*file));
  if (direct || !file) return direct.value_or("");
  return read_secret_file(file_key, *file);
}

std::string Section::required_secret(std::string_view key) {
  const bool given = has(key) || has(std::string(key) + "_file");
  const auto before = state_->problems.size();
  auto value = secret(key);
  if (!given) {
    wrong(key, fmt::format("is required (or `{}_file`)", key));
  } else if (value.empty() && state_->problems.size() == before) {
    wrong(key, "must not be empty");
  }
  return value;
}

Section Section::table(std::string_view key) {
  state_->known[path_].emplace(key);
  const auto* node = in_file(key);
  if (node != nullptr && node->kind != Node::Kind::table) {
    wrong(key, "must be a table");
    node = nullptr;
  }
  return {state_, node, full(key)};
}

std::vector<Section> Section::tables(std::string_view key) {
  state_->known[path_].emplace(key);
  const auto* const node = in_file(key);
  if (node == nullptr) return {};
  std::vector<Section> sections;
  const auto is_table = [](const Node& item) { return item.kind == Node::Kind::table; };
  if (node->kind != Node::Kind::array || !std::ranges::all_of(node->items, is_table)) {
    wrong(key, "must be a list of tables");
    return {};
  }
  for (std::size_t i = 0; i < node->items.size(); ++i) {
    sections.push_back(Section(state_, &node->items[i], fmt::format("{}[{}]", full(key), i)));
  }
  return sections;
}

std::map<std::string, std::string> Section::string_table(std::string_view key) {
  auto section = table(key);
  state_->free_tables.insert(section.path_);
  std::map<std::string, std::string> values;
  for (const auto& name : section.keys()) {
    constexpr std::string_view file_ending = "_file";
    const auto value = as_scalar_text(*section.in_file(name));
    if (!value) {
      section.wrong(name, "must be a string, a number, true or false");
    } else if (name.ends_with(file_ending)) {
      section.show(name, toml_string(*value));
      values[name.substr(0, name.size() - file_ending.size())] = section.read_secret_file(name, *value);
    } else {
      section.show(name, speaks_of_a_secret(name) ? std::string(redacted_literal) : toml_string(*value));
      values[name] = *value;
    }
  }
  return values;
}

std::vector<std::string> Section::keys() const {
  std::vector<std::string> names;
  if (table_ == nullptr) return names;
  for (const auto& [name, node] : table_->members) names.push_back(name);
  return names;
}

}  // namespace salam::config
