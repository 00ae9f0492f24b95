#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "gateway/store/store.h"
#include "tests/power_loss/disk.h"

namespace salam::power_loss {

using Problems = std::vector<std::string>;

/// What the gateway has answered, and when: from that moment on it must be found on the disk. Kept outside of it, as a client would.
class Ledger {
 public:
  /// The request as the answer described it.
  void answered(const Record& record, Disk::Position at) { requests_[record.request.key].push_back({record.request, at}); }
  void answered(const Meeting& meeting, Disk::Position at) { meetings_.push_back({meeting.id, at}); }
  void answered(const store::IdempotentAnswer& answer, Disk::Position at) { answers_.push_back({answer.key, at}); }
  /// Whatever the gateway shows after its start, it has promised.
  void shown(store::Store& store, Disk::Position at);
  /// What the events said; to be called before the process ends.
  void read_events(const std::string& database);

  /// What a store that was opened again lacks of what had been answered up to there.
  [[nodiscard]] Problems missing(store::Store& store, Disk::Position at) const;
  /// Forgets what had not been answered by then; the rest counts from `now` on.
  void keep(Disk::Position at, Disk::Position now);

 private:
  template <class T>
  using Answers = std::vector<std::pair<T, Disk::Position>>;

  Problems missing(store::Store& store, const Request& promised) const;

  std::map<RequestKey, Answers<Request>> requests_;
  Answers<std::string> meetings_;
  Answers<std::string> answers_;
  std::map<std::pair<RequestKey, std::int64_t>, std::string> events_;
};

/// The caller of every idempotent answer in a history.
inline constexpr const char* caller = "officer";

/// What is wrong with the database by itself: SQLite's integrity check, foreign keys, gaps in the events, the tallies, the audit.
Problems faults_in(const std::string& database);

}  // namespace salam::power_loss
