#include "gateway/store/form_rows.h"

namespace salam::store {

std::optional<TrackingCode> printed_code(Database& database, std::int64_t meeting, std::string_view form) {
  auto row = database.query("SELECT code FROM forms WHERE meeting = ? AND form = ?");
  return row.bind(meeting, form).next() ? TrackingCode::from_number(row.get<std::int64_t>()) : std::nullopt;
}

std::optional<TrackingCode> typed_code(Database& database, std::int64_t meeting, std::string_view form) {
  auto row = database.query("SELECT code FROM requests WHERE form = ? AND meeting = ? AND item = 1");
  return row.bind(form, meeting).next() ? TrackingCode::from_number(row.get<std::int64_t>()) : std::nullopt;
}

void insert_form(Database& database, std::int64_t meeting, std::string_view form, TrackingCode code, Timestamp printed_at) {
  database.query("INSERT INTO forms(meeting, form, code, printed_at) VALUES (?,?,?,?)")
      .bind(meeting, form, code.number(), printed_at)
      .run();
}

}  // namespace salam::store
