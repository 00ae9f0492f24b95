#include "tests/bench/process.h"

#include <fstream>
#include <limits>
#include <stdexcept>
#include <string>

#include <unistd.h>

namespace salam::bench {
namespace {

std::ifstream proc(pid_t process, const std::string& name) {
  std::ifstream file("/proc/" + std::to_string(process) + "/" + name);
  if (!file) throw std::runtime_error("process " + std::to_string(process) + " is gone");
  return file;
}

}  // namespace

double cpu_seconds(pid_t process) {
  auto file = proc(process, "stat");
  // Fields 14 and 15; the second, the name in parentheses, may hold blanks.
  file.ignore(std::numeric_limits<std::streamsize>::max(), ')');
  std::string skipped;
  for (int field = 3; field < 14; ++field) file >> skipped;
  double user = 0;
  double system = 0;
  file >> user >> system;
  return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

double peak_memory_mib(pid_t process) {
  auto file = proc(process, "status");
  for (std::string name; file >> name;) {
    double kib = 0;
    if (name == "VmHWM:" && file >> kib) return kib / 1024;
  }
  throw std::runtime_error("no VmHWM for process " + std::to_string(process));
}

}  // namespace salam::bench
