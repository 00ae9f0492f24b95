#include "gateway/store/database.h"

#include <algorithm>
#include <cassert>

namespace salam::store {
namespace {

constexpr const char* writer_settings =
    "PRAGMA page_size = 8192;"
    "PRAGMA journal_mode = WAL;"
    "PRAGMA synchronous = FULL;"
    "PRAGMA wal_autocheckpoint = 0;"
    "PRAGMA foreign_keys = ON;"
    "PRAGMA cache_size = -24576;"
    "PRAGMA temp_store = MEMORY;";
constexpr const char* reader_settings =
    "PRAGMA synchronous = FULL;"
    "PRAGMA query_only = ON;"
    "PRAGMA cache_size = -4096;"
    "PRAGMA temp_store = MEMORY;";
constexpr int busy_milliseconds = 5000;

int flags_for(Database::Access access) {
  switch (access) {
    case Database::Access::write:
      return SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    case Database::Access::roll_back:
      return SQLITE_OPEN_READWRITE;
    case Database::Access::read:
      break;
  }
  return SQLITE_OPEN_READONLY;
}

[[noreturn]] void raise(sqlite3* connection, int result) {
  const int code = sqlite3_extended_errcode(connection);
  const bool told_more = (code & 0xff) == (result & 0xff);
  throw DatabaseError(told_more ? code : result, told_more ? sqlite3_errmsg(connection) : sqlite3_errstr(result));
}

}  // namespace

Query::~Query() {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

void Query::check(int result) const {
  if (result != SQLITE_OK) {
    raise(sqlite3_db_handle(statement_), result);
  }
}

void Query::bind_one(std::string_view text) {
  const char* start = text.data() == nullptr ? "" : text.data();
  check(sqlite3_bind_text64(statement_, ++bound_, start, text.size(), SQLITE_STATIC, SQLITE_UTF8));
}

void Query::bind_one(Blob blob) { check(sqlite3_bind_blob64(statement_, ++bound_, blob.data(), blob.size(), SQLITE_STATIC)); }

bool Query::next() {
  column_ = 0;
  const int result = sqlite3_step(statement_);
  if (result != SQLITE_ROW && result != SQLITE_DONE) {
    raise(sqlite3_db_handle(statement_), result);
  }
  return result == SQLITE_ROW;
}

std::string_view Query::text() {
  const auto* start = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column_));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column_));
  ++column_;
  return start == nullptr ? std::string_view{} : std::string_view{start, size};
}

Uuid Query::uuid() {
  Uuid id;
  const auto* start = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_, column_));
  if (sqlite3_column_bytes(statement_, column_) != static_cast<int>(id.bytes.size())) {
    throw DatabaseError(SQLITE_CORRUPT, "a stored UUID is not 16 bytes long");
  }
  std::copy_n(start, id.bytes.size(), id.bytes.begin());
  ++column_;
  return id;
}

Database::Database(const std::string& path, Access access) {
  // Without its memory statistics SQLite takes no lock for each allocation: a tenth of the writer's time.
  [[maybe_unused]] static const int without_statistics = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  sqlite3* opened = nullptr;
  const int result = sqlite3_open_v2(path.c_str(), &opened, flags_for(access) | SQLITE_OPEN_NOMUTEX, nullptr);
  connection_.reset(opened);
  check(result);
  sqlite3_extended_result_codes(opened, 1);
  check(sqlite3_busy_timeout(opened, busy_milliseconds));
  execute(access == Access::write ? writer_settings : reader_settings);
}

void Database::check(int result) const {
  if (result != SQLITE_OK) {
    raise(connection_.get(), result);
  }
}

Query Database::query(std::string_view sql) { return Query(prepared(sql)); }

sqlite3_stmt* Database::prepared(std::string_view sql) {
  const auto found = statements_.find(sql);
  if (found != statements_.end()) {
    assert(sqlite3_stmt_busy(found->second.get()) == 0);
    return found->second.get();
  }
  sqlite3_stmt* statement = nullptr;
  check(sqlite3_prepare_v3(connection_.get(), sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &statement, nullptr));
  statements_.emplace(sql, Statement(statement));
  return statement;
}

void Database::execute(const char* sql) { check(sqlite3_exec(connection_.get(), sql, nullptr, nullptr, nullptr)); }

std::int64_t Database::number(std::string_view sql) {
  auto query = this->query(sql);
  return query.next() ? query.get<std::int64_t>() : 0;
}

Transaction::Transaction(Database& database, Mode mode) : database_(database) {
  database_.query(mode == Mode::immediate ? "BEGIN IMMEDIATE" : "BEGIN").run();
}

Transaction::~Transaction() {
  if (database_.in_transaction()) {
    try {
      database_.query("ROLLBACK").run();
    } catch (const std::exception&) {
      sqlite3_exec(database_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
    }
  }
}

void Transaction::commit() { database_.query("COMMIT").run(); }

}  // namespace salam::store
