#include "gateway/api/callback_door.h"

#include <gtest/gtest.h>

namespace salam::api {
namespace {

using std::chrono::seconds;

// printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac 'the-key'
constexpr auto signature = "6ee607f6bf04b608989645f9420fd209732286439902bd37ecedef72dc8cf103";
constexpr auto timestamp = "1700000000";
constexpr auto body = R"({"a":1})";
const Timestamp then{seconds(1'700'000'000)};

using Signed = CallbackDoor::Signed;

CallbackSettings settings() {
  CallbackSettings made;
  made.secret = Sensitive<std::string>("a-secret-of-24-characters");
  made.hmac_key = Sensitive<std::string>("the-key");
  return made;
}

TEST(CallbackDoor, KnowsItsSecretAndNoOther) {
  const CallbackDoor door(settings());
  EXPECT_TRUE(door.knows_secret("a-secret-of-24-characters"));
  for (const auto* const other : {"", "a-secret-of-24-character", "a-secret-of-24-characters ", "A-secret-of-24-characters"}) {
    EXPECT_FALSE(door.knows_secret(other)) << other;
  }
  EXPECT_FALSE(CallbackDoor(CallbackSettings{}).knows_secret("")) << "without a secret the address is no address";
}

TEST(CallbackDoor, LetsInWhatIsSignedRightly) {
  for (const auto* const prefix : {"", "sha256="}) {
    CallbackDoor door(settings());
    EXPECT_EQ(door.judge(timestamp, std::string(prefix) + signature, body, then), Signed::rightly);
  }
}

TEST(CallbackDoor, RefusesWhatIsChanged) {
  CallbackDoor door(settings());
  auto upper = std::string(signature);
  upper[0] = 'c';
  EXPECT_EQ(door.judge(timestamp, signature, R"({"a":2})", then), Signed::wrongly);
  EXPECT_EQ(door.judge("1700000001", signature, body, then), Signed::wrongly);
  EXPECT_EQ(door.judge(timestamp, upper, body, then), Signed::wrongly);
  for (const auto* const none : {"", "sha256=", "zz", "2b2b"}) EXPECT_EQ(door.judge(timestamp, none, body, then), Signed::wrongly);
  for (const auto* const none : {"", "now", "1700000000 ", "99999999999999999999"}) {
    EXPECT_EQ(door.judge(none, signature, body, then), Signed::wrongly) << none;
  }
  EXPECT_EQ(CallbackDoor(CallbackSettings{}).judge(timestamp, signature, body, then), Signed::wrongly);
}

TEST(CallbackDoor, RefusesWhatIsOldOrFromTheFuture) {
  CallbackDoor door(settings());
  EXPECT_EQ(door.judge(timestamp, signature, body, then + seconds(301)), Signed::wrongly);
  EXPECT_EQ(door.judge(timestamp, signature, body, then - seconds(301)), Signed::wrongly);
  EXPECT_EQ(door.judge(timestamp, signature, body, then + seconds(300)), Signed::rightly);
}

TEST(CallbackDoor, LetsTheSameCallInOnce) {
  CallbackDoor door(settings());
  EXPECT_EQ(door.judge(timestamp, signature, body, then), Signed::rightly);
  EXPECT_EQ(door.judge(timestamp, signature, body, then + seconds(60)), Signed::again);
  EXPECT_EQ(door.judge(timestamp, std::string("sha256=") + signature, body, then + seconds(60)), Signed::again);
}

}  // namespace
}  // namespace salam::api
