#include "gateway/paper/qr_code.h"

#include <stdexcept>

#include <gmock/gmock.h>

namespace salam::paper {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr auto address = "https://isfahan.example/track/1234567890";

TEST(QrCode, KeepsItsQuietZone) {
  const auto svg = qr_code(address);
  EXPECT_THAT(svg, StartsWith("<svg class=\"qr\" "));
  EXPECT_THAT(svg, HasSubstr("viewBox=\"0 0 37 37\"")) << "29 modules (version 3, error correction M) and four on either side";
  EXPECT_THAT(svg, HasSubstr("\"M4 4h7v1h-7z")) << "the finder's upper edge is the first dark row";
}

TEST(QrCode, IsAnotherForAnotherText) {
  EXPECT_EQ(qr_code(address), qr_code(address));
  EXPECT_NE(qr_code(address), qr_code("https://isfahan.example/track/1234567891"));
}

TEST(QrCode, TakesTheLongestTextAndRefusesALongerOne) {
  EXPECT_NO_THROW(qr_code(std::string(longest_qr_text, 'a')));
  EXPECT_THROW(qr_code(std::string(longest_qr_text + 1, 'a')), std::invalid_argument);
  EXPECT_THROW(qr_code(""), std::invalid_argument);
}

}  // namespace
}  // namespace salam::paper
