#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "gateway/config/reader.h"

namespace salam::config {

/// What reader and sections share: the document, what was asked for, what came of it.
struct State {
  struct Entry {
    std::string section;
    std::string key;
    std::string literal;  ///< As TOML.
    std::string source;
  };

  std::string file;
  std::filesystem::path folder;
  Node root;
  Environment environment;
  std::map<std::string, std::set<std::string, std::less<>>, std::less<>> known;  ///< Keys asked for, by the path of their table.
  std::set<std::string, std::less<>> free_tables;                                ///< Paths of tables of free names.
  std::set<std::string, std::less<>> known_variables;
  std::vector<Problem> problems;
  std::vector<Entry> entries;  ///< In the order they were asked for.
};

std::string join_path(std::string_view path, std::string_view key);

/// `[redacted]` in place of what must not be seen.
inline constexpr std::string_view redacted_literal = "\"[redacted]\"";
/// As a TOML basic string.
std::string toml_string(std::string_view text);

}  // namespace salam::config
