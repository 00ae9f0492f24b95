#pragma once

#include <fstream>
#include <string>
#include <string_view>

namespace salam::paper {

/// A file that is written from beginning to end. Throws std::ios_base::failure where that fails.
class TextFile {
 public:
  explicit TextFile(const std::string& path) {
    file_.exceptions(std::ios::failbit | std::ios::badbit);
    file_.open(path, std::ios::binary | std::ios::trunc);
  }

  TextFile& operator<<(std::string_view text) {
    file_.write(text.data(), static_cast<std::streamsize>(text.size()));
    return *this;
  }
  void close() { file_.close(); }

 private:
  std::ofstream file_;
};

}  // namespace salam::paper
