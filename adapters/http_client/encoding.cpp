#include <algorithm>
#include <charconv>
#include <ctime>

#include "adapters/http_client/client.h"

namespace salam::http_client {
namespace {

using std::chrono::milliseconds;
constexpr milliseconds longest_wait = std::chrono::hours(6);
constexpr milliseconds absent{-1};

bool is_alphanumeric(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

void add_escaped(std::string& out, char c) {
  static constexpr char hex[] = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  out += '%';
  out += hex[byte >> 4U];
  out += hex[byte & 15U];
}

void add_form_encoded(std::string& out, std::string_view text) {
  for (const char c : text) {
    if (is_alphanumeric(c) || c == '*' || c == '-' || c == '.' || c == '_') {
      out += c;
    } else if (c == ' ') {
      out += '+';
    } else {
      add_escaped(out, c);
    }
  }
}

milliseconds from_seconds(std::string_view digits) {
  long long seconds = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
  if (error == std::errc::result_out_of_range || seconds > longest_wait / std::chrono::seconds(1)) {
    return longest_wait;
  }
  return std::chrono::seconds(seconds);
}

/// The three forms of RFC 9110 section 5.6.7.
milliseconds from_date(const std::string& text) {
  for (const char* form : {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %d %H:%M:%S %Y"}) {
    std::tm parts{};
    const char* end = strptime(text.c_str(), form, &parts);
    if (end != nullptr && *end == '\0') {
      const auto until = std::chrono::system_clock::from_time_t(timegm(&parts)) - std::chrono::system_clock::now();
      return std::clamp(std::chrono::ceil<milliseconds>(until), milliseconds(0), longest_wait);
    }
  }
  return absent;
}

}  // namespace

std::string_view Response::header(std::string_view lower_case_name) const {
  const auto found = std::ranges::find(headers, lower_case_name, [](const auto& field) -> std::string_view { return field.first; });
  return found == headers.end() ? std::string_view{} : found->second;
}

milliseconds retry_after(const Response& response) {
  const std::string_view text = response.header("retry-after");
  if (text.empty()) {
    return absent;
  }
  if (std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; })) {
    return from_seconds(text);
  }
  return from_date(std::string(text));
}

std::string form_encoded(const std::vector<std::pair<std::string, std::string>>& fields) {
  std::string out;
  for (const auto& [name, value] : fields) {
    if (!out.empty()) {
      out += '&';
    }
    add_form_encoded(out, name);
    out += '=';
    add_form_encoded(out, value);
  }
  return out;
}

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (is_alphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '~') {
      out += c;
    } else {
      add_escaped(out, c);
    }
  }
  return out;
}

}  // namespace salam::http_client
