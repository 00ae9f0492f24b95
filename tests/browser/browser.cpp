#include "tests/browser/browser.h"

#include <algorithm>
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

std::string between(const std::string& text, std::string_view begin, std::string_view end) {
  const auto from = text.find(begin);
  if (from == std::string::npos) throw std::runtime_error("no " + std::string(begin) + " in " + text.substr(0, 2'000));
  const auto start = from + begin.size();
  return text.substr(start, text.find(end, start) - start);
}

}  // namespace

Browser::Browser(std::string_view html) {
  std::string name = (std::filesystem::temp_directory_path() / "salam-browser-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
  folder_ = name;
  std::ofstream(folder_ / "page.html", std::ios::binary) << html;
}

Browser::~Browser() { std::filesystem::remove_all(folder_); }

std::string Browser::run(std::vector<std::string> command) const {
  const auto output = folder_ / "output";
  std::filesystem::remove(output);
  Process process(command, output);
  const auto code = process.wait(patience);
  if (code != 0) throw std::runtime_error(command.front() + " failed: " + read(output));
  return read(output);
}

std::string Browser::chromium(std::vector<std::string> options) const {
  // Without a sandbox, because it refuses to run as root with one; the page is our own.
  std::vector<std::string> command{"chromium",
                                   "--headless",
                                   "--no-sandbox",
                                   "--disable-gpu",
                                   "--disable-dev-shm-usage",
                                   "--user-data-dir=" + (folder_ / "profile").string()};
  command.insert(command.end(), options.begin(), options.end());
  command.push_back("file://" + (folder_ / "page.html").string());
  return run(std::move(command));
}

std::string Browser::title() const { return between(chromium({"--dump-dom"}), "<title>", "</title>"); }

Browser::Print Browser::print() const {
  const auto pdf = (folder_ / "page.pdf").string();
  chromium({"--no-pdf-header-footer", "--print-to-pdf=" + pdf});
  Print print{.sheets = {}, .size = between(run({"pdfinfo", pdf}), "Page size:", "\n")};
  run({"pdftoppm", "-r", "150", "-png", pdf, (folder_ / "sheet").string()});
  for (const auto& file : std::filesystem::directory_iterator(folder_)) {
    if (file.path().extension() == ".png") print.sheets.push_back(file.path());
  }
  std::ranges::sort(print.sheets);
  return print;
}

std::string Browser::scan(const std::filesystem::path& picture) const {
  return run({"zbarimg", "--nodbus", "--quiet", "--raw", picture.string()});
}

std::string browser_missing() {
  for (const auto& [program, package] : {std::pair{"chromium", "chromium"}, {"pdftoppm", "poppler-utils"}, {"zbarimg", "zbar-tools"}}) {
    if (!on_path(program))
      return std::string(program) + " is not installed (Debian: " + package + ", and fonts-noto-core for Persian letters)";
  }
  return "";
}

bool browser_required() {
  const char* required = std::getenv("SALAM_REQUIRE_BROWSER");
  return required != nullptr && std::string_view(required) == "1";
}

}  // namespace salam::test
