#include "gateway/domain/tracking_code.h"

#include <array>

#include "gateway/domain/digits.h"
#include "gateway/domain/text.h"

namespace salam {
namespace {

constexpr std::int64_t smallest = 1'000'000'000;
constexpr std::int64_t largest = 8'999'999'999;

/// H. Michael Damm's totally anti-symmetric quasigroup of order 10 (2004): catches every wrong digit and every swap of neighbours.
constexpr std::array<std::array<int, 10>, 10> quasigroup{{
    {0, 3, 1, 7, 5, 9, 8, 6, 4, 2},
    {7, 0, 9, 2, 1, 5, 4, 8, 6, 3},
    {4, 2, 0, 6, 8, 7, 1, 3, 5, 9},
    {1, 7, 5, 0, 9, 8, 3, 4, 2, 6},
    {6, 1, 2, 3, 0, 4, 5, 9, 7, 8},
    {3, 6, 7, 4, 2, 0, 9, 5, 8, 1},
    {5, 8, 6, 9, 7, 2, 0, 1, 3, 4},
    {8, 9, 4, 5, 3, 6, 2, 0, 1, 7},
    {9, 4, 3, 8, 6, 1, 7, 2, 0, 5},
    {2, 5, 8, 1, 4, 3, 6, 7, 9, 0},
}};

/// The check digit that belongs behind the number; 0 where its last digit already is the right one.
int check_digit(std::int64_t number) {
  std::size_t interim = 0;
  for (const char c : std::to_string(number)) interim = static_cast<std::size_t>(quasigroup[interim][static_cast<std::size_t>(c - '0')]);
  return static_cast<int>(interim);
}

}  // namespace

TrackingCode TrackingCode::from_random(std::uint64_t bits) {
  const auto first = static_cast<std::int64_t>(1 + bits % 8);
  const auto rest = static_cast<std::int64_t>((bits >> 3) % 100'000'000);
  const auto nine = first * 100'000'000 + rest;
  return TrackingCode(nine * 10 + check_digit(nine));
}

std::optional<TrackingCode> TrackingCode::parse(std::string_view text) {
  const auto digits = bare_digits(text);
  if (!digits || digits->size() != 10) return std::nullopt;
  return from_number(std::stoll(*digits));
}

std::optional<TrackingCode> TrackingCode::from_number(std::int64_t number) {
  if (number < smallest || number > largest || check_digit(number) != 0) return std::nullopt;
  return TrackingCode(number);
}

std::string TrackingCode::digits() const { return std::to_string(number_); }

std::string TrackingCode::for_people() const {
  // With a plain blank between them, a line from right to left would show the groups in reverse (UAX #9, W4: this one is a separator).
  constexpr const char* blank = "\u00a0";
  const auto text = digits();
  return persian_digits(text.substr(0, 3) + blank + text.substr(3, 3) + blank + text.substr(6));
}

}  // namespace salam
