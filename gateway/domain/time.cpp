#include "gateway/domain/time.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <stdexcept>

#include <unicode/calendar.h>
#include <unicode/timezone.h>

#include "gateway/domain/text.h"

namespace salam {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr minutes tehran_offset{210};

void put(char* out, int width, unsigned value) {
  for (int i = width - 1; i >= 0; --i, value /= 10) out[i] = static_cast<char>('0' + value % 10);
}

void put_date(char* out, Date date) {
  put(out, 4, static_cast<unsigned>(static_cast<int>(date.year())));
  put(out + 5, 2, static_cast<unsigned>(date.month()));
  put(out + 8, 2, static_cast<unsigned>(date.day()));
}

/// Reads from the front; once something does not fit, all that follows fails too.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  int number(std::size_t width) {
    int value = 0;
    if (text_.size() < width) ok_ = false;
    for (std::size_t i = 0; ok_ && i < width; ++i) {
      ok_ = text_[i] >= '0' && text_[i] <= '9';
      value = value * 10 + (text_[i] - '0');
    }
    if (ok_) text_.remove_prefix(width);
    return value;
  }
  /// One of these characters.
  char any_of(std::string_view allowed) {
    ok_ = ok_ && !text_.empty() && allowed.find(text_.front()) != std::string_view::npos;
    return ok_ ? take() : '\0';
  }
  bool next_is(char c) {
    if (!ok_ || text_.empty() || text_.front() != c) return false;
    take();
    return true;
  }
  bool next_is_digit() const { return ok_ && !text_.empty() && text_.front() >= '0' && text_.front() <= '9'; }
  char take() {
    const char c = text_.front();
    text_.remove_prefix(1);
    return c;
  }
  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool done() const { return ok_ && text_.empty(); }

 private:
  std::string_view text_;
  bool ok_ = true;
};

Date read_date(Reader& reader) {
  const int year = reader.number(4);
  reader.any_of("-");
  const int month = reader.number(2);
  reader.any_of("-");
  const int day = reader.number(2);
  return Date(std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)), std::chrono::day(static_cast<unsigned>(day)));
}

/// `.` and at least one digit; what is finer than a millisecond is cut.
Milliseconds read_fraction(Reader& reader) {
  if (!reader.next_is('.')) return Milliseconds{0};
  int value = reader.number(1) * 100;
  for (int weight = 10; reader.next_is_digit(); weight /= 10) value += (reader.take() - '0') * weight;
  return Milliseconds{value};
}

std::optional<minutes> read_offset(Reader& reader) {
  const char sign = reader.any_of("Zz+-");
  if (sign == 'Z' || sign == 'z') return minutes{0};
  const int hour = reader.number(2);
  reader.any_of(":");
  const int minute = reader.number(2);
  if (!reader.ok() || hour > 23 || minute > 59) return std::nullopt;
  const minutes offset = hours{hour} + minutes{minute};
  return sign == '-' ? -offset : offset;
}

void expect_success(UErrorCode status) {
  if (U_FAILURE(status)) throw std::runtime_error(std::string("ICU: ") + u_errorName(status));
}

/// Costs far more to make than to use, and is not thread-safe.
icu::Calendar& persian_calendar() {
  thread_local const std::unique_ptr<icu::Calendar> calendar = [] {
    UErrorCode status = U_ZERO_ERROR;
    std::unique_ptr<icu::Calendar> made(
        icu::Calendar::createInstance(icu::TimeZone::getGMT()->clone(), icu::Locale("fa_IR@calendar=persian"), status));
    expect_success(status);
    return made;
  }();
  return *calendar;
}

icu::Calendar& persian_calendar_on(Date date) {
  const auto start = std::chrono::sys_time<Milliseconds>(std::chrono::sys_days(date));
  auto& calendar = persian_calendar();
  UErrorCode status = U_ZERO_ERROR;
  calendar.setTime(static_cast<UDate>(start.time_since_epoch().count()), status);
  expect_success(status);
  return calendar;
}

/// Only in its own calendar is it known whether such a day is.
std::optional<Date> from_jalali(int year, int month, int day) {
  UErrorCode status = U_ZERO_ERROR;
  auto& calendar = persian_calendar();
  calendar.clear();
  calendar.set(UCAL_EXTENDED_YEAR, year);
  calendar.set(UCAL_MONTH, month - 1);
  calendar.set(UCAL_DATE, day);
  const auto time = calendar.getTime(status);
  const bool exists = calendar.get(UCAL_MONTH, status) == month - 1 && calendar.get(UCAL_DATE, status) == day;
  expect_success(status);
  if (!exists) return std::nullopt;
  return Date(std::chrono::floor<days>(Timestamp(Milliseconds(static_cast<std::int64_t>(time)))));
}

}  // namespace

