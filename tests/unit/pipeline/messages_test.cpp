#include "tests/unit/pipeline/driver_fixture.h"

namespace salam::pipeline {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Texts : public DriverTest {
 protected:
  explicit Texts(bool two_lines = false) : DriverTest({.two_lines = two_lines}) {}

  /// Its newest; a blank one where there is none yet.
  Message message(RequestKey key) {
    const auto messages = store_->find(key)->messages;
    return messages.empty() ? Message{} : messages.back();
  }
  bool told(RequestKey key) { return request(key).told.has_value(); }
  /// What the lines are asked for a text that may have been sent and cannot be repeated safely.
  void neither_deduplicates() { sms_.its_traits.deduplicates = second_sms_.its_traits.deduplicates = false; }
  double sent_once_more() {
    for (const auto& family : metrics_.Collect()) {
      if (family.name == "salam_sms_sent_once_more_total") return family.metric.front().counter.value;
    }
    return -1;
  }
};

class TwoLines : public Texts {
 protected:
  TwoLines() : Texts(true) {}
};

TEST_F(Texts, AreRepeatedWhereTheLineDeduplicates) {
  sms_.sends = {outcome::Uncertain{"reset"}, outcome::TryLater{"refused", {}, false}, outcome::Sent{"p"}};
  const auto key = take("1");
  ASSERT_TRUE(eventually([&] { return message(key).state == MessageState::uncertain; }));
  ASSERT_TRUE(eventually([&] { return told(key); }));
  EXPECT_EQ(sms_.sent.size(), 3u);
  EXPECT_EQ(sent_once_more(), 0);
}

TEST_F(Texts, AreSentOnceMoreWhenTheirWindowIsOverAndThenArePersons) {
  neither_deduplicates();
  sms_.its_traits.uncertain_for = minutes(10);
  sms_.sends = {outcome::Uncertain{"reset"}};
  const auto key = take("1");
  ASSERT_TRUE(eventually([&] { return message(key).state == MessageState::uncertain; }));
  pass(minutes(9));
  EXPECT_EQ(sms_.sent.size(), 1u) << "a report may still come";
  pass(minutes(2));
  EXPECT_EQ(sms_.sent.size(), 2u);
  ASSERT_TRUE(eventually([&] { return request(key).attention.contains(AttentionReason::undelivered); }));
  EXPECT_EQ(sms_.sent.size(), 2u);
  EXPECT_EQ(sent_once_more(), 1);
}

TEST_F(Texts, AreNotSentAgainWhereTheLineKnowsThem) {
  neither_deduplicates();
  sms_.its_traits.has_lookup = true;
  sms_.sends = {outcome::Uncertain{"reset"}};
  sms_.lookups = {outcome::TryLater{"down", {}, false}, outcome::Sent{"found"}};
  const auto key = take("1");
  ASSERT_TRUE(eventually([&] { return told(key); }));
  EXPECT_EQ(message(key).provider_id, "found");
  EXPECT_EQ(sms_.sent.size(), 1u);
}

TEST_F(Texts, AreSentAgainWhereTheLineDoesNotKnowThem) {
  neither_deduplicates();
  sms_.its_traits.has_lookup = true;
  sms_.sends = {outcome::Uncertain{"reset"}, outcome::Sent{"p"}};
  const auto key = take("1");
  ASSERT_TRUE(eventually([&] { return told(key); }));
  EXPECT_EQ(sms_.sent.size(), 2u);
  EXPECT_FALSE(sms_.looked_up.empty());
  EXPECT_EQ(sent_once_more(), 0) << "it had not been sent";
}

TEST_F(Texts, ThatDoNotArriveArePersons) {
  sms_.delivery = Delivery::failed;
  const auto key = take("1");
  ASSERT_TRUE(eventually([&] { return request(key).attention.contains(AttentionReason::undelivered); }));
  EXPECT_FALSE(told(key));
}

TEST_F(TwoLines, WhatOneCannotSendForLackOfCreditTheNextSendsAtOnce) {
  sms_.sends = {outcome::Misconfigured{"418 credit"}};
  const auto before = executor_.now();
  const auto key = take("1");
  ASSERT_TRUE(eventually([&] { return told(key); }));
  EXPECT_EQ(message(key).provider, "second");
  EXPECT_LT(*message(key).sent_at - before, seconds(2));
  EXPECT_TRUE(driver_->sms_lines()[0].in_trouble);
  EXPECT_EQ(driver_->sms_lines()[0].last_error, "418 credit");
  EXPECT_EQ(driver_->status(Lane::sms).view.breaker, Breaker::closed) << "texts go out";
}

TEST_F(TwoLines, FailuresInARowAreALastingTroubleASingleOneIsNot) {
  sms_.sends = {outcome::TryLater{"refused", {}, false}, outcome::Sent{"p"}};
  const auto once = take("1");
  ASSERT_TRUE(eventually([&] { return told(once); }));
  EXPECT_EQ(message(once).provider, "first");
  sms_.sends = {outcome::TryLater{"refused", {}, false}};
  std::vector<RequestKey> keys;
  for (int form = 2; form <= 8; ++form) keys.push_back(take(std::to_string(form)));
  ASSERT_TRUE(eventually([&] { return std::ranges::all_of(keys, [&](RequestKey key) { return told(key); }); }));
  EXPECT_EQ(message(keys.back()).provider, "second");
}

TEST_F(TwoLines, TheFirstTakesOverAgainWhenATrialPasses) {
  sms_.sends = {outcome::Misconfigured{"418 credit"}};
  ASSERT_TRUE(eventually([&, key = take("1")] { return told(key); }));
  sms_.sends = {outcome::Sent{"p"}};
  pass(minutes(1));
  const auto key = take("2");
  ASSERT_TRUE(eventually([&] { return told(key); }));
  EXPECT_EQ(message(key).provider, "first");
  EXPECT_FALSE(driver_->sms_lines()[0].in_trouble);
}

TEST_F(TwoLines, ALineInTroubleIsTriedWithOneTextAtATime) {
  sms_.sends = {outcome::Misconfigured{"418 credit"}};
  ASSERT_TRUE(eventually([&, key = take("1")] { return told(key); }));
  pass(minutes(1));
  sms_.sent.clear();
  std::vector<RequestKey> keys;
  for (int form = 2; form <= 20; ++form) keys.push_back(take(std::to_string(form)));
  ASSERT_TRUE(eventually([&] { return std::ranges::all_of(keys, [&](RequestKey key) { return told(key); }); }));
  EXPECT_EQ(sms_.sent.size(), 1u);
}

TEST_F(TwoLines, WhatOneMayHaveSentTheOtherDoesNotSend) {
  sms_.sends = {outcome::Uncertain{"reset"}, outcome::Misconfigured{"418 credit"}, outcome::Misconfigured{"418 credit"},
                outcome::Sent{"p"}};
  const auto key = take("1");
  ASSERT_TRUE(eventually([&] { return told(key); }));
  EXPECT_EQ(message(key).provider, "first");
  EXPECT_THAT(second_sms_.sent, IsEmpty());
}

TEST_F(TwoLines, WhatAProcessThatDiedMayHaveSentByOneTheOtherDoesNotSend) {
  sms_.hangs = true;
  const auto key = take("1");
  ASSERT_TRUE(executor_.run_until([&] { return sms_.sent.size() == 1; }));
  EXPECT_EQ(message(key).state, MessageState::sending);
  sms_.hangs = false;
  sms_.sends = {outcome::Misconfigured{"418 credit"}, outcome::Misconfigured{"418 credit"}, outcome::Sent{"p"}};
  restart();
  ASSERT_TRUE(eventually([&] { return told(key); }));
  EXPECT_EQ(message(key).provider, "first");
  EXPECT_THAT(second_sms_.sent, IsEmpty());
}

TEST_F(TwoLines, WhereBothFailTextsWaitAndNoneIsLost) {
  sms_.sends = {outcome::Misconfigured{"418 credit"}};
  second_sms_.sends = {outcome::TryLater{"refused", {}, false}};
  std::vector<RequestKey> keys;
  for (int form = 1; form <= 8; ++form) keys.push_back(take(std::to_string(form)));
  ASSERT_TRUE(eventually([&] { return driver_->status(Lane::sms).view.breaker != Breaker::closed; }));
  second_sms_.sends = {outcome::Sent{"p"}};
  ASSERT_TRUE(eventually([&] { return std::ranges::all_of(keys, [&](RequestKey key) { return told(key); }); }));
}

TEST_F(TwoLines, EachIsAskedAfterWhatItSent) {
  ASSERT_TRUE(eventually([&, key = take("1")] { return told(key); }));
  sms_.sends = {outcome::Misconfigured{"418 credit"}};
  second_sms_.delivery = Delivery::failed;
  const auto key = take("2");
  ASSERT_TRUE(eventually([&] { return request(key).attention.contains(AttentionReason::undelivered); }));
  EXPECT_THAT(second_sms_.sent, ElementsAre("1"));
}

}  // namespace
}  // namespace salam::pipeline
