#pragma once

#include <string>

#include "gateway/reports/sink.h"

namespace salam::paper {

/// As people read it: Persian digits, Jalali dates; text as it is.
std::string text_of(const reports::Cell& cell);

}  // namespace salam::paper
