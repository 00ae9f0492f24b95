#include <algorithm>
#include <array>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "gateway/domain/text.h"
#include "gateway/paper/cell_text.h"
#include "gateway/paper/html.h"
#include "gateway/paper/layout.h"
#include "gateway/paper/report_files.h"
#include "gateway/paper/text_file.h"

namespace salam::paper {
namespace {

using namespace reports;

constexpr std::string_view style = R"(<style>
@page { size: A4; margin: 14mm 12mm; }
@page wide { size: A4 landscape; margin: 12mm; }
@page widest { size: A3 landscape; margin: 12mm; }
* { box-sizing: border-box; }
body { font: 11pt/1.7 Vazirmatn, "Noto Sans Arabic", Tahoma, sans-serif; color: #111; background: #fff; margin: 0 auto; max-width: 396mm; }
h1 { font-size: 18pt; line-height: 1.5; margin: 0; }
h2 { font-size: 13pt; margin: 6mm 0 2mm; break-after: avoid; }
header { border-bottom: 0.6mm solid #0b5a5e; padding-bottom: 2mm; margin-bottom: 4mm; }
header p { margin: 0; }
.made { color: #444; font-size: 9.5pt; }
.personal { border: 0.5mm solid #a00; color: #a00; font-weight: bold; padding: 1mm 3mm; margin: 2mm 0; }
.figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(42mm, 1fr)); gap: 2.5mm; margin: 0; }
.figures div { border: 0.25mm solid #777; border-radius: 1.5mm; padding: 1.5mm 3mm; break-inside: avoid; }
.figures dt { font-size: 9.5pt; }
.figures dd { margin: 0; font-size: 17pt; font-weight: bold; line-height: 1.4; }
.letter { margin: 0 0 3mm; text-align: justify; overflow-wrap: anywhere; white-space: pre-line; }
section { break-before: auto; }
section.after-letter { break-before: page; }
section.wide { page: wide; }
section.widest { page: widest; }
section.widest table { font-size: 8.5pt; }
table { border-collapse: collapse; width: 100%; font-size: 9.5pt; line-height: 1.5; table-layout: fixed; }
thead { display: table-header-group; }
th, td { border: 0.2mm solid #777; padding: 0.7mm 1mm; text-align: start; vertical-align: top; overflow-wrap: anywhere; white-space: pre-line; }
th { background: #e3eeee; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
tr { break-inside: avoid; }
.none { color: #444; }
.chart { margin-top: 4mm; }
.chart p { margin: 0 0 1mm; }
.bar { display: flex; align-items: center; gap: 3mm; break-inside: avoid; margin-bottom: 1mm; }
.bar span { flex: 0 0 55mm; overflow-wrap: anywhere; line-height: 1.4; }
.bar i, .key { print-color-adjust: exact; -webkit-print-color-adjust: exact; font-style: normal; }
.bar div { flex: 1; display: flex; }
.bar i { min-width: 5mm; padding: 0 1mm; text-align: center; font-size: 9pt; white-space: nowrap; }
.key { display: inline-block; width: 4mm; height: 4mm; vertical-align: -0.7mm; margin: 0 4mm 0 1mm; }
.c0 { background: #0b6e4f; color: #fff; } .c1 { background: #f2b134; color: #000; } .c2 { background: #9fc5d6; color: #000; }
.c3 { background: #b3261e; color: #fff; } .c4 { background: #8a8a8a; color: #000; }
</style>)";
constexpr std::size_t colours = 5;
constexpr int widest_upright = 95;  // Characters of a table on an upright sheet of A4.

/// Each value reads in its own direction, whatever stands beside it.
std::string isolated(std::string_view text) { return "<bdi>" + escaped(text) + "</bdi>"; }

std::int64_t number_in(const Cell& cell) {
  const auto* const number = std::get_if<std::int64_t>(&cell);
  return number == nullptr ? 0 : *number;
}

class PageFile final : public Sink {
 public:
  explicit PageFile(const std::string& path) : file_(path) {}

  void begin(const Heading& heading) override {
    file_ << "<!DOCTYPE html>\n<html lang=\"fa\" dir=\"rtl\"><head><meta charset=\"utf-8\"><title>" << escaped(heading.title) << "</title>"
          << style;
    if (heading.personal) {
      file_ << "<style>@page { @bottom-center { content: \"" << personal_mark << "\"; color: #a00; font: 8pt Tahoma; } }</style>";
    }
    file_ << "</head><body>\n<header><h1>" << escaped(heading.title) << "</h1>";
    for (const auto& line : heading.lines) file_ << "<p>" << escaped(line) << "</p>";
    file_ << "<p class=\"made\">تاریخ تهیه: " << jalali_date_time(heading.made_at) << "</p></header>\n";
    if (heading.personal) file_ << "<p class=\"personal\">" << personal_mark << "</p>";
  }

  void paragraph(std::string_view text) override {
    file_ << "<p class=\"letter\">" << escaped(text) << "</p>\n";
    letter_ = true;
  }

  void figures(const std::string&, const std::string& title, std::span<const Figure> figures) override {
    file_ << "<section><h2>" << escaped(title) << "</h2><dl class=\"figures\">";
    for (const auto& figure : figures) {
      file_ << "<div><dt>" << escaped(figure.label) << "</dt><dd>" << persian_digits(std::to_string(figure.value)) << "</dd></div>";
    }
    file_ << "</dl></section>\n";
  }

  void begin_table(const Table& table) override {
    table_ = table;
    rows_ = 0;
    bars_.clear();
    const int width = width_of(table);
    file_ << "<section class=\""
          << (width > widest_on_a4     ? "widest "
              : width > widest_upright ? "wide "
                                       : "")
          << (std::exchange(letter_, false) ? "after-letter" : "") << "\"><h2>" << escaped(table.title) << "</h2>";
    file_ << "<table><colgroup>";
    for (const auto& column : table.columns)
      file_ << "<col style=\"width:" << std::to_string(100.0 * column.width / std::max(width, 1)) << "%\">";
    file_ << "</colgroup><thead><tr>";
    for (const auto& column : table.columns) file_ << "<th>" << escaped(column.heading) << "</th>";
    file_ << "</tr></thead><tbody>\n";
  }

  void row(std::span<const Cell> cells) override {
    ++rows_;
    file_ << "<tr>";
    for (const auto& cell : cells) file_ << "<td>" << isolated(text_of(cell)) << "</td>";
    file_ << "</tr>\n";
    if (table_.charted.empty()) return;
    auto& bar = bars_.emplace_back(text_of(cells.front()), std::vector<std::int64_t>{});
    for (const auto column : table_.charted) bar.second.push_back(number_in(cells[column]));
  }

  void end_table() override {
    file_ << "</tbody></table>";
    if (rows_ == 0) file_ << "<p class=\"none\">موردی نیست.</p>";
    if (!bars_.empty()) chart();
    file_ << "</section>\n";
  }

  void end() override {
    file_ << "</body></html>\n";
    file_.close();
  }

 private:
  void chart() {
    std::int64_t longest = 1;
    for (const auto& [label, numbers] : bars_)
      longest = std::max(longest, std::accumulate(numbers.begin(), numbers.end(), std::int64_t{0}));
    file_ << "<div class=\"chart\"><p>";
    for (std::size_t i = 0; i < table_.charted.size(); ++i) {
      file_ << colour("key", i) << "></i>" << escaped(table_.columns[table_.charted[i]].heading);
    }
    file_ << "</p>";
    for (const auto& [label, numbers] : bars_) {
      file_ << "<div class=\"bar\"><span>" << isolated(label) << "</span><div>";
      for (std::size_t i = 0; i < numbers.size(); ++i) {
        if (numbers[i] == 0) continue;
        file_ << colour("", i)
              << " style=\"width:" << std::to_string(100.0 * static_cast<double>(numbers[i]) / static_cast<double>(longest)) << "%\">"
              << persian_digits(std::to_string(numbers[i])) << "</i>";
      }
      file_ << "</div></div>";
    }
    file_ << "</div>";
  }

  static std::string colour(std::string_view name, std::size_t series) {
    return "<i class=\"" + std::string(name) + " c" + std::to_string(series % colours) + "\"";
  }

  TextFile file_;
  bool letter_ = false;
  Table table_;
  std::size_t rows_ = 0;
  std::vector<std::pair<std::string, std::vector<std::int64_t>>> bars_;
};

}  // namespace

std::unique_ptr<Sink> page_file(const std::string& path) { return std::make_unique<PageFile>(path); }

}  // namespace salam::paper
