#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/domain/result.h"

/// Spreadsheets as officers type them, read without trusting them. All that is said of them is said to officers, in Persian.
namespace salam::sheets {

/// What a file may hold; one that holds more is refused as a whole.
struct Limits {
  std::size_t bytes = std::size_t{16} * 1024 * 1024;
  std::size_t parts = 1'000;                             ///< Of an XLSX file.
  std::size_t unpacked = std::size_t{96} * 1024 * 1024;  ///< Bytes of all parts that are read, counted as they come out.
  std::size_t text = std::size_t{96} * 1024 * 1024;      ///< Bytes that all cells take.
  std::size_t rows = 50'000;                             ///< That hold something, besides the heading and what stands above it.
  std::size_t columns = 100;
  std::size_t cell = 32'767;  ///< Bytes; a line with a longer one is refused. No spreadsheet program takes more characters in one.
};

/// Why a cell cannot be taken as it stands.
struct Fault {
  std::size_t column = 0;
  std::string why;
};

struct Row {
  std::size_t line = 0;            ///< As Excel numbers its rows: from 1, and a text of several lines in quotes is one.
  std::vector<std::string> cells;  ///< As they are shown, in UTF-8; numbers in full. As many as are filled.
  std::vector<Fault> faults;
};

struct Sheet {
  std::vector<Row> rows;  ///< Those that hold something, in their order.
};

struct Wanted {
  std::string sheet{};  ///< Of an XLSX file, by name; empty: the first one that holds something.
  Limits limits{};
};

/// A CSV file (RFC 4180; UTF-8, UTF-16 with its mark, or Windows-1256; separated by commas, semicolons or tabs) or an XLSX file
/// (ISO/IEC 29500-1). A formula stands for the result stored with it; of merged cells the first has the value.
/// Errors, each with a sentence that says what to do: `sheet_type` (neither, with macros, or locked by a password), `sheet_damaged`,
/// `sheet_too_large`, `sheet_empty` (or none of that name).
Result<Sheet> read(std::string_view file, const Wanted& wanted = {});

/// A line of CSV that `read` reads as these cells.
std::string csv_line(const std::vector<std::string>& cells);

}  // namespace salam::sheets
