#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace salam::stand_ins {

/// Writes one JSON document from front to back.
class Json {
 public:
  Json& open_object() { return writer_.StartObject(), *this; }
  Json& close_object() { return writer_.EndObject(), *this; }
  Json& open_array() { return writer_.StartArray(), *this; }
  Json& close_array() { return writer_.EndArray(), *this; }
  Json& key(std::string_view name) { return writer_.Key(name.data(), size(name)), *this; }
  Json& text(std::string_view value) { return writer_.String(value.data(), size(value)), *this; }
  Json& number(std::int64_t value) { return writer_.Int64(value), *this; }
  Json& number(double value) { return writer_.Double(value), *this; }
  Json& boolean(bool value) { return writer_.Bool(value), *this; }
  Json& null() { return writer_.Null(), *this; }
  /// `value` is JSON already.
  Json& raw(std::string_view value) { return writer_.RawValue(value.data(), value.size(), rapidjson::kObjectType), *this; }

  Json& member(std::string_view name, std::string_view value) { return key(name).text(value); }
  Json& member(std::string_view name, std::int64_t value) { return key(name).number(value); }

  [[nodiscard]] std::string take() const { return {buffer_.GetString(), buffer_.GetSize()}; }

 private:
  static rapidjson::SizeType size(std::string_view text) { return static_cast<rapidjson::SizeType>(text.size()); }

  rapidjson::StringBuffer buffer_;
  rapidjson::Writer<rapidjson::StringBuffer> writer_{buffer_};
};

}  // namespace salam::stand_ins
