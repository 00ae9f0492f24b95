#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace salam::config {

/// A value of a TOML document and where it stands.
struct Node {
  enum class Kind { text, integer, number, boolean, array, table, other };

  Kind kind = Kind::table;
  std::string text;
  std::int64_t integer = 0;
  double number = 0;
  bool boolean = false;
  std::vector<Node> items;
  std::map<std::string, Node, std::less<>> members;
  int line = 0;
  bool from_environment = false;  ///< Then it is text, whatever it is meant to be.
};

/// What is wrong with the document, and on which line.
struct SyntaxError {
  std::string reason;
  int line = 0;
};

/// Reads TOML 1.0 into `root`; nothing but the first error where it is none.
std::vector<SyntaxError> parse_toml(std::string_view text, Node& root);

}  // namespace salam::config
