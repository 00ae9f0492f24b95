#include "tests/torture/http_call.h"

#include <stdexcept>

#include <spdlog/fmt/fmt.h>

namespace salam::torture {

test::Answer http_call(unsigned short port, std::string_view key, std::string_view method, std::string_view target, std::string_view body) {
  try {
    test::WireClient client(port);
    return client.ask(
        fmt::format("{} {} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nAuthorization: Bearer {}\r\n"
                    "Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
                    method, target, key, body.size(), body));
  } catch (const std::runtime_error&) {
    return {};
  }
}

rapidjson::Document read_json(const std::string& text) {
  rapidjson::Document document;
  document.Parse<rapidjson::kParseIterativeFlag>(text.data(), text.size());
  if (document.HasParseError()) document.SetNull();
  return document;
}

std::string text_of(const rapidjson::Value& object, const char* member) {
  if (!object.IsObject()) return {};
  const auto found = object.FindMember(member);
  if (found == object.MemberEnd()) return {};
  if (found->value.IsInt64()) return std::to_string(found->value.GetInt64());
  return found->value.IsString() ? std::string(found->value.GetString(), found->value.GetStringLength()) : std::string{};
}

}  // namespace salam::torture
