#include "adapters/upstream/open311_rules.h"

#include <algorithm>
#include <string>

#include "gateway/domain/text.h"

namespace salam::upstream {
namespace {

bool fits(const ErrorRule& rule, const ReplyError& error) {
  const auto code = matching_form(error.code);
  const auto description = matching_form(error.description);
  const auto is_code = [&](const std::string& wanted) { return matching_form(wanted) == code; };
  const auto is_in = [&](const std::string& word) { return description.find(matching_form(word)) != std::string::npos; };
  return (rule.codes.empty() || std::any_of(rule.codes.begin(), rule.codes.end(), is_code)) &&
         (rule.words.empty() || std::any_of(rule.words.begin(), rule.words.end(), is_in));
}

bool holds(const ErrorRule& rule, int status, const std::vector<ReplyError>& errors) {
  const bool status_fits = rule.statuses.empty() ? status >= 400 && status < 500
                                                 : std::find(rule.statuses.begin(), rule.statuses.end(), status) != rule.statuses.end();
  if (!status_fits) return false;
  if (rule.codes.empty() && rule.words.empty()) return true;
  return std::any_of(errors.begin(), errors.end(), [&](const ReplyError& error) { return fits(rule, error); });
}

}  // namespace

bool any_holds(const std::vector<ErrorRule>& rules, int status, const std::vector<ReplyError>& errors) {
  return std::any_of(rules.begin(), rules.end(), [&](const ErrorRule& rule) { return holds(rule, status, errors); });
}

}  // namespace salam::upstream
