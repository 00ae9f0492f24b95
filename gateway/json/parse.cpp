#include "gateway/json/parse.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <rapidjson/error/en.h>
#include <rapidjson/pointer.h>
#include <rapidjson/reader.h>

namespace salam::json {
namespace {

using rapidjson::SizeType;

/// RapidJSON turns a lone low surrogate (`\udc00`) into bytes that are not UTF-8; in UTF-8, surrogates would begin with ED A0 to ED BF.
bool holds_surrogate(std::string_view text) {
  for (auto at = text.find('\xED'); at != std::string_view::npos; at = text.find('\xED', at + 1)) {
    if (at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) >= 0xA0) return true;
  }
  return false;
}

/// Stands between reader and document: passes on what keeps the limits and stops at the first thing that does not.
class Guard {
 public:
  Guard(Document& document, const Limits& limits) : document_(document), limits_(limits) {}

  [[nodiscard]] const char* refusal() const noexcept { return refusal_; }

  bool Null() { return document_.Null(); }
  bool Bool(bool value) { return document_.Bool(value); }
  bool Int(int value) { return document_.Int(value); }
  bool Uint(unsigned value) { return document_.Uint(value); }
  bool Int64(std::int64_t value) { return document_.Int64(value); }
  bool Uint64(std::uint64_t value) { return document_.Uint64(value); }
  bool Double(double value) { return document_.Double(value); }

  bool RawNumber(const char* text, SizeType length, bool /*copy*/) {
    if (length > limits_.max_number_length) return refuse("a number that is too long");
    const char* const end = text + length;
    if (std::none_of(text, end, [](char c) { return c == '.' || c == 'e' || c == 'E'; })) {
      if (std::int64_t number = 0; std::from_chars(text, end, number).ec == std::errc()) return document_.Int64(number);
      if (std::uint64_t number = 0; std::from_chars(text, end, number).ec == std::errc()) return document_.Uint64(number);
    }
    double number = 0;
    if (std::from_chars(text, end, number).ec != std::errc()) return refuse("a number out of range");
    return document_.Double(number);
  }

  bool String(const char* text, SizeType length, bool copy) {
    if (length > limits_.max_string_bytes) return refuse("a string that is too long");
    if (holds_surrogate({text, length})) return refuse("a lone surrogate");
    return document_.String(text, length, copy);
  }

  bool StartObject() {
    starts_.push_back(names_.size());
    return open() && document_.StartObject();
  }

  bool Key(const char* text, SizeType length, bool copy) {
    if (names_.size() - starts_.back() == limits_.max_members) return refuse("an object with too many members");
    // The reader works in place, so the name stays where it is.
    names_.emplace_back(text, length);
    return String(text, length, copy);
  }

  bool EndObject(SizeType members) {
    --depth_;
    const auto first = names_.begin() + static_cast<std::ptrdiff_t>(starts_.back());
    std::sort(first, names_.end());
    const bool twice = std::adjacent_find(first, names_.end()) != names_.end();
    names_.erase(first, names_.end());
    starts_.pop_back();
    return twice ? refuse("an object with two members of one name") : document_.EndObject(members);
  }

  bool StartArray() { return open() && document_.StartArray(); }

  bool EndArray(SizeType elements) {
    --depth_;
    return document_.EndArray(elements);
  }

 private:
  bool open() { return ++depth_ <= limits_.max_depth || refuse("arrays and objects nested too deeply"); }

  bool refuse(const char* what) {
    refusal_ = what;
    return false;
  }

  Document& document_;
  const Limits& limits_;
  std::size_t depth_ = 0;
  std::vector<std::string_view> names_;  ///< Of all open objects, one after the other.
  std::vector<std::size_t> starts_;      ///< Where each open object's names begin.
  const char* refusal_ = nullptr;
};

Error invalid(std::string_view what, std::size_t offset) {
  return {"json_invalid", std::string(what) + " at offset " + std::to_string(offset)};
}

}  // namespace

Result<Document> parse(std::string_view text, const Limits& limits) {
  if (text.size() > limits.max_bytes) return invalid("more bytes than allowed", limits.max_bytes);

  constexpr unsigned flags = rapidjson::kParseInsituFlag | rapidjson::kParseNumbersAsStringsFlag | rapidjson::kParseIterativeFlag |
                             rapidjson::kParseValidateEncodingFlag;
  Document document;
  auto* const copy = static_cast<char*>(document.GetAllocator().Malloc(text.size() + 1));
  if (!text.empty()) std::memcpy(copy, text.data(), text.size());
  copy[text.size()] = '\0';

  rapidjson::InsituStringStream stream(copy);
  Guard guard(document, limits);
  rapidjson::Reader reader;
  auto generate = [&](Document&) { return !reader.Parse<flags>(stream, guard).IsError(); };
  document.Populate(generate);

  if (guard.refusal() != nullptr) return invalid(guard.refusal(), reader.GetErrorOffset());
  if (reader.HasParseError()) return invalid(rapidjson::GetParseError_En(reader.GetParseErrorCode()), reader.GetErrorOffset());
  if (stream.Tell() != text.size()) return invalid("bytes after the document", stream.Tell());
  return document;
}

/// Through objects by itself: RapidJSON would compile the pointer first.
const Value* find(const Value& value, std::string_view pointer) {
  const auto* at = &value;
  if (pointer.find('~') == std::string_view::npos) {
    while (at != nullptr && at->IsObject() && pointer.starts_with('/')) {
      const auto end = std::min(pointer.find('/', 1), pointer.size());
      at = member(*at, pointer.substr(1, end - 1));
      pointer.remove_prefix(end);
    }
    if (at == nullptr || pointer.empty()) return at;
  }
  const rapidjson::Pointer rest(pointer.data() == nullptr ? "" : pointer.data(), pointer.size());
  return rest.IsValid() ? rest.Get(*at) : nullptr;
}

const Value* member(const Value& object, std::string_view name) {
  if (!object.IsObject()) return nullptr;
  for (auto it = object.MemberBegin(); it != object.MemberEnd(); ++it) {
    if (view_of(it->name) == name) return &it->value;
  }
  return nullptr;
}

std::optional<std::string> text_of(const Value& value) {
  if (value.IsString()) return std::string(view_of(value));
  if (value.IsNumber()) return to_text(value);
  return std::nullopt;
}

std::optional<std::string> string_at(const Value& object, std::string_view name) {
  const auto* const value = member(object, name);
  return value == nullptr ? std::nullopt : text_of(*value);
}

std::string_view view_of(const Value& value) {
  return value.IsString() ? std::string_view(value.GetString(), value.GetStringLength()) : std::string_view();
}

std::string to_text(const Value& value) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  value.Accept(writer);
  return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace salam::json
