#include "gateway/app/import_command.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include <spdlog/fmt/fmt.h>

#include "adapters/http_client/client.h"
#include "gateway/app/command_support.h"
#include "gateway/app/core_thread.h"
#include "gateway/domain/text.h"
#include "gateway/paper/report_files.h"
#include "gateway/reports/import_result.h"
#include "gateway/sheets/headings.h"

namespace salam::app {
namespace {

using reports::LineOutcome;
using sheets::Column;

constexpr std::size_t lines_of_a_part = 200;
constexpr int most_tries = 5;
constexpr std::chrono::seconds between_tries{2};
constexpr int most_shown = 30;
constexpr const char* not_sent = "فرستاده نشد.";

struct Line {
  LineOutcome outcome = LineOutcome::failed;
  std::string code;
  std::string reason = not_sent;
};

std::string for_people(std::int64_t number) { return persian_digits(std::to_string(number)); }

bool ends_with(const std::string& path, std::string_view ending) { return matching_form(path).ends_with(ending); }

/// Which file the result goes to is settled before anything is sent.
Result<void> check_out(const std::string& out) {
  if (out.empty()) return {};
  if (!ends_with(out, ".csv") && !ends_with(out, ".xlsx"))
    return Error{"out_invalid", "--out: نام پروندهٔ نتیجه باید به ‎.xlsx‎ یا ‎.csv‎ پایان یابد."};
  if (!std::ofstream(out, std::ios::app)) return Error{"unwritable", "--out: «" + out + "» نوشتنی نیست."};
  return {};
}

Result<sheets::Table> table_of(const ImportOrder& order) {
  std::ifstream file(order.file, std::ios::binary);
  std::error_code error;
  const auto size = std::filesystem::file_size(order.file, error);
  if (!file || error) return Error{"unreadable", "«" + order.file + "» خواندنی نیست."};
  std::string bytes(std::min<std::uintmax_t>(size, sheets::Limits{}.bytes + 1), '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  auto sheet = sheets::read(bytes, {.sheet = order.sheet});
  if (!sheet) return std::move(sheet).error();
  return sheets::Table::of(std::move(*sheet));
}

/// Sends the lines of one sheet and keeps what is answered.
class Sending {
 public:
  Sending(const ApiClient& api, const ImportOrder& order, const sheets::Table& table)
      : api_(api), order_(order), table_(table), lines_(table.lines().size()) {
    for (std::size_t i = 0; i < sheets::column_count; ++i) {
      if (table.has(static_cast<Column>(i))) columns_.push_back(static_cast<Column>(i));
    }
  }

  /// A dry run sees all lines at once: one may repeat another.
  Result<void> run() {
    const auto at_once = order_.dry_run ? table_.lines().size() : lines_of_a_part;
    for (std::size_t begin = 0; begin < table_.lines().size(); begin += at_once) {
      const auto end = std::min(begin + at_once, table_.lines().size());
      if (auto sent = send(begin, end); !sent) return sent;
      fmt::print(stderr, "{} از {} سطر\n", for_people(static_cast<std::int64_t>(end)),
                 for_people(static_cast<std::int64_t>(table_.lines().size())));
    }
    return {};
  }

  [[nodiscard]] const std::vector<Line>& lines() const { return lines_; }

 private:
  Result<void> send(std::size_t begin, std::size_t end) {
    std::vector<std::size_t> sent;
    std::string body = heading_line();
    std::size_t next_line = 2;
    for (auto i = begin; i < end; ++i) {
      const auto& line = table_.lines()[i];
      if (auto refusal = table_.refusal(line); !refusal.empty()) {
        lines_[i] = {.outcome = LineOutcome::refused, .code = {}, .reason = std::move(refusal)};
      } else {
        // Empty lines, so that the gateway counts as the officer does.
        for (; next_line < line.line; ++next_line) body += "\r\n";
        body += part_line(line);
        ++next_line;
        sent.push_back(i);
      }
    }
    if (sent.empty()) return {};
    const auto answer = post(body);
    return answer ? keep(*answer, sent) : Result<void>(answer.error());
  }

  /// Sending again harms nothing: what is in is answered as such.
  Result<json::Document> post(const std::string& body) {
    const auto target =
        fmt::format("/v1/meetings/{}/import{}", http_client::percent_encoded(order_.meeting), order_.dry_run ? "?dry_run=true" : "");
    auto answer = api_.post_csv(target, body);
    for (int tries = 1; !answer && may_pass(answer.error()) && tries < most_tries; ++tries) {
      std::this_thread::sleep_for(between_tries);
      answer = api_.post_csv(target, body);
    }
    reached_ |= answer.ok();
    return answer;
  }

  [[nodiscard]] bool may_pass(const Error& error) const {
    constexpr std::array passing{"overloaded", "rate_limited", "timed_out", "shutting_down", "storage_unavailable"};
    return std::ranges::find(passing, error.code) != passing.end() || (reached_ && error.code == "unreachable");
  }

  Result<void> keep(const json::Document& answer, const std::vector<std::size_t>& sent) {
    const auto* const lines = json::member(answer, "lines");
    if (lines == nullptr || !lines->IsArray() || lines->Size() != sent.size()) return Error{"unreadable", "this is not the gateway's API"};
    for (rapidjson::SizeType i = 0; i < lines->Size(); ++i) {
      const auto& line = (*lines)[i];
      const auto outcome = reports::parse_line_outcome(json::string_at(line, "outcome").value_or(""));
      if (!outcome) return Error{"unreadable", "this is not the gateway's API"};
      lines_[sent[i]] = {.outcome = *outcome,
                         .code = json::string_at(line, "tracking_code_for_people").value_or(""),
                         .reason = json::string_at(line, "reason").value_or("")};
    }
    return {};
  }

  [[nodiscard]] std::string heading_line() const {
    std::vector<std::string> headings;
    headings.reserve(columns_.size());
    for (const auto column : columns_) headings.emplace_back(sheets::heading_of(column));
    return sheets::csv_line(headings);
  }

  [[nodiscard]] std::string part_line(const sheets::Row& line) const {
    std::vector<std::string> cells;
    cells.reserve(columns_.size());
    for (const auto column : columns_) cells.emplace_back(table_.text(line, column));
    return sheets::csv_line(cells);
  }

  const ApiClient& api_;
  const ImportOrder& order_;
  const sheets::Table& table_;
  std::vector<Column> columns_;
  std::vector<Line> lines_;
  bool reached_ = false;
};

Result<void> write_out(const ImportOrder& order, const sheets::Table& table, const std::vector<Line>& lines) {
  const auto folder = std::filesystem::path(order.out).parent_path();
  try {
    const auto sink =
        ends_with(order.out, ".csv") ? paper::csv_file(order.out) : paper::sheet_file(order.out, folder.empty() ? "." : folder.string());
    reports::ImportResult result(*sink, {.meeting = order.meeting,
                                         .dry_run = order.dry_run,
                                         .made_at = SystemClock().now(),
                                         .warnings = table.warnings(),
                                         .headings = table.headings()});
    for (std::size_t i = 0; i < lines.size(); ++i) result.line(table.lines()[i].cells, lines[i].outcome, lines[i].code, lines[i].reason);
    result.end();
  } catch (const std::exception& error) {
    return Error{"unwritable", "--out: «" + order.out + "» نوشته نشد: " + error.what()};
  }
  return {};
}

bool is_in(LineOutcome outcome) { return outcome == LineOutcome::accepted || outcome == LineOutcome::replayed; }

void print_lines(const sheets::Table& table, const std::vector<Line>& lines) {
  int shown = 0;
  for (std::size_t i = 0; i < lines.size() && shown < most_shown; ++i) {
    if (is_in(lines[i].outcome) || lines[i].reason == not_sent) continue;
    fmt::print("سطر {}: {}\n", for_people(static_cast<std::int64_t>(table.lines()[i].line)), lines[i].reason);
    ++shown;
  }
  if (shown == most_shown) fmt::print("… همه را با --out در پروندهٔ نتیجه ببینید.\n");
}

/// Whether every line is in.
bool print_totals(const std::vector<Line>& lines, bool dry_run) {
  reports::LineCounts counts;
  for (const auto& line : lines) counts.add(line.outcome);
  fmt::print("سطرها: {}\n", for_people(counts.all()));
  for (std::size_t i = 0; i < reports::line_outcome_count; ++i) {
    const auto outcome = static_cast<LineOutcome>(i);
    if (counts.of(outcome) > 0) fmt::print("{}: {}\n", reports::name_for_people(outcome, dry_run), for_people(counts.of(outcome)));
  }
  return counts.of(LineOutcome::accepted) + counts.of(LineOutcome::replayed) == counts.all();
}

}  // namespace

int import_file(const ApiAccess& access, const ImportOrder& order) {
  if (const auto out = check_out(order.out); !out) return fail(out.error());
  const auto table = table_of(order);
  if (!table) return fail(table.error());
  const auto api = ApiClient::open(access);
  if (!api) return fail(api.error());
  for (const auto& warning : table->warnings()) fmt::print(stderr, "{}\n", warning);
  Sending sending(*api, order, *table);
  const auto sent = sending.run();
  print_lines(*table, sending.lines());
  const bool all_in = print_totals(sending.lines(), order.dry_run);
  if (!order.out.empty()) {
    if (const auto written = write_out(order, *table, sending.lines()); !written) return fail(written.error());
    fmt::print("نتیجهٔ هر سطر: {}\n", order.out);
  }
  if (!sent) {
    fmt::print(
        stderr,
        "کار ناتمام ماند؛ همین فرمان را دوباره اجرا کنید، آنچه ثبت شده دوباره ثبت نمی‌شود.\n");
    return fail(sent.error());
  }
  return all_in ? 0 : exit_code::failed;
}

}  // namespace salam::app
