#pragma once

#include <memory>
#include <stdexcept>
#include <string>

#include "gateway/reports/sink.h"

/// Reports as files. Each is written row by row, in constant memory, and is whole after `end`.
namespace salam::paper {

/// JSON: the heading's members, each group of figures as an object and each table as an array of objects, both named by their keys.
std::unique_ptr<reports::Sink> json_file(const std::string& path);

/// The report has none of that key; says which there are.
struct NoSuchTable : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// One table as CSV (RFC 4180) in UTF-8 with a byte order mark, which spreadsheet programs need, and with Persian headings. Text that such
/// a program would take for a formula gets an apostrophe before it. `table`: its key; empty: the report's first. Throws NoSuchTable at the
/// report's end.
std::unique_ptr<reports::Sink> csv_file(const std::string& path, std::string table = {});

/// An XLSX workbook from right to left: title and figures on its first sheet, each table on a sheet of its own, charts beside their tables.
/// `scratch`: the folder for what is written meanwhile; it should not be one in memory.
std::unique_ptr<reports::Sink> sheet_file(const std::string& path, const std::string& scratch);

/// An HTML page to print on A4; fetches nothing.
std::unique_ptr<reports::Sink> page_file(const std::string& path);

}  // namespace salam::paper
