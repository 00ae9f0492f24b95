#include "gateway/reports/missing_forms.h"

#include <gmock/gmock.h>

namespace salam::reports {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(MissingForms, AreThePrintedOnesThatNobodyTyped) {
  EXPECT_THAT(missing_forms({"8", "9", "10", "11", "12", "A-1"}, {"9", "12", "99"}),
              ElementsAre(FormRange{"8", "8", 1}, FormRange{"10", "11", 2}, FormRange{"A-1", "A-1", 1}));
  EXPECT_THAT(missing_forms({"1", "2"}, {"2", "1"}), IsEmpty());
}

TEST(MissingForms, AreTheGapsWhereNothingWasPrinted) {
  EXPECT_THAT(missing_forms({}, {"10", "3", "4", "7", "x"}), ElementsAre(FormRange{"5", "6", 2}, FormRange{"8", "9", 2}));
  EXPECT_THAT(missing_forms({}, {"1", "900000000000"}), ElementsAre(FormRange{"2", "899999999999", 899'999'999'998}))
      << "nothing is enumerated";
  EXPECT_THAT(missing_forms({}, {}), IsEmpty());
}

}  // namespace
}  // namespace salam::reports
