#include <limits>
#include <string>

#include "gateway/json/meeting_views.h"
#include "gateway/store/invitation_rows.h"
#include "gateway/store/meeting_rows.h"
#include "gateway/store/reader.h"

/// What `Reader` answers of meetings, their deadlines and their forms.
namespace salam::store {
namespace {

std::optional<std::vector<std::string>> names_from(const std::optional<std::string>& text) {
  return text ? std::optional(json::names_from(*text)) : std::nullopt;
}

std::optional<int> number_of(const std::optional<Region>& region) { return region ? std::optional(region->number()) : std::nullopt; }

/// Where the meeting with this key stands among all, by date; at the newest end where there is none.
std::string date_of(Database& database, std::int64_t key) {
  auto row = database.query("SELECT date FROM meetings WHERE key = ?");
  return row.bind(key).next() ? row.get<std::string>() : "~";
}

Timestamp due_of(Database& database, std::int64_t deadline) {
  auto row = database.query("SELECT due FROM meeting_deadlines WHERE id = ?");
  return row.bind(deadline).next() ? row.get<Timestamp>() : Timestamp::min();
}

std::string deadlines_sql(const DeadlineFilter& filter) {
  std::string sql = "SELECT d.id, d.step, d.due, d.announced, d.met_by, d.met_at, d.note, m.id, " + std::string(meeting_columns) +
                    " FROM meeting_deadlines d INDEXED BY meeting_deadlines_due CROSS JOIN meetings m ON m.key = d.meeting "
                    "WHERE (d.due, d.id) > (?, ?)";
  if (filter.state) {
    sql += *filter.state == DeadlineState::met    ? " AND d.met_at IS NOT NULL"
           : *filter.state == DeadlineState::open ? " AND d.met_at IS NULL AND d.due > ?"
                                                  : " AND d.met_at IS NULL AND d.due <= ?";
  }
  sql += filter.region ? " AND m.region = ?" : "";
  sql += filter.step ? " AND d.step = ?" : "";
  sql += filter.officer ? " AND m.manager = ? AND d.step <> ?" : "";
  return sql + " ORDER BY d.due, d.id LIMIT ?";
}

}  // namespace

std::optional<Meeting> Reader::meeting(std::string_view id) {
  static const std::string sql = "SELECT " + std::string(meeting_columns) + " FROM meetings m WHERE m.id = ?";
  auto row = database_.query(sql);
  return row.bind(id).next() ? std::optional(read_meeting(id, row)) : std::nullopt;
}

std::optional<MeetingRecord> Reader::meeting_record(std::string_view id) {
  static const std::string sql = "SELECT m.key, " + std::string(meeting_columns) +
                                 ", m.addressees, m.invitees, m.forms_distributed, m.forms_collected FROM meetings m WHERE m.id = ?";
  Transaction one_state(database_, Transaction::Mode::deferred);
  auto row = database_.query(sql);
  if (!row.bind(id).next()) {
    return std::nullopt;
  }
  const auto key = row.get<std::int64_t>();
  auto meeting = read_meeting(id, row);
  meeting.addressees = names_from(row.get<std::optional<std::string>>());
  meeting.invitees = names_from(row.get<std::optional<std::string>>());
  row.into(meeting.forms_distributed, meeting.forms_collected);
  return MeetingRecord{key, std::move(meeting), load_deadlines(database_, key)};
}

std::vector<MeetingRecord> Reader::meetings(std::optional<Region> region, std::int64_t after, int limit) {
  const auto sql = "SELECT m.key, m.id, " + std::string(meeting_columns) + " FROM meetings m WHERE (m.date, m.key) < (?, ?)" +
                   (region ? " AND m.region = ?" : "") + " ORDER BY m.date DESC, m.key DESC LIMIT ?";
  Transaction one_state(database_, Transaction::Mode::deferred);
  const auto date = date_of(database_, after);
  auto rows = database_.query(sql);
  rows.bind(date, after);
  if (const auto number = number_of(region)) {
    rows.bind(*number);
  }
  rows.bind(limit);
  std::vector<MeetingRecord> found;
  while (rows.next()) {
    const auto key = rows.get<std::int64_t>();
    const auto id = rows.get<std::string>();
    auto meeting = read_meeting(id, rows);
    found.push_back({key, std::move(meeting), load_deadlines(database_, key)});
  }
  return found;
}

std::vector<MeetingDeadline> Reader::deadlines(const DeadlineFilter& filter, std::int64_t after, int limit, Timestamp now) {
  const auto sql = deadlines_sql(filter);
  Transaction one_state(database_, Transaction::Mode::deferred);
  const auto due = due_of(database_, after);
  auto rows = database_.query(sql);
  rows.bind(due, after);
  if (filter.state && *filter.state != DeadlineState::met) {
    rows.bind(now);
  }
  if (const auto number = number_of(filter.region)) {
    rows.bind(*number);
  }
  if (filter.step) {
    rows.bind(*filter.step);
  }
  if (filter.officer) {
    rows.bind(*filter.officer, MeetingStep::registered);
  }
  rows.bind(limit);
  std::vector<MeetingDeadline> found;
  while (rows.next()) {
    const auto id = rows.get<std::int64_t>();
    Deadline deadline;
    rows.into(deadline.step, deadline.due, deadline.announced);
    deadline.met = read_met(rows);
    const auto meeting = rows.get<std::string>();
    found.push_back({id, read_meeting(meeting, rows), std::move(deadline)});
  }
  return found;
}

std::vector<DeadlineCount> Reader::deadline_counts(Timestamp now) {
  auto rows = database_.query(
      "SELECT step, CASE WHEN met_at IS NOT NULL THEN ? WHEN due > ? THEN ? ELSE ? END AS state, count(*) FROM meeting_deadlines "
      "GROUP BY step, state");
  rows.bind(DeadlineState::met, now, DeadlineState::open, DeadlineState::missed);
  std::vector<DeadlineCount> counts;
  while (rows.next()) {
    auto& count = counts.emplace_back();
    rows.into(count.step, count.state, count.deadlines);
  }
  return counts;
}

std::optional<InvitationRecord> Reader::invitation(std::string_view meeting) {
  Transaction one_state(database_, Transaction::Mode::deferred);
  auto row = database_.query("SELECT key FROM meetings WHERE id = ?");
  return row.bind(meeting).next() ? load_invitation(database_, row.get<std::int64_t>()) : std::nullopt;
}

std::vector<FormRow> Reader::printed_forms(std::string_view meeting, std::int64_t after, int limit) {
  auto rows = database_.query(
      "SELECT f.id, f.form, f.code, f.printed_at FROM forms f "
      "WHERE f.meeting = (SELECT key FROM meetings WHERE id = ?) AND f.id > ? ORDER BY f.id LIMIT ?");
  rows.bind(meeting, after, limit);
  std::vector<FormRow> found;
  while (rows.next()) {
    const auto id = rows.get<std::int64_t>();
    auto form = rows.get<std::string>();
    const auto code = TrackingCode::from_number(rows.get<std::int64_t>()).value();
    found.push_back({id, {std::move(form), code}, rows.get<Timestamp>()});
  }
  return found;
}

std::optional<Meeting> Reader::meeting_of_form(TrackingCode code) {
  static const std::string sql =
      "SELECT m.id, " + std::string(meeting_columns) + " FROM forms f CROSS JOIN meetings m ON m.key = f.meeting WHERE f.code = ?";
  auto row = database_.query(sql);
  if (!row.bind(code.number()).next()) return std::nullopt;
  const auto id = row.get<std::string>();
  return read_meeting(id, row);
}

}  // namespace salam::store
