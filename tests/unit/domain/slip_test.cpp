#include "gateway/domain/decisions.h"
#include "tests/unit/domain/lifecycle_fixture.h"

namespace salam::lifecycle {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::Pair;

/// A request from a form that was printed with its code: the citizen went home with the slip.
class SlipTest : public LifecycleTest {
 protected:
  static Request from_printed(bool with_mobile = true) {
    auto request = fresh(with_mobile);
    request.told = Told{.by = ToldBy::slip, .code = request.code.digits(), .at = start, .person = {}};
    return request;
  }
  Change hand_in(bool with_mobile = true) { return apply(received(from_printed(with_mobile), policy_, at())); }
  Change correct_mobile(std::optional<Sensitive<std::string>> mobile) {
    Correction correction{.content = record_.request.content, .citizen_hash = "hash"};
    correction.content.citizen.mobile = std::move(mobile);
    return apply(correct(record_, correction, {.by = "مریم", .key = "desk", .note = "", .version = {}}, policy_, at(minutes(5))));
  }
  bool told_by_slip() const { return record_.request.told && record_.request.told->by == ToldBy::slip; }
};

TEST_F(SlipTest, TellsWhenTheRequestIsReceived) {
  const auto change = hand_in();
  EXPECT_THAT(change.events,
              ElementsAre(Field(&Event::type, EventType::received),
                          AllOf(Field(&Event::type, EventType::told),
                                Field(&Event::details, ElementsAre(Pair("by", "slip"), Pair("code", record_.request.code.digits()))))));
}

TEST_F(SlipTest, NeedsNoHoldingText) {
  const auto change = hand_in();
  ASSERT_THAT(change.tasks, ElementsAre(Field(&Task::lane, Lane::system137), Field(&Task::lane, Lane::clock)));
  EXPECT_EQ(change.tasks[1].due, *record_.request.due - policy_.approaching_before) << "only its answer is due";
  EXPECT_THAT(apply(clock_due(record_, policy_, at(policy_.holding_after + minutes(1)))).messages, IsEmpty());
}

TEST_F(SlipTest, NeedsNoHoldingTextForAReview) {
  policy_.desk_after_review = true;
  hand_in();
  apply(begin_call(record_, can_look_up_, policy_, at()));
  EXPECT_THAT(apply(call_refused(record_, "not ours", policy_, at())).messages, IsEmpty());
  EXPECT_EQ(state(), RegistrationState::in_review);
}

TEST_F(SlipTest, NeedsNoHoldingTextWhereItIsClosed) {
  hand_in();
  const auto change = apply(withdraw(record_, {.by = "مریم", .key = "desk", .note = "", .version = {}}, policy_, at()));
  EXPECT_EQ(state(), RegistrationState::closed);
  EXPECT_THAT(change.messages, IsEmpty());
}

TEST_F(SlipTest, ReachesWhomNoTextReaches) {
  const auto change = hand_in(false);
  EXPECT_FALSE(open(AttentionReason::no_contact));
  EXPECT_THAT(change.raised, IsEmpty());
}

TEST_F(SlipTest, IsFollowedByTheSystemsCodeWithoutHaste) {
  hand_in();
  apply(begin_call(record_, can_look_up_, policy_, at()));
  const auto change = apply(call_registered(record_, "1234", policy_, at()));
  EXPECT_THAT(change.messages, ElementsAre(AllOf(Field(&Message::code, "1234"), Field(&Message::urgent, false))));
  EXPECT_TRUE(told_by_slip());
}

TEST_F(SlipTest, HoldsWhenTheNumberIsCorrected) {
  hand_in();
  EXPECT_THAT(correct_mobile(Sensitive<std::string>("+989120000002")).messages, ElementsAre(Field(&Message::kind, MessageKind::holding)));
  EXPECT_TRUE(told_by_slip());
  correct_mobile(std::nullopt);
  EXPECT_TRUE(told_by_slip());
  EXPECT_FALSE(open(AttentionReason::no_contact));
}

TEST_F(SlipTest, DoesNotKeepTheSystemsCodeFromACorrectedNumber) {
  hand_in();
  apply(begin_call(record_, can_look_up_, policy_, at()));
  apply(call_registered(record_, "1234", policy_, at()));
  const auto change = correct_mobile(Sensitive<std::string>("+989120000002"));
  EXPECT_EQ(change.messages.back().code, "1234");
  EXPECT_EQ(change.messages.back().mobile.reveal(), "+989120000002");
}

}  // namespace
}  // namespace salam::lifecycle
