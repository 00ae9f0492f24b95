#include "gateway/api/import_line.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "gateway/domain/text.h"
#include "gateway/json/writer.h"

namespace salam::api {
namespace {

using sheets::Column;

constexpr std::array kinds{Kind::request, Kind::complaint, Kind::suggestion, Kind::criticism, Kind::thanks};

/// By either of its names; a line without one is a request. What is none of them goes on as it is.
std::string kind_of(std::string_view typed) {
  const auto form = matching_form(typed);
  if (form.empty()) return std::string(to_string(Kind::request));
  const auto found =
      std::ranges::find_if(kinds, [&](Kind kind) { return form == matching_form(name_for_people(kind)) || form == to_string(kind); });
  return found == kinds.end() ? form : std::string(to_string(*found));
}

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

void write_item(json::Writer& writer, std::string_view typed) {
  const auto text = latin_digits(normalise(typed));
  if (text.empty()) return;
  if (const auto number = whole_number(text)) {
    writer.member("item", *number);
  } else {
    writer.member("item", text);
  }
}

/// A place in the body, where an officer finds it, and what may stand there.
struct Place {
  std::string_view pointer;
  std::optional<Column> column;
  std::string_view name;
  std::string_view expected;
};
constexpr std::array<Place, 13> places{{
    {"/form", Column::form, "شماره فرم", "تنها رقم، حرف لاتین و . _ / - و دست بالا ۳۲ نویسه پذیرفته است"},
    {"/item", Column::item, "شماره درخواست در برگه", "عددی از ۱ تا ۹۹ است"},
    {"/region", Column::region, "منطقه", "۱ تا ۱۵ یا ناژوان است"},
    {"/kind", Column::kind, "نوع", "درخواست، شکایت، پیشنهاد، انتقاد یا قدردانی است"},
    {"/category", Column::category, "دسته", "دست بالا ۶۴ نویسه است"},
    {"/subject", Column::subject, "موضوع", "دست بالا ۲۰۰ نویسه است"},
    {"/description", Column::description, "شرح", "دست بالا ۸۰۰۰ نویسه است"},
    {"/citizen/name", Column::name, "نام و نام خانوادگی", "دست بالا ۱۲۰ نویسه است"},
    {"/citizen/mobile", Column::mobile, "تلفن همراه", "دست بالا ۴۰ نویسه است"},
    {"/citizen/national_id", Column::national_id, "کد ملی", "دست بالا ۴۰ نویسه است"},
    {"/place/address", Column::address, "نشانی", "دست بالا ۵۰۰ نویسه است"},
    {"/place/coordinates", {}, "مختصات", ""},
    {"/meeting", {}, "دیدار", ""},
}};

const Place* place_at(std::string_view pointer) {
  const auto* const found = std::ranges::find(places, pointer, &Place::pointer);
  return found == places.end() ? nullptr : found;
}

std::string refused_field(const Place& place, const sheets::Table& table, const sheets::Row& line) {
  const auto typed = place.column ? normalise(table.text(line, *place.column)) : std::string{};
  const auto name = "«" + std::string(place.name) + "»";
  if (typed.empty()) return name + " خالی است.";
  return name + " " + std::string(place.expected) + "، نه «" + shortened(typed, 40) + "».";
}

}  // namespace

Categories by_name(const std::map<std::string, std::string>& names) {
  Categories categories;
  for (const auto& [category, name] : names) categories.emplace(matching_form(name), category);
  return categories;
}

std::string intake_body(const std::string& meeting, const Categories& categories, const sheets::Table& table, const sheets::Row& line) {
  const auto text = [&](Column column) { return normalise(table.text(line, column)); };
  json::Writer writer;
  writer.begin_object().member("meeting", meeting).member("form", text(Column::form));
  write_item(writer, table.text(line, Column::item));
  writer.member_if("region", text(Column::region)).member("kind", kind_of(table.text(line, Column::kind)));
  const auto category = text(Column::category);
  const auto known = categories.find(matching_form(category));
  writer.member_if("category", known == categories.end() ? category : known->second)
      .member("subject", text(Column::subject))
      .member("description", text(Column::description));
  writer.member("attachments", 0).key("citizen").begin_object();
  writer.member_if("name", normalise(table.full_name(line))).member_if("mobile", text(Column::mobile));
  writer.member_if("national_id", text(Column::national_id)).end_object();
  writer.key("place").begin_object().member_if("address", text(Column::address)).end_object();
  return writer.end_object().take();
}

std::string reason_of(const http::Problem& problem, const sheets::Table& table, const sheets::Row& line) {
  std::string reason;
  for (const auto& error : problem.errors) {
    if (const auto* const place = place_at(error.pointer))
      reason.append(reason.empty() ? "" : " ").append(refused_field(*place, table, line));
  }
  if (!reason.empty()) return reason;
  const auto& known = http::problems();
  const auto found = std::ranges::find(known, problem.code, &http::ProblemKind::code);
  return found == known.end() ? problem.code : std::string(found->title_fa) + ".";
}

std::string reason_of_conflict(const std::vector<std::string>& fields) {
  std::string names;
  for (const auto& field : fields) {
    const auto* const place = place_at(field);
    names.append(names.empty() ? "" : "، ").append(place == nullptr ? "محتوا" : place->name);
  }
  return "با این شمارهٔ فرم پیش‌تر درخواستی ثبت شده است که در این‌ها فرق دارد: " +
         names + ". اگر درخواست دیگری از همان برگه است، در ستون «" + std::string(sheets::heading_of(Column::item)) +
         "» شمارهٔ بعدی را بنویسید.";
}

std::string note_of(const Content& content, const sheets::Table& table, const sheets::Row& line) {
  std::string note;
  const auto& citizen = content.citizen;
  if (!citizen.mobile && !citizen.mobile_as_written.reveal().empty()) {
    note = "«تلفن همراه» شمارهٔ همراه نیست؛ پیامکی نخواهد رفت و کد را باید به شهروند رساند.";
  }
  if (citizen.national_id.reveal().empty() && !normalise(table.text(line, Column::national_id)).empty()) {
    note.append(note.empty() ? "" : " ").append("«کد ملی» درست نیست و نوشته نشد.");
  }
  return note;
}

}  // namespace salam::api
