#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

/// Loaded into a gateway from outside (LD_PRELOAD): breaks the disk under its database while the file that BROKEN_DISK names exists,
/// in the way that this file says: `full`, no write finds room; `unsynced`, fsync fails.
namespace {

bool broken_as(const char* how) {
  const char* name = std::getenv("BROKEN_DISK");
  const int file = name == nullptr ? -1 : open(name, O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  char text[16] = {};
  const bool same = read(file, text, sizeof text - 1) > 0 && std::strcmp(text, how) == 0;
  close(file);
  return same;
}

bool of_database(int file) {
  char link[64];
  char name[4096] = {};
  std::snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  return readlink(link, name, sizeof name - 1) > 0 && std::strstr(name, "salam.db") != nullptr;
}

template <class Function>
Function* real(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

int sync_by(const char* call, int file) {
  if (of_database(file) && broken_as("unsynced")) {
    errno = EIO;
    return -1;
  }
  return real<int(int)>(call)(file);
}

}  // namespace

extern "C" ssize_t pwrite64(int file, const void* from, size_t size, off64_t offset) {
  if (of_database(file) && broken_as("full")) {
    errno = ENOSPC;
    return -1;
  }
  return real<ssize_t(int, const void*, size_t, off64_t)>("pwrite64")(file, from, size, offset);
}
/// How the files beside the database are written.
extern "C" ssize_t write(int file, const void* from, size_t size) {
  if (of_database(file) && broken_as("full")) {
    errno = ENOSPC;
    return -1;
  }
  return real<ssize_t(int, const void*, size_t)>("write")(file, from, size);
}
extern "C" int fsync(int file) { return sync_by("fsync", file); }
extern "C" int fdatasync(int file) { return sync_by("fdatasync", file); }
