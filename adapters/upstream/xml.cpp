#include "adapters/upstream/xml.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <utility>

#include "gateway/domain/text.h"

namespace salam::upstream::xml {
namespace {

Error invalid(std::string_view why) { return {"xml_invalid", "no XML that can be relied on: " + std::string(why)}; }

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

/// What follows `name=`, with or without quotes; empty where it is not there.
std::string value_after(std::string_view text, std::string_view name) {
  const auto all = lower(text);
  const auto at = all.find(std::string(name) + "=");
  if (at == std::string::npos) return {};
  const auto first = std::min(all.find_first_not_of(" \"'", at + name.size() + 1), all.size());
  return all.substr(first, all.find_first_of(" \"';?", first) - first);
}

std::string_view declaration_of(std::string_view body) {
  return body.starts_with("<?xml") ? body.substr(0, body.find("?>")) : std::string_view();
}

/// A charset that another reading of the bytes would need. UTF-16 is none: what is valid UTF-8 without a NUL is only called so.
bool is_foreign(std::string_view charset) {
  constexpr std::array<std::string_view, 5> known{"", "utf-8", "utf8", "us-ascii", "utf-16"};
  return std::find(known.begin(), known.end(), charset) == known.end();
}

std::optional<std::string> wrong_encoding(std::string_view body, std::string_view content_type) {
  if (std::all_of(body.begin(), body.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; })) return std::nullopt;
  for (const auto& charset : {value_after(content_type, "charset"), value_after(declaration_of(body), "encoding")}) {
    if (is_foreign(charset)) return "it is said to be " + charset + "; only UTF-8 is read";
  }
  if (!valid_utf8(body)) return "it is not UTF-8";
  return std::nullopt;
}

bool is_character(std::uint32_t c) {
  return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c < 0xD800) || (c >= 0xE000 && c < 0xFFFE) || (c >= 0x10000 && c < 0x110000);
}

bool has_forbidden_byte(std::string_view body) {
  return std::any_of(body.begin(), body.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 && !is_character(static_cast<std::uint32_t>(c)); });
}

/// What stands between `&` and `;`.
bool is_reference(std::string_view name) {
  constexpr std::array<std::string_view, 5> entities{"amp", "lt", "gt", "quot", "apos"};
  if (!name.starts_with('#')) return std::find(entities.begin(), entities.end(), name) != entities.end();
  const bool is_hex = name.starts_with("#x");
  const auto digits = name.substr(is_hex ? 2 : 1);
  std::uint32_t c = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), c, is_hex ? 16 : 10);
  return error == std::errc() && end == digits.data() + digits.size() && is_character(c);
}

/// Where the section that begins at `at` and in which `&` is a character ends; `at` itself where none begins.
std::size_t behind_section(std::string_view body, std::size_t at) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> sections{{{"<![CDATA[", "]]>"}, {"<!--", "-->"}, {"<?", "?>"}}};
  for (const auto& [start, end] : sections) {
    if (body.substr(at).starts_with(start)) return std::min(body.find(end, at + start.size()), body.size());
  }
  return at;
}

/// pugixml would leave what it does not know as it stands, and end a text at a reference to NUL.
bool has_wrong_reference(std::string_view body) {
  for (auto at = body.find_first_of("<&"); at < body.size(); at = body.find_first_of("<&", at + 1)) {
    if (body[at] == '<') {
      at = behind_section(body, at);
    } else if (const auto end = body.find(';', at); end == std::string_view::npos || !is_reference(body.substr(at + 1, end - at - 1))) {
      return true;
    }
  }
  return false;
}

bool is_within(const pugi::xml_node& node, std::size_t depth) {
  const auto children = node.children();
  return std::all_of(children.begin(), children.end(), [&](const pugi::xml_node& child) {
    return child.type() != pugi::node_element || (depth > 0 && is_within(child, depth - 1));
  });
}

/// What stands beside the one root; empty where all is well.
std::string_view wrong_shape(const pugi::xml_document& document) {
  std::size_t roots = 0;
  for (const auto& node : document.children()) {
    if (node.type() == pugi::node_doctype) return "it has a document type";
    if (node.type() == pugi::node_pcdata || node.type() == pugi::node_cdata) return "there is text beside its root";
    if (node.type() == pugi::node_element) ++roots;
  }
  return roots == 1 ? "" : "it has not one root";
}

}  // namespace

Result<std::unique_ptr<pugi::xml_document>> parse(std::string_view body, std::string_view content_type, const Limits& limits) {
  constexpr unsigned flags = pugi::parse_cdata | pugi::parse_escapes | pugi::parse_eol | pugi::parse_wconv_attribute |
                             pugi::parse_declaration | pugi::parse_doctype | pugi::parse_fragment;
  if (body.size() > limits.max_bytes) return invalid("more bytes than allowed");
  if (auto why = wrong_encoding(body, content_type)) return invalid(*why);
  if (has_forbidden_byte(body)) return invalid("it holds control characters");
  if (has_wrong_reference(body)) return invalid("it holds an entity or a character that XML does not know");
  auto document = std::make_unique<pugi::xml_document>();
  const auto parsed = document->load_buffer(body.data(), body.size(), flags, pugi::encoding_utf8);
  if (!parsed) return invalid(std::string(parsed.description()) + " at offset " + std::to_string(parsed.offset));
  if (const auto why = wrong_shape(*document); !why.empty()) return invalid(why);
  if (!is_within(*document, limits.max_depth)) return invalid("elements nested too deeply");
  return document;
}

std::string text_of(const pugi::xml_node& element) {
  std::string text;
  for (const auto& child : element.children()) {
    if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) text += child.value();
  }
  return text;
}

bool has_elements(const pugi::xml_node& element) {
  const auto children = element.children();
  return std::any_of(children.begin(), children.end(), [](const pugi::xml_node& child) { return child.type() == pugi::node_element; });
}

}  // namespace salam::upstream::xml
