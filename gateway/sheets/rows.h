#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/domain/text.h"
#include "gateway/sheets/sheet.h"

/// What the readers share; nobody else includes it.
namespace salam::sheets {

inline std::string for_people(std::size_t number) { return persian_digits(std::to_string(number)); }

/// Above the heading there may stand a title and the like.
inline constexpr std::size_t rows_above = 20;

/// Gathers rows within the limits.
class Rows {
 public:
  explicit Rows(const Limits& limits) : limits_(limits) {}

  /// One that holds nothing is passed over. Errors: `sheet_too_large`.
  Result<void> add(Row row) {
    while (!row.cells.empty() && row.cells.back().empty()) row.cells.pop_back();
    if (row.cells.empty() && row.faults.empty()) return {};
    if (row.cells.size() > limits_.columns)
      return too_large("ستون‌های سطر " + for_people(row.line) + "، از", limits_.columns, "ستون");
    if (rows_.size() >= limits_.rows + rows_above) return too_large("سطرها از", limits_.rows, "سطر");
    for (auto& cell : row.cells) {
      if (cell.size() > limits_.cell) {
        row.faults.push_back({.column = static_cast<std::size_t>(&cell - row.cells.data()), .why = "متن این خانه بیش از اندازه بلند است"});
        cell.clear();
      }
      text_ += cell.size();
    }
    text_ += row.cells.size() * sizeof(std::string);
    for (const auto& fault : row.faults) text_ += sizeof(Fault) + fault.why.size();
    if (text_ > limits_.text) return too_large("متن همهٔ خانه‌ها از", limits_.text / 1024 / 1024, "مگابایت");
    rows_.push_back(std::move(row));
    return {};
  }

  [[nodiscard]] bool empty() const { return rows_.empty(); }
  std::vector<Row>& rows() { return rows_; }
  std::vector<Row> take() { return std::move(rows_); }

 private:
  static Error too_large(const std::string& what, std::size_t most, const std::string& unit) {
    return {"sheet_too_large", what + " " + for_people(most) + " " + unit +
                                   " بیشتر است؛ پرونده را در چند پروندهٔ کوچک‌تر بفرستید."};
  }

  Limits limits_;
  std::vector<Row> rows_;
  std::size_t text_ = 0;
};

Result<Sheet> read_csv(std::string_view file, const Limits& limits);
Result<Sheet> read_xlsx(std::string_view file, const Wanted& wanted);

}  // namespace salam::sheets
