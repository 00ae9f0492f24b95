#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "gateway/store/attachment_files.h"
#include "gateway/store/backup.h"
#include "gateway/store/database.h"

/// A database's attachments and the files that belong to them. All throw DatabaseError.
namespace salam::store {

/// Some request has a file of that digest.
bool is_attached(Database& database, std::string_view digest);

struct FileCount {
  std::int64_t all = 0;
  std::int64_t missing = 0;  ///< Not there, or not as long as they were.
};
FileCount count_files(Database& database, const AttachmentFiles& files);

/// Copies what `to` does not hold yet, each from the first of `from` that has it; what none has stays missing. Errors: those of
/// `AttachmentFiles::keep`.
Result<void> copy_files(Database& database, const std::vector<const AttachmentFiles*>& from, AttachmentFiles& to, const Progress& progress);

}  // namespace salam::store
