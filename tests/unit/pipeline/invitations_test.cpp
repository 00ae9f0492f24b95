#include "gateway/pipeline/invitations.h"

#include <future>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/pipeline/driver_fixture.h"

namespace salam::pipeline {
namespace {

using testing::Each;
using testing::Field;
using testing::SizeIs;

/// A meeting with 120 applicants, in front of a real store.
class WrittenInvitations : public testing::Test {
 protected:
  static constexpr int applicants = 120;

  WrittenInvitations() : folder_(temporary_folder()) {
    open();
    const auto put = ask<Result<bool>>([&](auto handler) {
      store_->put_meeting(
          {.id = "m", .region = Region::from_number(3).value(), .mosque = "مسجد جامع", .date = tehran_date(executor_.now())},
          std::move(handler));
    });
    EXPECT_TRUE(put.ok());
    for (int number = 0; number < applicants; ++number) take(number);
  }
  ~WrittenInvitations() override {
    close();
    std::filesystem::remove_all(folder_);
  }

  static std::filesystem::path temporary_folder() {
    std::string name = (std::filesystem::temp_directory_path() / "salam-invitations-XXXXXX").string();
    return ::mkdtemp(name.data());
  }
  void open() {
    store_ = store::open({.path = (folder_ / "salam.db").string()}, executor_, random_).value();
    invitations_.emplace(
        policy_,
        Invitations::World{
            .store = *store_, .clock = executor_, .random = random_, .executor = executor_, .added = [this](std::vector<Task> tasks) {
              tasks_.insert(tasks_.end(), tasks.begin(), tasks.end());
            }});
  }
  void close() {
    executor_.forget_timers();
    store_->close();
    invitations_.reset();
    store_.reset();
  }
  template <class Outcome, class Call>
  Outcome ask(Call call) {
    auto promise = std::make_shared<std::promise<Outcome>>();
    auto future = promise->get_future();
    call([promise](Outcome outcome) { promise->set_value(std::move(outcome)); });
    return future.get();
  }
  void take(int number) {
    store::Intake intake{.form_item = {.meeting = "m", .form = std::to_string(number), .item = 1},
                         .received_from = "tablet",
                         .original = "{}",
                         .fingerprint = std::to_string(number),
                         .content = {.region = Region::from_number(3).value()},
                         .route = {},
                         .citizen_hash = {},
                         .traceparent = {},
                         .first_change = [](Request request) { return Change{.after = std::move(request)}; }};
    intake.content.citizen.mobile = Sensitive<std::string>("+98913" + std::to_string(1'000'000 + number));
    ask<store::AcceptOutcome>([&](auto handler) { store_->accept(std::move(intake), std::move(handler)); });
  }
  void approve() {
    const Invitation draft{
        .session = {.date = tehran_date(executor_.now()), .time = {}, .place = "مسجد جامع"}, .text = "بیایید", .by = "زهرا"};
    ASSERT_TRUE(ask<store::InvitationOutcome>([&](auto handler) { store_->put_invitation("m", draft, std::move(handler)); }).ok());
    const auto approved = ask<store::InvitationOutcome>([&](auto handler) {
      store_->approve_invitation(
          {.meeting = "m", .version = 1, .by = "رضا", .key = {}}, {.caller = "o", .key = "k", .fingerprint = {}, .body = {}},
          [](store::IdempotentAnswer kept, const InvitationRecord&) { return kept; }, std::move(handler));
    });
    ASSERT_TRUE(approved.ok());
  }
  std::int64_t left() { return store_->invitation("m")->counts.to_invite; }
  bool runs_until_all_are_written() {
    return executor_.run_until([&] { return tasks_.size() == applicants; });
  }

  std::filesystem::path folder_;
  ManualExecutor executor_;
  CountingRandom random_;
  lifecycle::Policy policy_;
  std::unique_ptr<store::Store> store_;
  std::optional<Invitations> invitations_;
  std::vector<Task> tasks_;
};

TEST_F(WrittenInvitations, AreHandedToThePipelineStepByStep) {
  invitations_->start();
  approve();
  for (int again = 0; again < 3; ++again) invitations_->approved();
  ASSERT_TRUE(runs_until_all_are_written());
  EXPECT_EQ(left(), 0);
  EXPECT_THAT(tasks_, Each(Field(&Task::lane, Lane::sms)));
  std::set<RequestKey> requests;
  for (const auto& task : tasks_) requests.insert(task.request);
  EXPECT_THAT(requests, SizeIs(applicants));
}

TEST_F(WrittenInvitations, GoOnAtTheNextStart) {
  approve();
  close();
  open();
  invitations_->start();
  ASSERT_TRUE(runs_until_all_are_written());
  EXPECT_EQ(left(), 0);
}

TEST_F(WrittenInvitations, AreTriedAgainAMinuteAfterAnError) {
  approve();
  store_->close();
  invitations_->approved();
  ASSERT_TRUE(executor_.run_until([&] { return executor_.timers() == 1; }));
  EXPECT_THAT(tasks_, SizeIs(0));
  invitations_.reset();
  store_.reset();
  executor_.forget_timers();
  open();
}

}  // namespace
}  // namespace salam::pipeline
