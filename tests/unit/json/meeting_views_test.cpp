#include "gateway/json/meeting_views.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/json/parse.h"
#include "gateway/json/schema.h"

namespace salam::json {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Meeting sample() {
  return {.id = "m1",
          .region = *Region::from_number(3),
          .mosque = "مسجد جامع",
          .date = *parse_day("1405/09/03"),
          .manager = "رضا کریمی",
          .addressees = {{"شهردار", "معاون \"شهری\""}},
          .invitees = {{"مریم"}}};
}

Deadline deadline(MeetingStep step = MeetingStep::letter_sent) {
  return {.step = step, .due = due_of(step, sample(), {}), .announced = DueStage::ahead, .met = {}};
}
Deadline met(Milliseconds after_due) {
  auto one = deadline();
  one.met = DeadlineMet{.by = "زهرا", .at = one.due + after_due, .note = "نامهٔ ۱۲۳"};
  return one;
}

std::string at(const std::string& text, std::string_view pointer) {
  const auto document = parse(text);
  const auto* const value = find(*document, pointer);
  return value == nullptr ? "(absent)" : text_of(*value).value_or(to_text(*value));
}

TEST(MeetingView, ShowsWhoIsWrittenToAndInvited) {
  const auto text = meeting_view(sample());
  EXPECT_EQ(at(text, "/manager"), "رضا کریمی");
  EXPECT_EQ(at(text, "/addressees/1"), "معاون \"شهری\"");
  EXPECT_EQ(at(text, "/invitees"), R"(["مریم"])");
  auto nobody = sample();
  nobody.manager = "";
  nobody.addressees = std::vector<std::string>{};
  nobody.invitees.reset();
  for (const auto* name : {"/manager", "/addressees", "/invitees", "/deadlines"}) EXPECT_EQ(at(meeting_view(nobody), name), "(absent)");
}

TEST(DeadlineView, ShowsTheLastDayAndTheState) {
  const auto open = deadline();
  const auto text = meeting_view(sample(), {open}, open.due - Milliseconds{1});
  EXPECT_EQ(at(text, "/deadlines/0/step"), "letter_sent");
  EXPECT_EQ(at(text, "/deadlines/0/responsible"), "مدیر منطقه");
  EXPECT_EQ(at(text, "/deadlines/0/officer"), "رضا کریمی");
  EXPECT_EQ(at(text, "/deadlines/0/due"), "2026-12-01T23:59:59.999+03:30");
  EXPECT_EQ(at(text, "/deadlines/0/due_jalali"), "۱۴۰۵/۰۹/۱۰");
  EXPECT_EQ(at(text, "/deadlines/0/state"), "open");
  EXPECT_EQ(at(text, "/deadlines/0/late"), "(absent)");
  EXPECT_EQ(at(deadline_view(sample(), open, open.due), "/state"), "missed");
  EXPECT_EQ(at(deadline_item(sample(), open, open.due), "/meeting"), "m1");
}

TEST(DeadlineView, ShowsWhoMetItAndWhetherThatWasLate) {
  const auto in_time = deadline_view(sample(), met(Milliseconds{-1}), Timestamp::max());
  EXPECT_EQ(at(in_time, "/state"), "met");
  EXPECT_EQ(at(in_time, "/met_by"), "زهرا");
  EXPECT_EQ(at(in_time, "/note"), "نامهٔ ۱۲۳");
  EXPECT_EQ(at(in_time, "/late"), "false");
  EXPECT_EQ(at(deadline_view(sample(), met(Milliseconds{0}), Timestamp::max()), "/late"), "true");
}

FieldErrors check(EventType type, const std::string& data) {
  constexpr std::string_view prefix = "ir.isfahan.mardomsalam.";
  return schema("events/" + std::string(cloud_event_type(type).substr(prefix.size()))).check(*parse(data));
}

TEST(MeetingEvents, SuitTheirSchemasForEveryStep) {
  for (const auto step : meeting_steps) {
    for (const auto type : {EventType::deadline_approaching, EventType::deadline_missed, EventType::deadline_met}) {
      auto one = deadline(step);
      if (type == EventType::deadline_met) one.met = DeadlineMet{.by = "زهرا", .at = one.due, .note = {}};
      for (const bool personal_data : {false, true}) {
        const auto data = meeting_event_data(type, sample(), one, personal_data);
        EXPECT_THAT(check(type, data), IsEmpty()) << data;
        EXPECT_EQ(at(data, "/what"), to_string(step));
        EXPECT_EQ(at(data, "/region"), "3");
      }
    }
  }
}

TEST(MeetingEvents, NameNobodyUnlessPersonalDataIsSwitchedOn) {
  const auto name_of = [](EventType type, bool personal_data) {
    return meeting_event_data(type, sample(), met(Milliseconds{0}), personal_data);
  };
  EXPECT_THAT(name_of(EventType::deadline_met, false), Not(HasSubstr("زهرا")));
  EXPECT_THAT(name_of(EventType::deadline_met, true), HasSubstr(R"("person":"زهرا")"));
  EXPECT_THAT(name_of(EventType::deadline_missed, false), Not(HasSubstr("رضا")));
  EXPECT_THAT(name_of(EventType::deadline_missed, true), HasSubstr(R"("officer":"رضا کریمی")"));
}

TEST(Names, AreReadAsTheyWereWritten) {
  const std::vector<std::string> names{"مریم", "\"علی\"", ""};
  EXPECT_EQ(names_from(names_text(names)), names);
  EXPECT_THAT(names_from(names_text({})), IsEmpty());
  EXPECT_THAT(names_from("no list"), IsEmpty());
}

}  // namespace
}  // namespace salam::json
