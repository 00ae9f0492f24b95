#include "tests/bench/forms.h"

#include <fstream>
#include <stdexcept>
#include <string_view>

#include <fmt/format.h>

namespace salam::bench {
namespace {

void put(std::string& text, std::string_view mark, const std::string& value) { text.replace(text.find(mark), mark.size(), value); }

}  // namespace

Forms::Forms(const std::string& file) {
  std::ifstream lines(file);
  for (std::string line; std::getline(lines, line);) lines_.push_back(line);
  if (lines_.empty()) throw std::runtime_error("no forms in " + file);
}

std::string Forms::body(std::size_t number) const {
  auto text = lines_[number % lines_.size()];
  put(text, "@FORM@", fmt::format("b-{}", number));
  // The last digit keeps clear of the numbers that the SMS stand-in does not deliver to.
  put(text, "@MOBILE@", fmt::format("0913{:06}5", number % 1'000'000));
  return text;
}

}  // namespace salam::bench
