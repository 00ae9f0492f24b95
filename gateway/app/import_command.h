#pragma once

#include <string>

#include "gateway/app/api_client.h"

namespace salam::app {

struct ImportOrder {
  std::string file;
  std::string meeting;  ///< Its id.
  std::string sheet;    ///< Of an XLSX file; empty: the first one with headings.
  std::string out;      ///< The result file, `.xlsx` or `.csv`; empty: none.
  bool dry_run = false;
};

/// Sends a spreadsheet's lines to the running gateway, some hundred at a time, says how far it has come and what became of them. What was
/// sent is in, so a run that was cut off is simply repeated. Prints Persian; the exit code is 0 where every line is in, else 1.
int import_file(const ApiAccess& access, const ImportOrder& order);

}  // namespace salam::app
