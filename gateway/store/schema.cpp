#include "gateway/store/schema.h"

#include <array>
#include <cstring>
#include <filesystem>
#include <vector>

#include <spdlog/fmt/fmt.h>

#include "gateway/store/schema.sql.h"

namespace salam::store {
namespace {

constexpr std::int64_t whole_check_bytes = 128 << 20;
constexpr std::size_t secret_words = 4;

void check_newest_rows(Database& database) {
  std::vector<std::string> tables;
  auto names = database.query("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'");
  while (names.next()) {
    tables.push_back(names.get<std::string>());
  }
  for (const auto& table : tables) {
    database.query("SELECT * FROM " + table + " ORDER BY rowid DESC LIMIT 100").run();
  }
}

std::string secret_from(Random& random) {
  std::string secret;
  for (std::size_t word = 0; word < secret_words; ++word) {
    std::array<char, sizeof(std::uint64_t)> bytes{};
    const std::uint64_t bits = random.bits();
    std::memcpy(bytes.data(), &bits, bytes.size());
    secret.append(bytes.data(), bytes.size());
  }
  return secret;
}

void create(Database& database, Clock& clock, Random& random) {
  database.execute(schema_sql);
  const std::string incarnation = Uuid::v7(clock.now(), random.bytes16()).to_string();
  const std::string secret = secret_from(random);
  const Blob secret_bytes(reinterpret_cast<const std::uint8_t*>(secret.data()), secret.size());
  database.query("INSERT INTO meta(name, value) VALUES ('incarnation', ?), ('secret', ?), ('published', 0)")
      .bind(incarnation, secret_bytes)
      .run();
}

}  // namespace

Error unusable(const std::string& path, std::string_view why) {
  return {
      "store_unusable",
      fmt::format("the database {} cannot be used: {}. If it is damaged: keep the gateway stopped, run `salam-gateway restore FILE` with "
                  "the last backup, and start again",
                  path, why)};
}

void check_whole(Database& database) {
  auto query = database.query("PRAGMA quick_check(1)");
  if (query.next() && query.get<std::string>() != "ok") {
    throw DatabaseError(SQLITE_CORRUPT, "SQLite's quick check finds damage");
  }
}

Result<void> check_ours(Database& database, const std::string& path) {
  const std::int64_t version = database.number("PRAGMA user_version");
  if (version > schema_version) {
    return Error{"store_newer", fmt::format("the database {} was written by a newer version of the gateway (schema {}, this one knows {}): "
                                            "start that version, or restore a backup made before the upgrade",
                                            path, version, schema_version)};
  }
  if (database.number("SELECT count(*) FROM sqlite_schema") > 0 && database.number("PRAGMA application_id") != application_id) {
    return unusable(path, "it is not a database of this gateway");
  }
  return {};
}

Result<void> check_usable(Database& database, const std::string& path) {
  auto ours = check_ours(database, path);
  if (!ours) {
    return ours;
  }
  if (database.number("PRAGMA page_count") * database.number("PRAGMA page_size") <= whole_check_bytes) {
    check_whole(database);
  } else {
    check_newest_rows(database);
  }
  return {};
}

void migrate(Database& database, Clock& clock, Random& random) {
  if (database.number("PRAGMA user_version") == schema_version) {
    return;
  }
  Transaction transaction(database);
  create(database, clock, random);
  database.execute(fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {};", application_id, schema_version).c_str());
  transaction.commit();
}

}  // namespace salam::store
