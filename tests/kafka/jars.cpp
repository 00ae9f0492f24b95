#include "tests/kafka/jars.h"

#include <chrono>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>

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

Error unavailable(const std::string& why) { return {"kafka_unavailable", "no Kafka broker: " + why}; }

}  // namespace

Result<fs::path> broker_jars() {
  const fs::path jars = SALAM_KAFKA_JARS;
  if (!on_path("java")) return unavailable("java is not installed (apt-get install default-jre-headless)");
  fs::create_directories(jars.parent_path());
  const FileLock lock(jars.string() + ".lock");
  if (fs::exists(jars)) return jars;
  if (!on_path("mvn")) return unavailable("mvn is not installed (apt-get install maven)");

  const fs::path partial = jars.string() + ".partial";
  const fs::path output = jars.string() + ".log";
  fs::remove_all(partial);
  fs::remove(output);
  Process maven({"mvn", "-B", "-q", "-f", SALAM_KAFKA_POM, "dependency:copy-dependencies", "-DincludeScope=runtime",
                 "-DoutputDirectory=" + partial.string()},
                output);
  if (maven.wait(patience) != 0) return unavailable("Maven could not fetch its jars: " + tail(output));
  fs::rename(partial, jars);
  return jars;
}

}  // namespace salam::test
