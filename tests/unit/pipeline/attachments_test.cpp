#include <stdexcept>

#include "gateway/store/attachment_files.h"
#include "tests/unit/pipeline/driver_fixture.h"

namespace salam::pipeline {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

const std::string link = "https://photos.example/1";

/// Each can be fetched: a link where it leads, a file by its digest.
class WithAttachments : public DriverTest {
 protected:
  WithAttachments()
      : DriverTest(Options{.media_url = [](const Attachment& attachment) {
          return attachment.is_link() ? attachment.url.reveal() : "https://gateway.example/" + attachment.digest;
        }}) {
    policy_.wait_for_attachments = minutes(1);
  }
  static std::string address_of(const std::string& content) { return "https://gateway.example/" + store::digest_of(content); }
};

TEST_F(WithAttachments, ARequestGoesOutWithTheirAddressesAndIsKeptWithoutThem) {
  const auto key = take("1");
  attach(key, "first");
  attach(key, "", "", link);
  ASSERT_TRUE(eventually([&] { return registered(key); }));
  EXPECT_THAT(system137_.media_urls, ElementsAre(address_of("first"), link));
  EXPECT_THAT(request(key).media_urls, IsEmpty());
}

TEST_F(WithAttachments, TheNextSystemGetsThemToo) {
  system137_.submits = {outcome::Refused{"not ours"}};
  const auto key = take("1");
  attach(key, "first");
  ASSERT_TRUE(eventually([&] { return registered(key); }));
  EXPECT_THAT(desk_.submitted, ElementsAre(key));
  EXPECT_THAT(desk_.media_urls, ElementsAre(address_of("first")));
}

class WithUnreadableAttachments : public DriverTest {
 protected:
  WithUnreadableAttachments()
      : DriverTest(Options{.media_url = [](const Attachment&) -> std::string { throw std::runtime_error("a damaged page"); }}) {
    policy_.wait_for_attachments = minutes(1);
  }
};

TEST_F(WithUnreadableAttachments, ARequestIsRegisteredAllTheSame) {
  const auto key = take("1");
  attach(key, "first");
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
  all_attached_ = true;
  attach(key, "first");
  const auto told_at = executor_.now();
  EXPECT_TRUE(eventually([&] { return registered(key); }));
  EXPECT_LT(executor_.now() - told_at, minutes(20));
}

// --- after the call that registered it --------------------------------------------------------------------------------

class LateAttachments : public WithAttachments {
 protected:
  LateAttachments() {
    policy_.wait_for_attachments = milliseconds(0);
    for (auto* const system : {&system137_, &desk_}) {
      system->its_traits.amends = true;
      system->its_traits.amendment_takes_media = true;
    }
  }
  RequestKey registered_one() {
    const auto key = take("1");
    EXPECT_TRUE(eventually([&] { return registered(key) && request(key).told; }));
    return key;
  }
  AmendmentState state(RequestKey key) { return request(key).handling.amendment.state; }
  bool is_told(RequestKey key) {
    return eventually([&] { return state(key) == AmendmentState::none; });
  }
  bool on_the_list(RequestKey key) { return request(key).attention.contains(AttentionReason::amend); }
  Attempt last_attempt(RequestKey key) {
    const auto attempts = store_->attempts(key, 100);
    return attempts.empty() ? Attempt{} : attempts.back();
  }
};

TEST_F(LateAttachments, AreSentOnOnceAndOnlyThoseThatAreNew) {
  const auto key = registered_one();
  EXPECT_TRUE(attach(key, "first"));
  ASSERT_TRUE(is_told(key));
  EXPECT_THAT(system137_.media_urls, ElementsAre(address_of("first")));
  EXPECT_TRUE(attach(key, "", "", link));
  ASSERT_TRUE(is_told(key));
  EXPECT_THAT(system137_.media_urls, ElementsAre(link));
  EXPECT_THAT(system137_.amended, ElementsAre(Pair(1, ""), Pair(2, "")));
  EXPECT_TRUE(registered(key));
  EXPECT_THAT(system137_.submitted, SizeIs(1));
}

TEST_F(LateAttachments, UploadedAgainSendNothing) {
  const auto key = registered_one();
  attach(key, "first");
  ASSERT_TRUE(is_told(key));
  const auto version = request(key).version;
  EXPECT_FALSE(attach(key, "first"));
  pass(minutes(10));
  EXPECT_THAT(system137_.amended, SizeIs(1));
  EXPECT_EQ(request(key).version, version);
}

TEST_F(LateAttachments, ThatComeDuringTheRegisteringCallFollowItAndTheOthersDoNot) {
  policy_.wait_for_attachments = minutes(1);
  system137_.submits = {outcome::Pending{"t"}};
  const auto key = take("1");
  attach(key, "with the call");
  ASSERT_TRUE(eventually([&] { return request(key).registration.state == RegistrationState::pending; }));
  attach(key, "too late");
  pass(minutes(2));
  EXPECT_THAT(system137_.amended, IsEmpty()) << "there is nothing yet that could be amended";
  system137_.polls = {outcome::Registered{"1"}};
  ASSERT_TRUE(eventually([&] { return registered(key) && state(key) == AmendmentState::none; }));
  EXPECT_THAT(system137_.amended, SizeIs(1));
  EXPECT_THAT(system137_.media_urls, ElementsAre(address_of("too late")));
}

TEST_F(LateAttachments, ThatComeWhileOneIsCalledGoTogetherInTheNext) {
  const auto key = registered_one();
  system137_.holds_amendments = true;
  attach(key, "first");
  ASSERT_TRUE(executor_.run_until([&] { return !system137_.held_amendments.empty(); }));
  system137_.holds_amendments = false;
  attach(key, "second");
  attach(key, "third");
  system137_.held_amendments.front()({.outcome = outcome::Amended{}, .took = milliseconds(3), .excerpt = {}});
  ASSERT_TRUE(is_told(key));
  EXPECT_THAT(system137_.amended, SizeIs(2));
  EXPECT_THAT(system137_.media_urls, ElementsAre(address_of("second"), address_of("third")));
}

TEST_F(LateAttachments, GoAfterAnOutage) {
  const auto key = registered_one();
  system137_.amends = {outcome::TryLater{"down", {}, false}, outcome::TryLater{"down", {}, false}, outcome::Amended{}};
  attach(key, "first");
  ASSERT_TRUE(is_told(key));
  EXPECT_THAT(system137_.amended, ElementsAre(Pair(1, ""), Pair(1, ""), Pair(1, "")));
  EXPECT_THAT(system137_.media_urls, ElementsAre(address_of("first")));
}

TEST_F(LateAttachments, ThatWereRefusedKeepNothingElseBack) {
  const auto key = registered_one();
  system137_.amends = {outcome::Refused{"no pictures"}};
  attach(key, "first");
  ASSERT_TRUE(eventually([&] { return on_the_list(key); }));
  system137_.amends = {outcome::Amended{}, outcome::Refused{"no pictures"}};
  assign(key, "عمران");
  ASSERT_TRUE(eventually([&] { return system137_.amended.size() == 3 && on_the_list(key); }));
  EXPECT_THAT(system137_.amended, ElementsAre(Pair(1, ""), Pair(2, "عمران"), Pair(3, "عمران")));
  EXPECT_THAT(system137_.media_urls, ElementsAre(address_of("first")));
}

TEST_F(LateAttachments, AreNoReasonToCallASystemThatHasNoPlaceForThem) {
  system137_.its_traits.amendment_takes_media = false;
  const auto key = registered_one();
  attach(key, "first");
  ASSERT_TRUE(is_told(key));
  assign(key, "عمران");
  ASSERT_TRUE(is_told(key));
  EXPECT_THAT(system137_.amended, ElementsAre(Pair(1, "عمران")));
  EXPECT_THAT(system137_.media_urls, IsEmpty());
  EXPECT_FALSE(on_the_list(key));
}

TEST_F(LateAttachments, OfASystemThatCannotBeToldAreOneItemOnTheList) {
  system137_.its_traits.amends = false;
  const auto key = registered_one();
  attach(key, "first");
  ASSERT_TRUE(eventually([&] { return on_the_list(key); }));
  attach(key, "second");
  pass(minutes(10));
  EXPECT_THAT(store_->attention(AttentionReason::amend, {}, 0, 10), SizeIs(1));
  EXPECT_EQ(std::ranges::count(store_->history(key, 0, 100), "attention_settled", &store::HistoryEntry::type), 0);
  EXPECT_THAT(system137_.amended, IsEmpty());
}

class LateFiles : public LateAttachments {
 protected:
  LateFiles() {
    media_url_ = {};
    system137_.its_traits.amendment_takes_files = 1000;
    restart();
  }
  [[nodiscard]] std::vector<std::string> sent() const {
    std::vector<std::string> contents;
    for (const auto& file : system137_.files) contents.push_back(*file.content);
    return contents;
  }
};

TEST_F(LateFiles, GoAlong) {
  const auto key = registered_one();
  attach(key, "first");
  ASSERT_TRUE(is_told(key));
  EXPECT_THAT(sent(), ElementsAre("first"));
  EXPECT_EQ(last_attempt(key).detail, "1 of 1 files went along");
}

TEST_F(LateFiles, ThatCannotGoAlongAreNoReasonToCall) {
  const auto key = registered_one();
  attach(key, std::string(1001, 'a'));
  ASSERT_TRUE(is_told(key));
  EXPECT_THAT(system137_.amended, IsEmpty());
  EXPECT_EQ(last_attempt(key).outcome, "left_out");
  EXPECT_EQ(last_attempt(key).detail, "0 of 1 files went along, 1 did not fit into max_file_bytes; no attachment can be handed on");
  attach(key, "second");
  ASSERT_TRUE(is_told(key));
  EXPECT_THAT(sent(), ElementsAre("second"));
}

TEST_F(LateFiles, AreSentAgainAfterACallThatGotNoAnswer) {
  system137_.its_traits.amendment_sets_values = true;
  const auto key = registered_one();
  system137_.amends = {outcome::Uncertain{"reset"}, outcome::Amended{}};
  attach(key, "first");
  ASSERT_TRUE(is_told(key));
  EXPECT_THAT(system137_.amended, ElementsAre(Pair(1, ""), Pair(1, ""))) << "nobody else would hear of them";
  EXPECT_THAT(sent(), ElementsAre("first"));
}

TEST_F(LateFiles, StayBehindAfterACallThatGotNoAnswerWhereTheirAddressesGo) {
  media_url_ = [](const Attachment& attachment) { return "https://gateway.example/" + attachment.digest; };
  restart();
  system137_.its_traits.amendment_sets_values = true;
  const auto key = registered_one();
  system137_.amends = {outcome::Uncertain{"reset"}, outcome::Amended{}};
  attach(key, "first");
  ASSERT_TRUE(is_told(key));
  EXPECT_THAT(system137_.amended, SizeIs(2));
  EXPECT_THAT(sent(), IsEmpty());
  EXPECT_THAT(system137_.media_urls, ElementsAre(address_of("first")));
  EXPECT_EQ(last_attempt(key).detail, "without its files, as a call with them got no answer");
}

TEST_F(LateFiles, ThatWereFoundThereAreNoReasonToLeaveLaterOnesOut) {
  system137_.its_traits.has_amendment_lookup = true;
  const auto key = registered_one();
  system137_.amends = {outcome::Uncertain{"reset"}, outcome::Amended{}};
  attach(key, "first");
  ASSERT_TRUE(is_told(key));
  attach(key, "second");
  ASSERT_TRUE(is_told(key));
  EXPECT_THAT(system137_.amended, SizeIs(2));
  EXPECT_THAT(sent(), ElementsAre("second"));
}

TEST_F(LateFiles, AreWaitedForWhereASecondCallWouldBeTooEarly) {
  system137_.its_traits.amendment_sets_values = true;
  const auto key = registered_one();
  system137_.amends = {outcome::Uncertain{"reset"}, outcome::Amended{}};
  attach(key, "first");
  ASSERT_TRUE(eventually([&] { return state(key) == AmendmentState::uncertain; }));
  const auto& traits = system137_.its_traits;
  pass(*traits.settle_after + traits.call_deadline + files_deadline - seconds(2));
  EXPECT_THAT(system137_.amended, SizeIs(1)) << "the first one's call went out when its files were read";
  ASSERT_TRUE(eventually([&] { return system137_.amended.size() == 2; }));
}

}  // namespace
}  // namespace salam::pipeline
