#include "gateway/domain/calendar.h"

namespace salam {
namespace {

constexpr std::chrono::days longest_closure{366};

}  // namespace

bool Calendar::is_working_day(Date date) const {
  const std::chrono::sys_days day(date);
  return !weekend.contains(std::chrono::weekday(day).c_encoding()) && !closed.contains(day);
}

Date Calendar::next_working_day(std::chrono::sys_days day) const {
  for (auto candidate = day; candidate < day + longest_closure; candidate += std::chrono::days{1}) {
    if (is_working_day(candidate)) return candidate;
  }
  return day;
}

Date Calendar::days_after(Date date, int days) const {
  std::chrono::sys_days day(date);
  if (count == Count::calendar_days) return day + std::chrono::days{days};
  for (int counted = 0; counted < days; ++counted) day = next_working_day(day + std::chrono::days{1});
  return day;
}

Date Calendar::months_after(Date date, int months) const {
  const std::chrono::sys_days day(salam::months_after(date, months));
  return count == Count::calendar_days ? Date(day) : next_working_day(day);
}

}  // namespace salam
