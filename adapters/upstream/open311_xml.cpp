#include <algorithm>

#include "adapters/upstream/answer.h"
#include "adapters/upstream/open311_entries.h"
#include "adapters/upstream/xml.h"

namespace salam::upstream {
namespace {

bool is_one_of(std::string_view name, const std::vector<std::string_view>& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// An element is a member, its elements are that member's. False where there are too many fields. As deep as `xml::parse` allows.
bool take_fields(Entry& entry, const pugi::xml_node& element, const std::string& pointer) {
  const auto children = element.children();
  return std::all_of(children.begin(), children.end(), [&](const pugi::xml_node& child) {
    if (child.type() != pugi::node_element) return true;
    if (entry.size() >= Entry::max_fields) return false;
    auto below = pointer + '/' + child.name();
    const bool is_text = !xml::has_elements(child);
    entry.add(below, is_text ? Entry::Kind::text : Entry::Kind::other, is_text ? xml::text_of(child) : "");
    return take_fields(entry, child, below);
  });
}

}  // namespace

Result<std::vector<Entry>> read_xml_entries(const http_client::Response& response, const ListNames& names) {
  const auto document = xml::parse(body_of(response), response.header("content-type"));
  if (!document) return Error{"reply_unreadable", document.error().message};
  const auto root = (*document)->document_element();
  const bool is_entry = is_one_of(root.name(), names.entries);
  if (!is_entry && !is_one_of(root.name(), names.lists)) return Error{"reply_unreadable", "neither a list nor an entry"};
  std::vector<Entry> entries;
  const auto take = [&](const pugi::xml_node& element) {
    if (element.type() != pugi::node_element) return true;
    entries.emplace_back();
    if (is_one_of(element.name(), names.entries) && take_fields(entries.back(), element, "")) return true;
    entries.back() = {};
    return names.lenient;
  };
  const auto children = root.children();
  const bool taken =
      (is_entry ? take(root) : std::all_of(children.begin(), children.end(), take)) && (is_entry || xml::text_of(root).empty());
  if (!taken) return Error{"reply_unreadable", "what the list holds is no entry"};
  return entries;
}

}  // namespace salam::upstream
