#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>
#include <utility>

#include <xlsxwriter.h>

#include "gateway/domain/text.h"
#include "gateway/paper/cell_text.h"
#include "gateway/paper/layout.h"
#include "gateway/paper/report_files.h"

namespace salam::paper {
namespace {

using namespace reports;

constexpr const char* font = "Tahoma";                  // Where Vazirmatn is missing, spreadsheet programs take a Latin font.
constexpr const char* persian_number = "[$-3000429]0";  // In the digits of fa-IR.
constexpr double points_per_line = 18;
constexpr double highest_row = 400;  // A spreadsheet program's bound is 409.
constexpr int summary_width = 60;
constexpr std::uint8_t a3 = 8;  // ECMA-376 part 1, section 18.3.1.63.
constexpr std::uint8_t a4 = 9;
constexpr double title_height = 30;
constexpr double heading_height = 22;

void check(lxw_error error) {
  if (error != LXW_NO_ERROR) throw std::runtime_error(std::string("the workbook cannot be written: ") + lxw_strerror(error));
}

/// Colours of a chart's series, in their order: as on the page.
constexpr std::array<lxw_color_t, 5> colours{0x0b6e4f, 0xf2b134, 0x9fc5d6, 0xb3261e, 0x8a8a8a};

/// Of a row in which this text stands in a column of that width: not every program finds out by itself. Lines end at a word, a sixth before
/// the column does.
double height(std::string_view text, int width) {
  std::size_t lines = 0;
  while (true) {
    const auto end = text.find('\n');
    lines += 1 + length(text.substr(0, end)) * 6 / 5 / static_cast<std::size_t>(width);
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return std::min(points_per_line * static_cast<double>(lines), highest_row);
}

class SheetFile final : public Sink {
 public:
  SheetFile(const std::string& path, std::string scratch) : scratch_(std::move(scratch)) {
    lxw_workbook_options options{};
    options.constant_memory = LXW_TRUE;
    options.tmpdir = scratch_.data();
    book_ = workbook_new_opt(path.c_str(), &options);
    if (book_ == nullptr) throw std::runtime_error("the workbook cannot be created");
    title_ = format(16, true);
    strong_ = format(11, true);
    heading_ = format(11, true);
    format_set_bg_color(heading_, 0xe3eeee);
    format_set_border(heading_, LXW_BORDER_THIN);
    text_ = format(11, false);
    number_ = format(11, false);
    format_set_num_format(number_, persian_number);
    cell_ = format(11, false);
    format_set_border(cell_, LXW_BORDER_THIN);
    number_cell_ = format(11, false);
    format_set_num_format(number_cell_, persian_number);
    format_set_border(number_cell_, LXW_BORDER_THIN);
  }
  ~SheetFile() override {
    if (book_ != nullptr) workbook_close(book_);
  }
  SheetFile(const SheetFile&) = delete;
  SheetFile& operator=(const SheetFile&) = delete;

  void begin(const Heading& heading) override {
    personal_ = heading.personal;
    summary_ = add_sheet("گزارش");
    check(worksheet_set_column(summary_, 0, 0, summary_width, nullptr));
    check(worksheet_set_row(summary_, summary_row_, title_height, nullptr));
    line(heading.title, title_);
    if (personal_) line(personal_mark, strong_);
    for (const auto& text : heading.lines) line(text, text_);
    line("تاریخ تهیه: " + jalali_date_time(heading.made_at), text_);
    ++summary_row_;
  }

  void paragraph(std::string_view text) override {
    check(worksheet_set_row(summary_, summary_row_, height(text, summary_width), nullptr));
    line(text, text_);
  }

  void figures(const std::string&, const std::string& title, std::span<const Figure> figures) override {
    line(title, strong_);
    for (const auto& figure : figures) {
      check(worksheet_write_string(summary_, summary_row_, 0, figure.label.c_str(), text_));
      check(worksheet_write_number(summary_, summary_row_++, 1, static_cast<double>(figure.value), number_));
    }
    ++summary_row_;
  }

  void begin_table(const Table& table) override {
    table_ = table;
    sheet_ = add_sheet(table.title.c_str());
    row_ = 0;
    check(worksheet_set_row(sheet_, row_, heading_height, nullptr));
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      const auto column = static_cast<lxw_col_t>(i);
      check(worksheet_set_column(sheet_, column, column, table.columns[i].width, nullptr));
      check(worksheet_write_string(sheet_, row_, column, table.columns[i].heading.c_str(), heading_));
    }
    worksheet_set_paper(sheet_, width_of(table) > widest_on_a4 ? a3 : a4);
    worksheet_freeze_panes(sheet_, 1, 0);
    check(worksheet_repeat_rows(sheet_, 0, 0));
  }

  void row(std::span<const Cell> cells) override {
    ++row_;
    double highest = points_per_line;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const auto column = static_cast<lxw_col_t>(i);
      if (const auto* number = std::get_if<std::int64_t>(&cells[i])) {
        check(worksheet_write_number(sheet_, row_, column, static_cast<double>(*number), number_cell_));
      } else {
        const auto text = text_of(cells[i]);
        check(worksheet_write_string(sheet_, row_, column, text.c_str(), cell_));
        highest = std::max(highest, height(text, table_.columns[i].width));
      }
    }
    check(worksheet_set_row(sheet_, row_, highest, nullptr));
  }

