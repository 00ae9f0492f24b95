#pragma once

#include <chrono>
#include <set>

#include "gateway/domain/time.h"

namespace salam {

/// The city's days off, and how deadlines are counted over them.
struct Calendar {
  enum class Count {
    calendar_days,  ///< As they come: a deadline may fall on a day off.
    working_days,   ///< Days off do not count, and a deadline that would fall on one moves to the next working day.
  };

  Count count = Count::calendar_days;
  std::set<unsigned> weekend{std::chrono::Friday.c_encoding()};  ///< `std::chrono::weekday::c_encoding`.
  std::set<std::chrono::sys_days> closed;                        ///< Holidays, and closures announced at short notice.

  [[nodiscard]] bool is_working_day(Date date) const;
  /// So many days later; at least 0. Where a year has no working day, as if all were.
  [[nodiscard]] Date days_after(Date date, int days) const;
  /// So many Solar Hijri months later, on the same day of the month or that month's last.
  [[nodiscard]] Date months_after(Date date, int months) const;

 private:
  [[nodiscard]] Date next_working_day(std::chrono::sys_days day) const;
};

}  // namespace salam
