#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "gateway/domain/result.h"
#include "gateway/ports/clock.h"

/// A backup is a copy of the database in one file, taken beside a running gateway: one state, nothing of it half; and in the folder
/// `<file>.attachments` the files of that state's attachments.
namespace salam::store {

struct BackupSummary {
  std::string incarnation;  ///< Of the store it was taken from.
  Timestamp taken_at;
  std::uint64_t bytes = 0;
  std::int64_t meetings = 0;
  std::int64_t requests = 0;
  std::int64_t told = 0;
  std::int64_t last_event = 0;  ///< Its position in the outbox.
  std::int64_t files = 0;       ///< Of attachments that belong to it.
  std::int64_t missing = 0;     ///< So many of them are not in its folder.
};

/// Told now and then of long work: what it is, how many bytes or rows of how many; 0 of 0 where that is not known.
using Progress = std::function<void(std::string_view what, std::uint64_t done, std::uint64_t all)>;

/// Copies the database at `path` into `file`, which appears whole, checked and synced, or not at all; for its owner alone. Files that the
/// folder beside `file` holds already are not copied again; one that the store itself has lost is missing there too. Errors:
/// `backup_exists` (and not `overwrite`), `store_unusable`, `store_newer`, `backup_failed`.
Result<BackupSummary> backup(const std::string& path, const std::string& file, bool overwrite, const Clock& clock,
                             const Progress& progress);

/// Reads all of it. Errors: `backup_unusable` (missing, no backup of this gateway, damaged), `store_newer`.
Result<BackupSummary> check_backup(const std::string& file, const Progress& progress);

}  // namespace salam::store
