#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/reports/sink.h"

/// What became of a spreadsheet's lines.
namespace salam::reports {

enum class LineOutcome {
  accepted,  ///< Taken in; in a dry run: would be.
  replayed,  ///< It was taken in before, with the same content.
  conflict,  ///< Its form item was taken in before with other content.
  refused,   ///< It is not as it must be.
  failed,    ///< It could not be stored now; the same file can be sent again.
};
inline constexpr std::size_t line_outcome_count = 5;
/// On the wire: `accepted`.
std::string_view to_string(LineOutcome outcome);
std::optional<LineOutcome> parse_line_outcome(std::string_view text);
/// `ثبت شد`; in a dry run `ثبت خواهد شد`.
std::string_view name_for_people(LineOutcome outcome, bool dry_run);

/// How many lines came to what.
class LineCounts {
 public:
  void add(LineOutcome outcome) { ++counts_[static_cast<std::size_t>(outcome)]; }
  [[nodiscard]] std::int64_t of(LineOutcome outcome) const { return counts_[static_cast<std::size_t>(outcome)]; }
  [[nodiscard]] std::int64_t all() const;

 private:
  std::array<std::int64_t, line_outcome_count> counts_{};
};

/// The officer's own sheet, with what became of each line beside it.
class ImportResult {
 public:
  struct About {
    std::string meeting;
    bool dry_run = false;
    Timestamp made_at;
    std::vector<std::string> warnings;  ///< In Persian.
    std::vector<std::string> headings;  ///< The officer's own.
  };
  /// `sink` outlives this.
  ImportResult(Sink& sink, const About& about);

  /// `own`: the officer's cells, perhaps fewer or more than there are headings. `code` and `reason` may be empty.
  void line(std::span<const std::string> own, LineOutcome outcome, const std::string& code, const std::string& reason);
  void end();

 private:
  Sink& sink_;
  std::size_t columns_;
  bool dry_run_;
  LineCounts counts_;
};

}  // namespace salam::reports
