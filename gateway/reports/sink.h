#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gateway/domain/time.h"
#include "gateway/domain/tracking_code.h"

/// Reports as they are told, row by row, whatever they are written as.
namespace salam::reports {

/// What stands above a report.
struct Heading {
  std::string kind;                ///< As in the report's address: `results`.
  std::string title;               ///< In Persian.
  std::vector<std::string> lines;  ///< Below the title, in Persian.
  Timestamp made_at;
  bool personal = false;  ///< It shows who asked: every page says so.
};

/// One number with its name.
struct Figure {
  std::string key;    ///< For programs: `answered_late`.
  std::string label;  ///< In Persian.
  std::int64_t value = 0;
};

struct Column {
  std::string key;      ///< For programs: `tracking_code`.
  std::string heading;  ///< In Persian.
  int width = 12;       ///< In characters, where it is shown.
};

struct Table {
  std::string key;    ///< For programs: `by_unit`; one report has no two of a key.
  std::string title;  ///< In Persian, at most 31 characters and none of `[]:*?/\`: it names a sheet.
  std::vector<Column> columns;
  /// Columns whose numbers are also drawn, stacked, for each row by its first column; none: no chart. Such a table is short.
  std::vector<std::size_t> charted{};
};

/// A number that is only a name, such as a form's: people read it in Persian digits.
struct Digits {
  std::string latin;
};
/// One of a few: programs get its name, people its words.
struct Choice {
  std::string name;
  std::string words;
};

using Cell = std::variant<std::monostate, std::string, std::int64_t, Date, Digits, Choice, TrackingCode>;

/// Takes a report and writes it down: `begin`, then paragraphs, figures and tables in any order, then `end`. Throws std::runtime_error
/// where it cannot be written, such as on a full disk. For one thread.
class Sink {
 public:
  virtual ~Sink() = default;

  virtual void begin(const Heading& heading) = 0;
  /// A letter's; for people alone.
  virtual void paragraph(std::string_view text) = 0;
  virtual void figures(const std::string& key, const std::string& title, std::span<const Figure> figures) = 0;
  virtual void begin_table(const Table& table) = 0;
  /// As many cells as the table has columns.
  virtual void row(std::span<const Cell> cells) = 0;
  virtual void end_table() = 0;
  virtual void end() = 0;
};

}  // namespace salam::reports
