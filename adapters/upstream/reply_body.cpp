#include "adapters/upstream/reply_body.h"

#include <algorithm>
#include <iterator>
#include <sstream>
#include <utility>

#include "adapters/upstream/answer.h"
#include "gateway/domain/text.h"

namespace salam::upstream {
namespace {

constexpr std::size_t max_xml_bytes = 8UL * 1024 * 1024;
constexpr int max_xml_depth = 64;
constexpr std::string_view blanks = " \t\r\n";

/// The pointers between the `*` of a path.
std::vector<std::string> segments_of(std::string_view path) {
  std::vector<std::string> segments(1);
  while (!path.empty()) {
    const auto token = path.substr(0, path.find('/', 1));
    if (token == "/*") {
      segments.emplace_back();
    } else {
      segments.back() += token;
    }
    path.remove_prefix(token.size());
  }
  return segments;
}

ReplyValue value_of(const json::Value& value) {
  using Kind = ReplyValue::Kind;
  if (value.IsNull()) return {};
  if (value.IsBool()) return {Kind::scalar, value.GetBool() ? "true" : "false"};
  auto text = json::text_of(value);
  if (!text) return {Kind::list_or_object, {}};
  const bool is_text = value.IsString() || value.IsInt64() || value.IsUint64();
  return {is_text ? Kind::text : Kind::scalar, std::move(*text)};
}

bool is_element(const pugi::xml_node& node) { return node.type() == pugi::node_element; }

ReplyValue value_of(const pugi::xpath_node& found) {
  using Kind = ReplyValue::Kind;
  if (found.attribute()) return {Kind::text, found.attribute().value()};
  const auto node = found.node();
  if (std::any_of(node.begin(), node.end(), is_element)) return {Kind::list_or_object, {}};
  if (!is_element(node)) return {Kind::text, node.value()};
  std::string text;
  for (const auto& child : node) text += child.value();
  return {Kind::text, std::move(text)};
}

std::vector<ReplyValue> values_of(const pugi::xpath_query& query, const pugi::xml_node& from) {
  using Kind = ReplyValue::Kind;
  if (query.return_type() != pugi::xpath_type_node_set) {
    return {{query.return_type() == pugi::xpath_type_string ? Kind::text : Kind::scalar, query.evaluate_string(from)}};
  }
  std::vector<ReplyValue> values;
  for (const auto& found : query.evaluate_node_set(from)) values.push_back(value_of(found));
  return values;
}

/// Walks without recursion.
class Depth final : public pugi::xml_tree_walker {
 public:
  bool for_each(pugi::xml_node& /*node*/) override { return depth() < max_xml_depth; }
};

std::unique_ptr<pugi::xml_document> read_xml(std::string_view text) {
  const bool is_text = text.size() <= max_xml_bytes && text.find('\0') == std::string_view::npos && valid_utf8(text);
  const auto first = text.find_first_not_of(blanks);
  // pugixml passes over what stands before and after the elements.
  if (!is_text || first == std::string_view::npos || text[first] != '<' || text[text.find_last_not_of(blanks)] != '>') return nullptr;
  auto document = std::make_unique<pugi::xml_document>();
  if (!document->load_buffer(text.data(), text.size(), pugi::parse_default | pugi::parse_doctype, pugi::encoding_utf8)) return nullptr;
  if (std::count_if(document->begin(), document->end(), is_element) != 1) return nullptr;
  if (std::ranges::any_of(*document, [](const auto& node) { return node.type() == pugi::node_doctype; })) return nullptr;
  Depth depth;
  return document->traverse(depth) ? std::move(document) : nullptr;
}

}  // namespace

bool is_pointer(std::string_view text) {
  if (!text.empty() && text.front() != '/') return false;
  for (auto at = text.find('~'); at != std::string_view::npos; at = text.find('~', at + 1)) {
    if (at + 1 == text.size() || (text[at + 1] != '0' && text[at + 1] != '1')) return false;
  }
  return true;
}

Result<ReplyPath> ReplyPath::parse(std::string_view text, ReplyFormat format) {
  ReplyPath path;
  if (format == ReplyFormat::json) {
    if (!is_pointer(text)) return Error{"path_invalid", "must be a JSON Pointer, such as /ticket/code"};
    path.segments_ = segments_of(text);
  } else if (!text.empty()) {
    try {
      path.query_ = std::make_shared<const pugi::xpath_query>(std::string(text).c_str());
    } catch (const pugi::xpath_exception& error) {
      return Error{"path_invalid", "must be an XPath expression, such as /reply/ticket/code: " + std::string(error.what())};
    }
  }
  return path;
}

bool ReplyPath::may_lead_to_list() const { return !query_ || query_->return_type() == pugi::xpath_type_node_set; }

void ReplyPart::collect(const json::Value& value, const ReplyPath& path, std::size_t segment, Values& into) {
  const auto* const found = json::find(value, path.segments_[segment]);
  if (found == nullptr) return;
  if (segment + 1 == path.segments_.size()) {
    into.push_back(found);
  } else if (found->IsArray()) {
    for (const auto& element : found->GetArray()) collect(element, path, segment + 1, into);
  } else if (const auto* const named = json::member(*found, "*")) {
    collect(*named, path, segment + 1, into);
  }
}

ReplyPart::Values ReplyPart::json_at(const ReplyPath& path) const {
  Values found;
  if (const auto* const value = std::get_if<const json::Value*>(&part_)) collect(**value, path, 0, found);
  return found;
}

std::vector<ReplyValue> ReplyPart::values_at(const ReplyPath& path) const {
  std::vector<ReplyValue> values;
  if (const auto* const node = std::get_if<pugi::xml_node>(&part_)) {
    return path.query_ ? values_of(*path.query_, *node) : std::vector<ReplyValue>{};
  }
  for (const auto* const value : json_at(path)) values.push_back(value_of(*value));
  return values;
}

std::optional<std::vector<ReplyPart>> ReplyPart::items_at(const ReplyPath& path) const {
  std::vector<ReplyPart> items;
  if (const auto* const node = std::get_if<pugi::xml_node>(&part_)) {
    const auto lists = path.query_ ? path.query_->evaluate_node_set(*node) : node->select_nodes("/*");
    for (const auto& list : lists) {
      for (const auto& item : list.node().children()) {
        if (is_element(item)) items.emplace_back(item);
      }
    }
    return lists.empty() ? std::nullopt : std::optional(std::move(items));
  }
  const auto lists = json_at(path);
  if (lists.empty() || !std::ranges::all_of(lists, [](const auto* list) { return list->IsArray(); })) return std::nullopt;
  for (const auto* const list : lists) {
    for (const auto& item : list->GetArray()) items.emplace_back(&item);
  }
  return items;
}

std::string ReplyPart::words_at(const ReplyPath& path) const {
  std::string words;
  for (const auto& value : values_at(path)) {
    if (!words.empty() && !value.text.empty()) words += "; ";
    words += value.text;
  }
  return words;
}

std::optional<std::string> ReplyPart::code_at(const ReplyPath& path) const {
  std::optional<std::string> code;
  for (const auto& value : values_at(path)) {
    auto found = value.kind == ReplyValue::Kind::text ? trusted_code(value.text) : std::nullopt;
    if (!found || (code && *code != *found)) return std::nullopt;
    code = std::move(found);
  }
  return code;
}

std::string ReplyPart::to_text() const {
  if (const auto* const value = std::get_if<const json::Value*>(&part_)) return json::to_text(**value);
  std::ostringstream text;
  if (const auto* const node = std::get_if<pugi::xml_node>(&part_)) node->print(text, "", pugi::format_raw);
  return text.str();
}

ReplyBody ReplyBody::read(const http_client::Response& response, ReplyFormat format) {
  ReplyBody reply;
  if (format == ReplyFormat::json) {
    if (auto document = read_json(response)) reply.json_ = std::make_unique<json::Document>(std::move(*document));
  } else {
    reply.xml_ = read_xml(body_of(response));
  }
  return reply;
}

ReplyPart ReplyBody::whole() const {
  if (json_) return ReplyPart(json_.get());
  if (xml_) return ReplyPart(xml_->root());
  return {};
}

}  // namespace salam::upstream
