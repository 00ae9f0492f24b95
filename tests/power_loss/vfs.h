#pragma once

#include <cstdint>

#include "tests/power_loss/disk.h"

/// SQLite's own view of a `Disk`: as its "unix" VFS behaves, down to when it syncs the directory (with the first sync of a journal or log
/// that it may have created, and after deleting one where SQLite asks for it). Locks and the -shm are memory and end with the process.
namespace salam::power_loss {

/// From now on all databases of this process stand on this disk; none may be open. `seed` makes SQLite's own random numbers repeat.
void mount(Disk& disk, std::uint64_t seed);

}  // namespace salam::power_loss
