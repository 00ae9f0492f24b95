#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace salam::test {

/// A folder that goes with it, and programs that work there.
class Scratch {
 public:
  Scratch();
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  [[nodiscard]] std::filesystem::path path(std::string_view name) const { return folder_ / name; }
  void write(std::string_view name, std::string_view content) const;
  /// What the program prints. Throws std::runtime_error with that where it fails, or has not ended within a minute.
  [[nodiscard]] std::string run(const std::vector<std::string>& command) const;
  /// The files of that kind, such as `.png`, in order.
  [[nodiscard]] std::vector<std::filesystem::path> files(std::string_view extension) const;

 private:
  std::filesystem::path folder_;
};

struct Program {
  std::string name;
  std::string package;  ///< Debian's.
};
/// Why these programs cannot be had; empty where they are there.
std::string missing_of(const std::vector<Program>& programs);
/// Whether that variable is 1: the test fails where its programs are missing.
bool required(const char* variable);

}  // namespace salam::test
