#include "gateway/config/duration.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <utility>

namespace salam::config {
namespace {

constexpr std::array<std::pair<std::string_view, std::int64_t>, 5> units{
    {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};
constexpr std::int64_t most = 1'000'000'000;

}  // namespace

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  std::int64_t count = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, count);
  if (error != std::errc() || count < 0 || count > most) return std::nullopt;
  const auto* const unit = std::ranges::find(units, std::string_view(rest, end), &std::pair<std::string_view, std::int64_t>::first);
  if (unit == units.end()) return std::nullopt;
  return std::chrono::milliseconds(count * unit->second);
}

std::string to_text(std::chrono::milliseconds duration) {
  if (duration.count() == 0) return "0s";
  for (const auto& [unit, factor] : units) {
    if (duration.count() % factor == 0) return std::to_string(duration.count() / factor) + std::string(unit);
  }
  return std::to_string(duration.count()) + "ms";
}

}  // namespace salam::config
