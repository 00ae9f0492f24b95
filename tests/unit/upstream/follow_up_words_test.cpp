#include "adapters/upstream/follow_up_words.h"

#include <gtest/gtest.h>

namespace salam::upstream {
namespace {

TEST(FollowUpWords, KnowTheStandardsAndFixMyStreets) {
  const FollowUpWords words;
  const std::pair<std::string_view, FollowUp> expected[] = {
      {"open", FollowUp::open},
      {"closed", FollowUp::resolved},
      {"investigating", FollowUp::in_progress},
      {"action_scheduled", FollowUp::in_progress},
      {"in_progress", FollowUp::in_progress},
      {"fixed", FollowUp::resolved},
      {"fixed_council", FollowUp::resolved},
      {"no_further_action", FollowUp::cannot_be_done},
      {"unable_to_fix", FollowUp::cannot_be_done},
      {"reopen", FollowUp::reopened},
      {"not_councils_responsibility", FollowUp::needs_person},
      {"duplicate", FollowUp::needs_person},
  };
  for (const auto& [word, meaning] : expected) EXPECT_EQ(words.meaning_of(word), meaning) << word;
}

TEST(FollowUpWords, AreComparedWithoutTheirSpelling) {
  FollowUpWords words;
  EXPECT_EQ(words.meaning_of("OPEN"), FollowUp::open);
  EXPECT_EQ(words.meaning_of(" In Progress "), FollowUp::in_progress);
  EXPECT_EQ(words.meaning_of("fixed - council"), std::nullopt);
  EXPECT_EQ(words.meaning_of("unable-to-fix"), FollowUp::cannot_be_done);
  words.add("در دست بررسي", FollowUp::in_progress);
  EXPECT_EQ(words.meaning_of("در دست بررسی"), FollowUp::in_progress);
}

TEST(FollowUpWords, SayNothingOfAWordTheyDoNotKnow) {
  EXPECT_EQ(FollowUpWords().meaning_of("teleported"), std::nullopt);
  EXPECT_EQ(FollowUpWords().meaning_of(""), std::nullopt);
}

TEST(FollowUp, HasAName) {
  for (const auto meaning : {FollowUp::open, FollowUp::in_progress, FollowUp::answered, FollowUp::resolved, FollowUp::cannot_be_done,
                             FollowUp::reopened, FollowUp::needs_person}) {
    EXPECT_EQ(parse_follow_up(to_string(meaning)), meaning);
  }
  EXPECT_EQ(parse_follow_up("closed"), std::nullopt);
}

}  // namespace
}  // namespace salam::upstream
