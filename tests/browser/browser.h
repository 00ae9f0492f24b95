#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace salam::test {

/// A page in headless Chromium, in a folder of its own that goes with it.
class Browser {
 public:
  explicit Browser(std::string_view html);
  ~Browser();
  Browser(const Browser&) = delete;
  Browser& operator=(const Browser&) = delete;

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
  /// What the program prints. Throws std::runtime_error with that where it fails, or has not ended within a minute.
  std::string run(std::vector<std::string> command) const;
  std::string chromium(std::vector<std::string> options) const;

  std::filesystem::path folder_;
};

/// Why the programs that this needs cannot be had; empty where they are there.
std::string browser_missing();
bool browser_required();
/// At the start of a test: it is skipped with the reason, or fails where SALAM_REQUIRE_BROWSER=1.
#define SALAM_NEEDS_BROWSER()                                                                   \
  do {                                                                                          \
    const auto browser_reason = ::salam::test::browser_missing();                               \
    if (!browser_reason.empty() && ::salam::test::browser_required()) FAIL() << browser_reason; \
    if (!browser_reason.empty()) GTEST_SKIP() << browser_reason;                                \
  } while (false)

}  // namespace salam::test
