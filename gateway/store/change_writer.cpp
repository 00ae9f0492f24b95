#include "gateway/store/change_writer.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "gateway/json/event_data.h"
#include "gateway/store/rows.h"

namespace salam::store {
namespace {

std::optional<std::int64_t> task_id(Database& database, const Task& task) {
  auto row = database.query("SELECT id FROM tasks WHERE request = ? AND slot = ?");
  return row.bind(task.request, slot_of(task)).next() ? std::optional(row.get<std::int64_t>()) : std::nullopt;
}

/// Not with RETURNING, for which SQLite opens a temporary table each time.
Task put_task(Database& database, Task task, bool of_new_request, std::int64_t& next_task) {
  if (const auto known = of_new_request ? std::nullopt : task_id(database, task)) {
    task.id = *known;
    database.query("UPDATE tasks SET lane = ?, due = ?, retry = ? WHERE id = ?").bind(task.lane, task.due, task.retry, task.id).run();
  } else {
    task.id = next_task++;
    database.query("INSERT INTO tasks(id, request, slot, lane, due, retry) VALUES (?,?,?,?,?,?)")
        .bind(task.id, task.request, slot_of(task), task.lane, task.due, task.retry)
        .run();
  }
  return task;
}

void remove_task(Database& database, RequestKey request, const Task& task) {
  database.query("DELETE FROM tasks WHERE request = ? AND slot = ?").bind(request, slot_of(task)).run();
}

void raise_attention(Database& database, RequestKey request, const AttentionRaised& raised, Timestamp now) {
  database
      .query(
          "INSERT INTO attention(request, reason, since, due, detail) VALUES (?,?,?,?,?) "
          "ON CONFLICT(request, reason) WHERE settled_at IS NULL DO NOTHING")
      .bind(request, raised.reason, now, raised.due, raised.detail)
      .run();
}

void settle_attention(Database& database, RequestKey request, const AttentionSettled& settled) {
  database.query("UPDATE attention SET settled_at = ?, settled_by = ?, note = ? WHERE request = ? AND reason = ? AND settled_at IS NULL")
      .bind(settled.at, settled.by, settled.note, request, settled.reason)
      .run();
}

void write_events(Database& database, const Change& change, const std::vector<std::string>& event_data) {
  const auto& request = change.after;
  auto sequence = request.sequence - static_cast<std::int64_t>(change.events.size());
  for (std::size_t index = 0; index < change.events.size(); ++index) {
    const auto& event = change.events[index];
    database.query("INSERT INTO events(request, sequence, type, time, traceparent, data, person, api_key, note) VALUES (?,?,?,?,?,?,?,?,?)")
        .bind(request.key, ++sequence, cloud_event_type(event.type), event.at, request.traceparent, event_data[index], event.actor.name,
              event.actor.key, event.actor.note)
        .run();
  }
}

}  // namespace

PreparedChange prepare(Change change, Before before, bool personal_data) {
  auto& after = change.after;
  after.version = before.version + (change.tasks_only ? 0 : 1);
  after.sequence = before.sequence + static_cast<std::int64_t>(change.events.size());
  after.attention = std::move(before.attention);
  for (const auto& settled : change.settled) {
    after.attention.erase(settled.reason);
  }
  for (const auto& raised : change.raised) {
    after.attention.insert(raised.reason);
  }
  std::vector<std::string> data;
  data.reserve(change.events.size());
  for (const auto& event : change.events) {
    data.push_back(json::event_data(event, after, personal_data));
  }
  return {std::move(change), std::move(data)};
}

std::vector<Task> write_parts(Database& database, const Change& change, const std::vector<std::string>& event_data, std::int64_t& next_task,
                              Timestamp now) {
  const RequestKey request = change.after.key;
  for (const auto& message : change.messages) {
    put_message(database, request, message);
  }
  for (const auto& task : change.done) {
    remove_task(database, request, task);
  }
  std::vector<Task> tasks;
  const bool of_new_request = change.after.version == 1 && !change.tasks_only;
  for (auto task : change.tasks) {
    task.request = request;
    tasks.push_back(put_task(database, task, of_new_request, next_task));
  }
  for (const auto& settled : change.settled) {
    settle_attention(database, request, settled);
  }
  for (const auto& raised : change.raised) {
    raise_attention(database, request, raised, now);
  }
  write_events(database, change, event_data);
  if (change.attempt) {
    write_attempt(database, request, *change.attempt);
  }
  return tasks;
}

std::vector<Message> merged(std::vector<Message> before, const std::vector<Message>& changed) {
  for (const auto& message : changed) {
    const auto known = std::find_if(before.begin(), before.end(), [&](const Message& stored) { return stored.id == message.id; });
    if (known == before.end()) {
      before.push_back(message);
    } else {
      *known = message;
    }
  }
  return before;
}

void write_attempt(Database& database, RequestKey request, const Attempt& attempt) {
  database
      .query(
          "INSERT INTO attempts(request, target, action, at, took, outcome, detail) "
          "SELECT key, ?, ?, ?, ?, ?, ? FROM requests WHERE key = ?")
      .bind(attempt.target, attempt.action, attempt.at, attempt.took, attempt.outcome, attempt.detail, request)
      .run();
}

}  // namespace salam::store
