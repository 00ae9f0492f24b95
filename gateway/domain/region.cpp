#include "gateway/domain/region.h"

#include "gateway/domain/text.h"

namespace salam {
namespace {

constexpr int last_district = 15;

/// `1`…`15`, as written: no sign, no leading zero.
std::optional<int> district(std::string_view text) {
  int number = 0;
  if (text.empty() || text.size() > 2 || text.front() == '0') return std::nullopt;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  if (number > last_district) return std::nullopt;
  return number;
}

}  // namespace

std::optional<Region> Region::from_number(int number) {
  if (number < 1 || number > nazhvan_number) return std::nullopt;
  return Region(number);
}

std::optional<Region> Region::parse(std::string_view text) {
  if (const auto number = district(text)) return Region(*number);
  const auto form = matching_form(text);
  std::string_view rest = form;
  constexpr std::string_view prefix = "منطقه";
  if (rest.starts_with(prefix)) rest.remove_prefix(prefix.size());
  if (rest.starts_with(' ')) rest.remove_prefix(1);
  if (rest == "nazhvan" || rest == "ناژوان") return Region(nazhvan_number);
  if (const auto number = district(rest)) return Region(*number);
  return std::nullopt;
}

std::string Region::wire() const { return number_ == nazhvan_number ? "nazhvan" : std::to_string(number_); }

std::string Region::name() const { return number_ == nazhvan_number ? "ناژوان" : "منطقه " + persian_digits(std::to_string(number_)); }

}  // namespace salam
