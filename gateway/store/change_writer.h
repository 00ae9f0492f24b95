#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "gateway/store/database.h"
#include "gateway/store/store.h"

/// Writes what a change brings beside the request itself.
namespace salam::store {

/// A change with the store's numbers in it, ready to be written: all that can throw for a reason other than the database lies behind it.
struct PreparedChange {
  Change change;
  std::vector<std::string> event_data;  ///< Of each event, frozen from the request as it stands after the change.
};

/// What a request counts on from; as it is here, for a new one.
struct Before {
  std::int64_t version = 0;
  std::int64_t sequence = 0;
  std::set<AttentionReason> attention{};
};

/// Raises version and sequence, brings the open attention up to date with what is raised and settled, freezes the events.
PreparedChange prepare(Change change, Before before, bool personal_data);

/// Messages, tasks, attention, events, attempt. Returns the tasks as stored.
std::vector<Task> write_parts(Database& database, const Change& change, const std::vector<std::string>& event_data, std::int64_t& next_task,
                              Timestamp now);

/// The messages as they stand after the change.
std::vector<Message> merged(std::vector<Message> before, const std::vector<Message>& changed);

void write_attempt(Database& database, RequestKey request, const Attempt& attempt);

}  // namespace salam::store
