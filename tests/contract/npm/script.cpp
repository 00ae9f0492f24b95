#include "tests/contract/npm/script.h"

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string_view>

#include <unistd.h>

#include "tests/kafka/fetched.h"
#include "tests/kafka/process.h"

namespace salam::test {
namespace {

namespace fs = std::filesystem;

Error unavailable(const std::string& why) { return {"npm_unavailable", "no npm packages: " + why}; }

/// An empty file that goes with the scope.
class TemporaryFile {
 public:
  TemporaryFile() : path_((fs::temp_directory_path() / "salam-npm-XXXXXX").string()) {
    const int file = mkstemp(path_.data());
    if (file < 0) throw std::runtime_error("no temporary file");
    close(file);
  }
  ~TemporaryFile() { unlink(path_.c_str()); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  [[nodiscard]] fs::path path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace

Result<fs::path> npm_packages() {
  const fs::path packages = SALAM_NPM_PACKAGES;
  if (!on_path("node")) return unavailable("node is not installed (apt-get install nodejs)");
  if (!exists(packages) && !on_path("npm")) return unavailable("npm is not installed (apt-get install npm)");
  const auto failure = fetch_once(packages, [](const fs::path& folder) -> std::vector<std::string> {
    fs::create_directories(folder);
    for (const auto* const name : {"package.json", "package-lock.json"}) fs::copy_file(fs::path(SALAM_NPM_SOURCES) / name, folder / name);
    return {"npm", "ci", "--prefix", folder.string(), "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"};
  });
  if (!failure.empty()) return unavailable("npm could not fetch them: " + failure);
  return packages;
}

std::vector<std::string> lines_of(const std::vector<std::string>& command) {
  const TemporaryFile output;
  const auto ended = Process(command, output.path()).wait(std::chrono::minutes{1});
  std::vector<std::string> lines;
  std::ifstream file(output.path());
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  if (ended == 0) return lines;
  std::string all;
  for (const auto& line : lines) all += line + "\n";
  throw std::runtime_error(command.front() + (ended ? " failed: " : " did not end: ") + all);
}

json::Document parsed(const std::string& line) {
  auto document = json::parse(line);
  if (!document) throw std::runtime_error(document.error().message + ": " + line);
  return std::move(*document);
}

std::vector<json::Document> run_script(const fs::path& packages, const std::string& name, std::vector<std::string> arguments) {
  std::vector<std::string> command{"env", "NODE_PATH=" + (packages / "node_modules").string(), "node",
                                   (fs::path(SALAM_NPM_SOURCES) / name).string()};
  for (auto& argument : arguments) command.push_back(std::move(argument));
  std::vector<json::Document> documents;
  for (const auto& line : lines_of(command)) documents.push_back(parsed(line));
  return documents;
}

bool npm_required() {
  const char* required = std::getenv("SALAM_REQUIRE_NPM");
  return required != nullptr && std::string_view(required) == "1";
}

}  // namespace salam::test
