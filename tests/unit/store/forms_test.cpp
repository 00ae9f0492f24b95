#include "tests/unit/store/support.h"

namespace salam::store::test {
namespace {

using testing::Each;
using testing::Field;

class PrintedForms : public OpenStore {
 protected:
  PrintOutcome print(std::vector<std::string> forms, std::string meeting_id = "m1") const {
    return Calls::wait<PrintOutcome>(
        [&](const auto& handler) { store_->print_forms({.meeting = std::move(meeting_id), .forms = std::move(forms)}, handler); });
  }
  std::vector<PrintedForm> printed(std::vector<std::string> forms, std::string meeting_id = "m1") const {
    return std::get<std::vector<PrintedForm>>(print(std::move(forms), std::move(meeting_id)));
  }
  std::vector<std::string> listed(std::int64_t after, int limit) const {
    std::vector<std::string> forms;
    for (const auto& row : store_->printed_forms("m1", after, limit)) forms.push_back(row.form.form);
    return forms;
  }
};

TEST_F(PrintedForms, GiveTheirCodeToTheFirstRequestTypedInAndTellIt) {
  const auto forms = printed({"1001", "1002"});
  ASSERT_THAT(forms, SizeIs(2));
  EXPECT_EQ(forms[0].form, "1001");
  EXPECT_NE(forms[0].code, forms[1].code);
  clock_.advance(1h);
  const auto first = calls().accepted(intake("1001")).request;
  EXPECT_EQ(first.code, forms[0].code);
  ASSERT_TRUE(first.told);
  EXPECT_EQ(first.told->by, ToldBy::slip);
  EXPECT_EQ(first.told->code, forms[0].code.digits());
  EXPECT_EQ(first.told->at, clock_.now());
  const auto second = calls().accepted(intake("1001", 2)).request;
  EXPECT_NE(second.code, forms[0].code);
  EXPECT_FALSE(second.told);
  EXPECT_EQ(store_->find(first.key)->request.told->by, ToldBy::slip);
}

TEST_F(PrintedForms, AreOneMeetingsOnly) {
  ASSERT_TRUE(calls().put(meeting("m2")).ok());
  const auto here = printed({"1001"});
  EXPECT_NE(printed({"1001"}, "m2").front().code, here.front().code);
  EXPECT_FALSE(calls().accepted(intake("1002")).request.told);
  EXPECT_EQ(std::get<Error>(print({"1001"}, "m9")).code, "meeting_not_found");
}

TEST_F(PrintedForms, KeepTheirCodesWhenPrintedAgainAlsoAfterARestart) {
  const auto before = printed({"1", "2", "3"});
  calls().accepted(intake("2"));
  start();
  EXPECT_EQ(printed({"1", "2", "3", "3"}), (std::vector{before[0], before[1], before[2], before[2]}));
  EXPECT_THAT(listed(0, 10), ElementsAre("1", "2", "3"));
}

TEST_F(PrintedForms, AreRefusedByNameWhereARequestHasAnotherCode) {
  calls().accepted(intake("7"));
  calls().accepted(intake("8", 2));
  const auto outcome = print({"6", "7", "8"});
  EXPECT_EQ(std::get<FormInUse>(outcome).form, "7");
  EXPECT_THAT(listed(0, 10), IsEmpty()) << "all or nothing";
  EXPECT_THAT(printed({"6", "8"}), SizeIs(2)) << "8's first request is yet to come";
}

TEST_F(PrintedForms, AreListedInPages) {
  printed({"5", "4"});
  printed({"4", "3"});
  EXPECT_THAT(listed(0, 2), ElementsAre("5", "4"));
  EXPECT_THAT(listed(store_->printed_forms("m1", 0, 2).back().id, 2), ElementsAre("3"));
  EXPECT_THAT(store_->printed_forms("m1", 0, 9), Each(Field(&FormRow::printed_at, clock_.now())));
  EXPECT_THAT(store_->printed_forms("m9", 0, 9), IsEmpty());
}

/// Draws the same bits over and over, then others.
class StubbornRandom : public Random {
 public:
  std::uint64_t bits() override { return ++drawn_ < 20 ? 42 : drawn_; }

 private:
  std::uint64_t drawn_ = 0;
};

class FormsOfTheWriter : public WriterAlone {
 protected:
  std::vector<PrintedForm> print(std::vector<std::string> forms) {
    auto batch = apply(Operation(FormsOperation{{.meeting = "m1", .forms = std::move(forms)}, [](const PrintOutcome&) {}}));
    return std::get<std::vector<PrintedForm>>(std::get<FormsOperation>(batch.front()).outcome.value());
  }
  Request take(Intake taken) {
    auto batch = apply(accepting(std::move(taken)));
    return std::get<Accepted>(accepted(batch.front())).record.request;
  }
  void lose(const Request& request) {
    database_.query("INSERT INTO lost(meeting, form, item, id, code) VALUES ('m1', ?, 1, ?, ?)")
        .bind(request.form_item.form, request.id, request.code.number())
        .run();
  }
};

TEST_F(FormsOfTheWriter, ShareNoCodeWithARequest) {
  StubbornRandom same;
  Writer writer(database_, settings_, clock_, same);
  database_.query("INSERT INTO forms(meeting, form, code, printed_at) VALUES (1, '1', ?, 0)")
      .bind(TrackingCode::from_random(42).number())
      .run();
  std::vector<Operation> batch;
  batch.push_back(accepting(intake("2")));
  writer.apply(batch);
  EXPECT_NE(std::get<Accepted>(accepted(batch.front())).record.request.code, TrackingCode::from_random(42));
}

TEST_F(FormsOfTheWriter, HaveACodeThatNobodyElseHas) {
  const auto derived = print({"1"}).front().code;
  database_.execute("DELETE FROM forms");
  const auto taken = take(intake("9"));
  database_.query("UPDATE requests SET code = ? WHERE key = ?").bind(derived.number(), taken.key).run();
  EXPECT_NE(print({"1"}).front().code, derived);
}

TEST_F(FormsOfTheWriter, GetTheSameCodeAgainAfterARestoreForgotThem) {
  const auto before = print({"1", "2"});
  database_.execute("DELETE FROM forms");
  EXPECT_EQ(print({"2", "1"}), (std::vector{before[1], before[0]}));
}

TEST_F(FormsOfTheWriter, LostByARestoreIsTakenUpWithItsSlip) {
  const auto code = print({"1"}).front().code;
  const auto before = take(intake("1"));
  lose(before);
  for (const auto* const table : {"papers", "tasks", "events", "requests"}) {
    database_.execute((std::string("DELETE FROM ") + table).c_str());
  }
  const auto again = take(intake("1"));
  EXPECT_EQ(again.id, before.id);
  EXPECT_EQ(again.code, code);
  EXPECT_TRUE(again.registration.intent_at) << "it may have been registered under it";
  ASSERT_TRUE(again.told);
  EXPECT_EQ(again.told->by, ToldBy::slip);
}

}  // namespace
}  // namespace salam::store::test
