#include "gateway/store/files.h"

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace salam::store {
namespace {

class Descriptor {
 public:
  Descriptor(const std::string& path, int flags) : path_(path), descriptor_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {
    expect(descriptor_ >= 0);
  }
  ~Descriptor() {
    if (descriptor_ >= 0) {
      ::close(descriptor_);
    }
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  void sync() const { expect(::fsync(descriptor_) == 0); }

 private:
  void expect(bool success) const {
    if (!success) {
      throw std::system_error(errno, std::generic_category(), path_);
    }
  }

  std::string path_;
  int descriptor_;
};

}  // namespace

void create_private(const std::string& path) { const Descriptor created(path, O_RDWR | O_CREAT); }

void sync_file(const std::string& path) { Descriptor(path, O_RDONLY).sync(); }

void move_durably(const std::string& from, const std::string& to) {
  sync_file(from);
  std::filesystem::rename(from, to);
  sync_file(std::filesystem::absolute(to).parent_path().string());
}

std::string restored_copy(const std::string& path) { return path + ".restored"; }

}  // namespace salam::store
