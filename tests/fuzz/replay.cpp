#include <algorithm>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <vector>

#include "tests/fuzz/input.h"

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> files_in(const fs::path& folder) {
  std::vector<fs::path> files;
  std::copy_if(fs::directory_iterator(folder), {}, std::back_inserter(files),
               [](const fs::path& path) { return fs::is_regular_file(path); });
  std::sort(files.begin(), files.end());
  return files;
}

void replay(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  const std::vector<char> bytes(std::istreambuf_iterator<char>(stream), {});
  std::cout << file.filename().string() << std::endl;
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
}

}  // namespace

/// Feeds a fuzzer the files of a folder.
int main(int argc, char** argv) {
  try {
    const auto files = argc == 2 ? files_in(argv[1]) : std::vector<fs::path>();
    if (files.empty()) {
      std::cerr << "one argument is needed: a folder with files\n";
      return 2;
    }
    for (const auto& file : files) replay(file);
    LLVMFuzzerTestOneInput(nullptr, 0);
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
  return 0;
}
