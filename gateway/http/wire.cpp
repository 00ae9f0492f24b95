#include "gateway/http/wire.h"

#include <algorithm>
#include <array>
#include <iterator>

#include <boost/beast/http/status.hpp>
#include <spdlog/fmt/fmt.h>
#include <time.h>

#include "gateway/http/field_values.h"

namespace salam::http {
namespace {

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += ": ";
  const std::size_t start = out.size();
  out += value;
  std::replace_if(
      out.begin() + static_cast<std::ptrdiff_t>(start), out.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; }, ' ');
  out += "\r\n";
}

bool says_how_to_cache(const Response& response) {
  return std::ranges::any_of(response.headers, [](const auto& field) { return same_ignoring_case(field.first, "cache-control"); });
}

}  // namespace

bool may_have_body(int status) { return status >= 200 && status != 204 && status != 304; }

void append_header(std::string& out, const Response& response, const WireForm& form) {
  const auto reason = boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(response.status));
  fmt::format_to(std::back_inserter(out), "HTTP/1.1 {} {}\r\nDate: {}\r\n", response.status, std::string_view(reason.data(), reason.size()),
                 form.date);
  if (may_have_body(response.status)) {
    if (!response.content_type.empty()) append_field(out, "Content-Type", response.content_type);
    fmt::format_to(std::back_inserter(out), "Content-Length: {}\r\n", response.content().size());
  }
  out += "X-Content-Type-Options: nosniff\r\n";
  if (!says_how_to_cache(response)) out += "Cache-Control: no-store\r\n";
  for (const auto& [name, value] : response.headers) append_field(out, name, value);
  if (!form.keep_alive) {
    out += "Connection: close\r\n";
  } else if (form.http_1_0) {
    out += "Connection: keep-alive\r\n";
  }
  out += "\r\n";
}

std::string_view DateLine::now() {
  timespec time{};
  clock_gettime(CLOCK_REALTIME_COARSE, &time);
  if (time.tv_sec == second_ && !text_.empty()) return text_;
  second_ = time.tv_sec;
  tm parts{};
  gmtime_r(&time.tv_sec, &parts);
  constexpr std::array<std::string_view, 7> days = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  text_ = fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} GMT", days[static_cast<std::size_t>(parts.tm_wday)], parts.tm_mday,
                      months[static_cast<std::size_t>(parts.tm_mon)], parts.tm_year + 1900, parts.tm_hour, parts.tm_min, parts.tm_sec);
  return text_;
}

}  // namespace salam::http
