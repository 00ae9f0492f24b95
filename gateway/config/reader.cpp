#include "gateway/config/reader.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <utility>

#include <spdlog/fmt/fmt.h>
#include <unistd.h>

#include "gateway/config/nearest.h"
#include "gateway/config/state.h"

namespace salam::config {
namespace {

constexpr std::string_view prefix = "SALAM_";

std::string unknown_reason(std::string_view name, const std::set<std::string, std::less<>>& known) {
  const auto near = nearest(name, known);
  return near.empty() ? "is unknown" : "is unknown; did you mean `" + near + "`?";
}

/// Notes what stands in the file and was never asked for.
void find_unknown(const State& state, const Node& table, const std::string& path, std::vector<Problem>& problems) {
  if (state.free_tables.contains(path)) return;
  const auto found = state.known.find(path);
  static const std::set<std::string, std::less<>> none;
  const auto& known = found == state.known.end() ? none : found->second;
  for (const auto& [key, node] : table.members) {
    const auto full = join_path(path, key);
    if (!known.contains(key)) {
      problems.push_back({.file = state.file, .line = node.line, .key = full, .reason = unknown_reason(key, known)});
    } else if (node.kind == Node::Kind::table) {
      find_unknown(state, node, full, problems);
    } else if (node.kind == Node::Kind::array) {
      for (std::size_t i = 0; i < node.items.size(); ++i) {
        if (node.items[i].kind == Node::Kind::table) find_unknown(state, node.items[i], fmt::format("{}[{}]", full, i), problems);
      }
    }
  }
}

/// `[a.b]`; `[[a.rule]]` for `a.rule[0]`.
std::string table_header(std::string_view path) {
  std::string name;
  bool index = false;
  for (const char c : path) {
    if (c == '[') index = true;
    if (!index) name += c;
    if (c == ']') index = false;
  }
  return path.ends_with(']') ? fmt::format("[[{}]]", name) : fmt::format("[{}]", name);
}

}  // namespace

std::string join_path(std::string_view path, std::string_view key) {
  return path.empty() ? std::string(key) : fmt::format("{}.{}", path, key);
}

std::string toml_string(std::string_view text) {
  std::string literal = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') literal += '\\';
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      literal += fmt::format("\\u{:04X}", static_cast<int>(c));
    } else {
      literal += c;
    }
  }
  return literal + '"';
}

std::optional<std::string> read_file(const std::filesystem::path& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) return std::nullopt;
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(in), {});
}

std::string Problem::text() const {
  std::string place = file;
  if (line > 0) place += ":" + std::to_string(line);
  return key.empty() ? place + ": " + reason : place + ": " + key + ": " + reason;
}

Environment process_environment(const std::set<std::string, std::less<>>& no_settings) {
  Environment found;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view text = *variable;
    const auto equals = text.find('=');
    if (!text.starts_with(prefix) || equals == std::string_view::npos || no_settings.contains(text.substr(0, equals))) continue;
    found.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return found;
}

Reader::Reader(std::string file, std::string_view toml, Environment environment) : state_(std::make_shared<State>()) {
  state_->folder = std::filesystem::path(file).parent_path();
  state_->file = std::move(file);
  state_->environment = std::move(environment);
  for (auto& error : parse_toml(toml, state_->root)) {
    state_->problems.push_back({.file = state_->file, .line = error.line, .key = "", .reason = std::move(error.reason)});
  }
}

Reader Reader::from_file(const std::string& file, Environment environment) {
  const auto text = file.empty() ? "" : read_file(file);
  Reader reader(file.empty() ? "environment" : file, text.value_or(""), std::move(environment));
  if (!text) reader.state_->problems.push_back({.file = file, .line = 0, .key = "", .reason = "cannot be read"});
  return reader;
}

Section Reader::root() { return {state_, &state_->root, ""}; }

std::vector<Problem> Reader::problems() const {
  auto problems = state_->problems;
  find_unknown(*state_, state_->root, "", problems);
  for (const auto& [name, value] : state_->environment) {
    if (state_->known_variables.contains(name)) continue;
    problems.push_back({.file = "environment", .line = 0, .key = name, .reason = unknown_reason(name, state_->known_variables)});
  }
  std::ranges::stable_sort(problems, {}, [](const Problem& problem) { return std::pair(problem.file == "environment", problem.line); });
  return problems;
}

std::string Reader::effective() const {
  std::vector<std::string> sections;
  std::map<std::string, std::string> lines;
  for (const auto& entry : state_->entries) {
    if (!lines.contains(entry.section)) sections.push_back(entry.section);
    lines[entry.section] += fmt::format("{} = {}  # {}\n", entry.key, entry.literal, entry.source);
  }
  std::string text;
  // What belongs to no table must come first.
  std::ranges::stable_partition(sections, [](const std::string& section) { return section.empty(); });
  for (const auto& section : sections) {
    if (!section.empty()) text += fmt::format("{}{}\n", text.empty() ? "" : "\n", table_header(section));
    text += lines[section];
  }
  return text;
}

}  // namespace salam::config
