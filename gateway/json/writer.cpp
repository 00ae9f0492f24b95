#include "gateway/json/writer.h"

#include <cmath>

#include "gateway/domain/text.h"

namespace salam::json {
namespace {

/// The length of the valid UTF-8 sequence at the start of the text; 0 where there is none.
std::size_t sequence_length(std::string_view text) {
  for (std::size_t bytes = 1; bytes <= 4 && bytes <= text.size(); ++bytes) {
    if (valid_utf8(text.substr(0, bytes))) return bytes;
  }
  return 0;
}

std::string mended(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto bytes = sequence_length(text);
    out += bytes == 0 ? std::string_view("\xEF\xBF\xBD") : text.substr(0, bytes);
    text.remove_prefix(bytes == 0 ? 1 : bytes);
  }
  return out;
}

rapidjson::SizeType size_of(std::string_view text) { return static_cast<rapidjson::SizeType>(text.size()); }
/// RapidJSON refuses a null pointer even for no bytes.
const char* data_of(std::string_view text) { return text.data() == nullptr ? "" : text.data(); }

}  // namespace

Writer& Writer::begin_object() {
  writer_.StartObject();
  return *this;
}

Writer& Writer::end_object() {
  writer_.EndObject();
  return *this;
}

Writer& Writer::begin_array() {
  writer_.StartArray();
  return *this;
}

Writer& Writer::end_array() {
  writer_.EndArray();
  return *this;
}

Writer& Writer::key(std::string_view name) {
  writer_.Key(data_of(name), size_of(name));
  return *this;
}

Writer& Writer::string(std::string_view text) {
  if (valid_utf8(text)) {
    writer_.String(data_of(text), size_of(text));
  } else {
    writer_.String(mended(text));
  }
  return *this;
}

Writer& Writer::integer(std::int64_t number) {
  writer_.Int64(number);
  return *this;
}

Writer& Writer::number(double number) {
  if (std::isfinite(number)) {
    writer_.Double(number);
  } else {
    writer_.Null();
  }
  return *this;
}

Writer& Writer::boolean(bool value) {
  writer_.Bool(value);
  return *this;
}

Writer& Writer::null() {
  writer_.Null();
  return *this;
}

Writer& Writer::raw(std::string_view json) {
  writer_.RawValue(data_of(json), json.size(), rapidjson::kObjectType);
  return *this;
}

Writer& Writer::value(const rapidjson::Value& value) {
  value.Accept(writer_);
  return *this;
}

std::string Writer::take() {
  std::string text(buffer_.GetString(), buffer_.GetSize());
  buffer_.Clear();
  writer_.Reset(buffer_);
  return text;
}

}  // namespace salam::json
