#include "tests/stand_ins/demo/table.h"

#include <algorithm>
#include <iostream>

#include <sys/ioctl.h>
#include <unicode/uchar.h>
#include <unistd.h>

#include "tests/stand_ins/demo/characters.h"

namespace salam::stand_ins::demo {

namespace {

constexpr std::size_t subject_columns = 34;

std::size_t width_of(char32_t character) {
  auto code_point = static_cast<UChar32>(character);
  switch (u_charType(code_point)) {
    case U_NON_SPACING_MARK:
    case U_ENCLOSING_MARK:
    case U_FORMAT_CHAR:
    case U_CONTROL_CHAR:
      return 0;
    default:
      break;
  }
  auto width = u_getIntPropertyValue(code_point, UCHAR_EAST_ASIAN_WIDTH);
  return width == U_EA_WIDE || width == U_EA_FULLWIDTH ? 2 : 1;
}

std::string padded(std::string_view text, std::size_t columns) {
  auto fitted = shortened(text, columns);
  return fitted + std::string(columns - columns_of(fitted), ' ');
}

std::string route_of(const Row& row) {
  auto name = [](const std::string& system) { return system == "service_desk" ? std::string("desk") : system; };
  return row.system.empty() || row.system == row.routed_to ? name(row.routed_to) : name(row.routed_to) + " > " + name(row.system);
}

std::string reasons_of(const Row& row) {
  std::string reasons;
  for (const auto& reason : row.attention) reasons += (reasons.empty() ? "" : ", ") + reason;
  return reasons;
}

/// The Persian subject stands last, so that a terminal that turns right-to-left text around moves no other column.
std::string line_of(std::string_view form, std::string_view route, std::string_view state, std::string_view code, std::string_view progress,
                    std::string_view text, std::string_view attention, std::string_view subject) {
  return padded(form, 8) + padded(route, 12) + padded(state, 12) + padded(code, 12) + padded(progress, 13) + padded(text, 11) +
         padded(attention, 24) + shortened(subject, subject_columns);
}

std::string line_of(const Row& row) {
  return line_of(row.form, route_of(row), row.state, row.code.empty() ? "-" : row.code, row.progress.empty() ? "-" : row.progress,
                 row.message.empty() ? "-" : row.message, row.attention.empty() ? "-" : reasons_of(row), row.subject);
}

std::string heading() { return line_of("FORM", "ROUTE", "STATE", "CODE", "PROGRESS", "TEXT", "FOR A PERSON", "SUBJECT"); }

std::size_t terminal_height() {
  winsize size{};
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 8 ? size.ws_row : 24;
}

}  // namespace

std::size_t columns_of(std::string_view text) {
  std::size_t columns = 0;
  for (auto character : characters_of(text)) columns += width_of(character);
  return columns;
}

std::string shortened(std::string_view text, std::size_t columns) {
  if (columns_of(text) <= columns) return std::string(text);
  std::u32string fitting;
  std::size_t used = 0;
  for (auto character : characters_of(text)) {
    used += width_of(character);
    if (used >= columns) break;
    fitting += character;
  }
  return to_utf8(fitting) + "…";
}

Table::Table() : terminal_(isatty(STDOUT_FILENO) == 1) {}

void Table::show(const std::vector<Row>& rows, std::string_view doing) {
  if (terminal_) return redraw(rows, doing);
  if (told_of_.empty() && std::ranges::any_of(rows, &Row::done)) std::cout << heading() << '\n';
  for (const auto& row : rows) {
    if (row.done() && told_of_.insert(row.id).second) std::cout << line_of(row) << '\n';
  }
  std::cout << std::flush;
}

void Table::redraw(const std::vector<Row>& rows, std::string_view doing) {
  auto height = terminal_height();
  std::vector<const Row*> shown;
  for (const auto& row : rows) shown.push_back(&row);
  std::ranges::stable_partition(shown, [](const Row* row) { return row->done(); });
  auto room = height - 4;
  if (shown.size() > room) shown.erase(shown.begin(), shown.end() - static_cast<std::ptrdiff_t>(room));
  std::string screen;
  if (drawn_ > 0) screen += "\x1b[" + std::to_string(drawn_) + "A";
  screen += "\r\x1b[J\x1b[1m" + heading() + "\x1b[0m\n";
  for (const auto* row : shown) screen += line_of(*row) + '\n';
  screen += std::string(doing) + '\n';
  drawn_ = shown.size() + 2;
  std::cout << screen << std::flush;
}

void Table::finish(const std::vector<Row>& rows) {
  if (!terminal_) return show(rows, "");
  if (drawn_ > 0) std::cout << "\x1b[" << drawn_ << "A\r\x1b[J";
  std::cout << heading() << '\n';
  for (const auto& row : rows) std::cout << line_of(row) << '\n';
  std::cout << std::flush;
}

}  // namespace salam::stand_ins::demo
