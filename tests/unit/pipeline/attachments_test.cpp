#include <stdexcept>

#include "tests/unit/pipeline/driver_fixture.h"

namespace salam::pipeline {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class WithAttachments : public DriverTest {
 protected:
  WithAttachments()
      : DriverTest(Options{.media_urls = [](RequestKey request) {
          return std::vector<std::string>{"https://gateway.example/" + std::to_string(request), "https://photos.example/1"};
        }}) {}
};

TEST_F(WithAttachments, ARequestGoesOutWithTheirAddressesAndIsKeptWithoutThem) {
  const auto key = take("1");
  ASSERT_TRUE(eventually([&] { return registered(key); }));
  EXPECT_THAT(system137_.media_urls, ElementsAre("https://gateway.example/" + std::to_string(key), "https://photos.example/1"));
  EXPECT_THAT(request(key).media_urls, IsEmpty());
}

TEST_F(WithAttachments, TheNextSystemGetsThemToo) {
  system137_.submits = {outcome::Refused{"not ours"}};
  const auto key = take("1");
  ASSERT_TRUE(eventually([&] { return registered(key); }));
  EXPECT_THAT(desk_.submitted, ElementsAre(key));
  EXPECT_EQ(desk_.media_urls.size(), 2u);
}

class WithUnreadableAttachments : public DriverTest {
 protected:
  WithUnreadableAttachments()
      : DriverTest(Options{.media_urls = [](RequestKey) -> std::vector<std::string> { throw std::runtime_error("a damaged page"); }}) {}
};

TEST_F(WithUnreadableAttachments, ARequestIsRegisteredAllTheSame) {
  const auto key = take("1");
  ASSERT_TRUE(eventually([&] { return registered(key); }));
  EXPECT_THAT(system137_.media_urls, IsEmpty());
}

TEST_F(DriverTest, ARequestWaitsForItsAttachmentsAsLongAsTheyAreExpectedAndNoLonger) {
  policy_.wait_for_attachments = seconds(30);
  const auto key = take("1");
  EXPECT_TRUE(registers_within(key, seconds(29), seconds(31)));
}

TEST_F(DriverTest, ARequestWaitsNoLongerOnceItsAttachmentsAreThere) {
  policy_.wait_for_attachments = minutes(30);
  const auto key = take("1");
  pass(seconds(5));
  ASSERT_FALSE(registered(key));
  store_->update(
      key,
      [this](const Record& record) {
        return lifecycle::attachments_complete(record, policy_, {.now = executor_.now(), .jitter = 0, .random_bits = 0, .attempt = {}});
      },
      [this](store::UpdateOutcome outcome) { driver_->added(std::move(outcome->tasks)); });
  const auto told_at = executor_.now();
  EXPECT_TRUE(eventually([&] { return registered(key); }));
  EXPECT_LT(executor_.now() - told_at, minutes(20));
}

}  // namespace
}  // namespace salam::pipeline
