#include "gateway/store/lock.h"

#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace salam::store {

Result<FileLock> FileLock::take(const std::string& path) {
  FileLock lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (lock.descriptor_ < 0) {
    return Error{"store_unusable", "cannot create the lock file " + path + ": " + std::system_category().message(errno)};
  }
  if (::flock(lock.descriptor_, LOCK_EX | LOCK_NB) != 0) {
    return Error{"store_locked", "another gateway works on this database (it holds " + path + "); stop it first"};
  }
  return lock;
}

FileLock::FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

FileLock::~FileLock() {
  if (descriptor_ >= 0) {
    ::close(descriptor_);
  }
}

}  // namespace salam::store
