#include <algorithm>
#include <array>
#include <functional>
#include <utility>

#include "gateway/domain/text.h"
#include "gateway/reports/reports.h"
#include "gateway/reports/request_table.h"

namespace salam::reports {
namespace {

constexpr int page = 100;

/// The newest first.
void for_each_meeting(store::Store& store, std::optional<Region> region, const std::function<bool(const store::MeetingRecord&)>& take) {
  for (std::int64_t after = 0;;) {
    const auto meetings = store.meetings(region, after, page);
    for (const auto& meeting : meetings) {
      if (!take(meeting)) return;
    }
    if (std::cmp_less(meetings.size(), page)) return;
    after = meetings.back().key;
  }
}

std::vector<Column> meeting_columns() {
  auto columns = tally_columns({"date", "تاریخ دیدار", 12});
  columns.insert(columns.begin() + 1, {{"region", "منطقه", 10}, {"mosque", "مسجد", 26}});
  columns.push_back({"missed_deadlines", "مهلت‌های گذشتهٔ آیین‌نامه", 14});
  return columns;
}

std::vector<Cell> meeting_row(const Basis& basis, const store::MeetingRecord& record, const Tally& tally) {
  auto cells = tally_row(record.meeting.date, tally);
  cells.insert(cells.begin() + 1, {choice_of(record.meeting.region), record.meeting.mosque});
  cells.emplace_back(std::ranges::count_if(
      record.deadlines, [&](const Deadline& deadline) { return state_of(deadline, basis.now) == DeadlineState::missed; }));
  return cells;
}

/// The promises made in that mosque before.
void promises(const Basis& basis, const Meeting& meeting, Sink& sink) {
  const auto mosque = matching_form(meeting.mosque);
  std::vector<std::string> earlier;
  for_each_meeting(basis.store, meeting.region, [&](const store::MeetingRecord& record) {
    if (record.meeting.date < meeting.date && matching_form(record.meeting.mosque) == mosque) earlier.push_back(record.meeting.id);
    return true;
  });
  const auto each = [&](const std::function<void(const Line&)>& take) {
    for (const auto& id : earlier) {
      for_each(basis, {.meeting = id}, [&take](const Line& line) {
        if (line.request().handling.assignment && line.standing != Standing::withdrawn) take(line);
      });
    }
  };
  std::array<std::int64_t, 5> counts{};
  each([&counts](const Line& line) { ++counts.at(static_cast<std::size_t>(promise_of(line))); });
  sink.figures("promises_kept", "وعده‌های پیشین در همین مسجد",
               std::vector<Figure>{{"kept", "انجام‌شده", counts[0]},
                                   {"kept_late", "با تأخیر انجام‌شده", counts[1]},
                                   {"time_left", "در مهلت", counts[2]},
                                   {"not_kept", "انجام‌نشده", counts[3]},
                                   {"cannot_be_done", "غیر قابل انجام", counts[4]}});
  RequestTable table(basis, sink, "promises", "وعده‌ها",
                     {About::meeting_date, About::form, About::code, About::category, About::unit, About::due, About::answered,
                      About::promise, About::name, About::subject, About::explanation});
  each([&table](const Line& line) { table.row(line); });
  table.end();
}

}  // namespace

void before(const Basis& basis, const store::MeetingRecord& record, Sink& sink) {
  const auto& meeting = record.meeting;
  Tally all;
  std::map<std::string, Tally> by_subject;
  for_each(basis, {.region = meeting.region, .before = meeting.date}, [&](const Line& line) {
    all.add(line.request(), line.standing);
    by_subject[category_of(basis, line.request())].add(line.request(), line.standing);
  });
  sink.begin({.kind = "before",
              .title = "گزارش پیش از دیدار",
              .lines = {words_for(meeting), "درخواست‌های پیشین «مردم سلام» در " + meeting.region.name() +
                                                " و سرنوشت آن‌ها"},
              .made_at = basis.now,
              .personal = basis.personal});
  sink.figures("totals", "درخواست‌های پیشین این منطقه", figures_of(all));
  promises(basis, meeting, sink);
  tallies("by_subject", "به تفکیک دسته", {"category", "دسته", 24}, by_subject, sink);
  sink.begin_table({.key = "earlier_meetings", .title = "دیدارهای پیشین منطقه", .columns = meeting_columns()});
  for_each_meeting(basis.store, meeting.region, [&](const store::MeetingRecord& earlier) {
    if (earlier.meeting.date < meeting.date) sink.row(meeting_row(basis, earlier, results_of(basis, earlier.meeting).all));
    return true;
  });
  sink.end_table();
  sink.end();
}

void regions(const Basis& basis, const Period& period, Sink& sink) {
  struct Share {
    Tally tally;
    std::int64_t meetings = 0;
    std::int64_t told = 0;
  };
  std::map<Region, Share> by_region;
  for (int number = 1; number <= Region::nazhvan_number; ++number) by_region.try_emplace(Region::from_number(number).value());
  Tally all;
  std::map<std::string, Tally> by_meeting;
  for_each(basis, {.from = period.from, .before = Date(std::chrono::sys_days(period.to) + std::chrono::days(1))}, [&](const Line& line) {
    auto& share = by_region.at(line.request().content.region);
    all.add(line.request(), line.standing);
    share.tally.add(line.request(), line.standing);
    share.told += line.request().told ? 1 : 0;
    by_meeting[line.request().form_item.meeting].add(line.request(), line.standing);
  });
  std::vector<store::MeetingRecord> meetings;
  for_each_meeting(basis.store, {}, [&](const store::MeetingRecord& record) {
    if (record.meeting.date >= period.from && record.meeting.date <= period.to) {
      ++by_region.at(record.meeting.region).meetings;
      meetings.push_back(record);
    }
    return record.meeting.date >= period.from;
  });
  sink.begin({.kind = "regions",
              .title = "همهٔ منطقه‌ها در یک نگاه",
              .lines = {"دیدارهای " + jalali_date(period.from) + " تا " + jalali_date(period.to)},
              .made_at = basis.now});
  sink.figures("totals", "درخواست‌ها", figures_of(all));
  auto columns = tally_columns({"region", "منطقه", 12});
  columns.insert(columns.begin() + 1, {"meetings", "دیدار", 8});
  columns.push_back({"told", "کد اعلام شد", 12});
  sink.begin_table({.key = "by_region", .title = "منطقه‌ها", .columns = std::move(columns), .charted = {3, 4, 5, 6, 7}});
  for (const auto& [region, share] : by_region) {
    auto cells = tally_row(choice_of(region), share.tally);
    cells.insert(cells.begin() + 1, share.meetings);
    cells.emplace_back(share.told);
    sink.row(cells);
  }
  sink.end_table();
  sink.begin_table({.key = "meetings", .title = "دیدارها", .columns = meeting_columns()});
  for (const auto& record : meetings) sink.row(meeting_row(basis, record, by_meeting[record.meeting.id]));
  sink.end_table();
  sink.end();
}

}  // namespace salam::reports
