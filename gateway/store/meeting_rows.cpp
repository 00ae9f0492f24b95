#include "gateway/store/meeting_rows.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "gateway/json/meeting_views.h"

namespace salam::store {
namespace {

constexpr int most_at_once = 200;

template <class Enum>
constexpr bool stored_as(Enum value, int number) {
  return static_cast<int>(value) == number;
}
static_assert(stored_as(MeetingStep::registered, 0) && stored_as(MeetingStep::results_shown, 4));
static_assert(stored_as(DueStage::ahead, 0) && stored_as(DueStage::missed, 2));

template <class T>
T known(std::optional<T> value, const char* what) {
  if (!value) {
    throw DatabaseError(SQLITE_CORRUPT, what);
  }
  return *std::move(value);
}

std::optional<std::string> list_text(const std::optional<std::vector<std::string>>& names) {
  return names ? std::optional(json::names_text(*names)) : std::nullopt;
}

/// A deadline with what its events tell of its meeting.
struct Row {
  std::int64_t id = 0;
  std::int64_t meeting_key = 0;
  Meeting meeting;
  Deadline deadline;
};

const std::string select_open =
    "SELECT d.id, d.meeting, d.step, d.due, d.announced, m.id, " + std::string(meeting_columns) + " FROM meeting_deadlines d ";

std::vector<Row> open_rows(Query& query) {
  std::vector<Row> rows;
  while (query.next()) {
    const auto id = query.get<std::int64_t>();
    const auto key = query.get<std::int64_t>();
    Deadline deadline;
    query.into(deadline.step, deadline.due, deadline.announced);
    const auto meeting = query.get<std::string>();
    rows.push_back({id, key, read_meeting(meeting, query), std::move(deadline)});
  }
  return rows;
}

std::optional<Row> find_deadline(Database& database, const MeetingStepDone& done) {
  static const std::string sql = select_open + "CROSS JOIN meetings m ON m.key = d.meeting WHERE m.id = ? AND d.step = ?";
  auto query = database.query(sql);
  auto rows = open_rows(query.bind(done.meeting, done.step));
  if (rows.empty()) {
    return std::nullopt;
  }
  auto& row = rows.front();
  const auto all = load_deadlines(database, row.meeting_key);
  row.deadline = *std::ranges::find(all, done.step, &Deadline::step);
  return std::move(row);
}

bool says_the_same(const MeetingStepDone& done, const DeadlineMet& met) {
  return done.by == met.by && done.note == met.note && done.at.value_or(met.at) == met.at;
}

}  // namespace

Meeting read_meeting(std::string_view id, Query& row) {
  const auto region = known(Region::from_number(row.get<int>()), "a stored region is none");
  auto mosque = row.get<std::string>();
  const auto date = known(parse_date(row.get<std::string>()), "a stored date is none");
  return {
      .id = std::string(id), .region = region, .mosque = std::move(mosque), .date = date, .manager = row.get<std::optional<std::string>>()};
}

std::vector<Deadline> load_deadlines(Database& database, std::int64_t meeting) {
  auto rows = database.query("SELECT step, due, announced, met_by, met_at, note FROM meeting_deadlines WHERE meeting = ? ORDER BY step");
  rows.bind(meeting);
  std::vector<Deadline> deadlines;
  while (rows.next()) {
    auto& deadline = deadlines.emplace_back();
    rows.into(deadline.step, deadline.due, deadline.announced);
    deadline.met = read_met(rows);
  }
  return deadlines;
}

std::optional<DeadlineMet> read_met(Query& row) {
  auto by = row.get<std::optional<std::string>>();
  const auto at = row.get<std::optional<Timestamp>>();
  auto note = row.get<std::string>();
  return by && at ? std::optional(DeadlineMet{.by = std::move(*by), .at = *at, .note = std::move(note)}) : std::nullopt;
}

void insert_meeting(Database& database, const Meeting& meeting, const DeadlineRules& rules) {
  const auto addressees = list_text(meeting.addressees);
  const auto invitees = list_text(meeting.invitees);
  const auto date = to_string(meeting.date);
  database
      .query(
          "INSERT INTO meetings(id, region, mosque, date, manager, addressees, invitees, forms_distributed, forms_collected) VALUES (?,?,?,?,?,?,?,?,?)")
      .bind(meeting.id, meeting.region.number(), meeting.mosque, date, meeting.manager, addressees, invitees, meeting.forms_distributed,
            meeting.forms_collected)
      .run();
  const auto key = database.last_insert_id();
  for (const auto step : meeting_steps) {
    database.query("INSERT INTO meeting_deadlines(meeting, step, due) VALUES (?,?,?)")
        .bind(key, step, due_of(step, meeting, *rules.calendar))
        .run();
  }
}

void update_meeting(Database& database, std::int64_t key, const Meeting& meeting, const DeadlineRules& rules, Timestamp now) {
  const auto addressees = list_text(meeting.addressees);
  const auto invitees = list_text(meeting.invitees);
  const auto date = to_string(meeting.date);
  database
      .query(
          "UPDATE meetings SET region = ?, mosque = ?, date = ?, manager = coalesce(?, manager), addressees = coalesce(?, addressees), "
          "invitees = coalesce(?, invitees), forms_distributed = coalesce(?, forms_distributed), "
          "forms_collected = coalesce(?, forms_collected) WHERE key = ?")
      .bind(meeting.region.number(), meeting.mosque, date, meeting.manager, addressees, invitees, meeting.forms_distributed,
            meeting.forms_collected, key)
      .run();
  recount_deadlines(database, rules, now, key);
}

void recount_deadlines(Database& database, const DeadlineRules& rules, Timestamp now, std::optional<std::int64_t> meeting) {
  static const std::string sql =
      select_open + "CROSS JOIN meetings m ON m.key = d.meeting WHERE d.met_at IS NULL AND d.meeting BETWEEN ? AND ?";
  auto query = database.query(sql);
  query.bind(meeting.value_or(0), meeting.value_or(std::numeric_limits<std::int64_t>::max()));
  for (const auto& row : open_rows(query)) {
    const auto due = due_of(row.deadline.step, row.meeting, *rules.calendar);
    if (due == row.deadline.due) {
      continue;
    }
    const auto moved_to = moved(row.deadline, due, now, rules.approaching_before);
    database.query("UPDATE meeting_deadlines SET due = ?, announced = ? WHERE id = ?").bind(moved_to.due, moved_to.announced, row.id).run();
  }
}

void write_meeting_event(Database& database, std::int64_t meeting, EventType type, Timestamp at, const std::string& data,
                         const Actor& actor) {
  database.query("UPDATE meetings SET sequence = sequence + 1 WHERE key = ?").bind(meeting).run();
  database
      .query(
          "INSERT INTO events(meeting, sequence, type, time, traceparent, data, person, api_key, note) "
          "SELECT key, sequence, ?, ?, '', ?, ?, ?, ? FROM meetings WHERE key = ?")
      .bind(cloud_event_type(type), at, data, actor.name, actor.key, actor.note, meeting)
      .run();
}

Result<StepOutcome> write_step(Database& database, const MeetingStepDone& done, const MeetingEvents& events) {
  auto row = find_deadline(database, done);
  if (!row) {
    return Error{"meeting_not_found", "there is no such meeting"};
  }
  auto& deadline = row->deadline;
  if (deadline.met) {
    const auto how = says_the_same(done, *deadline.met) ? StepOutcome::How::replayed : StepOutcome::How::taken;
    return StepOutcome{how, deadline};
  }
  deadline.met = DeadlineMet{.by = done.by, .at = done.at.value_or(events.now), .note = done.note};
  database.query("UPDATE meeting_deadlines SET met_by = ?, met_at = ?, met_key = ?, note = ? WHERE id = ?")
      .bind(done.by, deadline.met->at, done.key, done.note, row->id)
      .run();
  write_meeting_event(database, row->meeting_key, EventType::deadline_met, events.now,
                      json::meeting_event_data(EventType::deadline_met, row->meeting, deadline, events.personal_data),
                      {.name = done.by, .key = done.key, .note = done.note});
  return StepOutcome{StepOutcome::How::first, deadline};
}

Announced write_announcements(Database& database, const DeadlineRules& rules, const MeetingEvents& events) {
  static const std::string sql = select_open +
                                 "INDEXED BY meeting_deadlines_ahead CROSS JOIN meetings m ON m.key = d.meeting "
                                 "WHERE d.met_at IS NULL AND d.announced < 2 AND d.due <= CASE d.announced WHEN 0 THEN ? ELSE ? END "
                                 "ORDER BY d.due, d.id LIMIT ?";
  Announced announced;
  auto query = database.query(sql);
  for (const auto& row : open_rows(query.bind(events.now + rules.approaching_before, events.now, most_at_once))) {
    const auto stage = stage_of(row.deadline.due, events.now, rules.approaching_before);
    const auto type = stage == DueStage::missed ? EventType::deadline_missed : EventType::deadline_approaching;
    database.query("UPDATE meeting_deadlines SET announced = ? WHERE id = ?").bind(stage, row.id).run();
    write_meeting_event(database, row.meeting_key, type, events.now,
                        json::meeting_event_data(type, row.meeting, row.deadline, events.personal_data), {});
    announced.deadlines.emplace_back(row.deadline.step, stage);
  }
  auto next = database.query(
      "SELECT min(CASE announced WHEN 0 THEN due - ? ELSE due END) FROM meeting_deadlines WHERE met_at IS NULL AND announced < 2");
  next.bind(rules.approaching_before).next();
  announced.next = next.get<std::optional<Timestamp>>();
  return announced;
}

}  // namespace salam::store
