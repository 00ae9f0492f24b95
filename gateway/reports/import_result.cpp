#include "gateway/reports/import_result.h"

#include <algorithm>
#include <numeric>

#include "gateway/domain/text.h"

namespace salam::reports {
namespace {

struct Names {
  std::string_view wire;
  std::string_view for_people;
  std::string_view in_dry_run;
};

constexpr std::array<Names, line_outcome_count> names{{
    {"accepted", "ثبت شد", "ثبت خواهد شد"},
    {"replayed", "پیش‌تر ثبت شده است", "پیش‌تر ثبت شده است"},
    {"conflict", "با آنچه ثبت شده فرق دارد", "با آنچه ثبت شده فرق دارد"},
    {"refused", "پذیرفته نشد", "پذیرفته نخواهد شد"},
    {"failed", "ذخیره نشد", "بررسی نشد"},
}};

constexpr int widest = 40;

/// As wide as their texts mostly are.
int width_of(std::string_view heading) { return std::clamp(static_cast<int>(length(heading)) + 6, 18, widest); }

}  // namespace

std::string_view to_string(LineOutcome outcome) { return names[static_cast<std::size_t>(outcome)].wire; }

std::optional<LineOutcome> parse_line_outcome(std::string_view text) {
  const auto* const found = std::ranges::find(names, text, &Names::wire);
  return found == names.end() ? std::nullopt : std::optional(static_cast<LineOutcome>(found - names.begin()));
}

std::string_view name_for_people(LineOutcome outcome, bool dry_run) {
  const auto& name = names[static_cast<std::size_t>(outcome)];
  return dry_run ? name.in_dry_run : name.for_people;
}

std::int64_t LineCounts::all() const { return std::accumulate(counts_.begin(), counts_.end(), std::int64_t{0}); }

ImportResult::ImportResult(Sink& sink, const About& about) : sink_(sink), columns_(about.headings.size()), dry_run_(about.dry_run) {
  sink_.begin({.kind = "import",
               .title = about.dry_run ? "نتیجهٔ بررسی آزمایشی پرونده" : "نتیجهٔ ورود پرونده",
               .lines = {"دیدار " + about.meeting},
               .made_at = about.made_at,
               .personal = true});
  for (const auto& warning : about.warnings) sink_.paragraph(warning);
  Table table{.key = "lines", .title = "سطرها", .columns = {}};
  for (std::size_t i = 0; i < columns_; ++i) {
    table.columns.push_back({.key = "column" + std::to_string(i + 1), .heading = about.headings[i], .width = width_of(about.headings[i])});
  }
  table.columns.insert(table.columns.end(), {{.key = "outcome", .heading = "نتیجه", .width = 24},
                                             {.key = "tracking_code", .heading = "کد پیگیری", .width = 16},
                                             {.key = "reason", .heading = "علت", .width = 50}});
  sink_.begin_table(table);
}

void ImportResult::line(std::span<const std::string> own, LineOutcome outcome, const std::string& code, const std::string& reason) {
  counts_.add(outcome);
  std::vector<Cell> cells(own.begin(), own.begin() + static_cast<std::ptrdiff_t>(std::min(own.size(), columns_)));
  cells.resize(columns_, std::string{});
  cells.insert(cells.end(),
               {Choice{.name = std::string(to_string(outcome)), .words = std::string(name_for_people(outcome, dry_run_))}, code, reason});
  sink_.row(cells);
}

void ImportResult::end() {
  sink_.end_table();
  std::vector<Figure> figures{{.key = "lines", .label = "همهٔ سطرها", .value = counts_.all()}};
  for (std::size_t i = 0; i < line_outcome_count; ++i) {
    const auto outcome = static_cast<LineOutcome>(i);
    figures.push_back(
        {.key = std::string(to_string(outcome)), .label = std::string(name_for_people(outcome, dry_run_)), .value = counts_.of(outcome)});
  }
  sink_.figures("totals", "شمار سطرها", figures);
  sink_.end();
}

}  // namespace salam::reports
