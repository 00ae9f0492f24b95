#pragma once

#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace salam::stand_ins {

/// Everything that was registered or sent, one JSON object a line, appended at once; nothing where no path is given.
class LedgerFile {
 public:
  explicit LedgerFile(const std::string& path) {
    if (path.empty()) return;
    file_.open(path, std::ios::app);
    if (!file_) throw std::runtime_error("The ledger file cannot be opened for writing: " + path);
  }
  [[nodiscard]] bool wanted() const { return file_.is_open(); }
  void append(std::string_view line) { file_ << line << std::endl; }

 private:
  std::ofstream file_;
};

}  // namespace salam::stand_ins
