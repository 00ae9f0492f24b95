#include "gateway/store/invitation_rows.h"

#include "gateway/domain/case.h"

namespace salam::store {
namespace {

/// Of one meeting. A message that was not sent because the number was corrected leaves its number uninvited.
constexpr std::string_view uninvited =
    "FROM requests r CROSS JOIN papers p ON p.request = r.key LEFT JOIN cases c ON c.request = r.key "
    "WHERE r.meeting = ?1 AND c.close_reason IS NOT ?2 AND p.mobile NOT IN (SELECT m.mobile FROM requests q "
    "CROSS JOIN papers w ON w.request = q.key CROSS JOIN messages m ON m.request = q.key "
    "WHERE q.meeting = ?1 AND m.kind = ?3 AND (m.state <> ?4 OR m.mobile IS w.mobile))";

void bind_uninvited(Query& query, std::int64_t meeting) {
  query.bind(meeting, CloseReason::withdrawn, MessageKind::invitation, MessageState::failed);
}

std::int64_t count_uninvited(Database& database, std::int64_t meeting) {
  static const std::string sql = "SELECT count(DISTINCT p.mobile) " + std::string(uninvited);
  auto row = database.query(sql);
  bind_uninvited(row, meeting);
  row.next();
  return row.get<std::int64_t>();
}

std::int64_t count_without_number(Database& database, std::int64_t meeting) {
  auto row = database.query(
      "SELECT count(*) FROM requests r CROSS JOIN papers p ON p.request = r.key LEFT JOIN cases c ON c.request = r.key "
      "WHERE r.meeting = ? AND c.close_reason IS NOT ? AND p.mobile IS NULL");
  row.bind(meeting, CloseReason::withdrawn).next();
  return row.get<std::int64_t>();
}

std::int64_t& count_of(InvitationCounts& counts, MessageState state) {
  switch (state) {
    case MessageState::queued:
    case MessageState::sending:
      return counts.queued;
    case MessageState::sent:
      return counts.sent;
    case MessageState::delivered:
    case MessageState::handed_over:
      return counts.delivered;
    case MessageState::uncertain:
      return counts.uncertain;
    case MessageState::failed:
      break;
  }
  return counts.failed;
}

InvitationCounts load_counts(Database& database, std::int64_t meeting) {
  InvitationCounts counts{.to_invite = count_uninvited(database, meeting), .without_number = count_without_number(database, meeting)};
  auto rows = database.query(
      "SELECT m.state, count(*) FROM requests r CROSS JOIN messages m ON m.request = r.key WHERE r.meeting = ? AND m.kind = ? GROUP BY m.state");
  rows.bind(meeting, MessageKind::invitation);
  while (rows.next()) {
    auto& count = count_of(counts, rows.get<MessageState>());
    count += rows.get<std::int64_t>();
  }
  return counts;
}

}  // namespace

std::optional<InvitationRecord> load_invitation(Database& database, std::int64_t meeting) {
  auto row = database.query(
      "SELECT version, date, time, place, text, put_by, approved_by, approved_at, approved_text FROM invitations WHERE meeting = ?");
  if (!row.bind(meeting).next()) {
    return std::nullopt;
  }
  InvitationRecord record{.version = row.get<std::int64_t>()};
  auto& draft = record.draft;
  const auto date = parse_date(row.get<std::string>());
  if (!date) {
    throw DatabaseError(SQLITE_CORRUPT, "a stored date is none");
  }
  draft.session.date = *date;
  row.into(draft.session.time, draft.session.place, draft.text, draft.by);
  auto by = row.get<std::optional<std::string>>();
  InvitationApproval approval;
  row.into(approval.at, approval.text);
  if (by) {
    approval.by = std::move(*by);
    record.approved = std::move(approval);
  }
  record.counts = load_counts(database, meeting);
  return record;
}

void put_invitation(Database& database, std::int64_t meeting, const Invitation& invitation) {
  const auto& [session, text, by] = invitation;
  const auto date = to_string(session.date);
  database
      .query(
          "INSERT INTO invitations(meeting, version, date, time, place, text, put_by) VALUES (?,1,?,?,?,?,?) "
          "ON CONFLICT(meeting) DO UPDATE SET "
          "version = version + ((date, time, place, text) <> (excluded.date, excluded.time, excluded.place, excluded.text)), "
          "date = excluded.date, time = excluded.time, place = excluded.place, text = excluded.text, put_by = excluded.put_by")
      .bind(meeting, date, session.time, session.place, text, by)
      .run();
}

void approve_invitation(Database& database, std::int64_t meeting, const InvitationApproval& approval) {
  database.query("UPDATE invitations SET approved_by = ?, approved_at = ?, approved_text = ?, writing = 1 WHERE meeting = ?")
      .bind(approval.by, approval.at, approval.text, meeting)
      .run();
}

std::optional<OpenInvitation> open_invitation(Database& database) {
  auto row = database.query("SELECT meeting, approved_text FROM invitations WHERE writing = 1 ORDER BY meeting LIMIT 1");
  if (!row.next()) {
    return std::nullopt;
  }
  const auto meeting = row.get<std::int64_t>();
  return OpenInvitation{meeting, row.get<std::string>()};
}

std::vector<RequestKey> load_uninvited(Database& database, std::int64_t meeting, int limit) {
  static const std::string sql =
      "SELECT min(r.key) " + std::string(uninvited) + " AND p.mobile IS NOT NULL GROUP BY p.mobile ORDER BY 1 LIMIT ?5";
  auto rows = database.query(sql);
  bind_uninvited(rows, meeting);
  rows.bind(limit);
  std::vector<RequestKey> keys;
  while (rows.next()) {
    keys.push_back(rows.get<RequestKey>());
  }
  return keys;
}

void close_invitations(Database& database, std::optional<std::int64_t> meeting) {
  database.query("UPDATE invitations SET writing = 0 WHERE writing = 1 AND meeting = coalesce(?, meeting)").bind(meeting).run();
}

}  // namespace salam::store
