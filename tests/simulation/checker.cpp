#include "tests/simulation/checker.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include <spdlog/fmt/fmt.h>

namespace salam::simulation {
namespace {

// As they stand in the database (gateway/store/schema.sql.h).
constexpr int state_registered = 7;
constexpr int told_by_sms = 0;
constexpr int told_by_person = 2;
constexpr int message_delivered = 3;
constexpr int message_failed = 4;

struct Row {
  std::int64_t key = 0;
  std::string id;
  std::string code;
  std::string form;
  std::string content;
  std::string mobile;
  int state = 0;
  int system = 0;
  std::string upstream_code;
  std::optional<int> told_by;
  std::string told_code;
  std::int64_t sequence = 0;
  std::int64_t attention = 0;
  bool on_the_list = false;
  bool has_task = false;
};

std::vector<Row> rows_of(store::Database& database) {
  auto query = database.query(
      "SELECT r.key, r.id, printf('%010d', r.code), r.form, p.original, coalesce(p.mobile, ''), r.state, r.system, r.upstream_code, "
      "r.told_by, coalesce(r.told_code, ''), r.sequence, r.attention, "
      "EXISTS (SELECT 1 FROM attention a WHERE a.request = r.key AND a.settled_at IS NULL), "
      "EXISTS (SELECT 1 FROM tasks t WHERE t.request = r.key) FROM requests r JOIN papers p ON p.request = r.key ORDER BY r.key");
  std::vector<Row> rows;
  while (query.next()) {
    auto& row = rows.emplace_back();
    row.key = query.get<std::int64_t>();
    row.id = query.get<Uuid>().to_string();
    query.into(row.code, row.form, row.content, row.mobile, row.state, row.system, row.upstream_code, row.told_by, row.told_code,
               row.sequence, row.attention, row.on_the_list, row.has_task);
  }
  return rows;
}

class Check {
 public:
  explicit Check(const Ledgers& ledgers) : ledgers_(ledgers), rows_(rows_of(ledgers.database)) {
    for (const auto& row : rows_) {
      by_id_.emplace(row.id, &row);
      by_code_.emplace(row.code, &row);
      forms_[row.form].push_back(&row);
    }
  }

  std::vector<std::string> all() {
    receipts();
    registrations();
    citizens();
    texts();
    events();
    silence();
    return std::move(found_);
  }

 private:
  template <class... Args>
  void breach(fmt::format_string<Args...> text, Args&&... args) {
    found_.push_back(fmt::format(text, std::forward<Args>(args)...));
  }

  /// 1 and 2: what got a receipt is there, once, under the id and code of every receipt.
  void receipts() {
    if (forms_.size() != static_cast<std::size_t>(ledgers_.clients.forms())) {
      breach("1: {} forms were answered, {} are stored", ledgers_.clients.forms(), forms_.size());
    }
    for (const auto& [form, rows] : forms_) {
      if (rows.size() != 1) breach("2: form {} is stored {} times", form, rows.size());
    }
    for (const auto& receipt : ledgers_.clients.receipts()) {
      const auto found = by_id_.find(receipt.id);
      if (found == by_id_.end()) {
        breach("1: form {} got a receipt for {} {}, which is gone", receipt.form, receipt.id, receipt.code);
        continue;
      }
      const auto& row = *found->second;
      if (row.form != receipt.form || row.code != receipt.code) breach("2: the receipt of form {} names another request", receipt.form);
      if ((row.content == receipt.content) == receipt.conflict)
        breach("2: form {} is stored with other content than was receipted", row.form);
    }
    for (const auto& slip : ledgers_.clients.slips()) {
      for (const auto* row : forms_[slip.form]) {
        if (row->upstream_code != slip.code) breach("3: form {}'s slip says {}, its code is {}", slip.form, slip.code, row->upstream_code);
      }
    }
  }

  /// 3: in one system, once, under the code that the gateway holds.
  void registrations() {
    std::map<std::string, std::vector<std::pair<int, std::string>>> standing;
    int system = 0;
    for (const auto* upstream : {&ledgers_.system137, &ledgers_.service_desk}) {
      for (const auto& entry : upstream->ledger()) {
        standing[entry.reference].emplace_back(system, entry.code);
        if (!by_code_.contains(entry.reference)) breach("3: {} holds {}, which nobody handed in", upstream->name(), entry.reference);
      }
      ++system;
    }
    for (const auto& row : rows_) {
      const auto& entries = standing[row.code];
      if (entries.size() > 1) breach("3: {} is registered {} times", row.code, entries.size());
      if (row.state == state_registered) {
        if (std::ranges::find(entries, std::pair(row.system, row.upstream_code)) == entries.end()) {
          breach("3: {} is said to be registered under {}, where it is not", row.code, row.upstream_code);
        }
      } else if (!row.on_the_list) {
        breach("3: {} is not registered, and nobody is told", row.code);
      }
    }
  }

