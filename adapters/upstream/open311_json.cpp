#include <algorithm>

#include "adapters/upstream/answer.h"
#include "adapters/upstream/open311_entries.h"

namespace salam::upstream {
namespace {

Error unreadable(std::string why) { return {"reply_unreadable", std::move(why)}; }

/// A member's name as a part of a JSON Pointer.
std::string escaped(std::string_view name) {
  std::string out;
  for (const char c : name) out += c == '~' ? std::string("~0") : c == '/' ? std::string("~1") : std::string(1, c);
  return out;
}

/// False where there are too many fields. As deep as `json::parse` allows.
bool take_fields(Entry& entry, const json::Value& value, const std::string& pointer) {
  if (entry.size() >= Entry::max_fields) return false;
  if (value.IsObject()) {
    if (!pointer.empty()) entry.add(pointer, Entry::Kind::other, "");
    return std::all_of(value.MemberBegin(), value.MemberEnd(), [&](const auto& member) {
      return take_fields(entry, member.value, pointer + '/' + escaped(json::view_of(member.name)));
    });
  }
  if (value.IsArray()) {
    entry.add(pointer, Entry::Kind::other, "");
    std::size_t index = 0;
    return std::all_of(value.Begin(), value.End(),
                       [&](const json::Value& item) { return take_fields(entry, item, pointer + '/' + std::to_string(index++)); });
  }
  const bool is_text = value.IsString() || value.IsInt64() || value.IsUint64();
  entry.add(pointer,
            value.IsNull() ? Entry::Kind::nothing
            : is_text      ? Entry::Kind::text
                           : Entry::Kind::other,
            json::text_of(value).value_or(""));
  return true;
}

const json::Value* inner_of(const json::Value& document, const ListNames& names) {
  for (const auto* const group : {&names.lists, &names.entries}) {
    for (const auto name : *group) {
      if (const auto* const inner = json::member(document, name)) return inner;
    }
  }
  return nullptr;
}

Result<std::vector<Entry>> entries_of(const json::Value& document, const ListNames& names) {
  if (const auto* const inner = inner_of(document, names)) return entries_of(*inner, names);
  if (!document.IsArray() && !document.IsObject()) return unreadable("neither a list nor an entry");
  std::vector<Entry> entries;
  const auto take = [&](const json::Value& value) {
    entries.emplace_back();
    if (value.IsObject() && take_fields(entries.back(), value, "")) return true;
    entries.back() = {};
    return names.lenient;
  };
  const bool taken = document.IsObject() ? take(document) : std::all_of(document.Begin(), document.End(), take);
  if (!taken) return unreadable("what the list holds is no entry");
  return entries;
}

}  // namespace

Result<std::vector<Entry>> read_json_entries(const http_client::Response& response, const ListNames& names) {
  const auto document = read_json(response);
  if (!document) return unreadable(document.error().message);
  return entries_of(*document, names);
}

}  // namespace salam::upstream
