#include "adapters/upstream/follow_up_words.h"

#include <gtest/gtest.h>

namespace salam::upstream {
namespace {

TEST(FollowUpWords, KnowTheStandardsAndFixMyStreets) {
  const FollowUpWords words;
  constexpr Meaning declined{.progress = {}, .declined = true};
  const std::pair<std::string_view, Meaning> expected[] = {
      {"open", {Progress::open}},
      {"closed", {Progress::resolved}},
      {"investigating", {Progress::in_progress}},
      {"action_scheduled", {Progress::in_progress}},
      {"in_progress", {Progress::in_progress}},
      {"fixed", {Progress::resolved}},
      {"fixed_council", {Progress::resolved}},
      {"no_further_action", {Progress::cannot_be_done}},
      {"unable_to_fix", {Progress::cannot_be_done}},
      {"reopen", {Progress::reopened}},
      {"not_councils_responsibility", declined},
      {"duplicate", declined},
  };
  for (const auto& [word, meaning] : expected) EXPECT_EQ(words.meaning_of(word), meaning) << word;
}

TEST(FollowUpWords, AreComparedWithoutTheirSpelling) {
  FollowUpWords words;
  EXPECT_EQ(words.meaning_of("OPEN").progress, Progress::open);
  EXPECT_EQ(words.meaning_of(" In Progress ").progress, Progress::in_progress);
  EXPECT_EQ(words.meaning_of("fixed - council"), Meaning{});
  EXPECT_EQ(words.meaning_of("unable-to-fix").progress, Progress::cannot_be_done);
  words.add("در دست بررسي", {Progress::in_progress});
  EXPECT_EQ(words.meaning_of("در دست بررسی").progress, Progress::in_progress);
}

TEST(FollowUpWords, SayNothingOfAWordTheyDoNotKnow) {
  EXPECT_EQ(FollowUpWords().meaning_of("teleported"), Meaning{});
  EXPECT_EQ(FollowUpWords().meaning_of(""), Meaning{});
}

TEST(FollowUpWords, MakeAReportOfWhatASystemSays) {
  const auto report = FollowUpWords().report("4711", "action_scheduled", " فردا  انجام می‌شود ", {});
  EXPECT_EQ(report.code, "4711");
  EXPECT_EQ(report.progress, Progress::in_progress);
  EXPECT_EQ(report.words, "action_scheduled: فردا انجام می‌شود");
  EXPECT_TRUE(FollowUpWords().report("4711", "duplicate", "", {}).declined);
}

}  // namespace
}  // namespace salam::upstream
