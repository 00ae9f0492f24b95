#include "gateway/store/restore.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include <spdlog/fmt/fmt.h>

#include "gateway/store/attachment_copies.h"
#include "gateway/store/attachment_files.h"
#include "gateway/store/database.h"
#include "gateway/store/files.h"
#include "gateway/store/invitation_rows.h"
#include "gateway/store/lock.h"
#include "gateway/store/schema.h"
#include "gateway/store/writer.h"

namespace salam::store {
namespace {

namespace fs = std::filesystem;

constexpr int page = 1000;

Error failed(std::string_view why) { return {"restore_failed", fmt::format("nothing was restored: {}", why)}; }

/// `20261124T183000Z`
std::string name_of(Timestamp time) {
  std::string name;
  for (const char c : to_rfc3339(time).substr(0, 19)) {
    if (c != '-' && c != ':') {
      name += c;
    }
  }
  return name;
}

void remove_with_log(const std::string& path) {
  for (const auto* const suffix : {"", "-wal", "-shm"}) {
    std::error_code ignored;
    fs::remove(path + suffix, ignored);
  }
}

class SqliteRestoration final : public Restoration {
 public:
  /// `copy`: of the checked backup, by this object's own name. Throws DatabaseError.
  SqliteRestoration(const Settings& settings, FileLock lock, BackupSummary backup, Clock& clock, Random& random)
      : settings_(settings), lock_(std::move(lock)), backup_(std::move(backup)), at_(clock.now()) {
    database_.emplace(copy(), Database::Access::write);
    incarnation_ = Uuid::v7(at_, random.bytes16()).to_string();
    Transaction transaction(*database_);
    set_meta(*database_, "incarnation", incarnation_);
    set_meta(*database_, "restored_at", at_);
    database_->query("DELETE FROM meta WHERE name = 'backed_up_at'").run();
    // Who was invited since the backup was taken is not known: a person approves again, or does not.
    close_invitations(*database_);
    transaction.commit();
    writer_.emplace(*database_, settings_, clock, random);
  }
  ~SqliteRestoration() override {
    writer_.reset();
    database_.reset();
    remove_with_log(copy());
    std::error_code ignored;
    fs::remove_all(attachment_folder(copy()), ignored);
  }
  SqliteRestoration(const SqliteRestoration&) = delete;
  SqliteRestoration& operator=(const SqliteRestoration&) = delete;

  static std::string copy_of(const std::string& path) { return path + ".restoring"; }

  [[nodiscard]] const BackupSummary& backup() const override { return backup_; }
  [[nodiscard]] const std::string& incarnation() const override { return incarnation_; }
  [[nodiscard]] Timestamp at() const override { return at_; }

  bool knows(const Uuid& id) override { return database_->query("SELECT 1 FROM requests WHERE id = ?").bind(id).next(); }
  bool knows(const FormItem& item) override {
    return database_->query("SELECT 1 FROM requests WHERE form = ? AND meeting = (SELECT key FROM meetings WHERE id = ?) AND item = ?")
        .bind(item.form, item.meeting, item.item)
        .next();
  }
  bool knows(TrackingCode code) override { return database_->query("SELECT 1 FROM requests WHERE code = ?").bind(code.number()).next(); }

  void published(std::int64_t position) override { published_ = std::min(position, backup_.last_event); }

  void remember_lost(const FormItem& item, const Uuid& id, TrackingCode code) override {
    database_->query("INSERT OR REPLACE INTO lost(meeting, form, item, id, code) VALUES (?,?,?,?,?)")
        .bind(item.meeting, item.form, item.item, id, code.number())
        .run();
  }

  Result<std::int64_t> revise(const Transition& transition, const Progress& progress) override {
    const auto last = database_->number("SELECT max(key) FROM requests");
    std::int64_t changed = 0;
    RequestKey key = 0;
    for (auto keys = unfinished(key); !keys.empty(); keys = unfinished(key)) {
      auto revised = revise(keys, transition);
      if (!revised) {
        return revised;
      }
      changed += *revised;
      key = keys.back();
      progress("revising", static_cast<std::uint64_t>(key), static_cast<std::uint64_t>(last));
    }
    return changed;
  }

  Result<std::string> put_in_place() override {
    try {
      std::vector<Operation> none;
      writer_->apply(none, published_);
      writer_.reset();
      database_->execute("PRAGMA wal_checkpoint(TRUNCATE)");
      database_.reset();
      // From here on a start without the backup in its place would begin an empty database: this name prevents it.
      const auto ready = restored_copy(settings_.path);
      move_durably(copy(), ready);
      auto replaced = put_aside();
      if (fs::exists(attachment_folder(copy()))) {
        move_durably(attachment_folder(copy()), attachment_folder(settings_.path));
      }
      move_durably(ready, settings_.path);
      return replaced;
    } catch (const DatabaseError& error) {
      return failed(error.what());
    } catch (const std::system_error& error) {
      return Error{"restore_failed", fmt::format("the restore did not come to its end ({}): mend that and run it again", error.what())};
    }
  }

