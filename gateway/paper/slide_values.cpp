#include "gateway/paper/slide_values.h"

#include <algorithm>
#include <array>
#include <utility>

#include "gateway/domain/text.h"

namespace salam::paper {
namespace {

using reports::Results;
using reports::Tally;

constexpr std::string_view if_requests = "#requests";
constexpr std::string_view if_open = "#open";
constexpr std::string_view requests_series = "درخواست";

std::int64_t answered(const Tally& tally) { return tally.answered_in_time + tally.answered_late; }
std::int64_t open(const Tally& tally) { return tally.waiting + tally.overdue; }
std::int64_t all(const Tally& tally) { return tally.all; }
std::int64_t answered_or_open(const Tally& tally) { return answered(tally) + open(tally); }

using Measure = std::int64_t (*)(const Tally&);
struct Measured {
  std::string_view name;
  Measure of;
};

ChartData standing(const Results& results) {
  using enum reports::Standing;
  if (results.all.all == 0) return {};
  const auto& tally = results.all;
  ChartData data{.categories = {}, .series = {{.name = std::string(requests_series), .values = {}}}};
  const auto add = [&data](reports::Standing what, std::int64_t count) {
    data.categories.emplace_back(name_for_people(what));
    data.series.front().values.push_back(count);
  };
  add(answered_in_time, tally.answered_in_time);
  add(answered_late, tally.answered_late);
  add(waiting, tally.waiting);
  add(overdue, tally.overdue);
  if (tally.withdrawn > 0) add(withdrawn, tally.withdrawn);
  return data;
}

/// Without what XML 1.0 cannot hold (2.2).
std::string printable(std::string text) {
  for (const std::string_view noncharacter : {"\ufffe", "\uffff"}) {
    for (auto at = text.find(noncharacter); at != std::string::npos; at = text.find(noncharacter, at)) text.erase(at, noncharacter.size());
  }
  std::ranges::replace_if(
      text, [](char c) { return c >= 0 && c < ' '; }, ' ');
  return text;
}

/// Cut between words where it can be, and kept in order in a chart, which sets what is no letter from left to right (UAX #9).
std::string label(const std::string& full) {
  constexpr std::size_t longest = 26;
  constexpr std::string_view cut_mark = "…";
  constexpr std::string_view right_to_left_mark = "\u200f";
  const auto name = printable(full);
  auto text = shortened(name, longest);
  if (text != name) {
    text.resize(std::min(text.size() - cut_mark.size(), text.rfind(' ')));
    text += cut_mark;
  }
  return std::string(right_to_left_mark) + text + std::string(right_to_left_mark);
}

/// The largest first; what is beyond six bars comes together in the last one.
ChartData largest(const std::map<std::string, Tally>& rows, Measure size, std::span<const Measured> series) {
  constexpr std::size_t most_bars = 6;
  constexpr std::string_view rest_label = "سایر";
  std::vector<std::pair<std::string, Tally>> bars;
  for (const auto& row : rows) {
    if (size(row.second) > 0) bars.push_back(row);
  }
  const auto is_rest = [rest_label](const auto& bar) { return bar.first == rest_label; };
  std::ranges::stable_sort(
      bars, [&](const auto& a, const auto& b) { return std::pair(is_rest(b), size(a.second)) > std::pair(is_rest(a), size(b.second)); });
  const auto named = bars.size() <= most_bars ? bars.size() : most_bars - 1;
  ChartData data;
  for (std::size_t i = 0; i < bars.size() && i <= named; ++i) {
    data.categories.push_back(label(i < named ? bars[i].first : std::string(rest_label)));
  }
  for (const auto& [name, of] : series) {
    auto& values = data.series.emplace_back(ChartData::Series{.name = std::string(name), .values = {}}).values;
    values.resize(data.categories.size());
    for (std::size_t i = 0; i < bars.size(); ++i) values[std::min(i, named)] += of(bars[i].second);
  }
  return data;
}

ChartData by_subject(const Results& results) {
  static constexpr std::array<Measured, 1> series{{{requests_series, all}}};
  return largest(results.by_subject, all, series);
}

ChartData by_unit(const Results& results) {
  static constexpr std::array<Measured, 2> series{{{"پاسخ داده شده", answered}, {"باز", open}}};
  return largest(results.by_unit, answered_or_open, series);
}

}  // namespace

std::span<const KnownPlaceholder> known_placeholders() {
  static constexpr std::array<KnownPlaceholder, 18> known{{{"mosque", true},
                                                           {"region", true},
                                                           {"date", true},
                                                           {"requests", true},
                                                           {"registered_137", true},
                                                           {"registered_desk", true},
                                                           {"told", true},
                                                           {"open", true},
                                                           {"answered"},
                                                           {"answered_in_time"},
                                                           {"answered_late"},
                                                           {"waiting"},
                                                           {"overdue"},
                                                           {"withdrawn"},
                                                           {"cannot_be_done"},
                                                           {"made_on"},
                                                           {if_requests},
                                                           {if_open}}};
  return known;
}

SlideTexts texts_of(const Results& results) {
  const auto number = [](std::int64_t value) { return persian_digits(std::to_string(value)); };
  const auto& tally = results.all;
  return {{"mosque", printable(persian_digits(results.meeting.mosque))},
          {"region", results.meeting.region.name()},
          {"date", jalali_date(results.meeting.date)},
          {"requests", number(tally.all)},
          {"registered_137", number(results.registered137)},
          {"registered_desk", number(results.registered_desk)},
          {"told", number(results.told)},
          {"open", number(open(tally))},
          {"answered", number(answered(tally))},
          {"answered_in_time", number(tally.answered_in_time)},
          {"answered_late", number(tally.answered_late)},
          {"waiting", number(tally.waiting)},
          {"overdue", number(tally.overdue)},
          {"withdrawn", number(tally.withdrawn)},
          {"cannot_be_done", number(tally.cannot_be_done)},
          {"made_on", jalali_date(tehran_date(results.made_at))},
          {std::string(if_requests), ""},
          {std::string(if_open), ""}};
}

bool fulfilled(std::string_view condition, const Results& results) {
  return (condition != if_requests || results.all.all > 0) && (condition != if_open || open(results.all) > 0);
}

std::span<const KnownChart> known_charts() {
  static constexpr std::array<KnownChart, 3> known{
      {{"chart:standing", 1, standing}, {"chart:by_subject", 1, by_subject}, {"chart:by_unit", 2, by_unit}}};
  return known;
}

}  // namespace salam::paper
