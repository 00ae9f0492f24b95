#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace salam {

/// Wall-clock time, UTC, in milliseconds since 1970.
using Timestamp = std::chrono::sys_time<std::chrono::milliseconds>;
using Milliseconds = std::chrono::milliseconds;

/// A calendar day without a time (Gregorian), such as a meeting's.
using Date = std::chrono::year_month_day;

/// RFC 3339 in Asia/Tehran (+03:30; no daylight saving since 2022), milliseconds kept: `2026-11-24T18:30:00.000+03:30`.
std::string to_rfc3339(Timestamp time);
/// RFC 3339 with any offset or `Z`; nothing where it is malformed.
std::optional<Timestamp> parse_rfc3339(std::string_view text);

/// RFC 3339 `full-date`: `2026-11-24`.
std::string to_string(Date date);
std::optional<Date> parse_date(std::string_view text);

/// The day in Tehran at that moment.
Date tehran_date(Timestamp time);
/// When that day began.
Timestamp tehran_midnight(Timestamp time);

/// The last millisecond of that day there.
Timestamp tehran_end(Date date);
/// So many Solar Hijri months later, on the same day of the month or that month's last.
Date months_after(Date date, int months);

/// Solar Hijri with Persian digits, as people read it: `۱۴۰۵/۰۹/۰۳` and `۱۴۰۵/۰۹/۰۳ ۱۸:۳۰`.
std::string jalali_date(Date date);
std::string jalali_date_time(Timestamp time);
/// A day as people write it, in any digits and with `/` or `-`: `۱۴۰۵/۰۱/۰۱` (Solar Hijri), or Gregorian where the year is 1600 or later.
std::optional<Date> parse_day(std::string_view text);

}  // namespace salam
