#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/domain/result.h"
#include "gateway/sheets/sheet.h"

struct zip;

namespace salam::sheets {

/// A ZIP file in memory whose parts come out piece by piece. What its headers say of sizes is not believed: the bytes are counted as they
/// come, over all parts that are unpacked. Refers to the bytes it was opened on.
class Archive {
 public:
  /// Errors: `sheet_damaged`, `sheet_too_large`.
  static Result<Archive> open(std::string_view bytes, const Limits& limits);

  /// Names are compared without regard to case (ISO/IEC 29500-2, 9.1.1).
  [[nodiscard]] bool has(std::string_view name) const;
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }

  /// `take` gets the part's pieces until it says that it has enough. Errors: `sheet_damaged` (also where there is no such part),
  /// `sheet_too_large`.
  Result<void> unpack(std::string_view name, const std::function<bool(std::string_view)>& take);

 private:
  using Handle = std::unique_ptr<zip, void (*)(zip*)>;
  Archive(Handle zip, std::size_t left) : zip_(std::move(zip)), left_(left) {}

  Handle zip_;
  std::size_t left_;  ///< Bytes that may still come out.
  std::vector<std::string> names_;
};

}  // namespace salam::sheets
