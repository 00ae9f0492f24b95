#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <pugixml.hpp>

#include "gateway/domain/time.h"

namespace salam::paper {

/// The numbers of a chart.
struct ChartData {
  struct Series {
    std::string name;
    std::vector<std::int64_t> values;  ///< One for each category.
  };
  std::vector<std::string> categories;
  std::vector<Series> series;
};

/// How many series of numbers by category a chart's part (`c:chartSpace`) has; further kinds of chart, such as scattered points, have
/// none.
std::size_t series_in(const pugi::xml_node& chart_space);

/// Puts other numbers into the chart, which keeps its kind, colours and layout; series beyond the data's go. It must have as many, at
/// least. Bars stay as slim as five would be. `workbook_id` is the relationship to the workbook below.
void fill_chart(pugi::xml_node chart_space, const ChartData& data, const std::string& workbook_id);

/// What opens in PowerPoint for «Edit data»: an .xlsx with the categories in column A and the series beside it. `scratch`: a
/// folder for what is written meanwhile. Throws std::runtime_error where that cannot be.
std::string workbook_of(const ChartData& data, Timestamp made_at, const std::string& scratch);

}  // namespace salam::paper
