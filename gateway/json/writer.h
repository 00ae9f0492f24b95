#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/json/rapidjson.h"

namespace salam::json {

/// Writes one compact JSON document:
/// `Writer().begin_object().member("id", id).key("errors").begin_array().string("a").end_array().end_object().take()`.
/// Text that is not valid UTF-8 gets U+FFFD in place of its bad bytes, so that the document always is.
class Writer {
 public:
  Writer() : writer_(buffer_) {}
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  Writer& begin_object();
  Writer& end_object();
  Writer& begin_array();
  Writer& end_array();
  Writer& key(std::string_view name);

  Writer& string(std::string_view text);
  Writer& integer(std::int64_t number);
  Writer& number(double number);
  Writer& boolean(bool value);
  Writer& null();
  /// A value that is JSON already.
  Writer& raw(std::string_view json);
  Writer& value(const rapidjson::Value& value);

  Writer& member(std::string_view name, std::string_view text) { return key(name).string(text); }
  Writer& member(std::string_view name, const char* text) { return key(name).string(text); }
  Writer& member(std::string_view name, const std::string& text) { return key(name).string(text); }
  Writer& member(std::string_view name, std::int64_t number) { return key(name).integer(number); }
  Writer& member(std::string_view name, int number) { return key(name).integer(number); }
  Writer& member(std::string_view name, bool value) { return key(name).boolean(value); }
  /// Leaves the member out where the text is empty.
  Writer& member_if(std::string_view name, std::string_view text) { return text.empty() ? *this : member(name, text); }

  /// The document so far; the writer is empty afterwards.
  std::string take();

 private:
  static constexpr std::size_t usual_size = 2048;
  rapidjson::StringBuffer buffer_{nullptr, usual_size};
  rapidjson::Writer<rapidjson::StringBuffer> writer_;
};

}  // namespace salam::json
