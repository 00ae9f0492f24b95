#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/domain/result.h"
#include "gateway/ports/clock.h"
#include "gateway/store/database.h"

namespace salam::store {

inline constexpr std::int64_t schema_version = 1;
inline constexpr std::int64_t application_id = 0x53414C4D;  ///< "SALM"

/// What is ours: errors `store_newer`, `store_unusable`.
Result<void> check_ours(Database& database, const std::string& path);

/// SQLite's quick check of the whole file. Throws DatabaseError.
void check_whole(Database& database);

/// What is ours and in order: errors as above. Of a file beyond 128 MiB the schema and the newest rows of each table are read, so that the
/// gateway is ready within seconds (`audit` reads all of it), of a smaller one everything. Throws DatabaseError.
Result<void> check_usable(Database& database, const std::string& path);

/// Brings the schema to this program's version; a new database gets its incarnation and its secret. Throws DatabaseError.
void migrate(Database& database, Clock& clock, Random& random);

/// The sentence for a file that cannot be used.
Error unusable(const std::string& path, std::string_view why);

/// What the store notes of itself: `incarnation`, `secret`, `published`, in a backup `backed_up_at`, after a restore `restored_at`.
template <class T>
std::optional<T> meta(Database& database, std::string_view name) {
  auto row = database.query("SELECT value FROM meta WHERE name = ?");
  return row.bind(name).next() ? std::optional(row.get<T>()) : std::nullopt;
}
template <class T>
void set_meta(Database& database, std::string_view name, const T& value) {
  database.query("INSERT OR REPLACE INTO meta(name, value) VALUES (?,?)").bind(name, value).run();
}

}  // namespace salam::store
