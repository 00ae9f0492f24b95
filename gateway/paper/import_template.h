#pragma once

#include <string>

/// The spreadsheet that officers type forms into: every heading that an import knows, an example line that it passes over, from right to
/// left, with lists to choose kinds and regions from. Both throw std::exception where the file cannot be written.
namespace salam::paper {

/// `scratch`: the folder for what is written meanwhile.
void write_xlsx_template(const std::string& path, const std::string& scratch);
/// In UTF-8 with a byte order mark.
void write_csv_template(const std::string& path);

}  // namespace salam::paper
