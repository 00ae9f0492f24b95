#pragma once

#include <sys/types.h>

/// What a process has used since its start.
namespace salam::bench {

/// User and system time, seconds. Throws std::runtime_error where the process is gone.
double cpu_seconds(pid_t process);
/// The most that was ever resident, MiB.
double peak_memory_mib(pid_t process);

}  // namespace salam::bench
