#include "tests/power_loss/vfs.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include <sqlite3.h>

namespace salam::power_loss {
namespace {

constexpr int sector_size = 4096;  // What SQLite takes for a disk that it knows nothing of.

/// What those who have a file open share of it; gone with the last of them.
struct Shared {
  FileNumber number = 0;
  int readers = 0;                                         ///< Connections that hold at least SHARED.
  int reserved = 0;                                        ///< RESERVED or more, by one connection.
  bool pending = false;                                    ///< No new reader.
  std::vector<std::unique_ptr<std::vector<char>>> memory;  ///< The -shm.
  std::array<int, SQLITE_SHM_NLOCK> memory_locks{};        ///< -1 exclusive, else the number of those who share.
};

struct Mounted {
  Disk* disk = nullptr;
  std::uint64_t seed = 0;
  std::map<FileNumber, std::weak_ptr<Shared>> files;
};
Mounted mounted;
std::mutex locks;  // Of all `Shared`, and of `mounted`.

struct Open {
  std::shared_ptr<Shared> shared;
  bool writable = false;
  bool sync_directory = false;
  int lock = SQLITE_LOCK_NONE;
  std::array<bool, SQLITE_SHM_NLOCK> shares{};
  std::array<bool, SQLITE_SHM_NLOCK> owns{};
};
struct File {
  sqlite3_file base;
  Open* open;
};
Open& opened(sqlite3_file* file) { return *reinterpret_cast<File*>(file)->open; }
FileNumber number(sqlite3_file* file) { return opened(file).shared->number; }

// --- a file's content ---------------------------------------------------------------------------------------------

int read(sqlite3_file* file, void* to, int size, sqlite3_int64 offset) {
  const std::span<char> room(static_cast<char*>(to), static_cast<std::size_t>(size));
  const auto got = mounted.disk->read(number(file), static_cast<std::size_t>(offset), room);
  if (got == room.size()) return SQLITE_OK;
  std::ranges::fill(room.subspan(got), 0);
  return SQLITE_IOERR_SHORT_READ;
}

int write(sqlite3_file* file, const void* from, int size, sqlite3_int64 offset) {
  if (!opened(file).writable) return SQLITE_IOERR_WRITE;
  mounted.disk->write(number(file), static_cast<std::size_t>(offset), {static_cast<const char*>(from), static_cast<std::size_t>(size)});
  return SQLITE_OK;
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
  if (!opened(file).writable) return SQLITE_IOERR_TRUNCATE;
  mounted.disk->truncate(number(file), static_cast<std::size_t>(size));
  return SQLITE_OK;
}

int sync(sqlite3_file* file, int) {
  mounted.disk->sync(number(file));
  if (std::exchange(opened(file).sync_directory, false)) mounted.disk->sync_directory();
  return SQLITE_OK;
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
  *size = static_cast<sqlite3_int64>(mounted.disk->size(number(file)));
  return SQLITE_OK;
}

int file_control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int sector(sqlite3_file*) { return sector_size; }
int characteristics(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

// --- locks --------------------------------------------------------------------------------------------------------

int lock(sqlite3_file* file, int level) {
  const std::lock_guard guard(locks);
  auto& open = opened(file);
  auto& shared = *open.shared;
  if (open.lock >= level) return SQLITE_OK;
  if (level > SQLITE_LOCK_SHARED && !open.writable) return SQLITE_IOERR_LOCK;
  if (open.lock == SQLITE_LOCK_NONE) {
    if (shared.pending) return SQLITE_BUSY;
    ++shared.readers;
    open.lock = SQLITE_LOCK_SHARED;
    return SQLITE_OK;
  }
  if (open.lock == SQLITE_LOCK_SHARED) {
    if (shared.reserved > 0) return SQLITE_BUSY;
    shared.reserved = 1;
    open.lock = SQLITE_LOCK_RESERVED;
  }
  if (level == SQLITE_LOCK_EXCLUSIVE) {
    shared.pending = true;
    open.lock = SQLITE_LOCK_PENDING;
    if (shared.readers > 1) return SQLITE_BUSY;
    open.lock = SQLITE_LOCK_EXCLUSIVE;
  }
  return SQLITE_OK;
}

int unlock(sqlite3_file* file, int level) {
  const std::lock_guard guard(locks);
  auto& open = opened(file);
  if (open.lock <= level) return SQLITE_OK;
  if (open.lock >= SQLITE_LOCK_RESERVED) {
    open.shared->reserved = 0;
    open.shared->pending = false;
  }
  if (level == SQLITE_LOCK_NONE) --open.shared->readers;
  open.lock = level;
  return SQLITE_OK;
}

int is_reserved(sqlite3_file* file, int* result) {
  const std::lock_guard guard(locks);
  *result = opened(file).shared->reserved;
  return SQLITE_OK;
}

// --- the -shm -----------------------------------------------------------------------------------------------------

int map_memory(sqlite3_file* file, int region, int size, int extend, void volatile** start) {
  const std::lock_guard guard(locks);
  auto& memory = opened(file).shared->memory;
  const auto index = static_cast<std::size_t>(region);
  *start = nullptr;
  if (index >= memory.size() && extend == 0) return SQLITE_OK;
  while (memory.size() <= index) memory.push_back(std::make_unique<std::vector<char>>(static_cast<std::size_t>(size)));
  *start = memory[index]->data();
  return SQLITE_OK;
}

int unlock_memory(Open& open, std::size_t slot) {
  auto& holders = open.shared->memory_locks[slot];
  if (std::exchange(open.owns[slot], false)) holders = 0;
  if (std::exchange(open.shares[slot], false)) --holders;
  return SQLITE_OK;
}

int lock_memory(sqlite3_file* file, int offset, int count, int flags) {
  const std::lock_guard guard(locks);
  auto& open = opened(file);
  auto& held = open.shared->memory_locks;
  const auto first = static_cast<std::size_t>(offset);
  const auto end = first + static_cast<std::size_t>(count);
  for (auto slot = first; slot < end; ++slot) {
    if ((flags & SQLITE_SHM_UNLOCK) != 0) {
      unlock_memory(open, slot);
    } else if ((flags & SQLITE_SHM_SHARED) != 0 ? held[slot] < 0 : held[slot] != 0) {
      return SQLITE_BUSY;
    }
  }
  if ((flags & SQLITE_SHM_UNLOCK) != 0) return SQLITE_OK;
  for (auto slot = first; slot < end; ++slot) {
    if ((flags & SQLITE_SHM_SHARED) == 0) {
      held[slot] = -1;
      open.owns[slot] = true;
    } else if (!std::exchange(open.shares[slot], true)) {
      ++held[slot];
    }
  }
  return SQLITE_OK;
}

void memory_barrier(sqlite3_file*) { std::atomic_thread_fence(std::memory_order_seq_cst); }

int unmap_memory(sqlite3_file* file, int forget) {
  const std::lock_guard guard(locks);
  auto& open = opened(file);
  for (std::size_t slot = 0; slot < SQLITE_SHM_NLOCK; ++slot) unlock_memory(open, slot);
  if (forget != 0) open.shared->memory.clear();
  return SQLITE_OK;
}

int close(sqlite3_file* file) {
  unlock(file, SQLITE_LOCK_NONE);
  delete reinterpret_cast<File*>(file)->open;
  return SQLITE_OK;
}

const sqlite3_io_methods methods{.iVersion = 2,
                                 .xClose = close,
                                 .xRead = read,
                                 .xWrite = write,
                                 .xTruncate = truncate,
                                 .xSync = sync,
                                 .xFileSize = file_size,
                                 .xLock = lock,
                                 .xUnlock = unlock,
                                 .xCheckReservedLock = is_reserved,
                                 .xFileControl = file_control,
                                 .xSectorSize = sector,
                                 .xDeviceCharacteristics = characteristics,
                                 .xShmMap = map_memory,
                                 .xShmLock = lock_memory,
                                 .xShmBarrier = memory_barrier,
                                 .xShmUnmap = unmap_memory,
                                 .xFetch = nullptr,
                                 .xUnfetch = nullptr};

// --- the file system ----------------------------------------------------------------------------------------------

int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* got) {
  file->pMethods = nullptr;
  const std::lock_guard guard(locks);
  if (name == nullptr) return SQLITE_CANTOPEN;
  auto found = mounted.disk->find(name);
  const bool may_create = (flags & SQLITE_OPEN_CREATE) != 0;
  if (!found && may_create) found = mounted.disk->create(name);
  if (!found) return SQLITE_CANTOPEN;
  auto shared = mounted.files[*found].lock();
  if (!shared) {
    shared = std::make_shared<Shared>();
    shared->number = *found;
    mounted.files[*found] = shared;
  }
  constexpr int logs = SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL;
  reinterpret_cast<File*>(file)->open =
      new Open{.shared = shared, .writable = (flags & SQLITE_OPEN_READWRITE) != 0, .sync_directory = may_create && (flags & logs) != 0};
  file->pMethods = &methods;
  if (got != nullptr) *got = flags;
  return SQLITE_OK;
}

int remove(sqlite3_vfs*, const char* name, int sync_directory) {
  if (!mounted.disk->remove(name)) return SQLITE_IOERR_DELETE_NOENT;
  if (sync_directory != 0) mounted.disk->sync_directory();
  return SQLITE_OK;
}

int access(sqlite3_vfs*, const char* name, int flags, int* result) {
  *result = flags == SQLITE_ACCESS_EXISTS ? mounted.disk->size(name) > 0 : mounted.disk->find(name).has_value();
  return SQLITE_OK;
}

int full_name(sqlite3_vfs*, const char* name, int room, char* to) {
  sqlite3_snprintf(room, to, "%s", name);
  return SQLITE_OK;
}

int randomness(sqlite3_vfs*, int size, char* to) {
  Chance chance(mounted.seed);
  for (int index = 0; index < size; ++index) to[index] = static_cast<char>(chance());
  return size;
}

/// Time passes as with the VFS that was there before.
sqlite3_vfs* system_vfs = nullptr;
int sleep(sqlite3_vfs*, int microseconds) { return system_vfs->xSleep(system_vfs, microseconds); }
int time(sqlite3_vfs*, double* now) { return system_vfs->xCurrentTime(system_vfs, now); }
int last_error(sqlite3_vfs*, int, char*) { return 0; }

sqlite3_vfs vfs{};

void set_default() {
  system_vfs = sqlite3_vfs_find(nullptr);
  vfs.iVersion = 1;
  vfs.szOsFile = sizeof(File);
  vfs.mxPathname = 512;
  vfs.zName = "power_loss";
  vfs.xOpen = open;
  vfs.xDelete = remove;
  vfs.xAccess = access;
  vfs.xFullPathname = full_name;
  vfs.xRandomness = randomness;
  vfs.xSleep = sleep;
  vfs.xCurrentTime = time;
  vfs.xGetLastError = last_error;
  sqlite3_vfs_register(&vfs, 1);
}

}  // namespace

void mount(Disk& disk, std::uint64_t seed) {
  if (system_vfs == nullptr) set_default();
  const std::lock_guard guard(locks);
  mounted = {.disk = &disk, .seed = seed, .files = {}};
  sqlite3_randomness(0, nullptr);  // Asks `randomness` anew.
}

}  // namespace salam::power_loss
