#include <map>
#include <string>
#include <vector>

#include <spdlog/fmt/fmt.h>

#include "gateway/store/attachment_files.h"
#include "gateway/store/database.h"
#include "gateway/store/reader.h"
#include "gateway/store/schema.h"
#include "gateway/store/store.h"

namespace salam::store {
namespace {

constexpr int page = 1000;
constexpr std::size_t most_findings = 1000;
// A running gateway announces what is missed within a minute, and writes to those who are invited within seconds.
constexpr Milliseconds announced_within{10 * 60'000};
constexpr Milliseconds written_within{10 * 60'000};

/// What the audit looks at of one request.
struct Standing {
  RequestKey key = 0;
  Uuid id;
  std::int64_t code = 0;
  std::int64_t sequence = 0;
  RegistrationState state = RegistrationState::waiting;
  System system = System::system137;
  std::string upstream_code;
  std::optional<std::string> told_code;
  bool attention = false;
  bool task = false;
  std::int64_t events = 0;
  std::int64_t last_event = 0;
  std::optional<Timestamp> due;
  DueStage due_stage = DueStage::ahead;
  bool answered = false;
  bool overdue = false;  ///< Stands on the list as such.
  std::optional<Timestamp> review_due;
  std::string twin;

  [[nodiscard]] bool finished() const { return state == RegistrationState::registered || state == RegistrationState::closed; }
  [[nodiscard]] bool watched() const { return attention || task; }
};

std::vector<Standing> next_page(Database& database, RequestKey after) {
  auto rows = database.query(
      "SELECT r.key, r.id, r.code, r.sequence, r.state, r.system, r.upstream_code, r.told_code, "
      "EXISTS (SELECT 1 FROM attention a WHERE a.request = r.key AND a.settled_at IS NULL), "
      "EXISTS (SELECT 1 FROM tasks t WHERE t.request = r.key AND t.lane NOT IN (?, ?, ?) AND NOT EXISTS "
      "(SELECT 1 FROM messages i WHERE i.request = t.request AND i.id = t.slot AND i.kind = ?)), "
      "(SELECT count(*) FROM events e WHERE e.request = r.key), "
      "(SELECT coalesce(max(e.sequence), 0) FROM events e WHERE e.request = r.key), "
      "r.due, r.due_stage, c.answer_channel IS NOT NULL OR c.close_reason IS NOT NULL OR r.progress IN (?, ?, ?), "
      "EXISTS (SELECT 1 FROM attention a WHERE a.request = r.key AND a.settled_at IS NULL AND a.reason = ?), c.review_due, c.twin "
      "FROM requests r LEFT JOIN cases c ON c.request = r.key WHERE r.key > ? ORDER BY r.key LIMIT ?");
  // Asking what became of it tells the citizen nothing, nor does an invitation, nor does the clock register or tell.
  rows.bind(Lane::status137, Lane::desk_status, Lane::clock, MessageKind::invitation, Progress::answered, Progress::resolved,
            Progress::cannot_be_done, AttentionReason::overdue, after, page);
  std::vector<Standing> standings;
  while (rows.next()) {
    auto& one = standings.emplace_back();
    rows.into(one.key, one.id, one.code, one.sequence, one.state, one.system, one.upstream_code, one.told_code, one.attention, one.task,
              one.events, one.last_event, one.due, one.due_stage, one.answered, one.overdue, one.review_due, one.twin);
  }
  return standings;
}

struct MeetingStanding {
  std::int64_t key = 0;
  std::string id;
  std::int64_t sequence = 0;
  std::int64_t events = 0;
  std::int64_t last_event = 0;
  std::optional<Timestamp> inviting_since;  ///< Some of those who are invited have no message yet.
};

std::vector<MeetingStanding> next_meetings(Database& database, std::int64_t after) {
  auto rows = database.query(
      "SELECT m.key, m.id, m.sequence, (SELECT count(*) FROM events e WHERE e.meeting = m.key), "
      "(SELECT coalesce(max(e.sequence), 0) FROM events e WHERE e.meeting = m.key), "
      "(SELECT i.approved_at FROM invitations i WHERE i.meeting = m.key AND i.writing = 1) FROM meetings m WHERE m.key > ? ORDER BY m.key LIMIT ?");
  rows.bind(after, page);
  std::vector<MeetingStanding> meetings;
  while (rows.next()) {
    auto& one = meetings.emplace_back();
    rows.into(one.key, one.id, one.sequence, one.events, one.last_event, one.inviting_since);
  }
  return meetings;
}

struct AttachedFile {
  std::int64_t attachment = 0;
  std::string digest;
  std::uint64_t size = 0;
  Uuid request;
  std::int64_t code = 0;
};

std::vector<AttachedFile> next_files(Database& database, std::int64_t after) {
  auto rows = database.query(
      "SELECT a.id, a.digest, a.size, r.id, r.code FROM attachments a CROSS JOIN requests r ON r.key = a.request "
      "WHERE a.id > ? AND a.url = '' ORDER BY a.id LIMIT ?");
  rows.bind(after, page);
  std::vector<AttachedFile> files;
  while (rows.next()) {
    auto& file = files.emplace_back();
    rows.into(file.attachment, file.digest, file.size, file.request, file.code);
  }
  return files;
}

/// Of a request or a meeting.
template <class Counted>
std::optional<std::string> gap(const Counted& one) {
  if (one.events == one.sequence && one.last_event == one.sequence) {
    return std::nullopt;
  }
  return fmt::format("its events have a gap: {} of {} stand in the outbox, the last is {}", one.events, one.sequence, one.last_event);
}

bool own_code(const Standing& one, const std::string& code) {
  const auto parsed = TrackingCode::parse(code);
  return parsed && parsed->number() == one.code;
}

/// By-law: no request without an answer.
void find_unanswered(const Standing& one, Timestamp now, std::vector<std::string>& found) {
  const auto passed = [now](const std::optional<Timestamp>& due) { return due && *due + announced_within < now; };
  if (!one.due && !one.answered) found.emplace_back("it is not answered, and no day is set by which it must be");
  if (one.overdue) return;
  if (one.due_stage == DueStage::missed || passed(one.due)) {
    found.push_back(
        fmt::format("it was to be answered by {}, and does not stand on the list as overdue", to_rfc3339(one.due.value_or(now))));
  }
  if (one.state == RegistrationState::in_review && (!one.review_due || passed(one.review_due))) {
    found.emplace_back("nobody reviewed it in time, and it does not stand on the list as overdue");
  }
}

/// What falls short, one sentence each.
std::vector<std::string> faults(const Standing& one, Timestamp now) {
  std::vector<std::string> found;
  if (!one.told_code && !one.watched()) {
    found.emplace_back("the citizen was not told the code, and neither a task nor the attention list sees to it");
  }
  if (one.told_code && *one.told_code != one.upstream_code && !own_code(one, *one.told_code)) {
    found.emplace_back("the citizen was told a code by which this request is not found");
  }
  if (!one.finished() && !one.watched()) {
    found.push_back(fmt::format("it waits in silence: {}, without a task and not on the attention list", to_string(one.state)));
  }
  if (one.state == RegistrationState::registered && one.upstream_code.empty()) {
    found.emplace_back("it is registered, but the upstream's code is missing");
  }
  if (auto missing = gap(one)) {
    found.push_back(*std::move(missing));
  }
  find_unanswered(one, now, found);
  return found;
}

class Walk {
 public:
  Walk(Database& database, const AttachmentFiles& files, Timestamp now) : database_(database), files_(files), now_(now) {}

  AuditReport report() {
    RequestKey last = 0;
    for (auto standings = next_page(database_, last); !standings.empty(); standings = next_page(database_, last)) {
      for (const auto& one : standings) {
        judge(one);
      }
      last = standings.back().key;
    }
    look_at_meetings();
    look_for_files();
    for (const auto& [state, number] : states_) {
      report_.counts.by_state.emplace_back(to_string(state), number);
    }
    for (const auto& [system, number] : systems_) {
      report_.counts.by_system.emplace_back(to_string(system), number);
    }
    Reader(database_).count_open(report_.counts);
    return std::move(report_);
  }

 private:
  void judge(const Standing& one) {
    auto& counts = report_.counts;
    ++counts.requests;
    counts.told += one.told_code ? 1 : 0;
    ++states_[one.state];
    if (one.state == RegistrationState::registered) {
      ++systems_[one.system];
    }
    for (auto& what : faults(one, now_)) {
      found(one.id, one.code, std::move(what));
    }
    if (const auto twin = Uuid::parse(one.twin); twin && is_closed(*twin)) {
      found(one.id, one.code, "it was closed as the twin of " + one.twin + ", which was closed itself: neither is answered");
    }
  }

  void look_at_meetings() {
    std::int64_t last = 0;
    for (auto meetings = next_meetings(database_, last); !meetings.empty(); meetings = next_meetings(database_, last)) {
      for (const auto& one : meetings) {
        if (auto missing = gap(one)) {
          found({one.id, {}, *std::move(missing)});
        }
        if (one.inviting_since && *one.inviting_since + written_within < now_) {
          found({one.id, {}, fmt::format("its invitation was approved at {}, and is not written to all", to_rfc3339(*one.inviting_since))});
        }
      }
      last = meetings.back().key;
    }
  }

  bool is_closed(const Uuid& id) {
    auto row = database_.query("SELECT 1 FROM requests r CROSS JOIN cases c ON c.request = r.key WHERE r.id = ? AND c.close_reason <> ?");
    return row.bind(id, CloseReason::answered).next();
  }

  void look_for_files() {
    std::int64_t last = 0;
    for (auto files = next_files(database_, last); !files.empty(); files = next_files(database_, last)) {
      for (const auto& file : files) {
        if (!files_.holds(file.digest, file.size)) {
          found(file.request, file.code,
                fmt::format("its attachment {} is missing in {}, or is not as long as it was", file.digest, files_.folder()));
        }
      }
      last = files.back().attachment;
    }
  }

  void found(const Uuid& id, std::int64_t number, std::string what) {
    const auto code = TrackingCode::from_number(number);
    found({id.to_string(), code ? code->digits() : std::string{}, std::move(what)});
  }

  void found(AuditFinding finding) {
    ++report_.findings_total;
    if (report_.findings.size() < most_findings) {
      report_.findings.push_back(std::move(finding));
    }
  }

  Database& database_;
  const AttachmentFiles& files_;
  Timestamp now_;
  AuditReport report_;
  std::map<RegistrationState, std::int64_t> states_;
  std::map<System, std::int64_t> systems_;
};

}  // namespace

Result<AuditReport> audit(const std::string& path, Timestamp now) {
  try {
    Database database(path, Database::Access::read);
    if (auto ours = check_ours(database, path); !ours) {
      return ours.error();
    }
    check_whole(database);
    if (database.number("PRAGMA user_version") == 0) {
      return unusable(path, "it is empty");
    }
    return Walk(database, AttachmentFiles(attachment_folder(path)), now).report();
  } catch (const DatabaseError& error) {
    return unusable(path, error.what());
  }
}

}  // namespace salam::store
