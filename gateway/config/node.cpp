#include "gateway/config/node.h"

#include <toml++/toml.h>

namespace salam::config {
namespace {

int line_of(const toml::source_region& region) { return static_cast<int>(region.begin.line); }

Node read(const toml::node& from) {
  Node node{.kind = Node::Kind::other, .line = line_of(from.source())};
  if (const auto* const table = from.as_table()) {
    node.kind = Node::Kind::table;
    for (const auto& [key, member] : *table) node.members.emplace(std::string(key.str()), read(member));
  } else if (const auto* const array = from.as_array()) {
    node.kind = Node::Kind::array;
    for (const auto& item : *array) node.items.push_back(read(item));
  } else if (const auto* const text = from.as_string()) {
    node.kind = Node::Kind::text;
    node.text = text->get();
  } else if (const auto* const integer = from.as_integer()) {
    node.kind = Node::Kind::integer;
    node.integer = integer->get();
  } else if (const auto* const number = from.as_floating_point()) {
    node.kind = Node::Kind::number;
    node.number = number->get();
  } else if (const auto* const boolean = from.as_boolean()) {
    node.kind = Node::Kind::boolean;
    node.boolean = boolean->get();
  }
  return node;
}

}  // namespace

std::vector<SyntaxError> parse_toml(std::string_view text, Node& root) {
  try {
    root = read(toml::parse(text));
    return {};
  } catch (const toml::parse_error& error) {
    return {{.reason = std::string(error.description()), .line = line_of(error.source())}};
  }
}

}  // namespace salam::config
