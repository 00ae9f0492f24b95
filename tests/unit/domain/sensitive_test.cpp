#include "gateway/domain/sensitive.h"

#include <sstream>
#include <string>

#include <gtest/gtest.h>

namespace salam {
namespace {

TEST(Sensitive, NeverPrintsWhatItHolds) {
  const Sensitive<std::string> mobile("+989130001234");
  std::ostringstream out;
  out << mobile;
  EXPECT_EQ(out.str(), "[redacted]");
  EXPECT_EQ(format_as(mobile), "[redacted]");
  EXPECT_EQ(testing::PrintToString(mobile), "[redacted]");
  EXPECT_EQ(mobile.reveal(), "+989130001234");
}

}  // namespace
}  // namespace salam
