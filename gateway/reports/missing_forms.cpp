#include "gateway/reports/missing_forms.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <optional>
#include <unordered_set>

namespace salam::reports {
namespace {

std::optional<std::int64_t> number_of(const std::string& form) {
  std::int64_t number = 0;
  const auto* const end = form.data() + form.size();
  const auto [stop, error] = std::from_chars(form.data(), end, number);
  return error == std::errc{} && stop == end ? std::optional(number) : std::nullopt;
}

std::vector<std::int64_t> numbers_of(const std::vector<std::string>& forms) {
  std::vector<std::int64_t> numbers;
  for (const auto& form : forms) {
    if (const auto number = number_of(form)) numbers.push_back(*number);
  }
  std::ranges::sort(numbers);
  return numbers;
}

FormRange range(std::int64_t from, std::int64_t to) { return {std::to_string(from), std::to_string(to), to - from + 1}; }

std::vector<FormRange> gaps(const std::vector<std::int64_t>& numbers) {
  std::vector<FormRange> gaps;
  for (std::size_t i = 1; i < numbers.size(); ++i) {
    if (numbers[i] > numbers[i - 1] + 1) gaps.push_back(range(numbers[i - 1] + 1, numbers[i] - 1));
  }
  return gaps;
}

}  // namespace

std::vector<FormRange> missing_forms(const std::vector<std::string>& printed, const std::vector<std::string>& typed) {
  if (printed.empty()) return gaps(numbers_of(typed));
  const std::unordered_set<std::string> there(typed.begin(), typed.end());
  std::vector<std::string> missing;
  std::ranges::copy_if(printed, std::back_inserter(missing), [&](const std::string& form) { return !there.contains(form); });
  std::vector<FormRange> ranges;
  std::optional<std::int64_t> from;
  std::int64_t to = 0;
  const auto close = [&] {
    if (from) ranges.push_back(range(*from, to));
    from.reset();
  };
  for (const auto number : numbers_of(missing)) {
    if (from && number > to + 1) close();
    if (!from) from = number;
    to = number;
  }
  close();
  for (const auto& form : missing) {
    if (!number_of(form)) ranges.push_back({form, form, 1});
  }
  return ranges;
}

}  // namespace salam::reports
