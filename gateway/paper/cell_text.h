#pragma once

#include <string>

#include "gateway/domain/text.h"
#include "gateway/reports/sink.h"

namespace salam::paper {

/// As people read it: Persian digits, Jalali dates; text as it is.
inline std::string text_of(const reports::Cell& cell) {
  if (const auto* text = std::get_if<std::string>(&cell)) return *text;
  if (const auto* date = std::get_if<Date>(&cell)) return jalali_date(*date);
  if (const auto* number = std::get_if<std::int64_t>(&cell)) return persian_digits(std::to_string(*number));
  return {};
}

}  // namespace salam::paper
