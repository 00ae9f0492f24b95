#include "gateway/sheets/number_formats.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

namespace salam::sheets {
namespace {

/// Most cells have the same few formats; a file has thousands only to waste memory.
constexpr std::size_t most_styles = 64'000;
constexpr std::size_t most_zeros = 32;

/// 18.8.30: those that are not written out.
bool is_date_id(std::size_t id) {
  return (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58);
}

/// The format without what is shown as it stands, and without conditions, colours and locales.
std::string placeholders_of(std::string_view code) {
  std::string rest;
  for (std::size_t i = 0; i < code.size() && code[i] != ';'; ++i) {
    const char c = code[i];
    if (c == '\\' || c == '_' || c == '*') {
      ++i;
    } else if (c == '"' || (c == '[' && code.find(']', i) != std::string_view::npos && code[i + 1] != 'h' && code[i + 1] != 'm')) {
      i = std::min(code.find(c == '"' ? '"' : ']', i + 1), code.size());
    } else {
      rest += c;
    }
  }
  return rest;
}

}  // namespace

NumberFormats::Format read_format(std::string_view code) {
  const auto placeholders = placeholders_of(code);
  if (placeholders == "General") return {};
  const bool zeros = !placeholders.empty() && placeholders.find_first_not_of('0') == std::string::npos;
  return {.date = placeholders.find_first_of("yYmMdDhHsS") != std::string::npos,
          .zeros = zeros ? std::min(placeholders.size(), most_zeros) : 0};
}

std::optional<std::size_t> whole_number(std::string_view text) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} ? std::optional(number) : std::nullopt;
}

std::string number_text(double number) {
  constexpr double exact = 1e15;
  std::array<char, 64> text{};
  const bool whole = std::trunc(number) == number && std::abs(number) < exact;
  const auto written =
      whole ? std::to_chars(text.begin(), text.end(), static_cast<std::int64_t>(number)) : std::to_chars(text.begin(), text.end(), number);
  return {text.begin(), written.ptr};
}

void NumberFormats::begin(std::string_view name, const Attributes& attributes) {
  if (name == "numFmt" && own_.size() < most_styles) {
    own_[whole_number(attributes["numFmtId"]).value_or(0)] = read_format(attributes["formatCode"]);
  } else if (name == "cellXfs") {
    in_styles_ = true;
  } else if (name == "xf" && in_styles_ && styles_.size() < most_styles) {
    styles_.push_back(of_id(whole_number(attributes["numFmtId"]).value_or(0)));
  }
}

void NumberFormats::end(std::string_view name) {
  if (name == "cellXfs") in_styles_ = false;
}

NumberFormats::Format NumberFormats::of_id(std::size_t id) const {
  const auto own = own_.find(id);
  return own == own_.end() ? Format{.date = is_date_id(id)} : own->second;
}

}  // namespace salam::sheets
