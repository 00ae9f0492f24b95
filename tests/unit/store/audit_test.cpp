#include "gateway/store/attachment_files.h"
#include "tests/unit/store/support.h"

namespace salam::store::test {
namespace {

class Audit : public OpenStore {
 protected:
  Audit() : request_(calls().accepted(intake("1")).request) {}

  void change(std::function<void(Change&)> edit) { ASSERT_TRUE(calls().update(request_.key, std::move(edit)).ok()); }
  void tamper(const char* sql) { Database(directory_.database(), Database::Access::write).execute(sql); }
  std::vector<std::string> findings() {
    std::vector<std::string> what;
    const auto report = audit(directory_.database(), evening).value();
    for (const auto& finding : report.findings) {
      EXPECT_EQ(finding.request, request_.id.to_string());
      EXPECT_EQ(finding.code, request_.code.digits());
      what.push_back(finding.what);
    }
    return what;
  }

  Request request_;
};

void registered_and_told(Change& change) {
  change.after.registration.state = RegistrationState::registered;
  change.after.registration.code = "A-1";
  change.after.told = Told{.by = ToldBy::sms, .code = "A-1", .at = evening};
  change.done = {registration_task()};
}

TEST_F(Audit, PassesWhatWaitsForItsTask) { EXPECT_THAT(findings(), IsEmpty()); }

TEST_F(Audit, PassesWhatIsRegisteredAndTold) {
  change(registered_and_told);
  const auto report = audit(directory_.database(), evening).value();
  EXPECT_EQ(report.findings_total, 0);
  EXPECT_EQ(report.counts.requests, 1);
  EXPECT_EQ(report.counts.told, 1);
  EXPECT_EQ(report.counts.meetings, 1);
  EXPECT_THAT(report.counts.by_state, ElementsAre(testing::Pair("registered", 1)));
  EXPECT_THAT(report.counts.by_system, ElementsAre(testing::Pair("137", 1)));
}

TEST_F(Audit, FindsAnAttachmentWhoseFileIsMissingOrCutOff) {
  const auto attached = calls().attach(scan(request_.key)).value().attachment;
  ASSERT_TRUE(calls().attach(link(request_.key)).ok());
  EXPECT_THAT(findings(), IsEmpty());
  const auto path = attachment_folder(directory_.database()) + '/' + attached.digest.substr(0, 2) + '/' + attached.digest.substr(2);
  std::filesystem::resize_file(path, attached.size - 1);
  EXPECT_THAT(findings(), ElementsAre(testing::HasSubstr(attached.digest)));
  std::filesystem::remove(path);
  EXPECT_THAT(findings(), ElementsAre(testing::HasSubstr("is missing")));
}

TEST_F(Audit, PassesWhatStandsOnTheAttentionList) {
  change([](Change& change) {
    change.done = {registration_task()};
    change.raised = {{AttentionReason::uncertain, evening, ""}};
  });
  EXPECT_THAT(findings(), IsEmpty());
}

TEST_F(Audit, FindsACitizenWhomNobodyTells) {
  change([](Change& change) {
    registered_and_told(change);
    change.after.told.reset();
  });
  EXPECT_THAT(findings(), ElementsAre(testing::HasSubstr("was not told")));
}

TEST_F(Audit, FindsASettledItemThatLeavesNothingBehind) {
  change([](Change& change) {
    registered_and_told(change);
    change.after.told.reset();
    change.raised = {{AttentionReason::no_contact, evening, ""}};
  });
  EXPECT_THAT(findings(), IsEmpty());
  change([](Change& change) { change.settled = {{AttentionReason::no_contact, evening, "کریمی", ""}}; });
  EXPECT_THAT(findings(), ElementsAre(testing::HasSubstr("was not told")));
}

TEST_F(Audit, FindsWhatWaitsInSilenceAlthoughTheCitizenWasToldTheGatewaysCode) {
  change([this](Change& change) {
    change.after.told = Told{.by = ToldBy::sms, .code = request_.code.digits(), .at = evening};
    change.done = {registration_task()};
  });
  EXPECT_THAT(findings(), ElementsAre(testing::HasSubstr("waits in silence")));
}

TEST_F(Audit, FindsACodeByWhichNobodyFindsTheRequest) {
  change([](Change& change) {
    registered_and_told(change);
    change.after.told->code = "B-2";
  });
  EXPECT_THAT(findings(), ElementsAre(testing::HasSubstr("is not found")));
}

TEST_F(Audit, FindsARegistrationWithoutItsCode) {
  change([this](Change& change) {
    registered_and_told(change);
    change.after.registration.code.clear();
    change.after.told->code = request_.code.digits();
  });
  EXPECT_THAT(findings(), ElementsAre(testing::HasSubstr("code is missing")));
}

TEST_F(Audit, FindsAGapInTheEvents) {
  change([](Change& change) { change.events = {{.type = EventType::told, .at = evening}}; });
  tamper("DELETE FROM events WHERE sequence = 1");
  EXPECT_THAT(findings(), ElementsAre(testing::HasSubstr("gap")));
}

TEST_F(Audit, FindsWhatNobodyAnswered) {
  change([](Change& change) { change.after.due.reset(); });
  EXPECT_THAT(findings(), ElementsAre(testing::HasSubstr("no day is set")));
  change([](Change& change) { change.after.handling.answer = Answer{.text = {}, .by = "زهرا", .at = evening}; });
  EXPECT_THAT(findings(), IsEmpty());
}

TEST_F(Audit, FindsWhatIsOverdueAndDoesNotStandOnTheList) {
  change([](Change& change) { change.after.due = evening - std::chrono::hours{1}; });
  EXPECT_THAT(findings(), ElementsAre(testing::HasSubstr("to be answered by")));
  change([](Change& change) { change.raised = {{AttentionReason::overdue, evening, ""}}; });
  EXPECT_THAT(findings(), IsEmpty());
  change([](Change& change) {
    change.after.due_stage = DueStage::missed;
    change.settled = {{AttentionReason::overdue, evening, "کریمی", ""}};
  });
  EXPECT_THAT(findings(), ElementsAre(testing::HasSubstr("to be answered by")));
}

TEST_F(Audit, FindsAReviewThatNobodyMade) {
  change([](Change& change) {
    change.after.registration.state = RegistrationState::in_review;
    change.raised = {{AttentionReason::review, evening, ""}};
    change.after.handling.review_due = evening + std::chrono::hours{1};
  });
  EXPECT_THAT(findings(), IsEmpty());
  change([](Change& change) { change.after.handling.review_due = evening - std::chrono::hours{1}; });
  EXPECT_THAT(findings(), ElementsAre(testing::HasSubstr("nobody reviewed it")));
}

TEST_F(Audit, FindsTwinsThatWereClosedForEachOther) {
  const auto other = calls().accepted(intake("2")).request;
  const auto close = [&](RequestKey key, const Uuid& twin) {
    const auto closed = [&](Change& change) {
      change.after.registration.state = RegistrationState::closed;
      change.after.handling.closure = Closure{.reason = CloseReason::twin, .twin = twin.to_string(), .by = "زهرا", .at = evening};
    };
    ASSERT_TRUE(calls().update(key, closed).ok());
  };
  close(request_.key, other.id);
  EXPECT_THAT(findings(), IsEmpty());
  close(other.key, request_.id);
  EXPECT_EQ(audit(directory_.database(), evening).value().findings_total, 2);
}

TEST_F(Audit, WalksEveryPageAndCapsWhatItPrints) {
  for (int form = 2; form <= 1203; ++form) {
    store_->accept(intake(std::to_string(form)), [](const AcceptOutcome&) {});
  }
  store_->close();
  tamper("DELETE FROM tasks");
  const auto report = audit(directory_.database(), evening).value();
  EXPECT_EQ(report.counts.requests, 1203);
  EXPECT_EQ(report.findings_total, 2 * 1203);
  EXPECT_THAT(report.findings, SizeIs(1000));
}

TEST(AuditOfAFile, SaysWhatIsWrongWithIt) {
  const Directory directory;
  EXPECT_EQ(audit(directory.database(), evening).error().code, "store_unusable");
  Database(directory.database(), Database::Access::write).execute("PRAGMA user_version = 99");
  EXPECT_EQ(audit(directory.database(), evening).error().code, "store_newer");
}

}  // namespace
}  // namespace salam::store::test
