#include <cstdlib>
#include <utility>

#include "gateway/domain/text.h"
#include "gateway/reports/missing_forms.h"
#include "gateway/reports/reports.h"
#include "gateway/reports/request_table.h"

namespace salam::reports {
namespace {

constexpr int page = 1'000;

std::vector<std::string> printed_forms(store::Store& store, const std::string& meeting) {
  std::vector<std::string> forms;
  for (std::int64_t after = 0;;) {
    const auto rows = store.printed_forms(meeting, after, page);
    for (const auto& row : rows) forms.push_back(row.form.form);
    if (std::cmp_less(rows.size(), page)) return forms;
    after = rows.back().id;
  }
}

bool is_told(const Line& line) { return line.request().told.has_value(); }

bool is_unregistered(const Line& line) {
  const auto state = line.request().registration.state;
  return state != RegistrationState::registered && state != RegistrationState::closed;
}

/// No text reaches its citizen: neither the code, where no slip told it, nor later the answer.
bool is_to_be_called(const Line& line) {
  const auto& request = line.request();
  const bool unreached = !request.content.citizen.mobile || request.attention.contains(AttentionReason::undelivered);
  return unreached && line.standing != Standing::withdrawn;
}

struct Evening {
  std::int64_t requests = 0;
  std::int64_t registered = 0;
  std::int64_t told = 0;
  std::int64_t to_be_called = 0;

  void count(const Line& line) {
    ++requests;
    registered += is_unregistered(line) ? 0 : 1;
    told += is_told(line) ? 1 : 0;
    to_be_called += is_to_be_called(line) ? 1 : 0;
  }
};

std::vector<Figure> figures_of(const Meeting& meeting, std::size_t printed, std::size_t typed, const Evening& evening) {
  std::vector<Figure> figures{{"printed", "برگه‌های چاپ‌شده", static_cast<std::int64_t>(printed)}};
  if (meeting.forms_distributed) figures.push_back({"distributed", "برگه‌های توزیع‌شده", *meeting.forms_distributed});
  if (meeting.forms_collected) figures.push_back({"collected", "برگه‌های جمع‌شده", *meeting.forms_collected});
  figures.insert(figures.end(), {{"typed", "برگه‌های تایپ‌شده", static_cast<std::int64_t>(typed)},
                                 {"requests", "درخواست‌ها", evening.requests},
                                 {"registered", "ثبت‌شده یا بسته‌شده", evening.registered},
                                 {"told", "کد به شهروند اعلام شد", evening.told},
                                 {"to_be_called", "باید تلفن شود", evening.to_be_called}});
  return figures;
}

/// What is missing in the evening's sums, in words.
std::vector<std::string> remarks(const Meeting& meeting, std::size_t typed) {
  if (!meeting.forms_collected)
    return {"شمار برگه‌های توزیع‌شده و جمع‌شده هنوز وارد نشده است."};
  const auto untyped = *meeting.forms_collected - static_cast<std::int64_t>(typed);
  if (untyped == 0) return {"همهٔ برگه‌های جمع‌شده تایپ شده‌اند."};
  const auto count = persian_digits(std::to_string(std::abs(untyped)));
  return {untyped > 0
              ? count + " برگهٔ جمع‌شده هنوز تایپ نشده است."
              : count + " برگه بیش از شمار جمع‌شده تایپ شده است؛ شمارش را بازبینی کنید."};
}

void missing(const std::vector<FormRange>& ranges, Sink& sink) {
  sink.begin_table({.key = "missing_forms",
                    .title = "شماره‌های بی‌درخواست",
                    .columns = {{"from", "از شماره", 14}, {"to", "تا شماره", 14}, {"forms", "تعداد برگه", 12}}});
  for (const auto& [from, to, forms] : ranges) sink.row(std::vector<Cell>{Digits{from}, Digits{to}, forms});
  sink.end_table();
}

}  // namespace

void close_out(const Basis& basis, const store::MeetingRecord& record, Sink& sink) {
  const auto& meeting = record.meeting;
  const store::ReportScope all{.meeting = meeting.id};
  const auto printed = printed_forms(basis.store, meeting.id);
  const auto typed = basis.store.typed_forms(meeting.id);
  Evening evening;
  for_each(basis, all, [&evening](const Line& line) { evening.count(line); });
  auto lines = remarks(meeting, typed.size());
  lines.insert(lines.begin(), words_for(meeting));
  sink.begin(
      {.kind = "close-out", .title = "برگهٔ پایان دیدار", .lines = std::move(lines), .made_at = basis.now, .personal = basis.personal});
  sink.figures("counts", "شمارش", figures_of(meeting, printed.size(), typed.size(), evening));
  missing(missing_forms(printed, typed), sink);
  RequestTable calls(
      basis, sink, "call_list", "فهرست تماس",
      {About::form, About::item, About::code, About::told, About::no_contact, About::name, About::mobile, About::address, About::subject});
  for_each(basis, all, [&calls](const Line& line) {
    if (is_to_be_called(line)) calls.row(line);
  });
  calls.end();
  RequestTable unregistered(basis, sink, "not_registered", "ثبت‌نشده‌ها",
                            {About::form, About::item, About::code, About::system, About::registration, About::subject});
  for_each(basis, all, [&unregistered](const Line& line) {
    if (is_unregistered(line)) unregistered.row(line);
  });
  unregistered.end();
  sink.end();
}

}  // namespace salam::reports
