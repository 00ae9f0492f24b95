#include "gateway/store/reader.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <utility>

#include "gateway/domain/text.h"
#include "gateway/store/rows.h"
#include "gateway/store/writer.h"

namespace salam::store {
namespace {

constexpr int most_with_one_code = 10;

/// A literal `state < 7` lets SQLite use the index over the unfinished ones; `+` keeps it from a meeting's index where the form's is
/// better.
std::string list_sql(const RequestFilter& filter) {
  std::string sql = select_requests + "WHERE r.key < ?";
  if (filter.meeting) {
    sql += filter.form ? " AND +r.meeting" : " AND r.meeting";
    sql += " = (SELECT key FROM meetings WHERE id = ?)";
  }
  if (filter.region) {
    sql += " AND r.region = ?";
  }
  if (filter.system) {
    sql += " AND r.system = ?";
  }
  if (filter.state) {
    sql += *filter.state < RegistrationState::registered ? " AND r.state < 7 AND r.state = ?" : " AND r.state = ?";
  }
  if (filter.form) {
    sql += " AND r.form = ?";
  }
  if (filter.told) {
    sql += *filter.told ? " AND r.told_by IS NOT NULL" : " AND r.told_by IS NULL";
  }
  return sql + " ORDER BY r.key DESC LIMIT ?";
}

template <class T>
void bind_if(Query& query, const std::optional<T>& value) {
  if (value) {
    query.bind(*value);
  }
}

std::optional<int> number_of(const std::optional<Region>& region) { return region ? std::optional(region->number()) : std::nullopt; }

/// Where the item `after` stands in the order of urgency.
struct Place {
  std::int64_t reason = -1;
  std::int64_t due = 0;
  std::int64_t id = 0;
};

Place place_of(Database& database, std::int64_t item) {
  Place place;
  auto row = database.query("SELECT reason, due, id FROM attention WHERE id = ?");
  if (row.bind(item).next()) {
    row.into(place.reason, place.due, place.id);
  }
  return place;
}

std::string attention_sql(bool by_reason, bool by_region) {
  std::string sql =
      "SELECT a.id, a.request, a.reason, a.since, a.due, a.detail FROM attention a INDEXED BY attention_open "
      "CROSS JOIN requests r ON r.key = a.request WHERE a.settled_at IS NULL AND (a.reason, a.due, a.id) > (?, ?, ?)";
  sql += by_reason ? " AND a.reason = ?" : "";
  sql += by_region ? " AND r.region = ?" : "";
  return sql + " ORDER BY a.reason, a.due, a.id LIMIT ?";
}

}  // namespace

std::vector<Record> Reader::records(Query& rows) {
  std::vector<Record> found;
  while (rows.next()) {
    auto request = read_request(rows);
    auto messages = load_messages(database_, request.key);
    found.push_back({std::move(request), std::move(messages)});
  }
  return found;
}

std::optional<Record> Reader::find(RequestKey key) {
  Transaction one_state(database_, Transaction::Mode::deferred);
  return load_record(database_, key);
}

std::optional<Record> Reader::find(const Uuid& id) {
  static const std::string sql = select_requests + "WHERE r.id = ?";
  Transaction one_state(database_, Transaction::Mode::deferred);
  auto row = database_.query(sql);
  auto found = records(row.bind(id));
  return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}

std::optional<MessageKey> Reader::message_on_the_way(std::string_view provider, std::string_view provider_id) {
  auto named = database_.query("SELECT request, id FROM messages WHERE state = 2 AND provider_id = ? AND provider = ?");
  if (named.bind(provider_id, provider).next()) {
    const auto request = named.get<RequestKey>();
    return MessageKey{request, named.get<std::int64_t>()};
  }
  std::int64_t id = 0;
  const auto* const end = provider_id.data() + provider_id.size();
  if (std::from_chars(provider_id.data(), end, id).ptr != end || provider_id.empty()) return std::nullopt;
  auto own = database_.query("SELECT request FROM messages WHERE state IN (1, 5) AND id = ? AND provider = ?");
  return own.bind(id, provider).next() ? std::optional(MessageKey{own.get<RequestKey>(), id}) : std::nullopt;
}

std::optional<Message> Reader::message(RequestKey request, std::int64_t id) {
  static const std::string sql = select_messages + "WHERE request = ? AND id = ?";
  auto row = database_.query(sql);
  return row.bind(request, id).next() ? std::optional(read_message(row)) : std::nullopt;
}

std::vector<Record> Reader::find_by_code(std::string_view code) {
  static const std::string by_own = select_requests + "WHERE r.code = ?";
  static const std::string by_upstream =
      select_requests + "WHERE r.upstream_code IN (?, ?) AND r.upstream_code <> '' ORDER BY r.key LIMIT ?";
  Transaction one_state(database_, Transaction::Mode::deferred);
  std::vector<Record> found;
  if (const auto own = TrackingCode::parse(code)) {
    auto row = database_.query(by_own);
    found = records(row.bind(own->number()));
  }
  auto rows = database_.query(by_upstream);
  const auto left = most_with_one_code - static_cast<int>(found.size());
  for (auto& record : records(rows.bind(code, latin_digits(code), left))) {
    if (found.empty() || found.front().request.key != record.request.key) {
      found.push_back(std::move(record));
    }
  }
  return found;
}

std::string Reader::original(RequestKey key) {
  auto row = database_.query("SELECT original FROM papers WHERE request = ?");
  return row.bind(key).next() ? row.get<std::string>() : std::string{};
}

std::optional<Record> Reader::newest_registered(System system) {
  Transaction one_state(database_, Transaction::Mode::deferred);
  auto key = database_.query("SELECT max(key) FROM requests INDEXED BY requests_upstream_code WHERE upstream_code <> '' AND system = ?");
  key.bind(system).next();
  return load_record(database_, key.get<RequestKey>());
}

std::vector<Attachment> Reader::attachments(RequestKey key) { return load_attachments(database_, key); }

std::optional<Attachment> Reader::attached_file(std::string_view digest) {
  auto row = database_.query("SELECT digest, size, media_type FROM attachments WHERE digest = ? AND url = '' LIMIT 1");
  if (!row.bind(digest).next()) {
    return std::nullopt;
  }
  Attachment file;
  row.into(file.digest, file.size, file.media_type);
  return file;
}

std::vector<Record> Reader::list(const RequestFilter& filter, RequestKey before, int limit) {
  Transaction one_state(database_, Transaction::Mode::deferred);
  auto rows = database_.query(list_sql(filter));
  rows.bind(before > 0 ? before : std::numeric_limits<RequestKey>::max());
  bind_if(rows, filter.meeting);
  bind_if(rows, number_of(filter.region));
  bind_if(rows, filter.system);
  bind_if(rows, filter.state);
  bind_if(rows, filter.form);
  return records(rows.bind(limit));
}

std::vector<HistoryEntry> Reader::history(RequestKey key, std::int64_t after_sequence, int limit) {
  auto rows = database_.query(
      "SELECT position, sequence, type, time, data, person, api_key, note FROM events WHERE request = ? AND sequence > ? ORDER BY sequence "
      "LIMIT ?");
  rows.bind(key, after_sequence, limit);
  std::vector<HistoryEntry> entries;
  while (rows.next()) {
    auto& entry = entries.emplace_back();
    rows.into(entry.position, entry.sequence, entry.type, entry.at, entry.data, entry.actor.name, entry.actor.key, entry.actor.note);
  }
  return entries;
}

std::vector<Attempt> Reader::attempts(RequestKey key, int limit) {
  auto rows = database_.query("SELECT target, action, at, took, outcome, detail FROM attempts WHERE request = ? ORDER BY id LIMIT ?");
  rows.bind(key, limit);
  std::vector<Attempt> attempts;
  while (rows.next()) {
    auto& attempt = attempts.emplace_back();
    rows.into(attempt.target, attempt.action, attempt.at, attempt.took, attempt.outcome, attempt.detail);
  }
  return attempts;
}

std::vector<AttentionItem> Reader::attention(std::optional<AttentionReason> reason, std::optional<Region> region, std::int64_t after,
                                             int limit) {
  Transaction one_state(database_, Transaction::Mode::deferred);
  const auto place = place_of(database_, after);
  auto rows = database_.query(attention_sql(reason.has_value(), region.has_value()));
  rows.bind(place.reason, place.due, place.id);
  bind_if(rows, reason);
  bind_if(rows, number_of(region));
  rows.bind(limit);
  std::vector<AttentionItem> items;
  while (rows.next()) {
    const auto id = rows.get<std::int64_t>();
    AttentionItem item{.id = id, .record = load_record(database_, rows.get<RequestKey>()).value()};
    rows.into(item.reason, item.since, item.due, item.detail);
    items.push_back(std::move(item));
  }
  return items;
}

std::vector<Task> Reader::tasks(Lane lane, bool retries, const std::set<std::int64_t>& except, int limit) {
  auto rows = database_.query("SELECT id, lane, due, request, slot, retry FROM tasks WHERE lane = ? AND retry = ? ORDER BY due, id");
  rows.bind(lane, retries);
  std::vector<Task> tasks;
  while (std::cmp_less(tasks.size(), limit) && rows.next()) {
    Task task;
    std::int64_t slot = 0;
    rows.into(task.id, task.lane, task.due, task.request, slot, task.retry);
    read_slot(slot, task);
    if (!except.contains(task.id)) {
      tasks.push_back(task);
    }
  }
  return tasks;
}

std::vector<OutboxEvent> Reader::outbox(std::int64_t after, int limit) {
  auto rows = database_.query(
      "SELECT e.position, r.id, m.id, e.sequence, e.type, e.time, e.traceparent, e.data FROM events e "
      "LEFT JOIN requests r ON r.key = e.request LEFT JOIN meetings m ON m.key = e.meeting WHERE e.position > ? "
      "ORDER BY e.position LIMIT ?");
  rows.bind(after, limit);
  std::vector<OutboxEvent> events;
  while (rows.next()) {
    auto& event = events.emplace_back();
    event.position = rows.get<std::int64_t>();
    const auto request = rows.get<std::optional<Uuid>>();
    auto meeting = rows.get<std::string>();
    event.aggregate = request ? request->to_string() : std::move(meeting);
    rows.into(event.sequence, event.type);
    event.time = to_rfc3339(rows.get<Timestamp>());
    rows.into(event.traceparent, event.data);
  }
  return events;
}

OutboxState Reader::outbox_state() {
  Transaction one_state(database_, Transaction::Mode::deferred);
  OutboxState state;
  state.last = database_.number("SELECT max(position) FROM events");
  state.published = database_.number("SELECT value FROM meta WHERE name = 'published'");
  auto oldest = database_.query("SELECT time FROM events WHERE position > ? ORDER BY position LIMIT 1");
  if (oldest.bind(state.published).next()) {
    state.oldest_unpublished = oldest.get<Timestamp>();
  }
  return state;
}

std::optional<IdempotentAnswer> Reader::answered(std::string_view caller, std::string_view key, Timestamp now) {
  auto row = database_.query("SELECT caller, key, fingerprint, status, body FROM answers WHERE caller = ? AND key = ? AND at > ?");
  if (!row.bind(caller, key, now - answer_lifetime).next()) {
    return std::nullopt;
  }
  IdempotentAnswer answer;
  row.into(answer.caller, answer.key, answer.fingerprint, answer.status, answer.body);
  return answer;
}

Counts Reader::counts() {
  Transaction one_state(database_, Transaction::Mode::deferred);
  Counts counts;
  auto totals = database_.query("SELECT coalesce(sum(requests), 0), coalesce(sum(requests * told), 0) FROM tallies");
  totals.next();
  totals.into(counts.requests, counts.told);
  auto states = database_.query("SELECT state, sum(requests) FROM tallies GROUP BY state HAVING sum(requests) > 0");
  while (states.next()) {
    const auto state = states.get<RegistrationState>();
    counts.by_state.emplace_back(to_string(state), states.get<std::int64_t>());
  }
  auto systems = database_.query("SELECT system, sum(requests) FROM tallies WHERE state = 7 GROUP BY system HAVING sum(requests) > 0");
  while (systems.next()) {
    const auto system = systems.get<System>();
    counts.by_system.emplace_back(to_string(system), systems.get<std::int64_t>());
  }
  count_open(counts);
  return counts;
}

void Reader::count_open(Counts& counts) {
  counts.meetings = database_.number("SELECT count(*) FROM meetings");
  auto reasons = database_.query(
      "SELECT reason, count(*), min(since) FROM attention INDEXED BY attention_open WHERE settled_at IS NULL GROUP BY reason");
  while (reasons.next()) {
    const auto reason = reasons.get<AttentionReason>();
    counts.attention.emplace_back(to_string(reason), reasons.get<std::int64_t>());
    const auto since = reasons.get<Timestamp>();
    counts.oldest_attention = std::min(counts.oldest_attention.value_or(since), since);
  }
  auto lanes = database_.query("SELECT lane, count(*), min(due) FROM tasks GROUP BY lane");
  while (lanes.next()) {
    const auto lane = lanes.get<Lane>();
    counts.tasks.emplace_back(to_string(lane), lanes.get<std::int64_t>());
    const auto due = lanes.get<Timestamp>();
    counts.oldest_due_task = std::min(counts.oldest_due_task.value_or(due), due);
  }
}

}  // namespace salam::store
