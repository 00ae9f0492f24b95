#include "gateway/store/backup.h"

#include <filesystem>
#include <system_error>

#include <spdlog/fmt/fmt.h>

#include "gateway/store/attachment_copies.h"
#include "gateway/store/attachment_files.h"
#include "gateway/store/database.h"
#include "gateway/store/files.h"
#include "gateway/store/schema.h"

namespace salam::store {
namespace {

namespace fs = std::filesystem;

/// Steps of SQLite's machine between two looks at how far it is.
constexpr int steps_between_looks = 1'000'000;

struct Copying {
  std::string file;
  std::uint64_t all;
  const Progress& progress;
};

int look(void* copying) {
  const auto& at = *static_cast<const Copying*>(copying);
  std::error_code absent;
  const auto size = fs::file_size(at.file, absent);
  at.progress("copying", absent ? 0 : size, at.all);
  return 0;
}

/// A name beside the file that goes with the copy unless that got its own.
class TemporaryFile {
 public:
  explicit TemporaryFile(std::string path) : path_(std::move(path)) {
    fs::remove(path_);
    create_private(path_);
  }
  ~TemporaryFile() {
    std::error_code ignored;
    fs::remove(path_, ignored);
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// The folder of a backup goes with a backup that does not come to its end, unless it stood there before.
class BackupFolder {
 public:
  explicit BackupFolder(const std::string& file) : files_(attachment_folder(file)), was_there_(fs::exists(files_.folder())) {}
  ~BackupFolder() {
    if (!was_there_ && !complete_) {
      std::error_code ignored;
      fs::remove_all(files_.folder(), ignored);
    }
  }
  BackupFolder(const BackupFolder&) = delete;
  BackupFolder& operator=(const BackupFolder&) = delete;
  [[nodiscard]] AttachmentFiles& files() { return files_; }
  void keep() { complete_ = true; }

 private:
  AttachmentFiles files_;
  bool was_there_;
  bool complete_ = false;
};

Result<void> copy(const std::string& path, const std::string& to, const Progress& progress) {
  Database database(path, Database::Access::read);
  if (auto usable = check_usable(database, path); !usable) {
    return usable;
  }
  if (database.number("PRAGMA user_version") == 0) {
    return unusable(path, "it is empty");
  }
  const auto pages = database.number("PRAGMA page_count") * database.number("PRAGMA page_size");
  Copying copying{to, static_cast<std::uint64_t>(pages), progress};
  sqlite3_progress_handler(database.handle(), steps_between_looks, look, &copying);
  database.execute("PRAGMA query_only = OFF");  // It would forbid writing the copy, too.
  database.query("VACUUM INTO ?").bind(to).run();
  return {};
}

/// In one plain file, readable from a medium that cannot be written.
void note_time(const std::string& file, Timestamp now) {
  Database database(file, Database::Access::write);
  set_meta(database, "backed_up_at", now);
  database.execute("PRAGMA journal_mode = DELETE");
}

Error backup_unusable(const std::string& file, std::string_view why) {
  return {"backup_unusable", fmt::format("the backup {} cannot be used: {}", file, why)};
}

Result<BackupSummary> read_backup(Database& database, const std::string& file, const AttachmentFiles& files, const Progress& progress) {
  const auto version = database.number("PRAGMA user_version");
  if (database.number("PRAGMA application_id") != application_id || version == 0) {
    return backup_unusable(file, "it is not a backup of this gateway");
  }
  if (version > schema_version) {
    return Error{"store_newer",
                 fmt::format("the backup {} was made by a newer version of the gateway (schema {}, this one knows {}): restore "
                             "it with that version",
                             file, version, schema_version)};
  }
  progress("checking", 0, 0);
  auto integrity = database.query("PRAGMA integrity_check(1)");
  if (integrity.next() && integrity.get<std::string>() != "ok") {
    return backup_unusable(file, "SQLite's integrity check finds damage");
  }
  const auto taken_at = meta<Timestamp>(database, "backed_up_at");
  const auto incarnation = meta<std::string>(database, "incarnation");
  if (!taken_at || !incarnation) {
    return backup_unusable(file, "it is a database, but was not made by `salam-gateway backup`");
  }
  const auto held = count_files(database, files);
  return BackupSummary{.incarnation = *incarnation,
                       .taken_at = *taken_at,
                       .bytes = fs::file_size(file),
                       .meetings = database.number("SELECT count(*) FROM meetings"),
                       .requests = database.number("SELECT sum(requests) FROM tallies"),
                       .told = database.number("SELECT sum(requests) FROM tallies WHERE told = 1"),
                       .last_event = database.number("SELECT max(position) FROM events"),
                       .files = held.all,
                       .missing = held.missing};
}

Result<BackupSummary> check(const std::string& file, const AttachmentFiles& files, const Progress& progress) {
  try {
    Database database(file, Database::Access::read);
    return read_backup(database, file, files, progress);
  } catch (const DatabaseError& error) {
    return backup_unusable(file, error.what());
  }
}

Result<void> copy_attachments(const std::string& copy, const AttachmentFiles& from, AttachmentFiles& to, const Progress& progress) {
  Database database(copy, Database::Access::read);
  return copy_files(database, {&from}, to, progress);
}

/// What an older backup under the same name had and this one has not.
void remove_older(const std::string& file, const AttachmentFiles& files) {
  Database database(file, Database::Access::read);
  files.remove_unknown([&](const std::string& digest) { return is_attached(database, digest); });
}

}  // namespace

Result<BackupSummary> check_backup(const std::string& file, const Progress& progress) {
  return check(file, AttachmentFiles(attachment_folder(file)), progress);
}

Result<BackupSummary> backup(const std::string& path, const std::string& file, bool overwrite, const Clock& clock,
                             const Progress& progress) {
  const Error exists{"backup_exists", fmt::format("{} exists: choose another name, or pass --overwrite", file)};
  try {
    if (!overwrite && fs::exists(file)) {
      return exists;
    }
    const auto started_at = clock.now();
    const TemporaryFile temporary(file + ".partial");
    BackupFolder folder(file);
    if (auto copied = copy(path, temporary.path(), progress); !copied) {
      return std::move(copied).error();
    }
    note_time(temporary.path(), started_at);
    if (auto copied = copy_attachments(temporary.path(), AttachmentFiles(attachment_folder(path)), folder.files(), progress); !copied) {
      return Error{"backup_failed", fmt::format("no backup was made: {}", copied.error().message)};
    }
    auto summary = check(temporary.path(), folder.files(), progress);
    if (!summary) {
      return summary;
    }
    if (!overwrite && fs::exists(file)) {
      return exists;
    }
    move_durably(temporary.path(), file);
    folder.keep();
    remove_older(file, folder.files());
    return summary;
  } catch (const DatabaseError& error) {
    return Error{"backup_failed", fmt::format("no backup was made of {}: {}", path, error.what())};
  } catch (const std::system_error& error) {
    return Error{"backup_failed", fmt::format("no backup was made: {}", error.what())};
  }
}

}  // namespace salam::store
