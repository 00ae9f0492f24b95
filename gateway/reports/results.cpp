#include "gateway/reports/results.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace salam::reports {
namespace {

bool answered_by_its_system(const FollowUp& follow_up) { return is_final(follow_up.progress) || follow_up.progress == Progress::answered; }

constexpr std::pair<std::string_view, std::string_view> words_of(Standing standing) {
  switch (standing) {
    case Standing::answered_in_time:
      return {"answered_in_time", "پاسخ در مهلت"};
    case Standing::answered_late:
      return {"answered_late", "پاسخ دیرتر از مهلت"};
    case Standing::waiting:
      return {"waiting", "در مهلت"};
    case Standing::overdue:
      return {"overdue", "مهلت گذشته"};
    case Standing::withdrawn:
      break;
  }
  return {"withdrawn", "پس‌گرفته یا تکراری"};
}

}  // namespace

std::string_view to_string(Standing standing) { return words_of(standing).first; }
std::string_view name_for_people(Standing standing) { return words_of(standing).second; }

std::optional<Timestamp> answered_at(const Request& request) {
  if (!is_answered(request)) return std::nullopt;
  const auto& [answer, closure] = std::tie(request.handling.answer, request.handling.closure);
  std::optional<Timestamp> first;
  const auto at = [&first](Timestamp time) { first = std::min(first.value_or(time), time); };
  if (answer) at(answer->at);
  if (closure) at(closure->at);
  if (answered_by_its_system(request.follow_up) && request.follow_up.changed_at) at(*request.follow_up.changed_at);
  return first;
}

Standing standing_of(const Request& request, Timestamp due, Timestamp now) {
  const auto& closure = request.handling.closure;
  if (closure && closure->reason != CloseReason::answered) return Standing::withdrawn;
  if (!is_answered(request)) return now <= due ? Standing::waiting : Standing::overdue;
  return answered_at(request).value_or(due) <= due ? Standing::answered_in_time : Standing::answered_late;
}

void Tally::add(const Request& request, Standing standing) {
  ++all;
  switch (standing) {
    case Standing::answered_in_time:
      ++answered_in_time;
      break;
    case Standing::answered_late:
      ++answered_late;
      break;
    case Standing::waiting:
      ++waiting;
      break;
    case Standing::overdue:
      ++overdue;
      break;
    case Standing::withdrawn:
      ++withdrawn;
      break;
  }
  const bool is_answer = standing == Standing::answered_in_time || standing == Standing::answered_late;
  if (is_answer && request.follow_up.progress == Progress::cannot_be_done) ++cannot_be_done;
}

}  // namespace salam::reports
