#include "gateway/paper/slide_chart.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <stdexcept>
#include <string_view>

#include <sys/mman.h>
#include <unistd.h>
#include <xlsxwriter.h>

namespace salam::paper {
namespace {

/// Whole numbers in Persian digits, wherever a chart or a cell says nothing else (ECMA-376 part 1, 18.8.31: numeral shape, language).
constexpr const char* persian_number = "[$-3000429]0";
constexpr const char* sheet = "Sheet1";

/// In the order in which they are drawn.
std::vector<pugi::xml_node> all_series(const pugi::xml_node& chart_space) {
  std::vector<pugi::xml_node> found;
  for (const auto& plot : chart_space.child("c:chart").child("c:plotArea").children()) {
    for (const auto& series : plot.children("c:ser")) found.push_back(series);
  }
  std::ranges::stable_sort(found, {}, [](const auto& series) { return series.child("c:order").attribute("val").as_int(); });
  return found;
}

std::string cells(char column, std::size_t first, std::size_t last) {
  const auto cell = [column](std::size_t row) { return std::string("$") + column + "$" + std::to_string(row); };
  return std::string(sheet) + "!" + cell(first) + (first == last ? "" : ":" + cell(last));
}

void set_cells(pugi::xml_node element, const char* reference, const char* cache, const std::string& where,
               const std::vector<std::string>& values) {
  element.remove_children();
  auto node = element.append_child(reference);
  node.append_child("c:f").text() = where.c_str();
  auto kept = node.append_child(cache);
  if (cache == std::string_view("c:numCache")) kept.append_child("c:formatCode").text() = persian_number;
  kept.append_child("c:ptCount").append_attribute("val") = values.size();
  for (std::size_t i = 0; i < values.size(); ++i) {
    auto point = kept.append_child("c:pt");
    point.append_attribute("idx") = i;
    point.append_child("c:v").text() = values[i].c_str();
  }
}

/// Formats of points that are no longer there.
void drop_points(pugi::xml_node parent, const char* name, std::size_t count) {
  for (auto point = parent.child(name); point;) {
    const auto next = point.next_sibling(name);
    if (point.child("c:idx").attribute("val").as_ullong() >= count) parent.remove_child(point);
    point = next;
  }
}

void fill_series(pugi::xml_node series, char column, const ChartData& data, const ChartData::Series& from) {
  const auto last = data.categories.size() + 1;
  auto title = series.child("c:tx");
  if (!title) title = series.insert_child_after("c:tx", series.child("c:order"));
  set_cells(title, "c:strRef", "c:strCache", cells(column, 1, 1), {from.name});
  auto categories = series.child("c:cat");
  if (!categories) categories = series.insert_child_before("c:cat", series.child("c:val"));
  set_cells(categories, "c:strRef", "c:strCache", cells('A', 2, last), data.categories);
  std::vector<std::string> values(from.values.size());
  std::ranges::transform(from.values, values.begin(), [](std::int64_t value) { return std::to_string(value); });
  set_cells(series.child("c:val"), "c:numRef", "c:numCache", cells(column, 2, last), values);
  drop_points(series, "c:dPt", data.categories.size());
  drop_points(series.child("c:dLbls"), "c:dLbl", data.categories.size());
}

void keep_slim(const pugi::xml_node& chart_space, std::size_t bars) {
  constexpr double full = 5;
  constexpr double widest_gap = 500;
  if (static_cast<double>(bars) >= full) return;
  for (const auto& plot : chart_space.child("c:chart").child("c:plotArea").children("c:barChart")) {
    auto gap = plot.child("c:gapWidth").attribute("val");
    const auto wide = full / static_cast<double>(bars) * (100 + gap.as_double()) - 100;
    gap = std::lround(std::min(wide, widest_gap));
  }
}

/// After what may stand before it (ECMA-376 part 1, 21.2.2.29).
void set_workbook(pugi::xml_node chart_space, const std::string& id) {
  chart_space.remove_child("c:externalData");
  auto before = chart_space.child("c:chart");
  for (const auto* const name : {"c:spPr", "c:txPr"}) {
    if (const auto found = chart_space.child(name)) before = found;
  }
  auto link = chart_space.insert_child_after("c:externalData", before);
  link.append_attribute("r:id") = id.c_str();
  link.append_child("c:autoUpdate").append_attribute("val") = "0";
}

/// A file in memory: the library writes into files alone.
class MemoryFile {
 public:
  MemoryFile() : descriptor_(memfd_create("workbook", MFD_CLOEXEC)) {
    if (descriptor_ < 0) throw std::runtime_error("no memory for a workbook");
  }
  ~MemoryFile() { close(descriptor_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }
  [[nodiscard]] std::string content() const {
    std::string bytes;
    std::array<char, 16 * 1024> chunk{};
    for (ssize_t count = 0; (count = pread(descriptor_, chunk.data(), chunk.size(), static_cast<off_t>(bytes.size()))) > 0;) {
      bytes.append(chunk.data(), static_cast<std::size_t>(count));
    }
    return bytes;
  }

 private:
  int descriptor_;
};

void write_table(lxw_workbook* workbook, const ChartData& data) {
  constexpr double column_width = 40;
  auto* const table = workbook_add_worksheet(workbook, sheet);
  auto* const number = workbook_add_format(workbook);
  format_set_num_format(number, persian_number);
  worksheet_right_to_left(table);
  worksheet_set_column(table, 0, 0, column_width, nullptr);
  lxw_row_t row = 0;
  for (const auto& category : data.categories) worksheet_write_string(table, ++row, 0, category.c_str(), nullptr);
  lxw_col_t column = 0;
  for (const auto& [name, values] : data.series) {
    worksheet_write_string(table, 0, ++column, name.c_str(), nullptr);
    row = 0;
    for (const auto value : values) worksheet_write_number(table, ++row, column, static_cast<double>(value), number);
  }
}

}  // namespace

std::size_t series_in(const pugi::xml_node& chart_space) {
  const auto found = all_series(chart_space);
  return static_cast<std::size_t>(
      std::ranges::count_if(found, [](const auto& series) { return series.child("c:val") && series.child("c:order"); }));
}

void fill_chart(pugi::xml_node chart_space, const ChartData& data, const std::string& workbook_id) {
  auto found = all_series(chart_space);
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (i < data.series.size()) {
      fill_series(found[i], static_cast<char>('B' + i), data, data.series[i]);
    } else {
      found[i].parent().remove_child(found[i]);
    }
  }
  keep_slim(chart_space, data.categories.size());
  set_workbook(chart_space, workbook_id);
}

std::string workbook_of(const ChartData& data, Timestamp made_at, const std::string& scratch) {
  const MemoryFile file;
  auto folder = scratch;
  lxw_workbook_options options{};
  options.tmpdir = folder.data();
  auto* workbook = workbook_new_opt(file.path().c_str(), &options);
  if (workbook == nullptr) throw std::runtime_error("no memory for a workbook");
  lxw_doc_properties properties{};
  properties.created = std::chrono::system_clock::to_time_t(made_at);
  workbook_set_properties(workbook, &properties);
  write_table(workbook, data);
  if (const auto result = workbook_close(workbook); result != LXW_NO_ERROR)
    throw std::runtime_error(std::string("a workbook cannot be written: ") + lxw_strerror(result));
  return file.content();
}

}  // namespace salam::paper
