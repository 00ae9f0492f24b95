#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/domain/result.h"
#include "gateway/ports/clock.h"
#include "gateway/store/database.h"

namespace salam::store {

inline constexpr std::int64_t schema_version = 1;

/// What is ours and in order: errors `store_newer`, `store_unusable`. A file up to 128 MiB gets SQLite's whole quick check; of a larger one
/// the schema and the newest rows of each table are read, so that the gateway is ready within seconds (`audit` reads all of it).
Result<void> check_usable(Database& database, const std::string& path);

/// Brings the schema to this program's version; a new database gets its incarnation and its secret. Throws DatabaseError.
void migrate(Database& database, Clock& clock, Random& random);

/// The sentence for a file that cannot be used.
Error unusable(const std::string& path, std::string_view why);

}  // namespace salam::store
