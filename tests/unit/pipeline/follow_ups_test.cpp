#include "tests/unit/pipeline/driver_fixture.h"

namespace salam::pipeline {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class FollowUpsTest : public DriverTest {
 protected:
  FollowUpsTest() : DriverTest({.follows_up = true}) {}

  RequestKey registered_as(const std::string& code) {
    system137_.submits = {outcome::Registered{code}};
    const auto key = take(code);
    EXPECT_TRUE(eventually([&] { return registered(key) && request(key).told; }));
    return key;
  }
  Progress progress(RequestKey key) { return request(key).follow_up.progress; }
  static FollowUpOutcome said(const std::string& code, Progress progress) {
    return std::vector<ProgressReport>{{.code = code, .progress = progress, .words = {}, .at = {}}};
  }
};

TEST_F(FollowUpsTest, AsksForManyAtOnceAndGivesEachItsOwnNews) {
  system137_.submits = {outcome::Registered{"1"}, outcome::Registered{"2"}};
  const auto first = take("1");
  const auto second = take("2");
  system137_.follow_ups = {said("2", Progress::in_progress)};
  ASSERT_TRUE(eventually([&] { return progress(second) == Progress::in_progress; }));
  EXPECT_THAT(system137_.followed, Contains(UnorderedElementsAre("1", "2")));
  EXPECT_EQ(progress(first), Progress::open);
}

TEST_F(FollowUpsTest, AnswersThatAreNoneAreAskedForAgainAndChangeNothing) {
  const auto key = registered_as("1");
  const auto version = request(key).version;
  system137_.follow_ups = {outcome::TryLater{"down", {}, false}, outcome::Unclear{"<html>"}, outcome::Misconfigured{"403"},
                           said("another", Progress::resolved)};
  ASSERT_TRUE(eventually([&] { return system137_.followed.size() >= 4; }));
  pass(minutes(1));
  EXPECT_EQ(progress(key), Progress::open);
  EXPECT_EQ(request(key).version, version) << "asking is no change: an officer's If-Match holds";
  system137_.follow_ups = {said("1", Progress::resolved)};
  ASSERT_TRUE(eventually([&] { return progress(key) == Progress::resolved; }));
}

TEST_F(FollowUpsTest, ASystemThatCannotBeAskedIsNot) {
  system137_.submits = {outcome::Refused{"no"}};
  const auto key = take("1");
  ASSERT_TRUE(eventually([&] { return registered(key) && request(key).told; }));
  pass(hours(3));
  EXPECT_THAT(desk_.followed, IsEmpty());
}

}  // namespace
}  // namespace salam::pipeline
