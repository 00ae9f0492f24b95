#include <string>
#include <string_view>

#include "gateway/store/reader.h"
#include "gateway/store/rows.h"

// What reports are made of. Each page is a read transaction of its own: none stays open while a report is written down.
namespace salam::store {
namespace {

/// Numbers by their value: `9` before `10`.
constexpr std::string_view by_form = "m.date, m.key, length(r.form), r.form, r.item";

std::string keys_sql(const ReportScope& scope) {
  std::string sql = "SELECT r.key FROM requests r CROSS JOIN meetings m ON m.key = r.meeting";
  if (scope.by_unit) sql += " LEFT JOIN cases c ON c.request = r.key";
  sql += " WHERE true";
  if (scope.meeting) sql += " AND r.meeting = (SELECT key FROM meetings WHERE id = ?)";
  if (scope.region) sql += " AND r.region = ?";
  if (scope.from) sql += " AND m.date >= ?";
  if (scope.before) sql += " AND m.date < ?";
  return sql + " ORDER BY " + (scope.by_unit ? "ifnull(c.unit, ''), " : "") + std::string(by_form);
}

}  // namespace

std::vector<RequestKey> Reader::report_keys(const ReportScope& scope) {
  const auto sql = keys_sql(scope);
  const auto from = scope.from ? to_string(*scope.from) : "";
  const auto before = scope.before ? to_string(*scope.before) : "";
  auto rows = database_.query(sql);
  if (scope.meeting) rows.bind(*scope.meeting);
  if (scope.region) rows.bind(scope.region->number());
  if (scope.from) rows.bind(from);
  if (scope.before) rows.bind(before);
  std::vector<RequestKey> keys;
  while (rows.next()) keys.push_back(rows.get<RequestKey>());
  return keys;
}

std::vector<Record> Reader::records(std::span<const RequestKey> keys) {
  Transaction one_state(database_, Transaction::Mode::deferred);
  std::vector<Record> found;
  for (const auto key : keys) {
    if (auto record = load_record(database_, key)) found.push_back(*std::move(record));
  }
  return found;
}

std::vector<std::string> Reader::typed_forms(std::string_view meeting) {
  auto rows = database_.query(
      "SELECT DISTINCT form FROM requests WHERE meeting = (SELECT key FROM meetings WHERE id = ?) ORDER BY length(form), form");
  rows.bind(meeting);
  std::vector<std::string> forms;
  while (rows.next()) forms.push_back(rows.get<std::string>());
  return forms;
}

}  // namespace salam::store
