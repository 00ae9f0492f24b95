#include <algorithm>
#include <array>

#include "gateway/domain/text.h"
#include "gateway/reports/reports.h"
#include "gateway/reports/request_table.h"

namespace salam::reports {
namespace {

constexpr std::array standings_without_answer{Standing::waiting, Standing::overdue};

bool is_open(const Line& line) { return std::ranges::find(standings_without_answer, line.standing) != standings_without_answer.end(); }

void begin(const Basis& basis, const Meeting& meeting, std::string kind, std::string title, Sink& sink) {
  sink.begin({.kind = std::move(kind),
              .title = std::move(title),
              .lines = {words_for(meeting)},
              .made_at = basis.now,
              .personal = basis.personal});
}

std::string_view name_for_people(DeadlineState state) {
  switch (state) {
    case DeadlineState::open:
      return "باز";
    case DeadlineState::met:
      return "انجام شد";
    case DeadlineState::missed:
      break;
  }
  return "مهلت گذشته";
}

void deadlines(const Basis& basis, const store::MeetingRecord& record, Sink& sink) {
  sink.begin_table(
      {.key = "deadlines",
       .title = "مهلت‌های آیین‌نامه",
       .columns = {
           {"step", "کار", 40}, {"responsible", "مسئول", 24}, {"due", "مهلت", 12}, {"state", "وضعیت", 12}, {"met", "تاریخ انجام", 12}}});
  for (const auto& deadline : record.deadlines) {
    const auto state = state_of(deadline, basis.now);
    std::vector<Cell> cells{Choice{std::string(to_string(deadline.step)), std::string(salam::name_for_people(deadline.step))},
                            std::string(responsible_for(deadline.step)), tehran_date(deadline.due),
                            Choice{std::string(to_string(state)), std::string(name_for_people(state))}, std::monostate{}};
    if (deadline.met) cells.back() = tehran_date(deadline.met->at);
    sink.row(cells);
  }
  sink.end_table();
}

void registered(const Results& results, Sink& sink) {
  sink.figures("registration", "ثبت و اطلاع‌رسانی",
               std::vector<Figure>{{"registered_137", "ثبت در سامانه ۱۳۷", results.registered137},
                                   {"registered_service_desk", "ثبت در میز خدمت", results.registered_desk},
                                   {"told", "کد به شهروند اعلام شد", results.told}});
}

/// By unit, so that each finds its own together.
void open_cases(const Basis& basis, const Meeting& meeting, Sink& sink) {
  RequestTable table(basis, sink, "open", "درخواست‌های باز به تفکیک واحد",
                     {About::unit, About::form, About::item, About::code, About::category, About::due, About::progress, About::standing,
                      About::name, About::mobile, About::subject});
  for_each(basis, {.meeting = meeting.id, .by_unit = true}, [&](const Line& line) {
    if (is_open(line)) table.row(line);
  });
  table.end();
}

std::string one_below_the_other(const std::vector<std::string>& names) {
  std::string lines;
  for (const auto& name : names) lines.append(lines.empty() ? "" : "\n").append(name);
  return lines;
}

}  // namespace

void week(const Basis& basis, const store::MeetingRecord& record, Sink& sink) {
  const auto& meeting = record.meeting;
  const auto count = static_cast<std::int64_t>(basis.store.report_keys({.meeting = meeting.id}).size());
  begin(basis, meeting, "week", "جدول یک‌هفته‌ای درخواست‌ها", sink);
  for (const auto& paragraph :
       basis.settings.letter.paragraphs({.addressees = one_below_the_other(meeting.addressees.value_or(std::vector<std::string>{})),
       .mosque = meeting.mosque,
       .region = meeting.region.name(),
       .date = jalali_date(meeting.date),
       .requests = persian_digits(std::to_string(count)),
       .manager = meeting.manager.value_or("")})) {
    sink.paragraph(paragraph);
  }
  RequestTable table(
      basis, sink, "requests", "جدول درخواست‌ها",
      {About::form, About::item, About::code, About::system, About::system_code, About::kind, About::category, About::unit, About::due,
       About::standing, About::name, About::mobile, About::subject, About::description, About::address, About::explanation, About::answer});
  for_each(basis, {.meeting = meeting.id}, [&table](const Line& line) { table.row(line); });
  table.end();
  sink.end();
}

void progress(const Basis& basis, const store::MeetingRecord& record, Sink& sink) {
  const auto counted = results_of(basis, record.meeting);
  begin(basis, record.meeting, "progress", "گزارش پیشرفت یک‌ماهه", sink);
  sink.figures("totals", "درخواست‌ها", figures_of(counted.all));
  registered(counted, sink);
  deadlines(basis, record, sink);
  tallies("by_unit", "به تفکیک واحد", {"unit", "واحد مسئول", 30}, counted.by_unit, sink);
  RequestTable table(basis, sink, "requests", "پیشرفت هر درخواست",
                     {About::form, About::item, About::code, About::category, About::unit, About::due, About::progress, About::standing,
                      About::answered, About::name, About::mobile, About::subject, About::answer});
  for_each(basis, {.meeting = record.meeting.id}, [&table](const Line& line) { table.row(line); });
  table.end();
  sink.end();
}

void results(const Basis& basis, const store::MeetingRecord& record, Sink& sink) {
  const auto counted = results_of(basis, record.meeting);
  begin(basis, record.meeting, "results", "نتایج سه‌ماهه", sink);
  sink.figures("totals", "درخواست‌ها", figures_of(counted.all));
  registered(counted, sink);
  tallies("by_subject", "به تفکیک دسته", {"category", "دسته", 24}, counted.by_subject, sink);
  tallies("by_unit", "به تفکیک واحد", {"unit", "واحد مسئول", 30}, counted.by_unit, sink);
  deadlines(basis, record, sink);
  open_cases(basis, record.meeting, sink);
  sink.end();
}

}  // namespace salam::reports
