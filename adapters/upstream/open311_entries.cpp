#include "adapters/upstream/open311_entries.h"

#include <algorithm>

#include "adapters/upstream/answer.h"

namespace salam::upstream {

const Entry::Value* Entry::find(std::string_view pointer) const {
  const auto found = std::find_if(fields_.begin(), fields_.end(), [&](const auto& field) { return field.first == pointer; });
  return found == fields_.end() ? nullptr : &found->second;
}

void Entry::add(std::string pointer, Kind kind, std::string text) {
  const auto known = std::find_if(fields_.begin(), fields_.end(), [&](const auto& field) { return field.first == pointer; });
  if (known != fields_.end()) {
    known->second = {Kind::other, ""};
  } else {
    fields_.emplace_back(std::move(pointer), Value{kind, std::move(text)});
  }
}

bool Entry::lacks(std::string_view pointer) const {
  const auto* const value = find(pointer);
  return value == nullptr || value->kind == Kind::nothing || (value->kind == Kind::text && is_blank(value->text));
}

std::string_view Entry::text(std::string_view pointer) const {
  const auto* const value = find(pointer);
  return value == nullptr ? std::string_view() : value->text;
}

std::optional<std::string> Entry::code(std::string_view pointer) const {
  const auto* const value = find(pointer);
  return value == nullptr || value->kind != Kind::text ? std::nullopt : trusted_code(value->text);
}

Result<std::vector<Entry>> read_entries(const http_client::Response& response, ReplyFormat format, const ListNames& names) {
  return format == ReplyFormat::xml ? read_xml_entries(response, names) : read_json_entries(response, names);
}

}  // namespace salam::upstream
