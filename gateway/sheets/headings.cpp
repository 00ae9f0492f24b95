#include "gateway/sheets/headings.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <utility>

#include <unicode/uchar.h>

#include "gateway/domain/text.h"
#include "gateway/domain/utf8.h"
#include "gateway/sheets/rows.h"

namespace salam::sheets {
namespace {

struct Names {
  Column column;
  std::vector<std::string_view> names;  ///< The template's own first.
};

const std::vector<Names>& all_names() {
  static const std::vector<Names> names{
      {Column::form, {"شماره فرم", "شماره برگه", "شماره برگ", "شماره فرم کاغذی", "ش فرم", "فرم", "برگه", "form"}},
      {Column::item,
       {"شماره درخواست در برگه", "شماره درخواست در فرم", "شماره درخواست", "درخواست چندم", "ردیف در برگه", "ردیف در فرم", "ردیف درخواست",
        "item"}},
      {Column::kind, {"نوع", "نوع درخواست", "نوع پیام", "kind"}},
      {Column::category, {"دسته", "دسته بندی", "دسته درخواست", "طبقه بندی", "گروه", "category"}},
      {Column::subject, {"موضوع", "موضوع درخواست", "عنوان", "عنوان درخواست", "خلاصه", "خلاصه درخواست", "subject"}},
      {Column::description, {"شرح", "شرح درخواست", "متن", "متن درخواست", "شرح موضوع", "شرح و متن درخواست", "توضیح درخواست", "description"}},
      {Column::name,
       {"نام و نام خانوادگی", "نام", "نام شهروند", "نام متقاضی", "نام درخواست کننده", "نام خانوادگی و نام", "متقاضی", "درخواست کننده",
        "name"}},
      {Column::family_name, {"نام خانوادگی", "نام فامیل", "فامیلی", "فامیل"}},
      {Column::mobile,
       {"تلفن همراه", "شماره تلفن همراه", "شماره همراه", "همراه", "موبایل", "شماره موبایل", "تلفن", "شماره تلفن", "شماره تماس", "تلفن تماس",
        "mobile"}},
      {Column::national_id, {"کد ملی", "شماره ملی", "national_id"}},
      {Column::address, {"نشانی", "نشانی محل", "نشانی موضوع", "آدرس", "ادرس", "آدرس محل", "محل", "address"}},
      {Column::region, {"منطقه", "شماره منطقه", "منطقه شهرداری", "منطقه شهر", "region"}},
  };
  return names;
}

/// Bytes; what is longer is a text.
constexpr std::size_t longest_heading = 400;

/// What is compared of a heading: letters and digits of its matching form, without what stands in parentheses.
std::string key_of(std::string_view heading) {
  std::string key;
  if (heading.size() > longest_heading) return key;
  const auto form = matching_form(heading);
  int nested = 0;
  for (std::size_t i = 0; i < form.size();) {
    const auto begin = i;
    const auto c = next_code_point(form, i);
    if (c == '(') ++nested;
    if (nested == 0 && c >= 0 && u_isalnum(c) != 0) key += form.substr(begin, i - begin);
    if (c == ')' && nested > 0) --nested;
  }
  return key;
}

std::optional<Column> column_of(std::string_view heading) {
  static const auto columns = [] {
    std::map<std::string, Column> known;
    for (const auto& [column, names] : all_names()) {
      for (const auto name : names) known.emplace(key_of(name), column);
    }
    return known;
  }();
  const auto found = columns.find(key_of(heading));
  return found == columns.end() ? std::nullopt : std::optional(found->second);
}

bool numbers_rows(std::string_view heading) {
  static const std::set<std::string> names{key_of("ردیف"), key_of("شماره ردیف")};
  return names.contains(key_of(heading));
}

std::string quoted(std::string_view text) { return "«" + shortened(text, 60) + "»"; }

std::string listed(const std::vector<std::string>& texts) {
  std::string list;
  for (const auto& text : texts) list.append(list.empty() ? "" : "، ").append(quoted(text));
  return list;
}

std::size_t count_headings(const Row& row) {
  std::set<Column> columns;
  for (const auto& cell : row.cells) {
    if (const auto column = column_of(cell)) columns.insert(*column);
  }
  return columns.size();
}

/// The best of the first rows; their first where none has a heading.
std::size_t heading_row(std::span<const Row> rows) {
  std::size_t best = 0;
  std::size_t most = 0;
  for (std::size_t i = 0; i < std::min(rows.size(), rows_above); ++i) {
    const auto recognised = count_headings(rows[i]);
    if (recognised <= most) continue;
    most = recognised;
    best = i;
  }
  return best;
}

Error headings_error(const std::vector<std::string>& missing, const Row& heading) {
  std::vector<std::string> found;
  std::ranges::copy_if(heading.cells, std::back_inserter(found), [](const std::string& cell) { return !cell.empty(); });
  constexpr std::size_t shown = 20;
  if (found.size() > shown) found.resize(shown);
  return {"sheet_headings", "سرستون " + listed(missing) + " پیدا نشد. آنچه در سطر " + for_people(heading.line) + " آمده: " + listed(found) +
                                ". سرستون‌ها را مانند پروندهٔ نمونه بنویسید."};
}

/// `9.13E+09`: Excel has thrown digits away.
bool is_shortened_number(std::string_view text) {
  const auto exponent = text.find_first_of("Ee");
  if (exponent == std::string_view::npos || exponent == 0) return false;
  const auto all = [](std::string_view part, std::string_view allowed) {
    return !part.empty() && part.find_first_not_of(allowed) == std::string_view::npos;
  };
  return all(text.substr(0, exponent), "0123456789.") && text.substr(exponent + 1).starts_with('+') &&
         all(text.substr(exponent + 2), "0123456789");
}

bool holds_number(Column column) {
  return column == Column::form || column == Column::item || column == Column::mobile || column == Column::national_id;
}

std::string_view cell_of(const Row& row, std::size_t place) {
  return place < row.cells.size() ? std::string_view(row.cells[place]) : std::string_view{};
}

}  // namespace

std::string_view heading_of(Column column) { return all_names()[static_cast<std::size_t>(column)].names.front(); }

std::size_t most_headings(std::span<const Row> rows) { return rows.empty() ? 0 : count_headings(rows[heading_row(rows)]); }

Result<Table> Table::of(Sheet sheet, const Limits& limits) {
  if (sheet.rows.empty()) return Error{"sheet_empty", "در این پرونده هیچ سطری پر نشده است."};
  Table table;
  const auto heading = heading_row(sheet.rows);
  table.lines_.assign(std::make_move_iterator(sheet.rows.begin() + static_cast<std::ptrdiff_t>(heading) + 1),
                      std::make_move_iterator(sheet.rows.end()));
  table.recognise(sheet.rows[heading]);
  std::vector<std::string> missing;
  for (const auto column : required_columns) {
    if (!table.has(column)) missing.emplace_back(heading_of(column));
  }
  if (!missing.empty()) return headings_error(missing, sheet.rows[heading]);
  table.drop_lines();
  if (table.lines_.empty()) return Error{"sheet_empty", "زیر سرستون‌ها هیچ سطری پر نشده است."};
  if (table.lines_.size() > limits.rows) {
    return Error{"sheet_too_large",
                 "سطرها از " + for_people(limits.rows) +
                     " سطر بیشتر است؛ پرونده را در چند پروندهٔ کوچک‌تر بفرستید."};
  }
  return table;
}

void Table::drop_lines() {
  std::erase_if(lines_, [&](const Row& line) { return matching_form(text(line, Column::form)) == example_form; });
  const auto dropped = std::erase_if(lines_, [&](const Row& line) { return says_nothing(line); });
  if (dropped == 0) return;
  warnings_.push_back(
      for_people(dropped) +
      " سطر که در ستون‌های شناخته‌شده نوشته‌ای ندارد نادیده گرفته شد.");
}

bool Table::says_nothing(const Row& line) const {
  constexpr std::array telling{Column::form,        Column::category, Column::subject,     Column::description, Column::name,
                               Column::family_name, Column::mobile,   Column::national_id, Column::address};
  return std::ranges::none_of(telling, [&](Column column) {
    const auto place = places_[static_cast<std::size_t>(column)];
    return place &&
           (!normalise(cell_of(line, *place)).empty() || std::ranges::find(line.faults, *place, &Fault::column) != line.faults.end());
  });
}

void Table::recognise(const Row& heading) {
  headings_ = heading.cells;
  std::vector<std::string> unknown;
  std::optional<std::size_t> row_numbers;
  for (std::size_t i = 0; i < headings_.size(); ++i) {
    const auto column = column_of(headings_[i]);
    auto* const place = column ? &places_[static_cast<std::size_t>(*column)] : nullptr;
    if (place != nullptr && !*place) {
      *place = i;
    } else if (place != nullptr) {
      warnings_.push_back("ستون " + quoted(headings_[i]) + " نادیده گرفته شد: " + quoted(headings_[**place]) + " همان را دارد.");
    } else if (numbers_rows(headings_[i]) && !row_numbers) {
      row_numbers = i;
    } else if (!headings_[i].empty()) {
      unknown.push_back(headings_[i]);
    }
  }
  if (!unknown.empty())
    warnings_.push_back("این ستون‌ها شناخته نشد و نادیده گرفته شد: " + listed(unknown) + ".");
  if (row_numbers && !has(Column::item)) take_row_numbers(*row_numbers);
}

void Table::take_row_numbers(std::size_t place) {
  if (numbers_requests(place)) {
    places_[static_cast<std::size_t>(Column::item)] = place;
  } else {
    warnings_.push_back("ستون " + quoted(headings_[place]) + " شمارندهٔ سطرها دانسته و نادیده گرفته شد؛ برای چند درخواست یک برگه، ستون " +
                        quoted(heading_of(Column::item)) + " بگذارید.");
  }
}

bool Table::numbers_requests(std::size_t place) const {
  std::map<std::string, std::set<int>> by_form;
  for (const auto& line : lines_) {
    const auto text = latin_digits(normalise(cell_of(line, place)));
    int number = text.empty() ? 1 : 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    by_form[latin_digits(normalise(this->text(line, Column::form)))].insert(number);
  }
  return std::ranges::all_of(by_form, [](const auto& form) {
    const auto& numbers = form.second;
    return *numbers.begin() == 1 && *numbers.rbegin() == static_cast<int>(numbers.size());
  });
}

std::string_view Table::text(const Row& line, Column column) const {
  const auto place = places_[static_cast<std::size_t>(column)];
  return place ? cell_of(line, *place) : std::string_view{};
}

std::string Table::full_name(const Row& line) const {
  std::string name(text(line, Column::name));
  const auto family = text(line, Column::family_name);
  if (!name.empty() && !family.empty()) name += ' ';
  return name.append(family);
}

std::string Table::refusal(const Row& line) const {
  std::string why;
  const auto add = [&](Column column, std::string_view fault) {
    const auto& heading = headings_[*places_[static_cast<std::size_t>(column)]];
    why.append(why.empty() ? "" : " ").append(quoted(heading)).append(": ").append(fault).append(".");
  };
  for (const auto& [column, names] : all_names()) {
    const auto place = places_[static_cast<std::size_t>(column)];
    if (!place) continue;
    const auto fault = std::ranges::find(line.faults, *place, &Fault::column);
    if (fault != line.faults.end()) {
      add(column, fault->why);
    } else if (holds_number(column) && is_shortened_number(latin_digits(text(line, column)))) {
      add(column,
          "اکسل رقم‌های این شماره را کوتاه کرده است؛ ستون را «متن» (Text) کنید و شماره را دوباره بنویسید");
    }
  }
  return why;
}

}  // namespace salam::sheets
