#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

#include "gateway/domain/text.h"
#include "gateway/sheets/archive.h"
#include "gateway/sheets/headings.h"
#include "gateway/sheets/number_formats.h"
#include "gateway/sheets/rows.h"
#include "gateway/sheets/workbook.h"
#include "gateway/sheets/xml.h"

namespace salam::sheets {
namespace {

/// Of merged cells; more are there only to waste time.
constexpr std::size_t most_covered = 200'000;

Error damaged() { return {"sheet_damaged", "پروندهٔ xlsx آسیب دیده است؛ آن را در اکسل باز و دوباره ذخیره کنید."}; }

/// The text of `t` elements, wherever they stand but in a pronunciation (`rPh`); a text may have several, of different look.
class Texts {
 public:
  void begin(std::string_view name) {
    if (name == "rPh") aloud_ = true;
    taking_ = name == "t" && !aloud_;
  }
  void end(std::string_view name) {
    taking_ = false;
    if (name == "rPh") aloud_ = false;
  }
  void text(std::string_view piece) {
    if (taking_) text_ += piece;
  }
  std::string take() { return std::exchange(text_, {}); }

 private:
  std::string text_;
  bool taking_ = false;
  bool aloud_ = false;
};

/// 18.4: what cells share.
class SharedStrings : public Elements {
 public:
  void begin(std::string_view name, const Attributes&) override { texts_.begin(name); }
  void end(std::string_view name) override {
    texts_.end(name);
    if (name == "si") strings.push_back(texts_.take());
  }
  void text(std::string_view piece) override { texts_.text(piece); }

  std::vector<std::string> strings;

 private:
  Texts texts_;
};

struct Position {
  std::size_t row = 0;     ///< From 1.
  std::size_t column = 0;  ///< From 0.
};

/// `AB12`.
std::optional<Position> position_of(std::string_view reference) {
  Position position;
  std::size_t i = 0;
  for (; i < reference.size() && i < 3 && reference[i] >= 'A' && reference[i] <= 'Z'; ++i) {
    position.column = position.column * 26 + static_cast<std::size_t>(reference[i] - 'A') + 1;
  }
  const auto row = whole_number(reference.substr(i));
  if (i == 0 || !row || *row == 0) return {};
  position.row = *row;
  --position.column;
  return position;
}

struct Merged {
  Position first;
  Position last;
};

std::optional<Merged> merged_cells(std::string_view range) {
  const auto colon = range.find(':');
  if (colon == std::string_view::npos) return {};
  const auto first = position_of(range.substr(0, colon));
  const auto last = position_of(range.substr(colon + 1));
  if (!first || !last || last->row < first->row || last->column < first->column) return {};
  return Merged{.first = *first, .last = *last};
}

/// 18.3: one sheet.
class SheetCells : public Elements {
 public:
  SheetCells(const Limits& limits, const std::vector<std::string>& strings, const NumberFormats& formats)
      : rows_(limits), limits_(limits), strings_(strings), formats_(formats) {}

  void begin(std::string_view name, const Attributes& attributes) override {
    texts_.begin(name);
    if (name == "row") {
      begin_row(attributes);
    } else if (name == "c") {
      begin_cell(attributes);
    } else if (name == "v") {
      in_value_ = true;
    } else if (name == "f") {
      cell_.formula = true;
    } else if (name == "mergeCell") {
      if (const auto merged = merged_cells(attributes["ref"])) merge(*merged);
    }
  }

  void end(std::string_view name) override {
    texts_.end(name);
    if (name == "v") in_value_ = false;
    if (name == "c") end_cell();
    if (name != "row") return;
    if (auto added = rows_.add(std::exchange(row_, {})); !added) error = added.error();
  }

  void text(std::string_view piece) override {
    texts_.text(piece);
    if (in_value_ && cell_.value.size() <= limits_.cell) cell_.value += piece;
  }

  [[nodiscard]] bool empty() const { return rows_.empty(); }
  std::vector<Row> take() { return rows_.take(); }

 private:
  struct Cell {
    std::size_t column = 0;
    std::size_t style = 0;
    std::string type;
    std::string value;
    bool formula = false;
  };

  void begin_row(const Attributes& attributes) {
    const auto line = attributes.find("r") ? whole_number(attributes["r"]) : line_ + 1;
    if (!line || *line <= line_) return fail();
    line_ = *line;
    row_ = {.line = line_, .cells = {}, .faults = {}};
    next_column_ = 0;
  }

  void begin_cell(const Attributes& attributes) {
    cell_ = {.column = next_column_, .style = whole_number(attributes["s"]).value_or(0), .type = std::string(attributes["t"])};
    if (const auto reference = attributes.find("r")) {
      const auto position = position_of(*reference);
      if (!position || position->column < next_column_) return fail();
      cell_.column = position->column;
    }
    next_column_ = cell_.column + 1;
  }

  void end_cell() {
    auto shown = shown_text();
    if (shown.empty()) return;
    if (cell_.column >= limits_.columns) {
      error = Error{"sheet_too_large", "در سطر " + for_people(row_.line) + "، پس از ستون " + for_people(limits_.columns) +
                                           " هم چیزی نوشته شده است؛ آن را پاک کنید."};
      return;
    }
    row_.cells.resize(cell_.column + 1);
    row_.cells.back() = std::move(shown);
  }

