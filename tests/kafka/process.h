#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace salam::test {

/// A child process that dies with its parent's thread, its output in a file.
class Process {
 public:
  Process(const std::vector<std::string>& command, const std::filesystem::path& output);
  /// Kills it where it still runs.
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  void signal(int number) const;
  [[nodiscard]] bool running();
  /// The exit code, 128 + the signal that ended it, or nothing where it still runs.
  std::optional<int> wait(std::chrono::milliseconds patience);

 private:
  pid_t pid_ = -1;
  std::optional<int> ended_;
};

/// Whether a program of that name stands on the path.
bool on_path(std::string_view program);

}  // namespace salam::test
