#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "tests/stand_ins/demo/row.h"

namespace salam::stand_ins::demo {

/// Columns that a terminal gives the text (marks and controls take none).
std::size_t columns_of(std::string_view text);
/// Cut to so many columns, with an ellipsis where something is missing.
std::string shortened(std::string_view text, std::size_t columns);

/// The live table: redrawn in place on a terminal, otherwise one line for each request once it is done.
class Table {
 public:
  Table();

  void show(const std::vector<Row>& rows, std::string_view doing);
  /// All rows once more, to stay.
  void finish(const std::vector<Row>& rows);

 private:
  void redraw(const std::vector<Row>& rows, std::string_view doing);

  bool terminal_;
  std::size_t drawn_ = 0;
  std::unordered_set<std::string> told_of_;
};

}  // namespace salam::stand_ins::demo
