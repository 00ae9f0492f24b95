#include "adapters/upstream/follow_up_words.h"

#include <algorithm>
#include <array>
#include <utility>

#include "gateway/domain/request.h"
#include "gateway/domain/text.h"

namespace salam::upstream {
namespace {

constexpr Meaning declined{.progress = {}, .declined = true};
constexpr std::size_t max_words = 2'000;  ///< Code points.

constexpr std::array<std::pair<std::string_view, Meaning>, 20> usual{{{"received", {Progress::open}},
                                                                      {"confirmed", {Progress::open}},
                                                                      {"acknowledged", {Progress::open}},
                                                                      {"for_triage", {Progress::open}},
                                                                      {"investigating", {Progress::in_progress}},
                                                                      {"planned", {Progress::in_progress}},
                                                                      {"action_scheduled", {Progress::in_progress}},
                                                                      {"internal_referral", {Progress::in_progress}},
                                                                      {"closed", {Progress::resolved}},
                                                                      {"fixed", {Progress::resolved}},
                                                                      {"fixed_council", {Progress::resolved}},
                                                                      {"fixed_user", {Progress::resolved}},
                                                                      {"completed", {Progress::resolved}},
                                                                      {"no_further_action", {Progress::cannot_be_done}},
                                                                      {"unable_to_fix", {Progress::cannot_be_done}},
                                                                      {"reopen", {Progress::reopened}},
                                                                      {"not_councils_responsibility", declined},
                                                                      {"not_responsible", declined},
                                                                      {"duplicate", declined},
                                                                      {"cancelled", declined}}};

std::string comparable(std::string_view word) {
  auto text = matching_form(word);
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == ' ' || c == '-'; }, '_');
  return text;
}

}  // namespace

FollowUpWords::FollowUpWords() {
  for (const auto progress :
       {Progress::open, Progress::in_progress, Progress::answered, Progress::resolved, Progress::cannot_be_done, Progress::reopened}) {
    add(to_string(progress), {progress});
  }
  add("needs_person", declined);
  for (const auto& [word, meaning] : usual) add(word, meaning);
}

void FollowUpWords::add(std::string_view word, Meaning meaning) { meanings_.insert_or_assign(comparable(word), meaning); }

Meaning FollowUpWords::meaning_of(std::string_view word) const {
  const auto found = meanings_.find(comparable(word));
  return found == meanings_.end() ? Meaning{} : found->second;
}

ProgressReport FollowUpWords::report(std::string code, std::string_view status, std::string_view words, std::optional<Timestamp> at) const {
  const auto meaning = meaning_of(status);
  auto said = normalise(status);
  if (const auto more = normalise(words); !more.empty()) said += ": " + more;
  return {
      .code = std::move(code), .progress = meaning.progress, .declined = meaning.declined, .words = shortened(said, max_words), .at = at};
}

}  // namespace salam::upstream
