#include "tests/power_loss/ledger.h"

#include <algorithm>

#include <spdlog/fmt/fmt.h>

#include "gateway/store/database.h"
#include "gateway/store/reader.h"

namespace salam::power_loss {
namespace {

constexpr int all = 10'000;

template <class T>
void forget(std::vector<std::pair<T, Disk::Position>>& answers, Disk::Position at, Disk::Position now) {
  std::erase_if(answers, [at](const auto& answer) { return answer.second > at; });
  for (auto& answer : answers) answer.second = std::min(answer.second, now);
}

}  // namespace

void Ledger::shown(store::Store& store, Disk::Position at) {
  for (const auto& record : store.list({}, 0, all)) answered(record, at);
}

void Ledger::read_events(const std::string& path) {
  store::Database database(path, store::Database::Access::read);
  store::Reader reader(database);
  for (const auto& record : reader.list({}, 0, all)) {
    for (const auto& event : reader.history(record.request.key, 0, all)) {
      events_.try_emplace({record.request.key, event.sequence}, event.type + event.data);
    }
  }
}

Problems Ledger::missing(store::Store& store, Disk::Position at) const {
  Problems problems;
  for (const auto& [key, answers] : requests_) {
    const auto last = std::find_if(answers.rbegin(), answers.rend(), [at](const auto& answer) { return answer.second <= at; });
    if (last == answers.rend()) continue;
    for (auto& problem : missing(store, last->first)) problems.push_back(std::move(problem));
  }
  for (const auto& [id, answered_at] : meetings_) {
    if (answered_at <= at && !store.meeting(id)) problems.push_back("meeting " + id + " is lost");
  }
  for (const auto& [key, answered_at] : answers_) {
    if (answered_at <= at && !store.answered(caller, key)) problems.push_back("the answer kept under " + key + " is lost");
  }
  return problems;
}

Problems Ledger::missing(store::Store& store, const Request& promised) const {
  const auto found = store.find(promised.id);
  const auto name = fmt::format("form {} ({})", promised.form_item.form, promised.id.to_string());
  if (!found) return {name + " is lost"};
  const auto& stored = found->request;
  Problems problems;
  if (stored.key != promised.key || stored.code.number() != promised.code.number() || stored.form_item != promised.form_item) {
    problems.push_back(name + " is another request now");
  }
  if (stored.version < promised.version || stored.sequence < promised.sequence) {
    problems.push_back(fmt::format("{} fell back from version {} to {}", name, promised.version, stored.version));
  } else if (stored.version == promised.version && stored.registration.state != promised.registration.state) {
    problems.push_back(name + " stands elsewhere than was said");
  }
  const auto history = store.history(promised.key, 0, all);
  for (std::int64_t sequence = 1; sequence <= promised.sequence; ++sequence) {
    const auto index = static_cast<std::size_t>(sequence - 1);
    const auto known = events_.find({promised.key, sequence});
    if (index >= history.size() || history[index].sequence != sequence) {
      problems.push_back(fmt::format("{} lost event {}", name, sequence));
    } else if (known != events_.end() && known->second != history[index].type + history[index].data) {
      problems.push_back(fmt::format("{} has another event {}", name, sequence));
    }
  }
  return problems;
}

void Ledger::keep(Disk::Position at, Disk::Position now) {
  for (auto& [key, answers] : requests_) forget(answers, at, now);
  std::erase_if(requests_, [](const auto& request) { return request.second.empty(); });
  forget(meetings_, at, now);
  forget(answers_, at, now);
  std::erase_if(events_, [this](const auto& event) {
    const auto request = requests_.find(event.first.first);
    return request == requests_.end() || event.first.second > request->second.back().first.sequence;
  });
}

Problems faults_in(const std::string& path) {
  Problems problems;
  store::Database database(path, store::Database::Access::read);
  const auto expect_none = [&](const char* sql, const char* what) {
    if (const auto number = database.number(sql); number != 0) problems.push_back(fmt::format("{}: {}", what, number));
  };
  auto check = database.query("PRAGMA integrity_check");
  while (check.next()) {
    if (auto line = check.get<std::string>(); line != "ok") problems.push_back("integrity check: " + line);
  }
  expect_none("SELECT count(*) FROM pragma_foreign_key_check", "rows without what they belong to");
  expect_none(
      "SELECT count(*) FROM (SELECT 1 FROM events GROUP BY request, meeting HAVING min(sequence) <> 1 OR max(sequence) <> count(*))",
      "requests with a gap in their events");
  expect_none("SELECT count(*) FROM requests r WHERE r.sequence <> (SELECT count(*) FROM events e WHERE e.request = r.key)",
              "requests that count other events than they have");
  expect_none("SELECT (SELECT count(*) FROM requests) <> (SELECT coalesce(sum(requests), 0) FROM tallies)", "wrong tallies");
  expect_none("SELECT value > (SELECT coalesce(max(position), 0) FROM events) FROM meta WHERE name = 'published'",
              "a mark beyond the last event");
  // The machine's clock runs on while it is off: what is due is not looked at.
  const auto report = store::audit(path, Timestamp{});
  if (!report) return {report.error().message};
  for (const auto& finding : report->findings) problems.push_back("audit: " + finding.request + ": " + finding.what);
  return problems;
}

}  // namespace salam::power_loss
