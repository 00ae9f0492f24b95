#include "gateway/domain/uuid.h"

#include <random>

#include <gtest/gtest.h>

namespace salam {
namespace {

TEST(Uuid, BuildsTheExampleOfRfc9562) {
  // RFC 9562, A.6: 2022-02-22T19:22:22.000Z
  const Timestamp time{Milliseconds(0x017F22E279B0)};
  const std::array<std::uint8_t, 16> random{0, 0, 0, 0, 0, 0, 0xFC, 0xC3, 0xD8, 0xC4, 0xDC, 0x0C, 0x0C, 0x07, 0x39, 0x8F};
  EXPECT_EQ(Uuid::v7(time, random).to_string(), "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
}

TEST(Uuid, LaterOnesSortBehindEarlierOnes) {
  std::array<std::uint8_t, 16> high{};
  high.fill(0xFF);
  const auto earlier = Uuid::v7(Timestamp{Milliseconds(1'000)}, high);
  const auto later = Uuid::v7(Timestamp{Milliseconds(1'001)}, {});
  EXPECT_LT(earlier, later);
  EXPECT_LT(earlier.to_string(), later.to_string());
}

TEST(Uuid, ReadsWhatItWrites) {
  std::mt19937 random(137);  // NOLINT(cert-msc51-cpp): the same ids in every run
  for (int i = 0; i < 10'000; ++i) {
    Uuid id;
    for (auto& byte : id.bytes) byte = static_cast<std::uint8_t>(random());
    ASSERT_EQ(Uuid::parse(id.to_string()), id);
  }
}

TEST(Uuid, ReadsEitherCase) {
  EXPECT_EQ(Uuid::parse("017F22E2-79B0-7CC3-98C4-DC0C0C07398F"), Uuid::parse("017f22e2-79b0-7cc3-98c4-dc0c0c07398f"));
}

TEST(Uuid, RefusesOtherForms) {
  for (const auto* text :
       {"", "017f22e279b07cc398c4dc0c0c07398f", "{017f22e2-79b0-7cc3-98c4-dc0c0c07398f}", "017f22e2-79b0-7cc3-98c4-dc0c0c07398",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398g", "017f22e2_79b0-7cc3-98c4-dc0c0c07398f", "017f22e2-79b07-cc3-98c4-dc0c0c07398f"}) {
    EXPECT_FALSE(Uuid::parse(text)) << text;
  }
}

}  // namespace
}  // namespace salam
