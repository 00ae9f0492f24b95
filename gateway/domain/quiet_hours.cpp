#include "gateway/domain/quiet_hours.h"

#include <charconv>

namespace salam {
namespace {

/// `HH:MM`.
std::optional<std::chrono::minutes> time_of_day(std::string_view text) {
  const auto number = [&](std::size_t at, int below) -> std::optional<int> {
    int value = 0;
    const auto* const end = text.data() + at + 2;
    const auto [stop, error] = std::from_chars(text.data() + at, end, value);
    if (error != std::errc() || stop != end || value < 0 || value >= below) return std::nullopt;
    return value;
  };
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  const auto hour = number(0, 24);
  const auto minute = number(3, 60);
  if (!hour || !minute) return std::nullopt;
  return std::chrono::hours(*hour) + std::chrono::minutes(*minute);
}

}  // namespace

std::optional<QuietHours> QuietHours::parse(std::string_view text) {
  if (text.size() != 11 || text[5] != '-') return std::nullopt;
  const auto from = time_of_day(text.substr(0, 5));
  const auto to = time_of_day(text.substr(6));
  if (!from || !to) return std::nullopt;
  return QuietHours{.from = *from, .to = *to};
}

Milliseconds QuietHours::left(Timestamp now) const {
  constexpr std::chrono::days day{1};
  const auto into_day = now - tehran_midnight(now);
  const auto since_start = (into_day - from + day) % day;
  const auto length = (to - from + day) % day;
  return since_start < length ? Milliseconds(length - since_start) : Milliseconds{0};
}

}  // namespace salam
