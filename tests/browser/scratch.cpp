#include "tests/browser/scratch.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "tests/kafka/process.h"

namespace salam::test {
namespace {

constexpr std::chrono::seconds patience{60};

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

Scratch::Scratch() {
  std::string name = (std::filesystem::temp_directory_path() / "salam-browser-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
  folder_ = name;
}

Scratch::~Scratch() { std::filesystem::remove_all(folder_); }

void Scratch::write(std::string_view name, std::string_view content) const { std::ofstream(path(name), std::ios::binary) << content; }

std::string Scratch::run(const std::vector<std::string>& command) const {
  const auto output = path("output");
  std::filesystem::remove(output);
  Process process(command, output);
  const auto code = process.wait(patience);
  if (code != 0) throw std::runtime_error(command.front() + " failed: " + read(output));
  return read(output);
}

std::vector<std::filesystem::path> Scratch::files(std::string_view extension) const {
  std::vector<std::filesystem::path> found;
  for (const auto& file : std::filesystem::directory_iterator(folder_)) {
    if (file.path().extension() == extension) found.push_back(file.path());
  }
  std::ranges::sort(found);
  return found;
}

std::string missing_of(const std::vector<Program>& programs) {
  for (const auto& [program, package] : programs) {
    if (!on_path(program)) return program + " is not installed (Debian: " + package + ", and fonts-noto-core for Persian letters)";
  }
  return "";
}

bool required(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && std::string_view(value) == "1";
}

}  // namespace salam::test
