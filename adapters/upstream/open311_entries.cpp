#include "adapters/upstream/open311_entries.h"

#include <algorithm>

#include "adapters/upstream/answer.h"

namespace salam::upstream {

const Entry::Value* Entry::find(std::string_view pointer) const {
  const auto found = std::find_if(fields_.begin(), fields_.end(), [&](const auto& field) { return field.first == pointer; });
  return found == fields_.end() ? nullptr : &found->second;
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

}  // namespace salam::upstream
