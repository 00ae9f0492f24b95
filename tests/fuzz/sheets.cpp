#include <array>
#include <string>
#include <utility>

#include "gateway/domain/text.h"
#include "gateway/sheets/headings.h"
#include "tests/fuzz/input.h"
#include "tests/unit/sheets/files.h"

namespace salam::fuzz {
namespace {

/// The rest of the input as a file, or as one part of a workbook that is in order elsewhere.
std::string file_of(Input input) {
  enum Place : std::size_t { whole, sheet, strings, formats, workbook, places };
  const auto place = static_cast<Place>(input.choose(places));
  std::string rest(input.rest());
  if (place == whole) return rest;
  auto parts = test::workbook_parts({.rows = "<row><c t=\"s\"><v>0</v></c><c s=\"1\"><v>12</v></c></row>",
                                     .strings = "<si><t>شماره فرم</t></si>",
                                     .formats = "<cellXfs><xf/><xf numFmtId=\"14\"/></cellXfs>"});
  const std::array<std::size_t, places> part{0, 4, 5, 6, 2};
  parts.at(part.at(place)).second = std::move(rest);
  return test::zip_of(parts);
}

void look_at(const sheets::Row& row) {
  for (const auto& cell : row.cells) promise(valid_utf8(cell), "a cell is UTF-8");
  if (row.cells.empty()) return;
  const auto again = sheets::read(sheets::csv_line(row.cells));
  promise(again.ok() && again->rows.size() == 1 && again->rows.front().cells == row.cells, "a line that is written is read as it was");
}

void look_at(const sheets::Table& table) {
  promise(!table.lines().empty(), "a table has lines");
  for (const auto& line : table.lines()) {
    promise(valid_utf8(table.refusal(line)), "a reason is UTF-8");
    promise(valid_utf8(table.full_name(line)), "a name is UTF-8");
  }
}

}  // namespace
}  // namespace salam::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace salam;
  auto sheet = sheets::read(fuzz::file_of({data, size}));
  if (!sheet) {
    fuzz::promise(sheet.error().code.starts_with("sheet_") && valid_utf8(sheet.error().message), "a refusal says why");
    return 0;
  }
  std::size_t last = 0;
  for (const auto& row : sheet->rows) {
    fuzz::promise(row.line > last, "lines come in their order");
    last = row.line;
    fuzz::look_at(row);
  }
  const auto table = sheets::Table::of(std::move(*sheet));
  if (table) {
    fuzz::look_at(*table);
  } else {
    fuzz::promise(valid_utf8(table.error().message), "a refusal says why");
  }
  return 0;
}
