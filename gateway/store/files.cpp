#include "gateway/store/files.h"

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
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
  void write(std::string_view content) const {
    while (!content.empty()) {
      const auto written = ::write(descriptor_, content.data(), content.size());
      if (written < 0 && errno == EINTR) {
        continue;
      }
      expect(written > 0);
      content.remove_prefix(static_cast<std::size_t>(written));
    }
  }

 private:
  void expect(bool success) const {
    if (!success) {
      throw std::system_error(errno, std::generic_category(), path_);
    }
  }

  std::string path_;
  int descriptor_;
};

std::string folder_of(const std::string& path) { return std::filesystem::absolute(path).parent_path().string(); }

}  // namespace

void create_private(const std::string& path) { const Descriptor created(path, O_RDWR | O_CREAT); }

void make_private_folder(const std::string& path) {
  constexpr mode_t owner_alone = 0700;
  if (::mkdir(path.c_str(), owner_alone) != 0 && errno != EEXIST) {
    throw std::system_error(errno, std::generic_category(), path);
  }
  sync_file(folder_of(path));
}

void write_private(const std::string& path, std::string_view content) {
  const Descriptor file(path, O_WRONLY | O_CREAT | O_TRUNC);
  file.write(content);
  file.sync();
}

void sync_file(const std::string& path) { Descriptor(path, O_RDONLY).sync(); }

void move_durably(const std::string& from, const std::string& to) {
  sync_file(from);
  std::filesystem::rename(from, to);
  sync_file(folder_of(to));
}

std::string restored_copy(const std::string& path) { return path + ".restored"; }

}  // namespace salam::store
