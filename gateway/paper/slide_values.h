#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "gateway/paper/slide_chart.h"
#include "gateway/paper/slide_text.h"
#include "gateway/reports/results.h"

namespace salam::paper {

struct KnownPlaceholder {
  std::string_view name;
  bool required = false;
};
/// All that may stand in slides. `#requests` and `#open` are conditions: their slide is there only where there are requests, or open ones.
std::span<const KnownPlaceholder> known_placeholders();
/// A text for each of them, Persian digits in all; empty for conditions.
SlideTexts texts_of(const reports::Results& results);
bool fulfilled(std::string_view condition, const reports::Results& results);

struct KnownChart {
  std::string_view name;
  std::size_t series = 0;
  ChartData (*data)(const reports::Results& results);  ///< Without a category where there is nothing to show.
};
/// All of them are required.
std::span<const KnownChart> known_charts();

}  // namespace salam::paper
