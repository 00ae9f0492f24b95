#include "gateway/paper/import_template.h"

#include <array>
#include <stdexcept>
#include <string_view>
#include <type_traits>
#include <vector>

#include <xlsxwriter.h>

#include "gateway/domain/region.h"
#include "gateway/domain/routing.h"
#include "gateway/paper/report_files.h"
#include "gateway/sheets/headings.h"

namespace salam::paper {
namespace {

using sheets::Column;

struct Field {
  Column column;
  std::string_view example;
  int width;
  std::string_view hint;  ///< Shown where a cell of the column is chosen.
};

/// In the order of a paper form.
constexpr std::array<Field, 11> fields{{
    {Column::form, sheets::example_form, 12, "شماره‌ای که روی برگه چاپ شده است."},
    {Column::item, "۱", 14, "اگر برگه چند درخواست دارد: ۱، ۲، ۳ … وگرنه خالی بماند."},
    {Column::name, "زهرا احمدی", 24, "اگر روی برگه نیست، خالی بماند."},
    {Column::mobile, "۰۹۱۳۰۰۰۱۲۳۴", 16, "کد پیگیری به این شماره پیامک می‌شود."},
    {Column::national_id, "", 14, "اگر روی برگه نیست، خالی بماند."},
    {Column::kind, "درخواست", 12, "از فهرست برگزینید؛ خالی یعنی درخواست."},
    {Column::region, "منطقه ۵", 12, "جایی که موضوع در آن است؛ خالی یعنی منطقهٔ دیدار."},
    {Column::category, "", 14, "اگر روشن است؛ وگرنه خالی بماند."},
    {Column::subject, "آسفالت کوچه", 26, "لازم است؛ دست بالا ۲۰۰ نویسه."},
    {Column::description, "آسفالت کوچهٔ ما پس از حفاری ترمیم نشده است.", 50, "لازم است؛ دست بالا ۸۰۰۰ نویسه."},
    {Column::address, "خیابان نمونه، کوچهٔ ۱۲", 30, "جایی که موضوع در آن است."},
}};

constexpr const char* font = "Tahoma";
/// Lines that are made ready to type into.
constexpr lxw_row_t ready_lines = 5'000;

void check(lxw_error error) {
  if (error != LXW_NO_ERROR) throw std::runtime_error(std::string("the template cannot be written: ") + lxw_strerror(error));
}

std::vector<std::string> choices_of(Column column) {
  std::vector<std::string> choices;
  if (column == Column::kind) {
    for (const auto kind : {Kind::request, Kind::complaint, Kind::suggestion, Kind::criticism, Kind::thanks}) {
      choices.emplace_back(name_for_people(kind));
    }
  }
  if (column == Column::region) {
    for (int number = 1; number <= Region::nazhvan_number; ++number) choices.push_back(Region::from_number(number)->name());
  }
  return choices;
}

/// Debian 12's libxlsxwriter wants texts that it may change, Debian 13's does not.
using ListEntry = std::remove_pointer_t<decltype(lxw_data_validation::value_list)>;

void validate(lxw_worksheet* sheet, lxw_col_t column, const Field& field) {
  auto choices = choices_of(field.column);
  std::vector<ListEntry> list;
  list.reserve(choices.size() + 1);
  for (auto& choice : choices) list.push_back(choice.data());
  list.push_back(nullptr);
  std::string title(sheets::heading_of(field.column));
  std::string hint(field.hint);
  std::string error = "یکی از گزینه‌های فهرست را برگزینید.";
  lxw_data_validation validation{};
  validation.validate = choices.empty() ? LXW_VALIDATION_TYPE_ANY : LXW_VALIDATION_TYPE_LIST;
  validation.value_list = choices.empty() ? nullptr : list.data();
  validation.input_title = title.data();
  validation.input_message = hint.data();
  validation.error_title = title.data();
  validation.error_message = error.data();
  check(worksheet_data_validation_range(sheet, 1, column, ready_lines, column, &validation));
}

lxw_format* format(lxw_workbook* book) {
  auto* const made = workbook_add_format(book);
  format_set_font_name(made, font);
  format_set_align(made, LXW_ALIGN_VERTICAL_TOP);
  format_set_reading_order(made, 2);
  format_set_text_wrap(made);
  // Text: no digit is lost, and nothing becomes a day.
  format_set_num_format(made, "@");
  return made;
}

void fill(lxw_workbook* book) {
  auto* const sheet = workbook_add_worksheet(book, "درخواست‌ها");
  if (sheet == nullptr) throw std::runtime_error("a sheet cannot be added to the template");
  worksheet_right_to_left(sheet);
  auto* const heading = format(book);
  format_set_bold(heading);
  format_set_bg_color(heading, 0xe3eeee);
  format_set_border(heading, LXW_BORDER_THIN);
  auto* const text = format(book);
  auto* const example = format(book);
  format_set_font_color(example, 0x8a8a8a);
  format_set_italic(example);
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const auto column = static_cast<lxw_col_t>(i);
    check(worksheet_set_column(sheet, column, column, fields.at(i).width, text));
    check(worksheet_write_string(sheet, 0, column, std::string(sheets::heading_of(fields.at(i).column)).c_str(), heading));
    check(worksheet_write_string(sheet, 1, column, std::string(fields.at(i).example).c_str(), example));
    validate(sheet, column, fields.at(i));
  }
  // Two lines each.
  constexpr double height = 40;
  for (const lxw_row_t row : {0U, 1U}) check(worksheet_set_row(sheet, row, height, nullptr));
  worksheet_freeze_panes(sheet, 1, 0);
  worksheet_set_paper(sheet, 9);  // A4.
  worksheet_set_landscape(sheet);
  worksheet_fit_to_pages(sheet, 1, 0);
}

}  // namespace

void write_xlsx_template(const std::string& path, const std::string& scratch) {
  auto folder = scratch;
  lxw_workbook_options options{};
  options.tmpdir = folder.data();
  auto* const book = workbook_new_opt(path.c_str(), &options);
  if (book == nullptr) throw std::runtime_error("the template cannot be created");
  try {
    fill(book);
  } catch (...) {
    workbook_close(book);
    throw;
  }
  check(workbook_close(book));
}

void write_csv_template(const std::string& path) {
  const auto sink = csv_file(path);
  sink->begin({.kind = "import-template", .title = "درخواست‌ها", .lines = {}, .made_at = {}});
  reports::Table table{.key = "lines", .title = "درخواست‌ها", .columns = {}};
  std::vector<reports::Cell> example;
  for (const auto& field : fields) {
    table.columns.push_back({.key = "", .heading = std::string(sheets::heading_of(field.column))});
    example.emplace_back(std::string(field.example));
  }
  sink->begin_table(table);
  sink->row(example);
  sink->end_table();
  sink->end();
}

}  // namespace salam::paper
