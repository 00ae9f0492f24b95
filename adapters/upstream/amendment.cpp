#include "adapters/upstream/amendment.h"

#include <algorithm>
#include <cstddef>
#include <initializer_list>

#include <spdlog/fmt/fmt.h>

#include "gateway/domain/text.h"
#include "gateway/domain/time.h"

namespace salam::upstream {
namespace {

constexpr std::string_view heading = "اصلاح شماره ";
constexpr std::string_view sender = " از مردم سلام ";
constexpr std::string_view nothing = "—";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view words_for(Kind kind) {
  switch (kind) {
    case Kind::request:
      return "درخواست";
    case Kind::complaint:
      return "شکایت";
    case Kind::suggestion:
      return "پیشنهاد";
    case Kind::criticism:
      return "انتقاد";
    case Kind::thanks:
      return "تشکر";
  }
  return "";
}

std::string_view words_for(AnswerChannel channel) {
  switch (channel) {
    case AnswerChannel::phone:
      return "تلفنی";
    case AnswerChannel::in_person:
      return "حضوری";
    case AnswerChannel::sms:
      return "با پیامک";
  }
  return "";
}

std::string coordinates_of(const Request& request) {
  if (!request.content.coordinates) return {};
  return value_of(Placeholder::latitude, request) + ", " + value_of(Placeholder::longitude, request);
}

std::string due_of(const Request& request) {
  const auto& assignment = request.handling.assignment;
  return assignment && assignment->due ? jalali_date(*assignment->due) : std::string();
}

std::string answer_of(const Request& request) {
  const auto& answer = request.handling.answer;
  if (!answer) return {};
  return std::string(words_for(answer->channel)) + (answer->text.empty() ? "" : ": " + answer->text.reveal());
}

/// Those that go along, or where they can be fetched.
std::string attachments_of(const Request& request) {
  auto words = request.media_urls;
  if (!request.files.empty()) words.insert(words.begin(), persian_digits(std::to_string(request.files.size())) + " پرونده");
  return words.empty() ? "پذیرفته نشد" : fmt::format("{}", fmt::join(words, " "));
}

/// As people read it; empty where there is none.
std::string words_of(Field field, const Request& request) {
  switch (field) {
    case Field::region:
      return request.content.region.name();
    case Field::kind:
      return std::string(words_for(request.content.kind));
    case Field::category:
      return std::string(category_of(request));
    case Field::subject:
      return value_of(Placeholder::subject, request);
    case Field::description:
      return value_of(Placeholder::description, request);
    case Field::name:
      return value_of(Placeholder::name, request);
    case Field::mobile:
      return value_of(Placeholder::phone, request);
    case Field::national_id:
      return value_of(Placeholder::national_id, request);
    case Field::address:
      return value_of(Placeholder::address, request);
    case Field::coordinates:
      return coordinates_of(request);
    case Field::unit:
      return value_of(Placeholder::unit, request);
    case Field::due:
      return due_of(request);
    case Field::explanation:
      return value_of(Placeholder::explanation, request);
    case Field::answer:
      return answer_of(request);
    case Field::withdrawn:
      return request.handling.closure ? "شهروند درخواست را پس گرفت" : "";
    case Field::attachments:
      return attachments_of(request);
  }
  return {};
}

}  // namespace

std::string amendment_mark(const Request& request) {
  return fmt::format("{}-{}", request.code.digits(), request.handling.amendment.number);
}

bool carries_mark(std::string_view text, std::string_view mark) {
  const auto latin = latin_digits(text);
  for (auto at = latin.find(mark); at != std::string::npos; at = latin.find(mark, at + 1)) {
    const auto end = at + mark.size();
    const bool within = (at > 0 && is_digit(latin[at - 1])) || (end < latin.size() && is_digit(latin[end]));
    if (!within) return true;
  }
  return false;
}

bool is_amendment_mark(std::string_view text) {
  const auto dash = text.rfind('-');
  if (dash == std::string_view::npos || dash + 1 == text.size()) return false;
  const auto number = text.substr(dash + 1);
  return TrackingCode::parse(text.substr(0, dash)).has_value() && std::all_of(number.begin(), number.end(), is_digit);
}

bool is_amendment_text(std::string_view text) { return text.starts_with(heading) && text.find(sender) != std::string_view::npos; }

std::string amendment_text(const Request& request, salam::Fields withheld) {
  const auto& amendment = request.handling.amendment;
  const auto changed = (amendment.under_way.any() ? amendment.under_way : amendment.fields) & ~withheld;
  auto text = fmt::format("{}{}{}({})", heading, persian_digits(std::to_string(amendment.number)), sender, amendment_mark(request));
  for (std::size_t i = 0; i < field_count; ++i) {
    if (!changed.test(i)) continue;
    const auto field = static_cast<Field>(i);
    const auto words = words_of(field, request);
    text += fmt::format("\n{}: {}", name_for_people(field), words.empty() ? nothing : std::string_view(words));
  }
  return text;
}

salam::Fields not_sent(const std::function<bool(Placeholder)>& sends) {
  salam::Fields fields;
  const auto withhold_without = [&](Field field, std::initializer_list<Placeholder> any) {
    fields.set(static_cast<std::size_t>(field), std::none_of(any.begin(), any.end(), sends));
  };
  withhold_without(Field::name, {Placeholder::name, Placeholder::first_name, Placeholder::last_name});
  withhold_without(Field::mobile, {Placeholder::mobile, Placeholder::mobile_local, Placeholder::phone});
  withhold_without(Field::national_id, {Placeholder::national_id});
  return fields;
}

}  // namespace salam::upstream
