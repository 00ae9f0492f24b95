#include "tests/browser/browser.h"

#include <stdexcept>

namespace salam::test {
namespace {

std::string between(const std::string& text, std::string_view begin, std::string_view end) {
  const auto from = text.find(begin);
  if (from == std::string::npos) throw std::runtime_error("no " + std::string(begin) + " in " + text.substr(0, 2'000));
  const auto start = from + begin.size();
  return text.substr(start, text.find(end, start) - start);
}

}  // namespace

Browser::Browser(std::string_view html) { scratch_.write("page.html", html); }

std::string Browser::chromium(const std::vector<std::string>& options) const {
  // Without a sandbox, because it refuses to run as root with one; the page is our own.
  std::vector<std::string> command{"chromium",
                                   "--headless",
                                   "--no-sandbox",
                                   "--disable-gpu",
                                   "--disable-dev-shm-usage",
                                   "--user-data-dir=" + scratch_.path("profile").string()};
  command.insert(command.end(), options.begin(), options.end());
  command.push_back("file://" + scratch_.path("page.html").string());
  return scratch_.run(command);
}

std::string Browser::title() const { return between(chromium({"--dump-dom"}), "<title>", "</title>"); }

Browser::Print Browser::print() const {
  const auto pdf = scratch_.path("page.pdf").string();
  static_cast<void>(chromium({"--no-pdf-header-footer", "--print-to-pdf=" + pdf}));
  Print print{.sheets = {}, .size = between(scratch_.run({"pdfinfo", pdf}), "Page size:", "\n")};
  static_cast<void>(scratch_.run({"pdftoppm", "-r", "150", "-png", pdf, scratch_.path("sheet").string()}));
  print.sheets = scratch_.files(".png");
  return print;
}

std::string Browser::scan(const std::filesystem::path& picture) const {
  return scratch_.run({"zbarimg", "--nodbus", "--quiet", "--raw", picture.string()});
}

std::string browser_missing() { return missing_of({{"chromium", "chromium"}, {"pdftoppm", "poppler-utils"}, {"zbarimg", "zbar-tools"}}); }

}  // namespace salam::test
