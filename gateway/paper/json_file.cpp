#include <string>
#include <type_traits>

#include "gateway/json/writer.h"
#include "gateway/paper/report_files.h"
#include "gateway/paper/text_file.h"

namespace salam::paper {
namespace {

using namespace reports;

void write(json::Writer& writer, const Cell& cell) {
  std::visit(
      [&writer](const auto& value) {
        using Value = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<Value, std::monostate>) {
          writer.null();
        } else if constexpr (std::is_same_v<Value, std::string>) {
          writer.string(value);
        } else if constexpr (std::is_same_v<Value, Date>) {
          writer.string(to_string(value));
        } else if constexpr (std::is_same_v<Value, Digits>) {
          writer.string(value.latin);
        } else if constexpr (std::is_same_v<Value, Choice>) {
          writer.string(value.name);
        } else if constexpr (std::is_same_v<Value, TrackingCode>) {
          writer.string(value.digits());
        } else {
          writer.integer(value);
        }
      },
      cell);
}

class JsonFile final : public Sink {
 public:
  explicit JsonFile(const std::string& path) : file_(path) {}

  void begin(const Heading& heading) override {
    json::Writer writer;
    writer.begin_object().member("report", heading.kind).member("title", heading.title).key("lines").begin_array();
    for (const auto& line : heading.lines) writer.string(line);
    writer.end_array().member("made_at", to_rfc3339(heading.made_at)).member("made_at_jalali", jalali_date_time(heading.made_at));
    auto members = writer.member("personal_data", heading.personal).end_object().take();
    members.pop_back();
    file_ << members;
  }

  void paragraph(std::string_view) override {}

  void figures(const std::string& key, const std::string&, std::span<const Figure> figures) override {
    json::Writer writer;
    writer.begin_object();
    for (const auto& figure : figures) writer.member(figure.key, figure.value);
    file_ << ",\"" << key << "\":" << writer.end_object().take();
  }

  void begin_table(const Table& table) override {
    table_ = table;
    first_ = true;
    file_ << ",\"" << table.key << "\":[";
  }

  void row(std::span<const Cell> cells) override {
    json::Writer writer;
    writer.begin_object();
    for (std::size_t i = 0; i < cells.size(); ++i) write(writer.key(table_.columns.at(i).key), cells[i]);
    file_ << (first_ ? "\n" : ",\n") << writer.end_object().take();
    first_ = false;
  }

  void end_table() override { file_ << "]"; }

  void end() override {
    file_ << "}\n";
    file_.close();
  }

 private:
  TextFile file_;
  Table table_;
  bool first_ = true;
};

}  // namespace

std::unique_ptr<Sink> json_file(const std::string& path) { return std::make_unique<JsonFile>(path); }

}  // namespace salam::paper
