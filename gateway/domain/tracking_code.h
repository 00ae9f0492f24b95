#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace salam {

/// The gateway's own code (کد پیگیری): ten digits, of which the first is 1–8, eight are random and the last is a Damm check digit.
class TrackingCode {
 public:
  /// From 64 random bits of the operating system.
  static TrackingCode from_random(std::uint64_t bits);
  /// Reads any digits (Latin, Persian, Arabic) with blanks or dashes between them; nothing where length, first digit or check digit is
  /// wrong.
  static std::optional<TrackingCode> parse(std::string_view text);
  /// From the number as stored; nothing where it is no tracking code.
  static std::optional<TrackingCode> from_number(std::int64_t number);

  [[nodiscard]] std::int64_t number() const noexcept { return number_; }
  /// Ten Latin digits, as upstream systems and URLs get it.
  [[nodiscard]] std::string digits() const;
  /// Grouped 3-3-4 with Persian digits and no-break spaces, as people read it: `۱۲۳ ۴۵۶ ۷۸۹۰`.
  [[nodiscard]] std::string for_people() const;

  friend auto operator<=>(const TrackingCode&, const TrackingCode&) = default;

 private:
  explicit TrackingCode(std::int64_t number) : number_(number) {}
  std::int64_t number_;
};

}  // namespace salam
