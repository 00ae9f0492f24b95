#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/store/database.h"
#include "gateway/store/store.h"

/// Meetings and their deadlines, between rows and the domain's values.
namespace salam::store {

/// What `read_meeting` reads, of `m` (meetings).
inline constexpr std::string_view meeting_columns = "m.region, m.mosque, m.date, m.manager";
Meeting read_meeting(std::string_view id, Query& row);

/// Reads the columns met_by, met_at, note.
std::optional<DeadlineMet> read_met(Query& row);
std::vector<Deadline> load_deadlines(Database& database, std::int64_t meeting);

void insert_meeting(Database& database, const Meeting& meeting, const DeadlineRules& rules);
void update_meeting(Database& database, std::int64_t key, const Meeting& meeting, const DeadlineRules& rules, Timestamp now);

/// Counts what is not met anew; of all meetings where none is given.
void recount_deadlines(Database& database, const DeadlineRules& rules, Timestamp now, std::optional<std::int64_t> meeting = {});

/// Who writes the events, and when.
struct MeetingEvents {
  Timestamp now;
  bool personal_data = false;
};
/// Counts it on from the meeting's last one. `data`: as `schemas/events/` describes it.
void write_meeting_event(Database& database, std::int64_t meeting, EventType type, Timestamp at, const std::string& data,
                         const Actor& actor);
Result<StepOutcome> write_step(Database& database, const MeetingStepDone& done, const MeetingEvents& events);
Announced write_announcements(Database& database, const DeadlineRules& rules, const MeetingEvents& events);

}  // namespace salam::store
