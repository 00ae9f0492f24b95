#include "gateway/http/body_file.h"

#include <cerrno>
#include <cstdlib>
#include <system_error>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace salam::http {
namespace {

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

}  // namespace

BodyFile::BodyFile(const std::string& folder) {
  std::string name = folder + "/salam-body-XXXXXX";
  file_ = mkostemp(name.data(), O_CLOEXEC);
  if (file_ < 0) fail("a file for an answer cannot be created");
  unlink(name.c_str());
}

BodyFile::~BodyFile() {
  if (data_ != nullptr) munmap(const_cast<char*>(data_), size_);
  close(file_);
}

std::string BodyFile::path() const { return "/proc/self/fd/" + std::to_string(file_); }

void BodyFile::finish() {
  struct stat state {};
  if (fstat(file_, &state) != 0) fail("an answer's file cannot be read");
  size_ = static_cast<std::size_t>(state.st_size);
  if (size_ == 0) return;
  void* const data = mmap(nullptr, size_, PROT_READ, MAP_SHARED, file_, 0);
  if (data == MAP_FAILED) fail("an answer's file cannot be read");
  data_ = static_cast<const char*>(data);
}

void BodyFile::let_go(std::size_t bytes) const noexcept {
  if (data_ != nullptr) madvise(const_cast<char*>(data_), bytes, MADV_DONTNEED);
}

}  // namespace salam::http
