#include "gateway/reports/basis.h"

#include <algorithm>
#include <span>

namespace salam::reports {
namespace {

constexpr std::size_t page = 200;

}  // namespace

void for_each(const Basis& basis, const store::ReportScope& scope, const std::function<void(const Line&)>& take) {
  const auto keys = basis.store.report_keys(scope);
  for (std::span<const RequestKey> rest = keys; !rest.empty(); rest = rest.subspan(std::min(page, rest.size()))) {
    for (const auto& record : basis.store.records(rest.first(std::min(page, rest.size())))) {
      const auto due = lifecycle::answer_due(record.request, basis.policy);
      take({.record = record, .due = due, .standing = standing_of(record.request, due, basis.now)});
    }
  }
}

std::string category_of(const Basis& basis, const Request& request) {
  const auto& category = request.content.category;
  const auto found = basis.settings.categories.find(category);
  if (found != basis.settings.categories.end()) return found->second;
  return category.empty() ? "بدون دسته" : category;
}

std::string unit_of(const Request& request) {
  const auto& assignment = request.handling.assignment;
  return assignment && !assignment->unit.empty() ? assignment->unit : "تعیین نشده";
}

std::string words_for(const Meeting& meeting) {
  return "دیدار " + jalali_date(meeting.date) + "، " + meeting.mosque + "، " + meeting.region.name();
}

Results results_of(const Basis& basis, const Meeting& meeting) {
  Results results{.meeting = meeting, .made_at = basis.now, .all = {}};
  for_each(basis, {.meeting = meeting.id}, [&](const Line& line) {
    const auto& request = line.request();
    for (auto* tally : {&results.all, &results.by_subject[category_of(basis, request)], &results.by_unit[unit_of(request)]}) {
      tally->add(request, line.standing);
    }
    results.told += request.told ? 1 : 0;
    if (request.registration.state != RegistrationState::registered) return;
    ++(request.registration.system == System::system137 ? results.registered137 : results.registered_desk);
  });
  return results;
}

std::vector<Figure> figures_of(const Tally& tally) {
  return {{"all", "همهٔ درخواست‌ها", tally.all},
          {"answered_in_time", "پاسخ در مهلت", tally.answered_in_time},
          {"answered_late", "پاسخ دیرتر از مهلت", tally.answered_late},
          {"waiting", "در مهلت، بی‌پاسخ", tally.waiting},
          {"overdue", "مهلت گذشته، بی‌پاسخ", tally.overdue},
          {"withdrawn", "پس‌گرفته یا تکراری", tally.withdrawn},
          {"cannot_be_done", "از پاسخ‌ها: غیر قابل انجام", tally.cannot_be_done}};
}

std::vector<Column> tally_columns(Column first) {
  return {std::move(first),
          {"all", "همه", 8},
          {"answered_in_time", "پاسخ در مهلت", 12},
          {"answered_late", "پاسخ دیرتر", 12},
          {"waiting", "در مهلت", 10},
          {"overdue", "مهلت گذشته", 11},
          {"withdrawn", "پس‌گرفته یا تکراری", 12}};
}

std::vector<Cell> tally_row(Cell first, const Tally& tally) {
  return {std::move(first), tally.all, tally.answered_in_time, tally.answered_late, tally.waiting, tally.overdue, tally.withdrawn};
}

void tallies(std::string key, std::string title, Column first, const std::map<std::string, Tally>& tallies, Sink& sink) {
  sink.begin_table(
      {.key = std::move(key), .title = std::move(title), .columns = tally_columns(std::move(first)), .charted = {2, 3, 4, 5, 6}});
  for (const auto& [name, tally] : tallies) sink.row(tally_row(name, tally));
  sink.end_table();
}

Choice choice_of(Region region) { return {region.wire(), region.name()}; }

}  // namespace salam::reports
