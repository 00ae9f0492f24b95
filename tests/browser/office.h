#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/browser/scratch.h"

namespace salam::test {

/// A presentation opened in LibreOffice, in a folder of its own that goes with it.
class Office {
 public:
  /// Throws std::runtime_error where it does not open.
  explicit Office(std::string_view pptx);

  /// A word where it is seen, in points from the slide's upper left corner.
  struct Word {
    double left;
    double top;
    double right;
    double bottom;
  };
  struct Slide {
    double width = 0;
    double height = 0;
    std::string text;
    std::vector<Word> words;
  };
  [[nodiscard]] std::vector<Slide> slides() const;
  /// The same presentation, saved again by LibreOffice.
  [[nodiscard]] std::string saved() const;

 private:
  void convert(std::string_view to, std::string_view folder) const;

  Scratch scratch_;
};

/// Why the programs that this needs cannot be had; empty where they are there.
std::string office_missing();
/// At the start of a test: it is skipped with the reason, or fails where SALAM_REQUIRE_OFFICE=1.
#define SALAM_NEEDS_OFFICE()                                                                                \
  do {                                                                                                      \
    const auto office_reason = ::salam::test::office_missing();                                             \
    if (!office_reason.empty() && ::salam::test::required("SALAM_REQUIRE_OFFICE")) FAIL() << office_reason; \
    if (!office_reason.empty()) GTEST_SKIP() << office_reason;                                              \
  } while (false)

}  // namespace salam::test
