#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/domain/result.h"
#include "gateway/json/rapidjson.h"

/// JSON (RFC 8259) from outside, read without trusting it.
namespace salam::json {

using rapidjson::Document;
using rapidjson::Value;

struct Limits {
  std::size_t max_bytes = 8 * 1024 * 1024;
  std::size_t max_depth = 32;  ///< Of arrays and objects in each other.
  std::size_t max_number_length = 64;
  std::size_t max_string_bytes = 1024 * 1024;  ///< Names of members too.
  std::size_t max_members = 1024;              ///< Of one object.
};

/// The whole text as one document, which owns all it needs. Refused with `json_invalid` and a sentence that names the offset: what is not
/// JSON, bytes after the document (NUL among them), invalid UTF-8 and lone surrogates, two members of one name, numbers that fit neither a
/// 64-bit integer nor a double, and whatever passes a limit.
Result<Document> parse(std::string_view text, const Limits& limits = {});

/// What a JSON Pointer (RFC 6901) leads to, or null.
const Value* find(const Value& value, std::string_view pointer);

/// An object's member, or null where it has none, or `object` is no object.
const Value* member(const Value& object, std::string_view name);

/// A string as it is, a number as it reads; nothing for anything else. Codes come as either.
std::optional<std::string> text_of(const Value& value);

/// `text_of` an object's member.
std::optional<std::string> string_at(const Value& object, std::string_view name);

/// A string's text without a copy; empty for anything else.
std::string_view view_of(const Value& value);

/// The value as compact JSON.
std::string to_text(const Value& value);

}  // namespace salam::json
