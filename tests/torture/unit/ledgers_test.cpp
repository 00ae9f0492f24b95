#include "tests/torture/ledgers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace salam::torture {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// Two forms, one in 137 and one in the desk, of which all that should be is written down.
Ledgers sound() {
  Ledgers all;
  all.client = {{"1", "09130000019", "id-1", "111"}, {"2", "09130000029", "id-2", "222"}};
  all.registrations = {{"137", "14050001", "111"}, {"service_desk", "SD-1", "222"}};
  all.texts = {{"09130000019", "…"}, {"09130000029", "…"}};
  all.topic = {
      {"id-1", 1, "received", 0, "111", "137", ""},
      {"id-2", 1, "received", 1, "222", "137", ""},
      {"id-1", 2, "registered", 0, "111", "137", "14050001"},
      {"id-2", 2, "redirected", 1, "222", "", ""},
      {"id-1", 3, "message_sent", 0, "111", "137", "14050001"},
      {"id-2", 3, "registered", 1, "222", "service_desk", "SD-1"},
      {"id-1", 4, "told", 0, "111", "137", "14050001"},
      {"id-2", 4, "told", 1, "222", "service_desk", "SD-1"},
  };
  return all;
}

TEST(SoundLedgers, Agree) {
  const auto verdict = compare(sound());
  EXPECT_TRUE(verdict.good());
}

TEST(Lost, IsAFormThatWasNeverAnswered) {
  auto all = sound();
  all.client.push_back({"3", "09130000039", "", ""});
  EXPECT_THAT(compare(all).lost, ElementsAre(HasSubstr("form 3 was never answered")));
}

TEST(Lost, IsARequestThatIsRegisteredNowhere) {
  auto all = sound();
  all.registrations.pop_back();
  EXPECT_THAT(compare(all).lost, ElementsAre(HasSubstr("form 2 (222) is registered nowhere")));
}

TEST(Lost, IsACitizenWithoutAText) {
  auto all = sound();
  all.texts.pop_back();
  EXPECT_THAT(compare(all).lost, ElementsAre(HasSubstr("the citizen of form 2 was sent no text")));
}

TEST(Lost, IsACitizenWhoWasToldAnotherCode) {
  auto all = sound();
  all.topic[6].code = "111";
  EXPECT_THAT(compare(all).lost, ElementsAre(HasSubstr("was told 111 and not 14050001")));
}

TEST(Lost, IsARegistrationThatTheTopicPlacesElsewhere) {
  auto all = sound();
  all.topic[2].code = "14050002";
  EXPECT_THAT(compare(all).lost, ElementsAre(HasSubstr("but the topic says 14050002 in 137")));
}

TEST(Lost, IsARequestThatTheTopicDoesNotKnow) {
  auto all = sound();
  std::erase_if(all.topic, [](const auto& event) { return event.key == "id-1"; });
  EXPECT_THAT(compare(all).lost, ElementsAre(HasSubstr("form 1 has no event")));
}

TEST(Lost, IsAnEventInTheMiddle) {
  auto all = sound();
  all.topic.erase(all.topic.begin() + 4);
  EXPECT_THAT(compare(all).lost, ElementsAre(HasSubstr("the events of form 1 have a gap")));
}

TEST(Lost, IsTheFirstEvent) {
  auto all = sound();
  all.topic.erase(all.topic.begin());
  EXPECT_THAT(compare(all).lost, ElementsAre(HasSubstr("have a gap"), HasSubstr("does not say that form 1 was received")));
}

TEST(Lost, IsTheLastEvent) {
  auto all = sound();
  all.topic.pop_back();
  EXPECT_THAT(compare(all).lost, ElementsAre(HasSubstr("does not say that form 2 was told")));
}

TEST(Lost, IsWhatTheClientSawContradicted) {
  auto all = sound();
  all.contradictions.emplace_back("form 1 was answered 409");
  EXPECT_THAT(compare(all).lost, ElementsAre("form 1 was answered 409"));
}

TEST(Doubled, IsARequestInBothSystems) {
  auto all = sound();
  all.registrations.push_back({"service_desk", "SD-2", "111"});
  EXPECT_THAT(compare(all).doubled, ElementsAre(HasSubstr("form 1 (111) is registered 2 times: 137:14050001 service_desk:SD-2")));
}

TEST(Doubled, IsATextThatWasSentTwice) {
  auto all = sound();
  all.texts.push_back(all.texts.front());
  EXPECT_THAT(compare(all).doubled, ElementsAre(HasSubstr("form 1 was sent 2 texts")));
}

TEST(Doubled, IsAnEventThatStandsTwice) {
  auto all = sound();
  all.topic.push_back(all.topic[4]);
  EXPECT_THAT(compare(all).doubled, ElementsAre(HasSubstr("event 3 of form 1 stands twice")));
}

TEST(Doubled, IsARegistrationThatTheTopicTellsTwice) {
  auto all = sound();
  all.topic.push_back({"id-1", 5, "registered", 0, "111", "137", "14050001"});
  EXPECT_THAT(compare(all).doubled, ElementsAre(HasSubstr("2 times that form 1 was registered")));
}

TEST(Doubled, IsAnIdOfTwoForms) {
  auto all = sound();
  all.client[1].id = "id-1";
  EXPECT_THAT(compare(all).doubled, Not(IsEmpty()));
}

TEST(Doubled, IsARegistrationOrAnEventOfNoForm) {
  auto all = sound();
  all.registrations.push_back({"137", "14050009", "999"});
  all.topic.push_back({"id-9", 1, "received", 0, "999", "137", ""});
  EXPECT_THAT(compare(all).doubled, ElementsAre(HasSubstr("137 14050009 belongs to no form"), HasSubstr("id-9")));
}

TEST(OutOfOrder, IsAnEventAfterItsSuccessor) {
  auto all = sound();
  std::swap(all.topic[2], all.topic[4]);
  const auto verdict = compare(all);
  EXPECT_THAT(verdict.out_of_order, ElementsAre(HasSubstr("event 2 of form 1 stands after event 3")));
  EXPECT_THAT(verdict.lost, IsEmpty());
  EXPECT_THAT(verdict.doubled, IsEmpty());
}

TEST(OutOfOrder, IsAnEventInAnotherPartition) {
  auto all = sound();
  all.topic[4].partition = 2;
  EXPECT_THAT(compare(all).out_of_order, ElementsAre(HasSubstr("event 3 of form 1")));
}

}  // namespace
}  // namespace salam::torture
