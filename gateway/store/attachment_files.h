#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/domain/result.h"

namespace salam::store {

/// Where a database's attachments stand, and those of a backup.
std::string attachment_folder(const std::string& database);

/// SHA-256 in hex.
std::string digest_of(std::string_view content);

/// Files in a folder by the SHA-256 of their content, `ab/cdef…`, for their owner alone. The folder is made with the first of them. Calls
/// for different files may come from several threads.
class AttachmentFiles {
 public:
  explicit AttachmentFiles(std::string folder) : folder_(std::move(folder)) {}

  [[nodiscard]] const std::string& folder() const { return folder_; }

  /// On the disk, its name too, when it returns: written under another name, synced, renamed. Errors: `storage_full`,
  /// `storage_unavailable`; nothing stands there then that could be taken for it.
  Result<void> keep(const std::string& digest, std::string_view content);
  [[nodiscard]] bool holds(const std::string& digest, std::uint64_t size) const;
  /// Nothing where it is missing or not that long.
  [[nodiscard]] std::optional<std::string> read(const std::string& digest, std::uint64_t size) const;
  /// Removes what nobody knows and what a write left unfinished, and nothing that is not named like a file of this folder's. Returns how
  /// many. Not while something is kept.
  std::size_t remove_unknown(const std::function<bool(const std::string& digest)>& known) const;

 private:
  [[nodiscard]] std::string path_of(const std::string& digest) const;

  std::string folder_;
  std::atomic<std::uint64_t> next_partial_{0};
};

}  // namespace salam::store