std::string to_rfc3339(Timestamp time) {
  const auto local = time + tehran_offset;
  const auto day = std::chrono::floor<days>(local);
  const auto in_day = static_cast<unsigned>((local - day).count());
  std::string text = "0000-00-00T00:00:00.000+03:30";
  put_date(text.data(), Date(day));
  put(text.data() + 11, 2, in_day / 3'600'000);
  put(text.data() + 14, 2, in_day / 60'000 % 60);
  put(text.data() + 17, 2, in_day / 1'000 % 60);
  put(text.data() + 20, 3, in_day % 1'000);
  return text;
}

std::optional<Timestamp> parse_rfc3339(std::string_view text) {
  Reader reader(text);
  const auto date = read_date(reader);
  reader.any_of("Tt");
  const int hour = reader.number(2);
  reader.any_of(":");
  const int minute = reader.number(2);
  reader.any_of(":");
  const int second = reader.number(2);
  const auto fraction = read_fraction(reader);
  const auto offset = read_offset(reader);
  if (!reader.done() || !offset || !date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  const auto minute_start = std::chrono::sys_days(date) + hours{hour} + minutes{minute} - *offset;
  const bool last_of_day = minute_start - std::chrono::floor<days>(minute_start) == hours{24} - minutes{1};
  if (second == 60 && !last_of_day) return std::nullopt;  // A leap second ends a UTC day.
  return minute_start + seconds{second} + fraction;
}

std::string to_string(Date date) {
  std::string text = "0000-00-00";
  put_date(text.data(), date);
  return text;
}

std::optional<Date> parse_date(std::string_view text) {
  Reader reader(text);
  const auto date = read_date(reader);
  if (!reader.done() || !date.ok()) return std::nullopt;
  return date;
}

Date tehran_date(Timestamp time) { return Date(std::chrono::floor<days>(time + tehran_offset)); }

Timestamp tehran_midnight(Timestamp time) { return std::chrono::floor<days>(time + tehran_offset) - tehran_offset; }

Timestamp tehran_end(Date date) { return std::chrono::sys_days(date) + days{1} - tehran_offset - Milliseconds{1}; }

Date months_after(Date date, int months) {
  UErrorCode status = U_ZERO_ERROR;
  auto& calendar = persian_calendar_on(date);
  calendar.add(UCAL_MONTH, months, status);
  const auto time = calendar.getTime(status);
  expect_success(status);
  return Date(std::chrono::floor<days>(Timestamp(Milliseconds(static_cast<std::int64_t>(time)))));
}

std::string jalali_date(Date date) {
  UErrorCode status = U_ZERO_ERROR;
  const auto& calendar = persian_calendar_on(date);
  const auto year = calendar.get(UCAL_EXTENDED_YEAR, status);
  const auto month = calendar.get(UCAL_MONTH, status) + 1;
  const auto day = calendar.get(UCAL_DATE, status);
  expect_success(status);
  std::string text = "0000/00/00";
  put(text.data(), 4, static_cast<unsigned>(year));
  put(text.data() + 5, 2, static_cast<unsigned>(month));
  put(text.data() + 8, 2, static_cast<unsigned>(day));
  return persian_digits(text);
}

std::string jalali_date_time(Timestamp time) {
  const auto local = time + tehran_offset;
  const auto in_day = static_cast<unsigned>(std::chrono::floor<minutes>(local - std::chrono::floor<days>(local)).count());
  std::string clock = "00:00";
  put(clock.data(), 2, in_day / 60);
  put(clock.data() + 3, 2, in_day % 60);
  return jalali_date(tehran_date(time)) + " " + persian_digits(clock);
}

std::optional<Date> parse_day(std::string_view text) {
  constexpr int first_gregorian_year = 1600;
  auto latin = latin_digits(text);
  std::ranges::replace(latin, '/', '-');
  Reader reader(latin);
  const auto written = read_date(reader);
  if (!reader.done()) return std::nullopt;
  if (static_cast<int>(written.year()) >= first_gregorian_year) return written.ok() ? std::optional(written) : std::nullopt;
  return from_jalali(static_cast<int>(written.year()), static_cast<int>(static_cast<unsigned>(written.month())),
                     static_cast<int>(static_cast<unsigned>(written.day())));
}

}  // namespace salam
