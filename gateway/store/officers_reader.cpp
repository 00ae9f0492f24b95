#include <algorithm>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include "gateway/domain/text.h"
#include "gateway/store/reader.h"
#include "gateway/store/rows.h"

// What officers ask: what is due, who asked what, what it said before.
namespace salam::store {
namespace {

// So many requests does one look go through, of which comparing texts takes the most.
constexpr RequestKey farthest_look = 50'000;

/// Reviews and answers, each in the order of an index; SQLite merges the two.
constexpr const char* select_due =
    "SELECT c.review_due AS due, r.key AS request, 0 AS what FROM cases c CROSS JOIN requests r ON r.key = c.request "
    "WHERE c.review_due >= ?1 AND (c.review_due, r.key, 0) > (?1, ?2, ?3) AND (?5 IS NULL OR c.review_due < ?5) "
    "AND (?6 IS NULL OR r.region = ?6) AND ?7 = '' AND ifnull(?8, 0) = 0 "
    "UNION ALL "
    "SELECT r.due, r.key, 1 FROM requests r CROSS JOIN meetings m ON m.key = r.meeting LEFT JOIN cases c ON c.request = r.key "
    "WHERE r.due >= ?1 AND (r.due, r.key, 1) > (?1, ?2, ?3) AND (?5 IS NULL OR r.due < ?5) "
    "AND (?6 IS NULL OR r.region = ?6) AND (?7 = '' OR ifnull(c.unit, m.manager) = ?7) AND ifnull(?8, 1) = 1 "
    "ORDER BY due, request, what LIMIT ?4";

std::optional<int> number_of(const std::optional<Region>& region) { return region ? std::optional(region->number()) : std::nullopt; }

bool holds(std::string_view text, const std::string& part) { return part.empty() || matching_form(text).find(part) != std::string::npos; }

}  // namespace

std::vector<DueItem> Reader::due(const DueFilter& filter, const DuePlace& after, int limit) {
  Transaction one_state(database_, Transaction::Mode::deferred);
  auto rows = database_.query(select_due);
  rows.bind(after.due, after.request, after.what, limit, filter.before, number_of(filter.region), filter.officer, filter.what);
  std::vector<DueItem> items;
  while (rows.next()) {
    DuePlace place;
    rows.into(place.due, place.request, place.what);
    items.push_back({.place = place, .record = load_record(database_, place.request).value()});
  }
  return items;
}

SearchPage Reader::search(const Search& wanted, RequestKey before, int limit) {
  Transaction one_state(database_, Transaction::Mode::deferred);
  const auto newest = before > 0 ? before : database_.number("SELECT max(key) FROM requests") + 1;
  const auto oldest = std::max<RequestKey>(newest - farthest_look, 0);
  auto rows = database_.query(
      "SELECT p.request, p.name, p.subject, p.description, p.address FROM papers p CROSS JOIN requests r ON r.key = p.request "
      "WHERE p.request < ?1 AND p.request >= ?2 AND (?3 = '' OR p.mobile = ?3) AND (?4 = '' OR p.national_id = ?4) "
      "AND (?5 IS NULL OR r.region = ?5) AND (?6 IS NULL OR r.meeting = (SELECT key FROM meetings WHERE id = ?6)) "
      "ORDER BY p.request DESC");
  rows.bind(newest, oldest, wanted.mobile, wanted.national_id, number_of(wanted.region), wanted.meeting);
  const auto name = matching_form(wanted.name);
  const auto text = matching_form(wanted.text);
  SearchPage page{.records = {}, .before = oldest > 1 ? oldest : 0};
  while (rows.next()) {
    const auto key = rows.get<RequestKey>();
    if (!holds(rows.get<std::string>(), name)) continue;
    const auto subject = rows.get<std::string>();
    const auto description = rows.get<std::string>();
    const auto address = rows.get<std::string>();
    if (!holds(subject, text) && !holds(description, text) && !holds(address, text)) continue;
    page.records.push_back(load_record(database_, key).value());
    if (std::cmp_equal(page.records.size(), limit)) {
      page.before = key > 1 ? key : 0;
      break;
    }
  }
  return page;
}

std::vector<FormerContent> Reader::versions(RequestKey key) {
  auto rows = database_.query("SELECT version, replaced_at, replaced_by, content FROM versions WHERE request = ? ORDER BY version");
  rows.bind(key);
  std::vector<FormerContent> versions;
  while (rows.next()) {
    auto& one = versions.emplace_back();
    rows.into(one.version, one.replaced_at, one.replaced_by, one.content);
  }
  return versions;
}

}  // namespace salam::store
