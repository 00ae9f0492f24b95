#include "adapters/upstream/follow_up_words.h"

#include <algorithm>
#include <array>
#include <utility>

#include "gateway/domain/text.h"

namespace salam::upstream {
namespace {

constexpr std::array<std::pair<std::string_view, FollowUp>, 7> names{{{"open", FollowUp::open},
                                                                      {"in_progress", FollowUp::in_progress},
                                                                      {"answered", FollowUp::answered},
                                                                      {"resolved", FollowUp::resolved},
                                                                      {"cannot_be_done", FollowUp::cannot_be_done},
                                                                      {"reopened", FollowUp::reopened},
                                                                      {"needs_person", FollowUp::needs_person}}};

constexpr std::array<std::pair<std::string_view, FollowUp>, 20> usual{{{"received", FollowUp::open},
                                                                       {"confirmed", FollowUp::open},
                                                                       {"acknowledged", FollowUp::open},
                                                                       {"for_triage", FollowUp::open},
                                                                       {"investigating", FollowUp::in_progress},
                                                                       {"planned", FollowUp::in_progress},
                                                                       {"action_scheduled", FollowUp::in_progress},
                                                                       {"internal_referral", FollowUp::in_progress},
                                                                       {"closed", FollowUp::resolved},
                                                                       {"fixed", FollowUp::resolved},
                                                                       {"fixed_council", FollowUp::resolved},
                                                                       {"fixed_user", FollowUp::resolved},
                                                                       {"completed", FollowUp::resolved},
                                                                       {"no_further_action", FollowUp::cannot_be_done},
                                                                       {"unable_to_fix", FollowUp::cannot_be_done},
                                                                       {"reopen", FollowUp::reopened},
                                                                       {"not_councils_responsibility", FollowUp::needs_person},
                                                                       {"not_responsible", FollowUp::needs_person},
                                                                       {"duplicate", FollowUp::needs_person},
                                                                       {"cancelled", FollowUp::needs_person}}};

std::string comparable(std::string_view word) {
  auto text = matching_form(word);
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == ' ' || c == '-'; }, '_');
  return text;
}

}  // namespace

std::string_view to_string(FollowUp follow_up) {
  return std::find_if(names.begin(), names.end(), [&](const auto& name) { return name.second == follow_up; })->first;
}

std::optional<FollowUp> parse_follow_up(std::string_view text) {
  const auto* const found = std::find_if(names.begin(), names.end(), [&](const auto& name) { return name.first == text; });
  return found == names.end() ? std::nullopt : std::optional(found->second);
}

FollowUpWords::FollowUpWords() {
  for (const auto& [word, meaning] : names) add(word, meaning);
  for (const auto& [word, meaning] : usual) add(word, meaning);
}

void FollowUpWords::add(std::string_view word, FollowUp meaning) { meanings_.insert_or_assign(comparable(word), meaning); }

std::optional<FollowUp> FollowUpWords::meaning_of(std::string_view word) const {
  const auto found = meanings_.find(comparable(word));
  return found == meanings_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace salam::upstream
