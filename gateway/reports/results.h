#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "gateway/domain/meeting.h"
#include "gateway/domain/request.h"

/// What is counted of a meeting's requests.
namespace salam::reports {

/// How a request fares; each is exactly one of these.
enum class Standing {
  answered_in_time,
  answered_late,
  waiting,    ///< There is time left.
  overdue,    ///< There is none, and no answer.
  withdrawn,  ///< By the citizen, or a twin of another, which is counted.
};
/// `due`: by when the citizen must be, or had to be, answered.
Standing standing_of(const Request& request, Timestamp due, Timestamp now);
/// `answered_in_time`, and `پاسخ در مهلت`.
std::string_view to_string(Standing standing);
std::string_view name_for_people(Standing standing);
/// When the citizen had an answer; nothing while there is none.
std::optional<Timestamp> answered_at(const Request& request);

struct Tally {
  std::int64_t all = 0;
  std::int64_t answered_in_time = 0;
  std::int64_t answered_late = 0;
  std::int64_t waiting = 0;
  std::int64_t overdue = 0;
  std::int64_t withdrawn = 0;
  std::int64_t cannot_be_done = 0;  ///< Of those answered.

  void add(const Request& request, Standing standing);
};

/// A meeting's results, as they are shown to its applicants after three months.
struct Results {
  Meeting meeting;
  Timestamp made_at;
  Tally all;
  std::int64_t told = 0;  ///< Of all, those whose citizen was told a code.
  std::int64_t registered137 = 0;
  std::int64_t registered_desk = 0;
  std::map<std::string, Tally> by_subject{};  ///< By the category's name in Persian.
  std::map<std::string, Tally> by_unit{};     ///< By who must act, or had to; `تعیین نشده` where nobody was named.
};

}  // namespace salam::reports
