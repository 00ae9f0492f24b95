#pragma once

#include <string>
#include <vector>

#include "gateway/sheets/archive.h"

namespace salam::sheets {

/// Where the parts of an XLSX file stand (ISO/IEC 29500-1, 12.2; relationships: 29500-2, 8.3).
struct Workbook {
  struct Place {
    std::string name;
    std::string part;
  };
  std::vector<Place> sheets;  ///< In their order, those that are hidden left out.
  std::string strings;        ///< Shared by the cells; empty where there are none.
  std::string styles;
};

/// Errors: `sheet_type` where it is something else, or holds macros; `sheet_damaged`, `sheet_too_large`.
Result<Workbook> open_workbook(Archive& archive);

}  // namespace salam::sheets
