#include "gateway/domain/invitation.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "gateway/domain/text.h"

namespace salam {
namespace {

enum : std::size_t { mosque, region_name, date, time_of_day };
constexpr std::array<std::string_view, 4> placeholders{"mosque", "region", "date", "time"};

/// From Sunday on, as `std::chrono::weekday` counts.
constexpr std::array<std::string_view, 7> weekdays{"یکشنبه", "دوشنبه", "سه‌شنبه", "چهارشنبه", "پنجشنبه", "جمعه", "شنبه"};

/// `سه‌شنبه ۱۴۰۵/۰۹/۰۳`
std::string day_for_people(Date day) {
  const std::chrono::weekday weekday{std::chrono::sys_days(day)};
  return std::string(weekdays.at(weekday.c_encoding())) + ' ' + jalali_date(day);
}

/// `ساعت ۱۸:۳۰`; what is said in words stays so.
std::string time_for_people(std::string_view time) {
  const bool on_the_clock =
      !time.empty() && std::ranges::all_of(latin_digits(time), [](char c) { return c == ':' || (c >= '0' && c <= '9'); });
  return (on_the_clock ? "ساعت " : "") + persian_digits(time);
}

}  // namespace

bool is_over(const Session& session, Timestamp now) { return session.date < tehran_date(now); }

Result<InvitationTemplate> InvitationTemplate::parse(std::string_view text) {
  auto placed = PlaceholderText::parse(text, placeholders);
  if (!placed) return std::move(placed).error();
  if (!placed->holds(date)) return Error{"template_invalid", "the text carries no {date}: nobody would know when to come"};
  InvitationTemplate parsed;
  parsed.text_ = std::move(*placed);
  return parsed;
}

InvitationTemplate InvitationTemplate::standard() {
  return parse(
             "شهروند گرامی، نتیجهٔ درخواست‌های دیدار مردم سلام {region} روز {date}، {time}، در {mosque} اعلام می‌شود. "
             "از حضور شما سپاسگزاریم.\nشهرداری اصفهان")
      .value();
}

Result<std::string> InvitationTemplate::render(const Region& region, const Session& session) const {
  if (session.time.empty() && text_.holds(time_of_day)) return Error{"time_missing", "a time, for the text names {time}"};
  const auto name = region.name();
  const auto day = day_for_people(session.date);
  const auto time = time_for_people(session.time);
  std::array<std::string_view, placeholders.size()> values;
  values[mosque] = session.place;
  values[region_name] = name;
  values[date] = day;
  values[time_of_day] = time;
  auto text = text_.render(values);
  const auto parts = sms_parts(text);
  if (parts <= most_invitation_parts) return text;
  return Error{"invitation_too_long",
               "the text needs " + std::to_string(parts) + " SMS parts; " + std::to_string(most_invitation_parts) + " are allowed"};
}

Session example_session() {
  using namespace std::chrono;
  return {.date = 2026y / November / 24d, .time = "پس از نماز مغرب و عشا", .place = "مسجد امام حسن مجتبی (ع)"};
}

}  // namespace salam