 private:
  [[nodiscard]] std::string copy() const { return copy_of(settings_.path); }

  std::vector<RequestKey> unfinished(RequestKey after) {
    auto rows = database_->query(
        "SELECT r.key FROM requests r WHERE r.key > ? AND (+r.state < 7 OR EXISTS (SELECT 1 FROM messages m WHERE m.request = r.key AND "
        "m.state IN (0, 1))) ORDER BY r.key LIMIT ?");
    rows.bind(after, page);
    std::vector<RequestKey> keys;
    while (rows.next()) {
      keys.push_back(rows.get<RequestKey>());
    }
    return keys;
  }

  Result<std::int64_t> revise(const std::vector<RequestKey>& keys, const Transition& transition) {
    std::vector<Operation> batch;
    batch.reserve(keys.size());
    for (const auto key : keys) {
      batch.emplace_back(UpdateOperation{key, transition, {}});
    }
    writer_->apply(batch);
    std::int64_t changed = 0;
    for (const auto& operation : batch) {
      const auto& outcome = std::get<UpdateOperation>(operation).outcome.value();
      if (outcome) {
        ++changed;
      } else if (outcome.error().code != "unchanged") {
        return failed(outcome.error().message);
      }
    }
    return changed;
  }

  [[nodiscard]] std::string free_name() const {
    auto aside = fmt::format("{}.replaced-{}", settings_.path, name_of(at_));
    for (int again = 2; fs::exists(aside) || fs::exists(attachment_folder(aside)); ++again) {
      aside = fmt::format("{}.replaced-{}-{}", settings_.path, name_of(at_), again);
    }
    return aside;
  }

  /// With its log, without which it would be an older state or none, and its attachments.
  std::string put_aside() {
    auto aside = free_name();
    if (fs::exists(attachment_folder(settings_.path))) {
      move_durably(attachment_folder(settings_.path), attachment_folder(aside));
    }
    if (!fs::exists(settings_.path)) {
      remove_with_log(settings_.path);
      return {};
    }
    if (fs::exists(settings_.path + "-wal")) {
      fs::rename(settings_.path + "-wal", aside + "-wal");
    }
    move_durably(settings_.path, aside);
    remove_with_log(settings_.path);
    return aside;
  }

  Settings settings_;
  FileLock lock_;
  BackupSummary backup_;
  Timestamp at_;
  std::string incarnation_;
  std::optional<std::int64_t> published_;
  std::optional<Database> database_;
  std::optional<Writer> writer_;
};

/// The copy's, from the backup or, where one is missing there, from the database that is to be replaced.
Result<void> gather_attachments(const std::string& path, const std::string& file, const std::string& copy, BackupSummary& summary,
                                const Progress& progress) {
  const AttachmentFiles in_backup(attachment_folder(file));
  const AttachmentFiles in_place(attachment_folder(path));
  AttachmentFiles files(attachment_folder(copy));
  fs::remove_all(files.folder());
  Database database(copy, Database::Access::read);
  auto copied = copy_files(database, {&in_backup, &in_place}, files, progress);
  summary.missing = count_files(database, files).missing;
  return copied;
}

}  // namespace

Result<std::unique_ptr<Restoration>> Restoration::begin(const Settings& settings, const std::string& file, Clock& clock, Random& random,
                                                        const Progress& progress) {
  auto lock = FileLock::take(settings.path + ".lock");
  if (!lock) {
    return std::move(lock).error();
  }
  auto summary = check_backup(file, progress);
  if (!summary) {
    return std::move(summary).error();
  }
  try {
    const auto copy = SqliteRestoration::copy_of(settings.path);
    remove_with_log(copy);
    create_private(copy);
    fs::copy_file(file, copy, fs::copy_options::overwrite_existing);
    fs::permissions(copy, fs::perms::owner_read | fs::perms::owner_write);
    if (auto gathered = gather_attachments(settings.path, file, copy, *summary, progress); !gathered) {
      return failed(gathered.error().message);
    }
    return std::unique_ptr<Restoration>(
        std::make_unique<SqliteRestoration>(settings, std::move(lock).value(), std::move(summary).value(), clock, random));
  } catch (const DatabaseError& error) {
    return failed(error.what());
  } catch (const std::system_error& error) {
    return failed(error.what());
  }
}

}  // namespace salam::store