  bool delivered(const Row& row, const std::string& code) const {
    const auto reached = [&](const SimSms::Text& text) {
      return text.receiver == row.mobile && text.code == code && text.fate == Delivery::delivered;
    };
    return std::ranges::any_of(ledgers_.sms.ledger(), reached) || std::ranges::any_of(ledgers_.second_sms.ledger(), reached);
  }
  bool handed_over(const Row& row) const {
    return std::ranges::any_of(ledgers_.officers.ledger(), [&](const Officers::Decision& decision) {
      return decision.reference == row.code && decision.action == SettleAction::handed_over && decision.accepted;
    });
  }

  /// 4: told means told.
  void citizens() {
    for (const auto& row : rows_) {
      if (!row.told_by) {
        if (!row.on_the_list) breach("4: {}'s citizen was told nothing, and nobody is told of that", row.code);
        continue;
      }
      if (row.told_code != row.code && row.told_code != row.upstream_code) breach("4: {}'s citizen was told {}", row.code, row.told_code);
      if (row.told_by == told_by_sms && !delivered(row, row.told_code)) breach("4: {} is said to be told, but no text came", row.code);
      if (row.told_by == told_by_person && !handed_over(row)) breach("4: {} is said to be handed over, but nobody did", row.code);
    }
  }

  /// 4: no text twice but those of which nothing could be learnt, none with a wrong code, and the upstream's code in one of them.
  void texts() {
    std::map<std::int64_t, int> times;
    for (const auto* const line : {&ledgers_.sms, &ledgers_.second_sms}) {
      for (const auto& text : line->ledger()) ++times[text.localid];
    }
    for (const auto& row : rows_) {
      bool upstreams_code = false;
      auto query = ledgers_.database.query("SELECT id, code, mobile, state, sent_twice FROM messages WHERE request = ?");
      query.bind(row.key);
      while (query.next()) {
        const auto id = query.get<std::int64_t>();
        const auto code = query.get<std::string>();
        const auto mobile = query.get<std::string>();
        const auto state = query.get<int>();
        const auto allowed = query.get<bool>() ? 2 : 1;
        if (times[id] > allowed) breach("4: text {} was sent {} times", id, times[id]);
        times.erase(id);
        upstreams_code |= code == row.upstream_code;
        if (code != row.code && code != row.upstream_code) breach("4: {} has a text with the code {}", row.code, code);
        if (mobile != row.mobile) breach("4: {} has a text for another citizen", row.code);
        if (state != message_delivered && state != message_failed) breach("4: a text of {} still waits", row.code);
        if (state == message_delivered && !delivered(row, code)) breach("4: a text of {} is said to be delivered, but is not", row.code);
      }
      if (row.state == state_registered && !row.mobile.empty() && !upstreams_code) breach("4: {} has no text with its new code", row.code);
    }
    for (const auto& [id, sent] : times) breach("4: text {} was sent, but nobody wrote it", id);
  }

  /// 5: on the topic as in the store: all, once, in each request's order.
  void events() {
    std::map<std::string, std::int64_t> last;
    for (const auto& line : ledgers_.log.topic()) {
      auto& sequence = last[line.aggregate];
      if (line.sequence <= sequence) breach("5: event {} of {} comes after {}", line.sequence, line.aggregate, sequence);
      for (auto missing = sequence + 1; missing < line.sequence; ++missing) lost(line.aggregate, missing);
      sequence = std::max(sequence, line.sequence);
      const auto row = by_id_.find(line.aggregate);
      if (row == by_id_.end()) {
        breach("5: the topic has an event of {}, which the store does not know", line.aggregate);
        continue;
      }
      auto query = ledgers_.database.query("SELECT type, data FROM events WHERE request = ? AND sequence = ?");
      if (!query.bind(row->second->key, line.sequence).next() || query.get<std::string>() != line.type ||
          query.get<std::string>() != line.data) {
        breach("5: event {} of {} is another one in the store", line.sequence, line.aggregate);
      }
    }
    for (const auto& row : rows_) {
      for (auto missing = last[row.id] + 1; missing <= row.sequence; ++missing) lost(row.id, missing);
      auto query = ledgers_.database.query("SELECT count(*), coalesce(max(sequence), 0) FROM events WHERE request = ?");
      query.bind(row.key).next();
      const auto count = query.get<std::int64_t>();
      if (count != row.sequence || query.get<std::int64_t>() != row.sequence) breach("5: {}'s events have a gap", row.code);
    }
  }

  void lost(const std::string& aggregate, std::int64_t sequence) {
    if (!ledgers_.officers.skipped().contains({aggregate, sequence})) breach("5: event {} of {} never came", sequence, aggregate);
  }

  /// 6: what is not finished is somebody's, and the list says the same as the request.
  void silence() {
    for (const auto& row : rows_) {
      const bool finished = row.state >= state_registered && row.told_by;
      if (!finished && !row.on_the_list && !row.has_task) breach("6: {} waits in silence", row.code);
      if ((row.attention != 0) != row.on_the_list) breach("6: {} and the attention list disagree", row.code);
    }
  }

  const Ledgers& ledgers_;
  std::vector<Row> rows_;
  std::map<std::string, const Row*> by_id_;
  std::map<std::string, const Row*> by_code_;
  std::map<std::string, std::vector<const Row*>> forms_;
  std::vector<std::string> found_;
};

}  // namespace

std::vector<std::string> breaches(const Ledgers& ledgers) { return Check(ledgers).all(); }

}  // namespace salam::simulation
