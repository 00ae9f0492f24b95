#include "tests/simulation/checker.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include <spdlog/fmt/fmt.h>

namespace salam::simulation {
namespace {

// As they stand in the database (gateway/store/schema.sql.h).
constexpr int state_in_review = 1;
constexpr int state_registered = 7;
constexpr int state_closed = 8;
constexpr int told_by_sms = 0;
constexpr int told_by_person = 2;
constexpr int message_delivered = 3;
constexpr int message_failed = 4;
constexpr int kind_answer = 3;
constexpr int kind_invitation = 4;
constexpr int closed_withdrawn = 2;
constexpr int amendment_none = 0;
constexpr int amendment_held = 4;
constexpr int reason_amend = 10;

/// A text that was under way when its number was corrected.
constexpr Milliseconds under_way = std::chrono::minutes(2);

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
  Progress progress = Progress::open;
  std::string category;
  std::string unit;
  bool answered = false;
  std::optional<int> close_reason;
  int amendment = amendment_none;
  bool amend_on_the_list = false;
};

/// A number that was corrected.
struct Former {
  std::string mobile;
  Timestamp until;
};

std::vector<Row> rows_of(store::Database& database) {
  auto query = database.query(
      "SELECT r.key, r.id, printf('%010d', r.code), r.form, p.original, coalesce(p.mobile, ''), r.state, r.system, r.upstream_code, "
      "r.told_by, coalesce(r.told_code, ''), r.sequence, r.attention, r.progress, "
      "EXISTS (SELECT 1 FROM attention a WHERE a.request = r.key AND a.settled_at IS NULL), "
      "EXISTS (SELECT 1 FROM tasks t WHERE t.request = r.key), p.category, coalesce(c.unit, ''), c.answer_channel IS NOT NULL, "
      "c.close_reason, coalesce(c.amendment_state, 0), "
      "EXISTS (SELECT 1 FROM attention a WHERE a.request = r.key AND a.settled_at IS NULL AND a.reason = ?) "
      "FROM requests r JOIN papers p ON p.request = r.key LEFT JOIN cases c ON c.request = r.key ORDER BY r.key");
  query.bind(reason_amend);
  std::vector<Row> rows;
  while (query.next()) {
    auto& row = rows.emplace_back();
    row.key = query.get<std::int64_t>();
    row.id = query.get<Uuid>().to_string();
    query.into(row.code, row.form, row.content, row.mobile, row.state, row.system, row.upstream_code, row.told_by, row.told_code,
               row.sequence, row.attention, row.progress, row.on_the_list, row.has_task, row.category, row.unit, row.answered,
               row.close_reason, row.amendment, row.amend_on_the_list);
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
    reviews();
    amendments();
    progress();
    citizens();
    texts();
    invitations();
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
        if (entry.taken_back) continue;
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
      } else if (row.state == state_closed) {
        if (!entries.empty()) breach("3: {} is closed, and stands in a system all the same", row.code);
      } else if (!row.on_the_list) {
        breach("3: {} is not registered, and nobody is told", row.code);
      }
      if (row.close_reason && row.state != state_closed && (row.state != state_registered || *row.close_reason != closed_withdrawn)) {
        breach("3: {} is closed, and goes on", row.code);
      }
    }
  }

  /// A review ends by one decision, and that one was accepted; or by the citizen, or as the configuration says where nobody decides in
  /// time.
  void reviews() {
    std::map<std::string, int> accepted;
    for (const auto& review : ledgers_.officers.reviews()) ++accepted[review.reference];
    for (const auto& row : rows_) {
      bool open = false;
      int decided = 0;
      auto query = ledgers_.database.query("SELECT type, data FROM events WHERE request = ? ORDER BY sequence");
      query.bind(row.key);
      while (query.next()) {
        const auto type = query.get<std::string>();
        const auto data = query.get<std::string>();
        const auto is = [&type](std::string_view name) { return type.ends_with(std::string(".request.") + std::string(name) + ".v1"); };
        if (is("in_review")) {
          if (open) breach("{} is in review twice at a time", row.code);
          open = true;
        } else if (is("reviewed")) {
          if (!open) breach("two reviews of {} won", row.code);
          open = false;
          ++decided;
        } else if (is("closed") ||
                   (ledgers_.policy.desk_when_review_missed && type == "ir.isfahan.mardomsalam.deadline.missed.v1" && says_review(data))) {
          open = false;
        }
      }
      if (open != (row.state == state_in_review)) breach("{}'s review ended without a decision, or its decision ended nothing", row.code);
      if (decided != accepted[row.code]) breach("{} was reviewed {} times, {} were accepted", row.code, decided, accepted[row.code]);
    }
  }
  static bool says_review(const std::string& data) { return data.find("\"what\":\"review\"") != std::string::npos; }

  /// 3: each amendment stands once where twice is not the same, in order; what a system knows in the end is what was decided last.
  void amendments() {
    for (const auto* upstream : {&ledgers_.system137, &ledgers_.service_desk}) {
      for (const auto& entry : upstream->ledger()) amendments_of(entry, upstream->scenario().amendment_sets_values);
    }
    for (const auto& row : rows_) {
      if (row.state != state_registered) continue;
      if (row.amend_on_the_list != (row.amendment == amendment_held)) breach("6: {}'s amendment and the attention list disagree", row.code);
      if (row.amendment != amendment_none && row.amendment != amendment_held) breach("6: {}'s amendment waits in silence", row.code);
      const auto& upstream = row.system == 0 ? ledgers_.system137 : ledgers_.service_desk;
      const auto* const entry = upstream.under(row.upstream_code);
      if (entry == nullptr || row.amend_on_the_list) continue;
      photographs(row, upstream, *entry);
      if (entry->category != row.category || entry->unit != row.unit) {
        breach("3: {} is {} for {}, but its system was told {} for {}", row.code, row.category, row.unit, entry->category, entry->unit);
      }
      if (entry->answered != row.answered) breach("3: {}'s system was not told of its answer", row.code);
      if (entry->withdrawn != row.close_reason.has_value()) breach("3: {}'s system was not told that it is withdrawn", row.code);
    }
  }
  /// Each photograph came to the system that has a place for it, and once unless a person had a hand in it or an answer was in doubt. What
  /// came after the registration to one without a place did not.
  void photographs(const Row& row, const SimUpstream& upstream, const SimUpstream::Entry& entry) {
    const auto& scenario = upstream.scenario();
    std::map<std::string, int> there;
    bool may_be_twice = entry.by != "gateway" || entry.doubts > 0;
    for (const auto& url : entry.media) ++there[url];
    std::set<int> numbers;
    for (const auto& amendment : entry.amendments) {
      may_be_twice |= amendment.by != "gateway";
      if (!numbers.insert(amendment.number).second) continue;
      for (const auto& url : amendment.media) ++there[url];
      if (!scenario.amendment_takes_media && amendment.by == "gateway" && !amendment.media.empty()) {
        breach("{} was told of photographs of {}, for which it has no place", upstream.name(), row.code);
      }
    }
    auto query = ledgers_.database.query("SELECT url FROM attachments WHERE request = ?");
    query.bind(row.key);
    while (query.next()) {
      const auto url = query.get<std::string>();
      const auto times = there[url];
      const bool has_place = scenario.amendment_takes_media || !scenario.amends || scenario.by_hand;
      if (times == 0 && has_place && !row.close_reason) breach("3: {}'s system was not told of {}", row.code, url);
      if (times > 1 && !may_be_twice) breach("3: {}'s system was told of {} {} times", row.code, url, times);
    }
  }
  void amendments_of(const SimUpstream::Entry& entry, bool sets_values) {
    std::map<int, const SimUpstream::Amendment*> known;
    for (const auto& amendment : entry.amendments) {
      const auto [before, first] = known.emplace(amendment.number, &amendment);
      if (!first && !sets_values) breach("3: amendment {} of {} stands twice", amendment.number, entry.reference);
      if (!first && !amendment.says_the_same_as(*before->second)) {
        breach("3: amendment {} of {} says two things", amendment.number, entry.reference);
      }
      if (first && std::next(before) != known.end()) {
        breach("3: amendment {} of {} comes after {}", amendment.number, entry.reference, known.rbegin()->first);
      }
    }
  }

  bool delivered(const std::function<bool(const SimSms::Text&)>& which) const {
    const auto reached = [&](const SimSms::Text& text) { return text.fate == Delivery::delivered && which(text); };
    return std::ranges::any_of(ledgers_.sms.ledger(), reached) || std::ranges::any_of(ledgers_.second_sms.ledger(), reached);
  }
  bool delivered(const Row& row, const std::string& code) const {
    return delivered([&](const SimSms::Text& text) { return text.receiver == row.mobile && text.code == code; });
  }
  bool delivered(std::int64_t message) const {
    return delivered([&](const SimSms::Text& text) { return text.localid == message; });
  }
  bool handed_over(const Row& row) const {
    return std::ranges::any_of(ledgers_.officers.ledger(), [&](const Officers::Decision& decision) {
      return decision.reference == row.code && decision.action == SettleAction::handed_over && decision.accepted;
    });
  }

  /// What became of it in the system that holds it is known here, where that system is asked.
  void progress() {
    for (const auto& row : rows_) {
      if (row.state != state_registered) continue;
      const bool is_137 = row.system == 0;
      if (!ledgers_.policy.follow_up(is_137 ? System::system137 : System::service_desk).asked) continue;
      const auto* const entry = (is_137 ? ledgers_.system137 : ledgers_.service_desk).under(row.upstream_code);
      if (entry != nullptr && row.progress != entry->progress.back().second) {
        breach("{} stands as {}, though its system says {}", row.code, to_string(row.progress), to_string(entry->progress.back().second));
      }
    }
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

  std::vector<Former> formers(const Row& row) const {
    auto query = ledgers_.database.query(
        "SELECT coalesce(json_extract(content, '$.citizen.mobile'), ''), replaced_at FROM versions WHERE request = ? ORDER BY version");
    query.bind(row.key);
    std::vector<Former> formers;
    while (query.next()) {
      auto& former = formers.emplace_back();
      query.into(former.mobile, former.until);
    }
    return formers;
  }
  /// To a number that was not the citizen's any more.
  static bool misdirected(const SimSms::Text& text, const Row& row, const std::vector<Former>& formers) {
    if (text.receiver == row.mobile) return false;
    const auto last = std::find_if(formers.rbegin(), formers.rend(), [&](const Former& former) { return former.mobile == text.receiver; });
    return last == formers.rend() || text.accepted_at > last->until + under_way;
  }

  /// 4: no text twice but those of which nothing could be learnt, none with a wrong code or to a wrong number, and the code that counts in
  /// one to the number that the citizen has.
  void texts() {
    std::map<std::int64_t, int> times;
    std::map<std::int64_t, std::vector<const SimSms::Text*>> sent;
    for (const auto* const line : {&ledgers_.sms, &ledgers_.second_sms}) {
      for (const auto& text : line->ledger()) {
        ++times[text.localid];
        sent[text.localid].push_back(&text);
      }
    }
    for (const auto& row : rows_) {
      bool has_its_code = false;
      const auto numbers = formers(row);
      const auto& its_code = row.state == state_registered ? row.upstream_code : row.code;
      auto query = ledgers_.database.query("SELECT id, code, mobile, state, kind, sent_twice FROM messages WHERE request = ?");
      query.bind(row.key);
      while (query.next()) {
        const auto id = query.get<std::int64_t>();
        const auto code = query.get<std::string>();
        const auto mobile = query.get<std::string>();
        const auto state = query.get<int>();
        const auto kind = query.get<int>();
        const auto allowed = query.get<bool>() ? 2 : 1;
        if (times[id] > allowed) breach("4: text {} was sent {} times", id, times[id]);
        times.erase(id);
        has_its_code |= code == its_code && mobile == row.mobile;
        const bool fits = kind == kind_answer || kind == kind_invitation ? code.empty() : code == row.code || code == row.upstream_code;
        if (!fits) breach("4: {} has a text with the code {}", row.code, code);
        for (const auto* text : sent[id]) {
          if (misdirected(*text, row, numbers)) breach("4: a text of {} went to a number that is not the citizen's", row.code);
        }
        if (state != message_delivered && state != message_failed) breach("4: a text of {} still waits", row.code);
        if (state == message_delivered && !delivered(id)) breach("4: a text of {} is said to be delivered, but is not", row.code);
      }
      const bool to_be_told = row.state == state_registered || row.state == state_closed || row.state == state_in_review;
      if (to_be_told && !row.mobile.empty() && !has_its_code) breach("4: {} has no text with its code", row.code);
    }
    for (const auto& [id, number] : times) breach("4: text {} was sent, but nobody wrote it", id);
  }

  /// 4: each number is invited once, and nobody is left out who was there when that was approved.
  void invitations() {
    auto twice = ledgers_.database.query(
        "SELECT m.mobile, count(*) FROM messages m JOIN papers p ON p.request = m.request "
        "WHERE m.kind = ? AND (m.state <> ? OR m.mobile IS p.mobile) GROUP BY m.mobile HAVING count(*) > 1");
    twice.bind(kind_invitation, message_failed);
    while (twice.next()) {
      const auto mobile = twice.get<std::string>();
      breach("4: {} is invited {} times", mobile, twice.get<int>());
    }
    auto left_out = ledgers_.database.query(
        "SELECT printf('%010d', r.code) FROM requests r JOIN papers p ON p.request = r.key LEFT JOIN cases c ON c.request = r.key "
        "WHERE r.received_at <= (SELECT approved_at FROM invitations) AND p.mobile IS NOT NULL AND c.close_reason IS NOT ? "
        "AND NOT EXISTS (SELECT 1 FROM versions v WHERE v.request = r.key) AND p.mobile NOT IN (SELECT mobile FROM messages WHERE kind = ?)");
    left_out.bind(closed_withdrawn, kind_invitation);
    while (left_out.next()) breach("4: the citizen of {} is not invited", left_out.get<std::string>());
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
      const auto request = row == by_id_.end() ? std::nullopt : std::optional(row->second->key);
      auto query = ledgers_.database.query(
          "SELECT type, data FROM events WHERE (request = ? OR meeting = (SELECT key FROM meetings WHERE id = ?)) AND sequence = ?");
      if (!query.bind(request, line.aggregate, line.sequence).next() || query.get<std::string>() != line.type ||
          query.get<std::string>() != line.data) {
        breach("5: event {} of {} is another one in the store", line.sequence, line.aggregate);
      }
    }
    auto meetings = ledgers_.database.query("SELECT id, sequence FROM meetings");
    while (meetings.next()) {
      const auto meeting = meetings.get<std::string>();
      const auto sequence = meetings.get<std::int64_t>();
      for (auto missing = last[meeting] + 1; missing <= sequence; ++missing) lost(meeting, missing);
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
