#include <algorithm>
#include <array>
#include <limits>
#include <optional>

#include "gateway/sheets/encoding.h"
#include "gateway/sheets/headings.h"
#include "gateway/sheets/rows.h"

namespace salam::sheets {
namespace {

constexpr std::string_view formula_begins = "=+-@\t\r";
constexpr std::array separators{',', ';', '\t'};

/// A spreadsheet program would calculate it, or would, without the apostrophes before it.
bool looks_like_a_formula(std::string_view cell) {
  const auto text = cell.find_first_not_of('\'');
  return text != std::string_view::npos && formula_begins.find(cell[text]) != std::string_view::npos;
}

/// Without the apostrophe that keeps a spreadsheet program from calculating a text, as in `'+98 913…`.
std::string unprotected(std::string cell) {
  if (cell.starts_with('\'') && looks_like_a_formula(cell)) cell.erase(0, 1);
  return cell;
}

/// One record after the other (RFC 4180). A quote within a cell that does not begin with one is a character like any other.
class Records {
 public:
  Records(std::string_view text, char separator) : rest_(text), separator_(separator) {}

  [[nodiscard]] bool done() const { return rest_.empty(); }

  /// Not when `done`. Errors: `sheet_damaged`.
  Result<Row> next() {
    Row row{.line = ++line_, .cells = {}, .faults = {}};
    for (;;) {
      auto cell = rest_.starts_with('"') ? quoted() : plain();
      if (!cell) return std::move(cell).error();
      row.cells.push_back(unprotected(std::move(*cell)));
      if (rest_.empty()) return row;
      const char end = rest_.front();
      rest_.remove_prefix(1);
      if (end == separator_) continue;
      if (end == '\r' && rest_.starts_with('\n')) rest_.remove_prefix(1);
      return row;
    }
  }

 private:
  [[nodiscard]] bool ends_cell(char c) const { return c == separator_ || c == '\n' || c == '\r'; }

  Result<std::string> plain() {
    const auto end = std::ranges::find_if(rest_, [this](char c) { return ends_cell(c); });
    std::string cell(rest_.begin(), end);
    rest_.remove_prefix(cell.size());
    return cell;
  }

  Result<std::string> quoted() {
    std::string cell;
    for (rest_.remove_prefix(1);;) {
      const auto quote = rest_.find('"');
      if (quote == std::string_view::npos) return damaged("گیومه‌ای باز شده و بسته نشده است");
      cell += rest_.substr(0, quote);
      rest_.remove_prefix(quote + 1);
      if (!rest_.starts_with('"')) break;
      cell += '"';
      rest_.remove_prefix(1);
    }
    if (!rest_.empty() && !ends_cell(rest_.front())) return damaged("پس از گیومهٔ پایانی متن دیگری آمده است");
    return cell;
  }

  [[nodiscard]] Error damaged(const std::string& what) const {
    return {"sheet_damaged", "سطر " + for_people(line_) + ": " + what + "؛ آن را درست کنید یا پرونده را در اکسل به صورت xlsx ذخیره کنید."};
  }

  std::string_view rest_;
  char separator_;
  std::size_t line_ = 0;
};

Result<std::vector<Row>> records(std::string_view text, char separator, const Limits& limits, std::size_t most) {
  Records all(text, separator);
  Rows rows(limits);
  for (std::size_t i = 0; i < most && !all.done(); ++i) {
    auto row = all.next();
    if (!row) return std::move(row).error();
    if (auto added = rows.add(std::move(*row)); !added) return added.error();
  }
  return rows.take();
}

/// The one under which the most headings are recognised at the top.
char separator_of(std::string_view text, const Limits& limits) {
  char best = separators.front();
  std::size_t most = 0;
  for (const auto separator : separators) {
    const auto top = records(text, separator, limits, rows_above);
    if (!top) continue;
    const auto recognised = most_headings(*top);
    if (recognised <= most) continue;
    most = recognised;
    best = separator;
  }
  return best;
}

/// Excel's own first line: `sep=;`.
std::optional<char> said_separator(std::string_view text) {
  constexpr std::string_view begins = "sep=";
  if (!text.starts_with(begins) || text.size() <= begins.size()) return {};
  const char said = text[begins.size()];
  return std::ranges::find(separators, said) == separators.end() ? std::nullopt : std::optional(said);
}

}  // namespace

std::string csv_line(const std::vector<std::string>& cells) {
  std::string line;
  for (const auto& cell : cells) {
    line += line.empty() ? "\"" : ",\"";
    if (looks_like_a_formula(cell)) line += '\'';
    for (const char c : cell) line.append(c == '"' ? 2 : 1, c);
    line += '"';
  }
  return line + "\r\n";
}

Result<Sheet> read_csv(std::string_view file, const Limits& limits) {
  const auto text = text_of_file(file);
  if (!text) return text.error();
  if (text->starts_with('<')) {
    return Error{"sheet_type", "این پرونده صفحهٔ وب یا XML است؛ آن را در اکسل باز کنید و به صورت xlsx ذخیره کنید."};
  }
  const auto said = said_separator(*text);
  auto rows = records(*text, said.value_or(separator_of(*text, limits)), limits, std::numeric_limits<std::size_t>::max());
  if (!rows) return std::move(rows).error();
  if (said) rows->erase(rows->begin());
  return Sheet{.rows = std::move(*rows)};
}

}  // namespace salam::sheets
