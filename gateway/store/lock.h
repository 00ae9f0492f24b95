#pragma once

#include <string>

#include "gateway/domain/result.h"

namespace salam::store {

/// The one gateway that works on a database: an exclusive `flock` on a file beside it, given back by the operating system however the
/// process ends.
class FileLock {
 public:
  /// Errors: `store_locked` (another process holds it), `store_unusable` (the file cannot be made).
  static Result<FileLock> take(const std::string& path);
  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&&) = delete;
  ~FileLock();

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace salam::store
