#include "tests/stand_ins/text.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <ctime>

namespace salam::stand_ins {

namespace {

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::ranges::equal(a, b, [&](char x, char y) { return lower(x) == lower(y); });
}

std::optional<int> hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

template <class Number>
std::optional<Number> whole_number(std::string_view text) {
  Number number{};
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// How many bytes the sequence that starts here must have, or 0 where it cannot start here (RFC 3629).
std::size_t sequence_length(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) return 3;
  if (lead >= 0xF0 && lead <= 0xF4) return 4;
  return 0;
}

/// Overlong forms, surrogates and what lies beyond U+10FFFF differ from valid ones in the second byte.
bool second_byte_fits(unsigned char lead, unsigned char second) {
  switch (lead) {
    case 0xE0:
      return second >= 0xA0;
    case 0xED:
      return second < 0xA0;
    case 0xF0:
      return second >= 0x90;
    case 0xF4:
      return second < 0x90;
    default:
      return true;
  }
}

}  // namespace

std::string_view Request::header(std::string_view name) const {
  auto found = std::ranges::find_if(headers, [&](const auto& header) { return equal_ignoring_case(header.first, name); });
  return found == headers.end() ? std::string_view{} : found->second;
}

std::string Request::media_type() const {
  auto value = header("Content-Type");
  std::string type(value.substr(0, value.find_first_of("; \t")));
  std::ranges::transform(type, type.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return type;
}

std::optional<std::string> percent_decoded(std::string_view text, bool plus_is_blank) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_blank) {
      decoded += ' ';
    } else if (text[i] != '%') {
      decoded += text[i];
    } else {
      auto high = i + 2 < text.size() ? hex_digit(text[i + 1]) : std::nullopt;
      auto low = i + 2 < text.size() ? hex_digit(text[i + 2]) : std::nullopt;
      if (!high || !low) return std::nullopt;
      decoded += static_cast<char>(*high * 16 + *low);
      i += 2;
    }
  }
  return decoded;
}

std::optional<Fields> parse_form(std::string_view text) {
  Fields fields;
  while (!text.empty()) {
    auto pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), pair.size() + 1));
    if (pair.empty()) continue;
    auto equals = std::min(pair.find('='), pair.size());
    auto name = percent_decoded(pair.substr(0, equals), true);
    auto value = percent_decoded(equals < pair.size() ? pair.substr(equals + 1) : std::string_view{}, true);
    if (!name || !value || !utf8_length(*name) || !utf8_length(*value)) return std::nullopt;
    fields.emplace_back(std::move(*name), std::move(*value));
  }
  return fields;
}

std::string_view value_of(const Fields& fields, std::string_view name) {
  auto found = std::ranges::find_if(fields, [&](const auto& field) { return field.first == name && !field.second.empty(); });
  return found == fields.end() ? std::string_view{} : std::string_view(found->second);
}

std::optional<std::size_t> utf8_length(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < text.size(); ++count) {
    auto lead = static_cast<unsigned char>(text[i]);
    auto length = sequence_length(lead);
    if (length == 0 || length > text.size() - i) return std::nullopt;
    for (std::size_t j = 1; j < length; ++j) {
      if ((static_cast<unsigned char>(text[i + j]) & 0xC0) != 0x80) return std::nullopt;
    }
    if (length > 1 && !second_byte_fits(lead, static_cast<unsigned char>(text[i + 1]))) return std::nullopt;
    i += length;
  }
  return count;
}

std::optional<std::int64_t> to_integer(std::string_view text) { return whole_number<std::int64_t>(text); }
std::optional<double> to_number(std::string_view text) { return whole_number<double>(text); }

std::string w3c_time(Time time) {
  auto seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

std::optional<Time> parse_w3c_time(const std::string& text) {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, read = 0;
  double second = 0;
  if (std::sscanf(text.c_str(), "%4d-%2d-%2dT%2d:%2d:%lf%n", &year, &month, &day, &hour, &minute, &second, &read) != 6) return std::nullopt;
  std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                   std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok() || hour > 23 || minute > 59 || second >= 61) return std::nullopt;
  std::string zone = text.substr(static_cast<std::size_t>(read));
  int zone_minutes = 0;
  if (zone != "Z") {
    char sign = 0;
    int zone_hour = 0, zone_minute = 0, zone_read = 0;
    if (std::sscanf(zone.c_str(), "%c%2d:%2d%n", &sign, &zone_hour, &zone_minute, &zone_read) != 3 ||
        static_cast<std::size_t>(zone_read) != zone.size() || (sign != '+' && sign != '-')) {
      return std::nullopt;
    }
    zone_minutes = (zone_hour * 60 + zone_minute) * (sign == '+' ? 1 : -1);
  }
  return std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute - zone_minutes) +
         std::chrono::milliseconds(static_cast<std::int64_t>(second * 1000));
}

}  // namespace salam::stand_ins
