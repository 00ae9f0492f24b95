#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Spreadsheets as tests need them: as they should not be, too.
namespace salam::test {

using Parts = std::vector<std::pair<std::string, std::string>>;

/// A ZIP file of these parts.
std::string zip_of(const Parts& parts);

/// The parts of a workbook with one sheet named `درخواست‌ها`. `rows`: what stands in its `sheetData`; `after`: what follows
/// that; `strings`: the shared ones' `si` elements; `formats`: what stands in the `styleSheet`.
struct Book {
  std::string rows;
  std::string after{};
  std::string strings{};
  std::string formats{};
};
Parts workbook_parts(const Book& book);
inline std::string workbook(const Book& book) { return zip_of(workbook_parts(book)); }

/// A row of texts; an empty one makes no cell.
std::string text_row(int line, const std::vector<std::string>& texts);

}  // namespace salam::test
