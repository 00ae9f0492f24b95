#include "gateway/json/views.h"

#include <array>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/json/event_data.h"
#include "gateway/json/meeting_views.h"
#include "gateway/json/schema.h"

namespace salam::json {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const std::array<std::string, 12> personal{"زهرا رضایی", "+989131234567", "۰۹۱۳۱۲۳۴۵۶۷",  "0012345679",    "موضوع محرمانه", "شرح محرمانه",
                                           "چهارباغ",    "51.66",         "پاسخ محرمانه", "تشریح محرمانه", "یادداشت",       "رضا مرادی"};

Record sample() {
  const Timestamp received{Milliseconds{1'795'533'000'000}};
  Request request{.key = 7,
                  .id = *Uuid::parse("0192f0c1-2b3c-7def-8abc-0123456789ab"),
                  .code = TrackingCode::from_random(42),
                  .form_item = {.meeting = "m1", .form = "17", .item = 2},
                  .received_at = received,
                  .received_from = "intake-app",
                  .content = {.region = *Region::from_number(5), .kind = Kind::complaint, .category = "asphalt"}};
  request.content.subject = Sensitive<std::string>("موضوع محرمانه");
  request.content.description = Sensitive<std::string>("شرح محرمانه");
  request.content.citizen = {.name = Sensitive<std::string>("زهرا رضایی"),
                             .mobile_as_written = Sensitive<std::string>("۰۹۱۳۱۲۳۴۵۶۷"),
                             .mobile = Sensitive<std::string>("+989131234567"),
                             .national_id = Sensitive<std::string>("0012345679")};
  request.content.address = Sensitive<std::string>("چهارباغ");
  request.content.coordinates = Coordinates{.latitude = 32.65, .longitude = 51.66};
  request.route = {.system = System::system137, .rule = "default", .digest = "d1", .category = "asphalt"};
  request.registration.state = RegistrationState::registered;
  request.registration.code = "4711";
  request.registration.registered_at = received;
  request.follow_up = {.progress = Progress::in_progress, .words = "in_progress: نوبت زهرا رضایی", .changed_at = received};
  request.told = Told{.by = ToldBy::sms, .code = "4711", .at = received};
  request.attention = {AttentionReason::undelivered};
  request.citizen_hash = "abcdef";
  request.handling.assignment = Assignment{.unit = "معاونت عمران",
                                           .due = parse_date("2026-12-20"),
                                           .explanation = Sensitive<std::string>("تشریح محرمانه"),
                                           .note = "یادداشت",
                                           .by = "رضا مرادی",
                                           .at = received};
  request.handling.answer =
      Answer{.channel = AnswerChannel::sms, .text = Sensitive<std::string>("پاسخ محرمانه"), .by = "رضا مرادی", .at = received};
  request.handling.amendment = {.state = AmendmentState::calling, .number = 2, .fields = bit(Field::due), .under_way = bit(Field::answer)};
  request.version = 4;
  Message message{.id = 5, .code = "4711", .mobile = *request.content.citizen.mobile, .parts = 2, .state = MessageState::sent};
  message.text = Sensitive<std::string>("متن پیامک");
  message.sent_at = received;
  return {.request = request, .messages = {message}};
}

void expect_no_personal_data(const std::string& text) {
  for (const auto& secret : personal) EXPECT_THAT(text, Not(HasSubstr(secret)));
}

TEST(RequestView, ShowsEverything) {
  const auto document = parse(request_view(sample()));
  ASSERT_TRUE(document.ok());
  const auto at = [&](std::string_view pointer) {
    const auto* const value = find(*document, pointer);
    return value == nullptr ? "absent" : to_text(*value);
  };
  EXPECT_EQ(at("/id"), R"("0192f0c1-2b3c-7def-8abc-0123456789ab")");
  EXPECT_EQ(at("/state"), R"("registered")");
  EXPECT_EQ(at("/version"), "4");
  EXPECT_EQ(at("/item"), "2");
  EXPECT_EQ(at("/region"), R"("5")");
  EXPECT_EQ(at("/citizen"),
            R"({"name":"زهرا رضایی","mobile":"+989131234567","mobile_as_written":"۰۹۱۳۱۲۳۴۵۶۷","national_id":"0012345679"})");
  EXPECT_EQ(at("/place"), R"({"address":"چهارباغ","coordinates":{"latitude":32.65,"longitude":51.66}})");
  EXPECT_EQ(at("/route/rule"), R"("default")");
  EXPECT_EQ(at("/registration/code"), R"("4711")");
  EXPECT_EQ(
      at("/progress"),
      R"({"state":"in_progress","state_name":"در حال پیگیری","at":"2026-11-24T18:40:00.000+03:30","words":"in_progress: نوبت زهرا رضایی"})");
  EXPECT_EQ(at("/told/by"), R"("sms")");
  EXPECT_EQ(
      at("/assignment"),
      R"({"unit":"معاونت عمران","due":"2026-12-20","due_jalali":"۱۴۰۵/۰۹/۲۹","explanation":"تشریح محرمانه","note":"یادداشت","by":"رضا مرادی","at":"2026-11-24T18:40:00.000+03:30"})");
  EXPECT_EQ(at("/answer"), R"({"channel":"sms","text":"پاسخ محرمانه","by":"رضا مرادی","at":"2026-11-24T18:40:00.000+03:30"})");
  EXPECT_EQ(at("/amendment"), R"({"number":2,"state":"calling","fields":["due","answer"]})");
  EXPECT_EQ(at("/answered"), "true");
  EXPECT_EQ(at("/attention"), R"(["undelivered"])");
  EXPECT_EQ(at("/messages/0/parts"), "2");
  EXPECT_EQ(at("/messages/0/text"), "absent");
}

TEST(RequestView, NamesNoCodeOfATextThatCarriesNone) {
  auto record = sample();
  record.messages.front().code.clear();
  const auto document = parse(request_view(record));
  EXPECT_EQ(find(*document, "/messages/0/code"), nullptr);
}

TEST(TrackView, ShowsNoPersonalData) {
  const auto text = track_view(sample().request);
  expect_no_personal_data(text);
  EXPECT_THAT(text, HasSubstr(R"("code":"4711")"));
  EXPECT_THAT(text, HasSubstr(R"("system_name":"سامانه ۱۳۷")"));
  EXPECT_THAT(text, HasSubstr(R"("progress":{"state":"in_progress","state_name":"در حال پیگیری","at":)"));
}

TEST(Views, ShowProgressOnceThereIsAnyToAskAfter) {
  auto record = sample();
  record.request.follow_up = {};
  EXPECT_THAT(track_view(record.request), HasSubstr(R"("progress":{"state":"open","state_name":"ثبت‌شده"})"));
  record.request.registration.state = RegistrationState::waiting;
  EXPECT_THAT(track_view(record.request), Not(HasSubstr("progress")));
  EXPECT_THAT(request_view(record), Not(HasSubstr("progress")));
}

TEST(RequestView, NamesWhatItsSystemDeclined) {
  auto record = sample();
  record.request.attention = {AttentionReason::undelivered, AttentionReason::declined};
  EXPECT_THAT(request_view(record), HasSubstr(R"("attention":["undelivered","declined"])"));
}

TEST(ReceiptView, ShowsNoPersonalData) {
  auto request = sample().request;
  const auto text = receipt_view(request);
  expect_no_personal_data(text);
  EXPECT_THAT(text, HasSubstr(R"("form":"17","item":2)"));
  request.registration.state = RegistrationState::waiting;
  EXPECT_THAT(receipt_view(request), Not(HasSubstr("registered")));
}

TEST(MeetingView, ShowsTheDayInBothCalendars) {
  EXPECT_EQ(meeting_view({.id = "m1", .region = *Region::from_number(16), .mosque = "مسجد سید", .date = *parse_date("2026-11-24")}),
            R"({"id":"m1","region":"nazhvan","region_name":"ناژوان","mosque":"مسجد سید","date":"2026-11-24","date_jalali":"۱۴۰۵/۰۹/۰۳"})");
}

constexpr auto officer = "زهرا احمدی";

/// What the lifecycle puts into each type of event.
std::vector<Event> events() {
  return {
      {.type = EventType::received},
      {.type = EventType::registered, .details = {{"system", "137"}, {"code", "4711"}}},
      {.type = EventType::redirected, .details = {{"from", "137"}, {"to", "service_desk"}}},
      {.type = EventType::attention_raised, .details = {{"reason", "by_hand"}}},
      {.type = EventType::attention_settled, .details = {{"reason", "by_hand"}, {"by", "gateway"}}},
      {.type = EventType::message_sent, .details = {{"message_kind", "registered"}, {"code", "4711"}}},
      {.type = EventType::message_delivered, .details = {{"message_kind", "registered"}, {"code", "4711"}}},
      {.type = EventType::message_failed, .details = {{"message_kind", "registered"}}},
      {.type = EventType::progressed, .details = {{"code", "4711"}, {"progress", "in_progress"}}},
      {.type = EventType::attention_raised, .details = {{"reason", "declined"}}},
      {.type = EventType::told, .details = {{"by", "sms"}, {"code", "4711"}}},
      {.type = EventType::deadline_approaching, .details = {{"what", "answer"}, {"due", "2026-12-15T23:59:59.999+03:30"}}},
      {.type = EventType::deadline_missed, .details = {{"what", "review"}, {"due", "2026-12-15T23:59:59.999+03:30"}}},
      {.type = EventType::attention_settled,
       .details = {{"reason", "by_hand"}, {"by", "person"}},
       .actor = {.name = officer, .key = "desk-1", .note = "note"}},
      {.type = EventType::registered, .details = {{"system", "137"}, {"code", "4711"}}, .actor = {.name = officer, .key = {}, .note = {}}},
      {.type = EventType::told, .details = {{"by", "person"}, {"code", "4711"}}, .actor = {.name = officer, .key = {}, .note = {}}},
      {.type = EventType::attention_raised, .details = {{"reason", "no_contact"}}, .actor = {.name = officer, .key = {}, .note = {}}},
      {.type = EventType::message_sent, .details = {{"message_kind", "answer"}, {"code", ""}}},
      {.type = EventType::in_review, .details = {{"due", "2026-11-25T23:59:59.999+03:30"}}},
      {.type = EventType::reviewed, .details = {{"decision", "to_desk"}}, .actor = {.name = officer, .key = {}, .note = {}}},
      {.type = EventType::corrected, .details = {{"fields", "mobile address"}}, .actor = {.name = officer, .key = {}, .note = {}}},
      {.type = EventType::assigned,
       .details = {{"unit", "معاونت عمران"}, {"due", "2026-12-20"}},
       .actor = {.name = officer, .key = {}, .note = {}}},
      {.type = EventType::answered, .details = {{"channel", "sms"}}, .actor = {.name = officer, .key = {}, .note = {}}},
      {.type = EventType::closed, .details = {{"reason", "withdrawn"}}, .actor = {.name = officer, .key = {}, .note = {}}},
      {.type = EventType::amended, .details = {{"amendment", "2"}}}};
}

std::string schema_name(EventType type) {
  constexpr std::string_view prefix = "ir.isfahan.mardomsalam.";
  return "events/" + std::string(cloud_event_type(type).substr(prefix.size()));
}

TEST(EventData, KeepsToItsSchemaAndNamesNothingElse) {
  for (const auto& event : events()) {
    for (const bool personal_data : {false, true}) {
      const auto name = schema_name(event.type);
      const auto data = parse(event_data(event, sample().request, personal_data));
      ASSERT_TRUE(data.ok()) << name;
      EXPECT_THAT(schema(name).check(*data), IsEmpty()) << to_text(*data);
      for (const auto& [text_name, text] : schema_texts()) {
        if (text_name != name) continue;
        const auto rules = parse(text);
        for (const auto& [key, value] : data->GetObject()) {
          EXPECT_NE(find(*rules, "/properties/" + std::string(view_of(key))), nullptr) << name << " lacks " << view_of(key);
        }
      }
    }
  }
}

TEST(EventData, HasASchemaForEveryType) {
  std::set<std::string> names;
  for (const auto& event : events()) names.insert(schema_name(event.type));
  std::set<std::string> shipped;
  for (const auto& [name, text] : schema_texts()) {
    // Meetings have theirs elsewhere.
    if (name.starts_with("events/") && !name.starts_with("events/meeting.")) shipped.emplace(name);
  }
  EXPECT_EQ(names, shipped);
}

TEST(EventData, HidesPersonalDataUnlessToldOtherwise) {
  for (const auto& event : events()) {
    expect_no_personal_data(event_data(event, sample().request, false));
    EXPECT_THAT(event_data(event, sample().request, false), Not(HasSubstr(officer)));
    if (!event.actor.name.empty()) {
      EXPECT_THAT(event_data(event, sample().request, true), HasSubstr(officer));
    }
    EXPECT_THAT(event_data(event, sample().request, true), HasSubstr("+989131234567"));
  }
}

TEST(EventData, LetsADetailTakeTheRequestsPlace) {
  auto request = sample().request;
  const auto data = event_data({.type = EventType::registered, .details = {{"system", "service_desk"}, {"code", "1"}}}, request, false);
  EXPECT_EQ(string_at(*parse(data), "system"), "service_desk");
}

}  // namespace
}  // namespace salam::json
