#include "gateway/reports/results.h"

#include <gtest/gtest.h>

namespace salam::reports {
namespace {

constexpr Timestamp due{Milliseconds(1'000'000)};
constexpr Timestamp early = due - Milliseconds(1);
constexpr Timestamp late = due + Milliseconds(1);

Request request() { return {.code = TrackingCode::from_random(1), .content = {.region = Region::from_number(5).value()}}; }

Request answered(Timestamp at) {
  auto made = request();
  made.handling.answer = Answer{.at = at};
  return made;
}

Request reported(Progress progress, Timestamp at) {
  auto made = request();
  made.follow_up = {.progress = progress, .words = {}, .changed_at = at};
  return made;
}

Request closed(CloseReason reason, Timestamp at) {
  auto made = request();
  made.handling.closure = Closure{.reason = reason, .at = at};
  return made;
}

TEST(Standings, OfWhatNobodyAnsweredFollowTheClock) {
  EXPECT_EQ(standing_of(request(), due, early), Standing::waiting);
  EXPECT_EQ(standing_of(request(), due, due), Standing::waiting);
  EXPECT_EQ(standing_of(request(), due, late), Standing::overdue);
  EXPECT_EQ(standing_of(reported(Progress::in_progress, early), due, late), Standing::overdue);
}

TEST(Standings, OfWhatIsAnsweredStayWhatTheyAre) {
  for (const auto& one : {answered(due), reported(Progress::resolved, due), reported(Progress::answered, due),
                          reported(Progress::cannot_be_done, due), closed(CloseReason::answered, due)}) {
    EXPECT_EQ(standing_of(one, due, late + Milliseconds(100)), Standing::answered_in_time);
  }
  EXPECT_EQ(standing_of(answered(late), due, late), Standing::answered_late);
  EXPECT_EQ(standing_of(reported(Progress::resolved, late), due, late), Standing::answered_late);
}

TEST(Standings, GoByTheFirstAnswer) {
  auto twice = reported(Progress::resolved, late);
  twice.handling.answer = Answer{.at = early};
  EXPECT_EQ(answered_at(twice), early);
  EXPECT_EQ(standing_of(twice, due, late), Standing::answered_in_time);
}

TEST(Standings, OfWhatWasOpenedAgainStartAnew) {
  auto reopened = reported(Progress::reopened, early);
  EXPECT_EQ(answered_at(reopened), std::nullopt);
  EXPECT_EQ(standing_of(reopened, due, late), Standing::overdue);
  reopened.handling.answer = Answer{.at = due};
  EXPECT_EQ(standing_of(reopened, due, late), Standing::answered_in_time);
}

TEST(Standings, OfTwinsAndOfWhatWasWithdrawnAreNoAnswer) {
  EXPECT_EQ(standing_of(closed(CloseReason::twin, early), due, late), Standing::withdrawn);
  EXPECT_EQ(standing_of(closed(CloseReason::withdrawn, late), due, late), Standing::withdrawn);
}

TEST(Tallies, CountEachRequestOnceAndWhatCannotBeDoneAmongTheAnswered) {
  Tally tally;
  for (const auto standing :
       {Standing::answered_in_time, Standing::answered_late, Standing::waiting, Standing::overdue, Standing::withdrawn}) {
    tally.add(reported(Progress::cannot_be_done, due), standing);
  }
  EXPECT_EQ(tally.all, 5);
  EXPECT_EQ(tally.answered_in_time + tally.answered_late + tally.waiting + tally.overdue + tally.withdrawn, 5);
  EXPECT_EQ(tally.cannot_be_done, 2);
}

}  // namespace
}  // namespace salam::reports
