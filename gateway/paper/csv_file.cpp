#include <utility>

#include "gateway/paper/cell_text.h"
#include "gateway/paper/report_files.h"
#include "gateway/paper/text_file.h"

namespace salam::paper {
namespace {

using namespace reports;

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

/// Spreadsheet programs would calculate it.
bool looks_like_a_formula(std::string_view text) {
  return !text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos;
}

std::string field(std::string_view text) {
  std::string field = looks_like_a_formula(text) ? "\"'" : "\"";
  for (const char c : text) field.append(c == '"' ? 2 : 1, c);
  return field + '"';
}

class CsvFile final : public Sink {
 public:
  CsvFile(const std::string& path, std::string table) : file_(path), wanted_(std::move(table)) {}

  void begin(const Heading&) override { file_ << byte_order_mark; }
  void paragraph(std::string_view) override {}
  void figures(const std::string&, const std::string&, std::span<const Figure>) override {}

  void begin_table(const Table& table) override {
    if (wanted_.empty()) wanted_ = table.key;
    seen_.append(seen_.empty() ? "" : ", ").append(table.key);
    writing_ = table.key == wanted_;
    found_ |= writing_;
    if (!writing_) return;
    for (std::size_t i = 0; i < table.columns.size(); ++i) file_ << (i == 0 ? "" : ",") << field(table.columns[i].heading);
    file_ << "\r\n";
  }

  void row(std::span<const Cell> cells) override {
    if (!writing_) return;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const auto* const number = std::get_if<std::int64_t>(&cells[i]);
      file_ << (i == 0 ? "" : ",") << (number != nullptr ? std::to_string(*number) : field(text_of(cells[i])));
    }
    file_ << "\r\n";
  }

  void end_table() override { writing_ = false; }
  void end() override {
    if (!found_) throw NoSuchTable(seen_);
    file_.close();
  }

 private:
  TextFile file_;
  std::string wanted_;
  std::string seen_;
  bool writing_ = false;
  bool found_ = false;
};

}  // namespace

std::unique_ptr<Sink> csv_file(const std::string& path, std::string table) { return std::make_unique<CsvFile>(path, std::move(table)); }

}  // namespace salam::paper
