#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/sheets/sheet.h"

namespace salam::sheets {

/// What the gateway knows of a form.
enum class Column { form, item, kind, category, subject, description, name, family_name, mobile, national_id, address, region };
inline constexpr std::size_t column_count = 12;

/// As the template names it: `شماره فرم`.
std::string_view heading_of(Column column);
/// What stands for a form's number in the template's example line, which is passed over.
inline constexpr std::string_view example_form = "نمونه";
/// Without them a line is nothing.
inline constexpr std::array required_columns{Column::form, Column::subject, Column::description};

/// How many headings that are known one row has, of those in which the heading may stand.
std::size_t most_headings(std::span<const Row> rows);

/// A sheet whose headings were recognised, whichever of their names they have, below a title or not.
class Table {
 public:
  /// `ردیف` mostly counts a sheet's lines. It says which request of its form a line is only where the numbers of each form begin with 1 and
  /// have no gap; `شماره درخواست در برگه` always does. Errors: `sheet_headings`, naming what is missing and what was found; `sheet_empty`
  /// where nothing stands below the headings; `sheet_too_large`.
  static Result<Table> of(Sheet sheet, const Limits& limits = {});

  /// The officer's own, as typed; those of columns without one are empty.
  [[nodiscard]] const std::vector<std::string>& headings() const { return headings_; }
  /// Below the headings.
  [[nodiscard]] std::span<const Row> lines() const { return lines_; }
  [[nodiscard]] bool has(Column column) const { return places_[static_cast<std::size_t>(column)].has_value(); }
  /// The line's text there; empty where it has none.
  [[nodiscard]] std::string_view text(const Row& line, Column column) const;
  /// Given name and family name, however many columns they have.
  [[nodiscard]] std::string full_name(const Row& line) const;
  /// Why the line cannot be taken as it stands in the sheet; empty where it can.
  [[nodiscard]] std::string refusal(const Row& line) const;
  /// What was passed over, in Persian.
  [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  void recognise(const Row& heading);
  /// The example, and those that are numbered beforehand, or have a kind or region filled down, and nothing else.
  void drop_lines();
  [[nodiscard]] bool says_nothing(const Row& line) const;
  void take_row_numbers(std::size_t place);
  [[nodiscard]] bool numbers_requests(std::size_t place) const;

  std::vector<std::string> headings_;
  std::array<std::optional<std::size_t>, column_count> places_;
  std::vector<Row> lines_;
  std::vector<std::string> warnings_;
};

}  // namespace salam::sheets
