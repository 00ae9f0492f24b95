#include "gateway/reports/request_table.h"

#include <algorithm>
#include <array>

namespace salam::reports {
namespace {

struct Words {
  About about;
  std::string_view key;
  std::string_view heading;
  int width;
};
constexpr std::array<Words, 25> words{{{About::form, "form", "برگه", 9},
                                       {About::item, "item", "ردیف", 9},
                                       {About::code, "tracking_code", "کد پیگیری", 20},
                                       {About::meeting_date, "meeting_date", "تاریخ دیدار", 16},
                                       {About::system, "system", "سامانه", 16},
                                       {About::system_code, "system_code", "کد سامانه", 18},
                                       {About::kind, "kind", "نوع", 12},
                                       {About::category, "category", "دسته", 16},
                                       {About::region, "region", "منطقه", 10},
                                       {About::unit, "unit", "واحد مسئول", 20},
                                       {About::due, "due", "مهلت پاسخ", 16},
                                       {About::progress, "progress", "پیشرفت", 14},
                                       {About::standing, "standing", "وضعیت", 16},
                                       {About::answered, "answered", "تاریخ پاسخ", 16},
                                       {About::registration, "registration", "وضعیت ثبت", 16},
                                       {About::told, "told", "اعلام کد", 14},
                                       {About::no_contact, "no_contact", "چرا پیامک نرسید", 24},
                                       {About::promise, "promise", "نتیجهٔ وعده", 18},
                                       {About::name, "name", "نام", 18},
                                       {About::mobile, "mobile", "تلفن", 19},
                                       {About::subject, "subject", "عنوان", 24},
                                       {About::description, "description", "شرح", 50},
                                       {About::address, "address", "نشانی", 28},
                                       {About::explanation, "explanation", "تشریح کارگروه", 36},
                                       {About::answer, "answer", "پاسخ", 36}}};
static_assert(std::ranges::equal(
                  words, words, {}, [](const Words& one) { return static_cast<int>(one.about); },
                  [n = 0](const Words&) mutable { return n++; }),
              "in the order of the enumeration");

std::string text(std::string_view words) { return std::string(words); }

Choice choice_of(Promise promise) {
  switch (promise) {
    case Promise::kept:
      return {"kept", "انجام شد"};
    case Promise::kept_late:
      return {"kept_late", "با تأخیر انجام شد"};
    case Promise::time_left:
      return {"time_left", "در مهلت"};
    case Promise::not_kept:
      return {"not_kept", "انجام نشد"};
    case Promise::cannot_be_done:
      break;
  }
  return {"cannot_be_done", "غیر قابل انجام"};
}

template <class Enum>
Choice choice_of(Enum value) {
  return {text(to_string(value)), text(name_for_people(value))};
}

Cell told_by(const std::optional<Told>& told) {
  if (!told) return std::monostate{};
  switch (told->by) {
    case ToldBy::slip:
      return Choice{"slip", "برگهٔ رسید"};
    case ToldBy::person:
      return Choice{"person", "حضوری یا تلفنی"};
    case ToldBy::sms:
      break;
  }
  return Choice{"sms", "پیامک"};
}

Choice why_not_texted(const Citizen& citizen) {
  if (citizen.mobile) return {"undelivered", "پیامک نرسید"};
  return citizen.mobile_as_written.reveal().empty() ? Choice{"no_number", "شماره ندارد"} : Choice{"number_unusable", "شماره درست نیست"};
}

Cell registered_code(const Request& request) {
  if (request.registration.code.empty()) return std::monostate{};
  return Digits{request.registration.code};
}

/// As Iranians write it, for whoever dials it; what was written where it is no mobile number.
Digits dialled(const Citizen& citizen) {
  constexpr std::size_t country = 3;
  return {citizen.mobile ? "0" + citizen.mobile->reveal().substr(country) : citizen.mobile_as_written.reveal()};
}

Cell answered_day(const Request& request) {
  const auto at = answered_at(request);
  return at ? Cell(tehran_date(*at)) : std::monostate{};
}

Cell cell_of(const Basis& basis, const Line& line, About about) {
  const auto& request = line.request();
  const auto& [content, handling] = std::tie(request.content, request.handling);
  switch (about) {
    case About::form:
      return Digits{request.form_item.form};
    case About::item:
      return std::int64_t{request.form_item.item};
    case About::code:
      return request.code;
    case About::meeting_date:
      return request.meeting_date;
    case About::system:
      return choice_of(request.registration.system);
    case About::system_code:
      return registered_code(request);
    case About::kind:
      return choice_of(content.kind);
    case About::category:
      return Choice{content.category, category_of(basis, request)};
    case About::region:
      return reports::choice_of(content.region);
    case About::unit:
      return unit_of(request);
    case About::due:
      return tehran_date(line.due);
    case About::progress:
      return choice_of(request.follow_up.progress);
    case About::standing:
      return choice_of(line.standing);
    case About::answered:
      return answered_day(request);
    case About::registration:
      return choice_of(request.registration.state);
    case About::told:
      return told_by(request.told);
    case About::no_contact:
      return why_not_texted(content.citizen);
    case About::promise:
      return choice_of(promise_of(line));
    case About::name:
      return content.citizen.name.reveal();
    case About::mobile:
      return dialled(content.citizen);
    case About::subject:
      return content.subject.reveal();
    case About::description:
      return content.description.reveal();
    case About::address:
      return content.address.reveal();
    case About::explanation:
      return handling.assignment ? handling.assignment->explanation.reveal() : "";
    case About::answer:
      break;
  }
  return handling.answer ? handling.answer->text.reveal() : "";
}

}  // namespace

Promise promise_of(const Line& line) {
  if (line.request().follow_up.progress == Progress::cannot_be_done) return Promise::cannot_be_done;
  switch (line.standing) {
    case Standing::answered_in_time:
      return Promise::kept;
    case Standing::answered_late:
      return Promise::kept_late;
    case Standing::waiting:
      return Promise::time_left;
    case Standing::overdue:
    case Standing::withdrawn:
      break;
  }
  return Promise::not_kept;
}

RequestTable::RequestTable(const Basis& basis, Sink& sink, std::string key, std::string title, std::initializer_list<About> columns)
    : basis_(basis), sink_(sink) {
  std::ranges::copy_if(columns, std::back_inserter(columns_), [&](About about) { return basis.personal || about < About::name; });
  Table table{.key = std::move(key), .title = std::move(title), .columns = {}};
  for (const auto about : columns_) {
    const auto& [self, name, heading, width] = words.at(static_cast<std::size_t>(about));
    table.columns.push_back({.key = text(name), .heading = text(heading), .width = width});
  }
  sink_.begin_table(table);
}

void RequestTable::row(const Line& line) {
  cells_.clear();
  for (const auto about : columns_) cells_.push_back(cell_of(basis_, line, about));
  sink_.row(cells_);
}

}  // namespace salam::reports
