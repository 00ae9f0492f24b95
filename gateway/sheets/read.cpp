#include "gateway/sheets/rows.h"

namespace salam::sheets {
namespace {

constexpr std::string_view zip_begins = "PK";
constexpr std::string_view compound_begins =
    "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";  // [MS-CFB]: .xls, and whatever Office locks by a password.

}  // namespace

Result<Sheet> read(std::string_view file, const Wanted& wanted) {
  if (file.empty()) return Error{"sheet_empty", "پرونده خالی است."};
  if (file.size() > wanted.limits.bytes) {
    return Error{"sheet_too_large",
                 "پرونده از " + for_people(wanted.limits.bytes / 1024 / 1024) +
                     " مگابایت بزرگ‌تر است؛ آن را در چند پروندهٔ کوچک‌تر بفرستید."};
  }
  if (file.starts_with(compound_begins)) {
    return Error{"sheet_type", "این پرونده به صورت قدیمی xls است یا رمز دارد؛ آن را در اکسل باز کنید و بی رمز به صورت xlsx ذخیره کنید."};
  }
  auto sheet = file.starts_with(zip_begins) ? read_xlsx(file, wanted) : read_csv(file, wanted.limits);
  if (sheet && sheet->rows.empty()) return Error{"sheet_empty", "در این پرونده هیچ سطری پر نشده است."};
  return sheet;
}

}  // namespace salam::sheets
