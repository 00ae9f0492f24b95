#pragma once

#include <chrono>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/config/reader.h"
#include "gateway/domain/calendar.h"
#include "gateway/domain/result.h"

/// The days off: a holiday or a closure a line, Solar Hijri or Gregorian, in any digits; behind `#` its occasion.
///
///     1405/01/01   # نوروز
namespace salam::app {

struct CalendarSettings {
  Calendar::Count count = Calendar::Count::calendar_days;
  std::vector<std::string> weekend{"friday"};  ///< Days of the week in English.
  std::string days_off;                        ///< The file; empty: none.
};
CalendarSettings read_calendar_settings(config::Section section);

using DaysOff = std::set<std::chrono::sys_days>;
/// Or everything that is wrong, with file and line. A file without a day is wrong too: one cut short must not shorten deadlines.
Result<DaysOff, std::vector<config::Problem>> read_days_off(const std::string& file, std::string_view text);

/// Errors: `days_off_invalid` with all that is wrong.
Result<Calendar> load_calendar(const CalendarSettings& settings);

}  // namespace salam::app
