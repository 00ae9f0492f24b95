#include "gateway/domain/uuid.h"

namespace salam {
namespace {

constexpr std::size_t text_length = 36;

constexpr bool is_dash_position(std::size_t i) { return i == 8 || i == 13 || i == 18 || i == 23; }

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

Uuid Uuid::v7(Timestamp now, const std::array<std::uint8_t, 16>& random) {
  Uuid id{random};
  auto milliseconds = static_cast<std::uint64_t>(now.time_since_epoch().count());
  for (std::size_t i = 6; i-- > 0; milliseconds >>= 8) id.bytes[i] = static_cast<std::uint8_t>(milliseconds);
  id.bytes[6] = static_cast<std::uint8_t>(0x70 | (id.bytes[6] & 0x0F));
  id.bytes[8] = static_cast<std::uint8_t>(0x80 | (id.bytes[8] & 0x3F));
  return id;
}

std::optional<Uuid> Uuid::parse(std::string_view text) {
  if (text.size() != text_length) return std::nullopt;
  Uuid id;
  std::size_t nibbles = 0;
  for (std::size_t i = 0; i < text_length; ++i) {
    if (is_dash_position(i)) {
      if (text[i] != '-') return std::nullopt;
      continue;
    }
    const int value = hex_value(text[i]);
    if (value < 0) return std::nullopt;
    auto& byte = id.bytes[nibbles++ / 2];
    byte = static_cast<std::uint8_t>(byte << 4 | value);
  }
  return id;
}

std::string Uuid::to_string() const {
  constexpr std::string_view hex = "0123456789abcdef";
  std::string text(text_length, '-');
  std::size_t position = 0;
  for (const auto byte : bytes) {
    if (is_dash_position(position)) ++position;
    text[position++] = hex[byte >> 4];
    text[position++] = hex[byte & 0x0F];
  }
  return text;
}

}  // namespace salam
