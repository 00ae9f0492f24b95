#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/domain/change.h"
#include "gateway/domain/request.h"

namespace salam {
namespace {

using testing::ElementsAre;
using testing::MatchesRegex;

/// Every enumerator from the first to `last` has a word of its own that reads back as itself.
template <class Enum, class Parse>
void expect_words_read_back(Enum last, Parse parse) {
  for (int i = 0; i <= static_cast<int>(last); ++i) {
    const auto value = static_cast<Enum>(i);
    EXPECT_THAT(std::string(to_string(value)), MatchesRegex("[0-9a-z_]+"));
    EXPECT_EQ(parse(to_string(value)), value) << to_string(value);
  }
  EXPECT_FALSE(parse(""));
  EXPECT_FALSE(parse("Registered"));
}

template <class Enum>
void expect_words_differ(Enum last) {
  std::set<std::string_view> words;
  for (int i = 0; i <= static_cast<int>(last); ++i) {
    EXPECT_FALSE(to_string(static_cast<Enum>(i)).empty()) << i;
    EXPECT_TRUE(words.insert(to_string(static_cast<Enum>(i))).second) << i;
  }
}

TEST(Names, OfEveryEnumeratorReadBack) {
  expect_words_read_back(System::service_desk, parse_system);
  expect_words_read_back(Kind::thanks, parse_kind);
  expect_words_read_back(RegistrationState::closed, parse_registration_state);
  expect_words_read_back(AttentionReason::undelivered, parse_attention_reason);
  expect_words_read_back(SettleAction::handed_over, parse_settle_action);
}

TEST(Names, OfEveryEnumeratorDiffer) {
  expect_words_differ(ToldBy::person);
  expect_words_differ(MessageKind::invitation);
  expect_words_differ(MessageState::handed_over);
  expect_words_differ(Lane::clock);
}

TEST(Names, OfTheSystemsAreWhatPeopleAndWiresUse) {
  EXPECT_EQ(to_string(System::system137), "137");
  EXPECT_EQ(to_string(System::service_desk), "service_desk");
  EXPECT_EQ(name_for_people(System::system137), "سامانه ۱۳۷");
  EXPECT_EQ(name_for_people(System::service_desk), "میز خدمت اصفهان من");
}

TEST(Names, EveryEventHasACloudEventsType) {
  std::set<std::string_view> types;
  for (int i = 0; i <= static_cast<int>(EventType::told); ++i) {
    const auto type = cloud_event_type(static_cast<EventType>(i));
    EXPECT_THAT(std::string(type), MatchesRegex("ir\\.isfahan\\.mardomsalam\\.request\\.[a-z_]+\\.v1"));
    EXPECT_TRUE(types.insert(type).second) << type;
  }
  EXPECT_EQ(cloud_event_type(EventType::registered), "ir.isfahan.mardomsalam.request.registered.v1");
}

TEST(Names, EachSystemHasItsLane) {
  EXPECT_EQ(lane_of(System::system137), Lane::system137);
  EXPECT_EQ(lane_of(System::service_desk), Lane::service_desk);
}

TEST(StateOf, IsTheWordOfTheRegistration) {
  Request request{.id = {},
                  .code = TrackingCode::from_random(1),
                  .form_item = {},
                  .received_at = {},
                  .received_from = {},
                  .content = {.region = *Region::from_number(5)}};
  request.registration.state = RegistrationState::calling;
  EXPECT_EQ(state_of(request), "registering");
  request.registration.state = RegistrationState::held;
  EXPECT_EQ(state_of(request), "needs_decision");
  request.registration.state = RegistrationState::registered;
  EXPECT_EQ(state_of(request), "registered");
}

TEST(ActionsFor, OfferWhatSettlesTheMatter) {
  for (const auto reason : {AttentionReason::uncertain, AttentionReason::refused, AttentionReason::unclear, AttentionReason::poison,
                            AttentionReason::by_hand}) {
    EXPECT_THAT(actions_for(reason), ElementsAre(SettleAction::registered, SettleAction::send_again)) << to_string(reason);
  }
  EXPECT_THAT(actions_for(AttentionReason::no_contact), ElementsAre(SettleAction::handed_over));
  EXPECT_THAT(actions_for(AttentionReason::undelivered), ElementsAre(SettleAction::handed_over));
}

}  // namespace
}  // namespace salam
