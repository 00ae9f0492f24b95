#pragma once

#include <numeric>
#include <string_view>

#include "gateway/reports/sink.h"

/// What pages and workbooks have in common.
namespace salam::paper {

/// On every page that shows who asked.
inline constexpr std::string_view personal_mark = "دارای اطلاعات شخصی شهروندان؛ محرمانه";

/// Characters of a table on a sheet of A4 that lies; a wider one takes A3.
inline constexpr int widest_on_a4 = 180;
inline int width_of(const reports::Table& table) {
  return std::accumulate(table.columns.begin(), table.columns.end(), 0,
                         [](int sum, const reports::Column& column) { return sum + column.width; });
}

}  // namespace salam::paper
