#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/sheets/xml.h"

namespace salam::sheets {

/// How the cells of a workbook show their numbers, as far as it matters: a form's number `12/3` may have become a day, and `0012` a 12 that
/// is shown with zeros (ISO/IEC 29500-1, 18.8).
class NumberFormats : public Elements {
 public:
  struct Format {
    bool date = false;      ///< Or a time.
    std::size_t zeros = 0;  ///< At least so many digits.
  };
  /// By the cell's `s`.
  [[nodiscard]] Format of(std::size_t style) const { return style < styles_.size() ? styles_[style] : Format{}; }

  void begin(std::string_view name, const Attributes& attributes) override;
  void end(std::string_view name) override;

 private:
  [[nodiscard]] Format of_id(std::size_t id) const;

  std::map<std::size_t, Format> own_;
  std::vector<Format> styles_;
  bool in_styles_ = false;
};

/// Of a format as it is written, such as `yyyy/mm/dd` or `0000`.
NumberFormats::Format read_format(std::string_view code);

/// What a whole number at the front of the text says; nothing where it does not start with one.
std::optional<std::size_t> whole_number(std::string_view text);

/// A number as it is shown: in full, never `9.13E+09`.
std::string number_text(double number);

}  // namespace salam::sheets