  void end_table() override {
    const auto last = static_cast<lxw_col_t>(table_.columns.size() - 1);
    check(worksheet_autofilter(sheet_, 0, 0, row_, last));
    if (!table_.charted.empty() && row_ > 0) chart();
  }

  void end() override { check(workbook_close(std::exchange(book_, nullptr))); }

 private:
  lxw_format* format(double size, bool bold) {
    auto* const made = workbook_add_format(book_);
    format_set_font_name(made, font);
    format_set_font_size(made, size);
    if (bold) format_set_bold(made);
    format_set_text_wrap(made);
    format_set_align(made, LXW_ALIGN_VERTICAL_TOP);
    format_set_reading_order(made, 2);
    return made;
  }

  lxw_worksheet* add_sheet(const char* name) {
    auto* const sheet = workbook_add_worksheet(book_, name);
    if (sheet == nullptr) throw std::runtime_error("a sheet cannot be added to the workbook");
    worksheet_right_to_left(sheet);
    worksheet_set_paper(sheet, a4);
    worksheet_set_landscape(sheet);
    worksheet_fit_to_pages(sheet, 1, 0);
    const std::string footer = "&C" + std::string(personal_ ? personal_mark : "") + " &P / &N";
    check(worksheet_set_footer(sheet, footer.c_str()));
    return sheet;
  }

  void line(std::string_view text, lxw_format* format) {
    check(worksheet_write_string(summary_, summary_row_++, 0, std::string(text).c_str(), format));
  }

  void chart() {
    auto* const chart = workbook_add_chart(book_, LXW_CHART_BAR_STACKED);
    if (chart == nullptr) throw std::runtime_error("a chart cannot be added to the workbook");
    for (std::size_t i = 0; i < table_.charted.size(); ++i) {
      const auto column = static_cast<lxw_col_t>(table_.charted[i]);
      auto* const series = chart_add_series(chart, nullptr, nullptr);
      chart_series_set_categories(series, table_.title.c_str(), 1, 0, row_, 0);
      chart_series_set_values(series, table_.title.c_str(), 1, column, row_, column);
      chart_series_set_name_range(series, table_.title.c_str(), 0, column);
      lxw_chart_fill fill{};
      fill.color = colours.at(i % colours.size());
      chart_series_set_fill(series, &fill);
    }
    chart_title_set_name(chart, table_.title.c_str());
    chart_axis_set_reverse(chart->y_axis);
    chart_axis_set_num_format(chart->x_axis, persian_number);
    chart_legend_set_position(chart, LXW_CHART_LEGEND_BOTTOM);
    lxw_chart_options options{};
    options.x_scale = 1.6;
    options.y_scale = std::max(1.0, row_ / 8.0);
    check(worksheet_insert_chart_opt(sheet_, row_ + 2, 0, chart, &options));
  }

  std::string scratch_;
  lxw_workbook* book_ = nullptr;
  lxw_format* title_ = nullptr;
  lxw_format* strong_ = nullptr;
  lxw_format* heading_ = nullptr;
  lxw_format* text_ = nullptr;
  lxw_format* number_ = nullptr;
  lxw_format* cell_ = nullptr;
  lxw_format* number_cell_ = nullptr;
  lxw_worksheet* summary_ = nullptr;
  lxw_row_t summary_row_ = 0;
  lxw_worksheet* sheet_ = nullptr;
  lxw_row_t row_ = 0;
  Table table_;
  bool personal_ = false;
};

}  // namespace

std::unique_ptr<Sink> sheet_file(const std::string& path, const std::string& scratch) { return std::make_unique<SheetFile>(path, scratch); }

}  // namespace salam::paper
