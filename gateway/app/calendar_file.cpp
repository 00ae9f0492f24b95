#include "gateway/app/calendar_file.h"

#include <algorithm>
#include <array>
#include <sstream>

#include <spdlog/fmt/fmt.h>

namespace salam::app {
namespace {

constexpr std::array<std::string_view, 7> weekdays{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"};
constexpr std::string_view blanks = " \t\r";

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::set<unsigned> weekend_of(const std::vector<std::string>& names) {
  std::set<unsigned> weekend;
  for (const auto& name : names) weekend.insert(static_cast<unsigned>(std::ranges::find(weekdays, name) - weekdays.begin()));
  return weekend;
}

std::vector<std::string> read_weekend(config::Section& section) {
  auto names = section.strings("weekend", {"friday"});
  for (const auto& name : names) {
    if (std::ranges::find(weekdays, name) != weekdays.end()) continue;
    section.wrong("weekend", fmt::format("`{}` is not one of {}", name, fmt::join(weekdays, ", ")));
    return {};
  }
  if (weekend_of(names).size() == weekdays.size()) section.wrong("weekend", "leaves no day to work");
  return names;
}

}  // namespace

CalendarSettings read_calendar_settings(config::Section section) {
  CalendarSettings settings;
  if (section.choice("count", "calendar_days", {"calendar_days", "working_days"}) == "working_days") {
    settings.count = Calendar::Count::working_days;
  }
  settings.weekend = read_weekend(section);
  settings.days_off = section.path("days_off", "");
  return settings;
}

Result<DaysOff, std::vector<config::Problem>> read_days_off(const std::string& file, std::string_view text) {
  DaysOff days;
  std::vector<config::Problem> problems;
  std::istringstream lines{std::string(text)};
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    const auto written = trimmed(std::string_view(line).substr(0, line.find('#')));
    if (written.empty()) continue;
    if (const auto day = parse_day(written)) {
      days.insert(std::chrono::sys_days(*day));
    } else {
      problems.push_back(
          {.file = file, .line = number, .key = "", .reason = fmt::format("`{}` is no day; write 1405/01/01 or 2026-03-21", written)});
    }
  }
  if (problems.empty() && days.empty()) {
    problems.push_back({.file = file, .line = 0, .key = "", .reason = "holds no day; without days off leave calendar.days_off out"});
  }
  if (!problems.empty()) return problems;
  return days;
}

Result<Calendar> load_calendar(const CalendarSettings& settings) {
  Calendar calendar{.count = settings.count, .weekend = weekend_of(settings.weekend), .closed = {}};
  if (settings.days_off.empty()) return calendar;
  const auto text = config::read_file(settings.days_off);
  if (!text) return Error{"days_off_invalid", settings.days_off + ": cannot be read"};
  auto days = read_days_off(settings.days_off, *text);
  if (days) {
    calendar.closed = *std::move(days);
    return calendar;
  }
  std::string why;
  for (const auto& problem : days.error()) why += (why.empty() ? "" : "; ") + problem.text();
  return Error{"days_off_invalid", std::move(why)};
}

}  // namespace salam::app
