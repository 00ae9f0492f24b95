#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace salam::http {

/// An answer's body that is too long for memory: a file that is written first and then sent from the page cache. It has no name in any
/// folder, so nothing is left of it, however the process ends. Written by one thread; what is finished may be read from any.
class BodyFile {
 public:
  /// In a folder on a disk. Throws std::system_error.
  explicit BodyFile(const std::string& folder);
  ~BodyFile();
  BodyFile(const BodyFile&) = delete;
  BodyFile& operator=(const BodyFile&) = delete;

  /// Where it is opened to be written, as long as this object lives.
  [[nodiscard]] std::string path() const;
  /// It is written. Throws std::system_error.
  void finish();
  /// All of it, once finished.
  [[nodiscard]] std::string_view content() const noexcept { return {data_, size_}; }
  /// So many bytes from the beginning are needed no more for now: they take no memory of this process until they are looked at again.
  void let_go(std::size_t bytes) const noexcept;

 private:
  int file_ = -1;
  const char* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace salam::http
