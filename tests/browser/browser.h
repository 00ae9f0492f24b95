#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "tests/browser/scratch.h"

namespace salam::test {

/// A page in headless Chromium, in a folder of its own that goes with it.
class Browser {
 public:
  explicit Browser(std::string_view html);

  /// The page's title after its scripts have run.
  [[nodiscard]] std::string title() const;
  /// What comes out of a printer: a picture (PNG, 150 dots an inch) of each sheet, and the sheets' size in pdfinfo's words.
  struct Print {
    std::vector<std::filesystem::path> sheets;
    std::string size;
  };
  [[nodiscard]] Print print() const;

  /// What a telephone's camera reads from the picture; one line a code.
  [[nodiscard]] std::string scan(const std::filesystem::path& picture) const;

 private:
  [[nodiscard]] std::string chromium(const std::vector<std::string>& options) const;

  Scratch scratch_;
};

/// Why the programs that this needs cannot be had; empty where they are there.
std::string browser_missing();
/// At the start of a test: it is skipped with the reason, or fails where SALAM_REQUIRE_BROWSER=1.
#define SALAM_NEEDS_BROWSER()                                                                                  \
  do {                                                                                                         \
    const auto browser_reason = ::salam::test::browser_missing();                                              \
    if (!browser_reason.empty() && ::salam::test::required("SALAM_REQUIRE_BROWSER")) FAIL() << browser_reason; \
    if (!browser_reason.empty()) GTEST_SKIP() << browser_reason;                                               \
  } while (false)

}  // namespace salam::test
