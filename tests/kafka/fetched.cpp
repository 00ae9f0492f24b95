#include "tests/kafka/fetched.h"

#include <chrono>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "tests/kafka/process.h"

namespace salam::test {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::minutes patience{5};

/// Held until the end of the scope, across processes.
class FileLock {
 public:
  explicit FileLock(const fs::path& path) : file_(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
    if (file_ < 0 || flock(file_, LOCK_EX) != 0) throw std::runtime_error("cannot lock " + path.string());
  }
  ~FileLock() { close(file_); }
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  int file_;
};

std::string tail(const fs::path& file) {
  std::ifstream stream(file);
  std::ostringstream text;
  text << stream.rdbuf();
  auto all = std::move(text).str();
  return all.size() > 500 ? all.substr(all.size() - 500) : all;
}

}  // namespace

std::string fetch_once(const fs::path& folder, const std::function<std::vector<std::string>(const fs::path&)>& command) {
  fs::create_directories(folder.parent_path());
  const FileLock lock(folder.string() + ".lock");
  if (fs::exists(folder)) return {};
  const fs::path partial = folder.string() + ".partial";
  const fs::path output = folder.string() + ".log";
  fs::remove_all(partial);
  fs::remove(output);
  Process client(command(partial), output);
  if (client.wait(patience) != 0) return "it failed: " + tail(output);
  fs::rename(partial, folder);
  return {};
}

}  // namespace salam::test