  std::string shown_text() {
    auto inline_text = texts_.take();
    if (cell_.type == "inlineStr") return inline_text;
    if (cell_.value.empty()) {
      if (cell_.formula && cell_.type != "str") fault("نتیجهٔ فرمول این خانه ذخیره نشده است؛ پرونده را در اکسل باز و ذخیره کنید");
      return {};
    }
    if (cell_.type == "s") return shared_text();
    if (cell_.type == "str") return std::move(cell_.value);
    if (cell_.type == "b") return cell_.value == "1" ? "TRUE" : "FALSE";
    if (cell_.type == "e") {
      fault("فرمول این خانه خطا دارد (" + shortened(cell_.value, 20) + ")");
      return {};
    }
    return number_shown();
  }

  std::string shared_text() {
    const auto index = whole_number(cell_.value);
    if (index && *index < strings_.size()) return strings_[*index];
    fail();
    return {};
  }

  std::string number_shown() {
    double number = 0;
    const auto* const end = cell_.value.data() + cell_.value.size();
    const auto [read_to, problem] = std::from_chars(cell_.value.data(), end, number);
    const auto format = formats_.of(cell_.style);
    if (format.date || cell_.type == "d") {
      fault("اکسل این خانه را تاریخ یا ساعت کرده است؛ قالب آن را «متن» (Text) کنید و دوباره بنویسید");
      return {};
    }
    if (problem != std::errc{} || read_to != end || !std::isfinite(number)) {
      fail();
      return {};
    }
    constexpr double exact = 1e15;
    if (std::abs(number) >= exact) {
      fault(
          "این شماره برای اکسل بلند است و رقم‌هایش از دست رفته؛ قالب آن را «متن» (Text) کنید و دوباره بنویسید");
    }
    auto shown = number_text(number);
    if (number >= 0 && shown.size() < format.zeros) shown.insert(0, format.zeros - shown.size(), '0');
    return shown;
  }

  void fault(std::string why) {
    if (cell_.column < limits_.columns) row_.faults.push_back({.column = cell_.column, .why = std::move(why)});
  }
  void fail() { error = damaged(); }

  /// The value belongs to the first of them; the others are not simply empty.
  void merge(const Merged& merged) {
    auto& rows = rows_.rows();
    auto row = std::ranges::lower_bound(rows, merged.first.row, {}, &Row::line);
    for (; row != rows.end() && row->line <= merged.last.row; ++row) {
      const bool first = row->line == merged.first.row;
      const auto last_column = std::min(merged.last.column, limits_.columns - 1);
      for (auto column = merged.first.column + (first ? 1 : 0); column <= last_column; ++column) {
        if (++covered_ > most_covered) {
          error = Error{
              "sheet_too_large",
              "خانه‌های ادغام‌شدهٔ این پرونده بیش از اندازه است؛ ادغام‌ها را بردارید."};
          return;
        }
        row->faults.push_back({.column = column,
                               .why = "این خانه با خانه‌ای در سطر " + for_people(merged.first.row) +
                                      " ادغام شده است؛ ادغام را بردارید و مقدار را در هر سطر بنویسید"});
      }
    }
  }

  Rows rows_;
  const Limits& limits_;
  const std::vector<std::string>& strings_;
  const NumberFormats& formats_;
  Texts texts_;
  Row row_;
  Cell cell_;
  std::size_t line_ = 0;
  std::size_t next_column_ = 0;
  std::size_t covered_ = 0;
  bool in_value_ = false;
};

Error no_sheet(const std::string& name) {
  if (name.empty()) return {"sheet_empty", "در این پرونده هیچ سطری پر نشده است."};
  return {"sheet_empty", "برگه‌ای به نام «" + shortened(name, 60) + "» که سطر پرشده داشته باشد در این پرونده نیست."};
}

}  // namespace

Result<Sheet> read_xlsx(std::string_view file, const Wanted& wanted) {
  auto archive = Archive::open(file, wanted.limits);
  if (!archive) return std::move(archive).error();
  const auto workbook = open_workbook(*archive);
  if (!workbook) return workbook.error();
  SharedStrings strings;
  NumberFormats formats;
  for (const auto& [part, elements] : {std::pair<std::string, Elements*>{workbook->strings, &strings}, {workbook->styles, &formats}}) {
    if (part.empty() || !archive->has(part)) continue;
    if (auto read = read_xml(*archive, part, *elements); !read) return read.error();
  }
  std::optional<Sheet> first;
  for (const auto& [name, part] : workbook->sheets) {
    if (!wanted.sheet.empty() && matching_form(name) != matching_form(wanted.sheet)) continue;
    SheetCells cells(wanted.limits, strings.strings, formats);
    if (auto read = read_xml(*archive, part, cells); !read) return read.error();
    if (cells.empty()) continue;
    Sheet sheet{.rows = cells.take()};
    if (most_headings(sheet.rows) >= required_columns.size()) return sheet;
    if (!first) first = std::move(sheet);
  }
  if (!first) return no_sheet(wanted.sheet);
  return *std::move(first);
}

}  // namespace salam::sheets
