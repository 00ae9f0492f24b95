#include "tests/stand_ins/progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace salam::stand_ins {
namespace {

using testing::ElementsAre;

const Time start = *parse_w3c_time("2026-11-24T12:00:00Z");

std::vector<std::string_view> after(Milliseconds passed, bool stays_open = false) {
  Registration registration;
  registration.at = start;
  registration.stays_open = stays_open;
  std::vector<std::string_view> statuses;
  for (const auto& step : steps_of(registration, Pace{}, start + passed)) statuses.push_back(step.status);
  return statuses;
}

TEST(Steps, ComeInTheirTime) {
  EXPECT_THAT(after(Milliseconds(0)), ElementsAre("open"));
  EXPECT_THAT(after(Milliseconds(1'999)), ElementsAre("open"));
  EXPECT_THAT(after(Milliseconds(2'000)), ElementsAre("open", "in_progress"));
  EXPECT_THAT(after(Milliseconds(4'000)), ElementsAre("open", "in_progress", "closed"));
  EXPECT_THAT(after(std::chrono::hours(1), true), ElementsAre("open"));
}

}  // namespace
}  // namespace salam::stand_ins
