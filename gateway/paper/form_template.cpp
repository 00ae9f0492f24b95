#include "gateway/paper/form_template.h"

#include <algorithm>
#include <array>
#include <optional>

#include "gateway/domain/text.h"
#include "gateway/paper/html.h"
#include "gateway/paper/qr_code.h"
#include "gateway/paper/standard_form.h"

namespace salam::paper {
namespace {

constexpr std::string_view open_mark = "{{";
constexpr std::string_view close_mark = "}}";
constexpr std::string_view form_begins = "{{#form}}";
constexpr std::string_view form_ends = "{{/form}}";
constexpr std::size_t longest_address = longest_qr_text - 10;

Error invalid(std::string why) { return {"template_invalid", std::move(why)}; }

/// Numbers in groups would else stand the other way round in a Persian line (UAX #9: a blank between them goes with the line).
std::string left_to_right(std::string_view text) { return "<bdi dir=\"ltr\">" + escaped(text) + "</bdi>"; }

/// Where the one mark stands; nothing where it is missing or stands twice.
std::optional<std::size_t> only(std::string_view html, std::string_view mark) {
  const auto found = html.find(mark);
  if (found == std::string_view::npos || html.find(mark, found + 1) != std::string_view::npos) return std::nullopt;
  return found;
}

bool printable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
}

}  // namespace

Result<TrackingAddress> TrackingAddress::parse(std::string_view text) {
  constexpr std::string_view code = "{code}";
  const auto at = only(text, code);
  const bool reachable = text.starts_with("https://") || text.starts_with("http://");
  if (!at || !reachable || !printable(text) || text.size() > longest_address) {
    return Error{"address_invalid", "must be an address of at most " + std::to_string(longest_address) +
                                        " printable ASCII characters with one {code}, such as https://isfahan.example/track/{code}"};
  }
  TrackingAddress address;
  address.before_ = text.substr(0, *at);
  address.after_ = text.substr(*at + code.size());
  return address;
}

const FormTemplate& FormTemplate::standard() {
  static const FormTemplate shipped = parse(standard_form).value();
  return shipped;
}

Result<FormTemplate> FormTemplate::parse(std::string_view html) {
  const auto begin = only(html, form_begins);
  const auto end = only(html, form_ends);
  if (!begin || !end || *end < *begin) return invalid("{{#form}} and {{/form}} must stand once each, around what is printed for each form");
  FormTemplate parsed;
  parsed.before_ = html.substr(0, *begin);
  parsed.after_ = html.substr(*end + form_ends.size());
  for (const auto& outside : {parsed.before_, parsed.after_}) {
    const auto open = outside.find(open_mark);
    if (open == std::string::npos) continue;
    return invalid(outside.substr(open, outside.find(close_mark, open) - open) + "}} stands outside of {{#form}} and {{/form}}");
  }
  auto form = read_form(html.substr(*begin + form_begins.size(), *end - *begin - form_begins.size()));
  if (!form) return std::move(form).error();
  parsed.form_ = std::move(*form);
  return parsed;
}

Result<FormTemplate::Parts> FormTemplate::read_form(std::string_view html) {
  static constexpr std::array<std::pair<std::string_view, Part>, 9> known{{{"number", Part::number},
                                                                           {"code", Part::code},
                                                                           {"mosque", Part::mosque},
                                                                           {"region", Part::region},
                                                                           {"date", Part::date},
                                                                           {"#tracking", Part::tracking_begins},
                                                                           {"qr", Part::qr},
                                                                           {"address", Part::address},
                                                                           {"/tracking", Part::tracking_ends}}};
  Parts parts;
  bool tracking = false;
  while (!html.empty()) {
    const auto open = html.find(open_mark);
    parts.emplace_back(Part::text, html.substr(0, open));
    if (open == std::string_view::npos) break;
    const auto close = html.find(close_mark, open);
    if (close == std::string_view::npos) return invalid("a {{ is not closed by }}");
    const auto name = html.substr(open + open_mark.size(), close - open - open_mark.size());
    const auto found = std::ranges::find(known, name, &std::pair<std::string_view, Part>::first);
    if (found == known.end()) return invalid("unknown placeholder {{" + std::string(name) + "}}");
    const auto part = found->second;
    const bool belongs = part == Part::qr || part == Part::address || part == Part::tracking_ends;
    if ((belongs && !tracking) || (part == Part::tracking_begins && tracking)) {
      return invalid("{{" + std::string(name) +
                     "}} stands where it may not: {{qr}} and {{address}} belong between {{#tracking}} and {{/tracking}}");
    }
    tracking = part == Part::tracking_begins || (tracking && part != Part::tracking_ends);
    parts.emplace_back(part, "");
    html.remove_prefix(close + close_mark.size());
  }
  for (const auto& [name, part] : known) {
    const bool there = std::ranges::find(parts, part, &Parts::value_type::first) != parts.end();
    if (!there || (part == Part::tracking_ends && tracking)) return invalid("{{" + std::string(name) + "}} is missing");
  }
  return parts;
}

std::string FormTemplate::render(const Meeting& meeting, const std::vector<PrintedForm>& forms, const TrackingAddress& address) const {
  std::array<std::string, part_count> values;
  const auto value = [&values](Part part) -> std::string& { return values.at(static_cast<std::size_t>(part)); };
  value(Part::mosque) = escaped(meeting.mosque);
  value(Part::region) = escaped(meeting.region.name());
  value(Part::date) = jalali_date(meeting.date);
  std::string page = before_;
  for (const auto& [form, code] : forms) {
    value(Part::number) = escaped(persian_digits(form));
    value(Part::code) = left_to_right(code.for_people());
    if (!address.empty()) {
      value(Part::qr) = qr_code(address.of(code));
      value(Part::address) = left_to_right(address.of(code));
    }
    bool shown = true;
    for (const auto& [part, text] : form_) {
      if (part == Part::tracking_begins) shown = !address.empty();
      if (part == Part::tracking_ends) shown = true;
      if (shown) page += part == Part::text ? text : value(part);
    }
  }
  return page + after_;
}

}  // namespace salam::paper
