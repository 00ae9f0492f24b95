#include "gateway/json/intake.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace salam::json {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const Region fifth = *Region::from_number(5);
const Region nazhvan = *Region::from_number(Region::nazhvan_number);

template <class Read>
auto read(std::string_view text, Read function) {
  const auto document = parse(text);
  return function(*document);
}

Body<IntakeBody> intake(std::string_view text) { return read(text, read_intake); }

/// A least body with further members.
std::string body_with(std::string_view members) {
  return std::string(R"({"meeting":"m1","form":"17","kind":"request","subject":"چاله","description":"خیابان")") +
         (members.empty() ? "" : ",") + std::string(members) + "}";
}

std::vector<std::string> pointers(const FieldErrors& errors) {
  std::vector<std::string> found;
  for (const auto& error : errors) found.push_back(error.pointer);
  return found;
}

TEST(Intake, NormalisesWhatWasTyped) {
  const auto body =
      intake(R"({"meeting":"1405-09-03-r5","form":"۱۲۰۴/۲","item":3,"region":"منطقه ۷","kind":"complaint","category":" asphalt ",
    "subject":"  كوچه   تاريك ","description":"چراغ خاموش است","citizen":{"name":"علي رضايي","mobile":"۰۹۱۳ ۱۲۳ ۴۵۶۷"},
    "place":{"address":"خيابان چهارباغ","coordinates":{"latitude":32.65,"longitude":51}}})");
  ASSERT_TRUE(body.ok());
  EXPECT_EQ(body->form_item, (FormItem{.meeting = "1405-09-03-r5", .form = "1204/2", .item = 3}));
  EXPECT_EQ(body->region, Region::from_number(7));
  EXPECT_EQ(body->kind, Kind::complaint);
  EXPECT_EQ(body->category, "asphalt");
  EXPECT_EQ(body->subject.reveal(), "کوچه تاریک");
  EXPECT_EQ(body->citizen.name.reveal(), "علی رضایی");
  EXPECT_EQ(body->citizen.mobile->reveal(), "+989131234567");
  EXPECT_EQ(body->address.reveal(), "خیابان چهارباغ");
  EXPECT_EQ(body->coordinates, (Coordinates{.latitude = 32.65, .longitude = 51}));
}

TEST(Intake, TakesTheMeetingsRegionOnlyWhereTheBodyHasNone) {
  EXPECT_EQ(intake(body_with(""))->content(fifth).region, fifth);
  EXPECT_EQ(intake(body_with(R"("region":null)"))->content(fifth).region, fifth);
  EXPECT_EQ(intake(body_with(R"("region":"ناژوان")"))->content(fifth).region, nazhvan);
  EXPECT_EQ(intake(body_with(R"("region":12)"))->content(fifth).region.wire(), "12");
}

TEST(Intake, DefaultsToTheFirstItem) { EXPECT_EQ(intake(body_with(""))->form_item.item, 1); }

TEST(Intake, NeverRefusesABadNumber) {
  for (const auto* citizen : {R"({"mobile":"03132222222"})", R"({"mobile":"نمی‌دانم","national_id":"1234567890"})",
                              R"({"mobile":12})", R"({"name":null,"mobile":null})", "{}", "null"}) {
    const auto body = intake(body_with(std::string("\"citizen\":") + citizen));
    ASSERT_TRUE(body.ok()) << citizen;
    EXPECT_FALSE(body->citizen.mobile) << citizen;
    EXPECT_TRUE(body->citizen.national_id.empty()) << citizen;
  }
  EXPECT_EQ(intake(body_with(R"("citizen":{"mobile":"03132222222"})"))->citizen.mobile_as_written.reveal(), "03132222222");
  EXPECT_EQ(intake(body_with(R"("citizen":{"mobile":9131234567})"))->citizen.mobile->reveal(), "+989131234567");
}

TEST(Intake, RefusesRegionsThatDoNotExist) {
  for (const auto* region : {"16", R"("16")", R"("۱۷")", "0", R"("اصفهان")", R"("")", "-1"}) {
    const auto body = intake(body_with(std::string("\"region\":") + region));
    ASSERT_FALSE(body.ok()) << region;
    EXPECT_THAT(pointers(body.error()), ElementsAre("/region"));
    EXPECT_THAT(body.error().front().expected, HasSubstr("nazhvan"));
  }
}

TEST(Intake, RefusesTextThatIsOnlyBlank) {
  const auto body = intake(R"({"meeting":"m1","form":"17","kind":"request","subject":" \u200c ","description":"\n\t"})");
  ASSERT_FALSE(body.ok());
  EXPECT_THAT(pointers(body.error()), ElementsAre("/subject", "/description"));
}

TEST(Intake, RefusesUnknownMembersByName) {
  const auto body = intake(body_with(R"("priority":1)"));
  ASSERT_FALSE(body.ok());
  EXPECT_THAT(pointers(body.error()), ElementsAre("/priority"));
}

TEST(Intake, ReadsABatchItemByItem) {
  const auto document = parse("{\"requests\":[" + body_with("") + ",5]}");
  const auto items = read_batch(*document);
  ASSERT_TRUE(items.ok());
  ASSERT_THAT(*items, SizeIs(2));
  EXPECT_TRUE(read_intake(*items->front()).ok());
  EXPECT_FALSE(read_intake(*items->back()).ok());
}

TEST(Intake, BoundsABatch) {
  std::string text = "{\"requests\":[0";
  for (int i = 0; i < 1000; ++i) text += ",0";
  const auto items = read(text + "]}", [](const Value& body) { return read_batch(body).ok(); });
  EXPECT_FALSE(items);
}

TEST(Meeting, IsReadFromItsBody) {
  const auto meeting =
      read(R"({"region":"۵","mosque":" مسجد  سيد ","date":"2026-11-24"})", [](const Value& v) { return read_meeting("m1", v); });
  ASSERT_TRUE(meeting.ok());
  EXPECT_EQ(meeting->id, "m1");
  EXPECT_EQ(meeting->region, fifth);
  EXPECT_EQ(meeting->mosque, "مسجد سید");
  EXPECT_EQ(to_string(meeting->date), "2026-11-24");
}

TEST(Meeting, NeedsADayThatExists) {
  const auto meeting = read(R"({"region":"16","mosque":"x","date":"2026-02-30"})", [](const Value& v) { return read_meeting("m1", v); });
  ASSERT_FALSE(meeting.ok());
  EXPECT_THAT(pointers(meeting.error()), ElementsAre("/region", "/date"));
}

TEST(Meeting, MayNameManagerAddresseesAndInvitees) {
  const auto read_it = [](const Value& v) { return read_meeting("m1", v); };
  const auto meeting =
      read(R"({"region":"5","mosque":"x","date":"2026-11-24","manager":" رضا  كريمي ","addressees":["شهردار"],"invitees":[]})", read_it);
  ASSERT_TRUE(meeting.ok());
  EXPECT_EQ(meeting->manager, "رضا کریمی");
  EXPECT_EQ(meeting->addressees, std::vector<std::string>{"شهردار"});
  EXPECT_EQ(meeting->invitees, std::vector<std::string>{});
  const auto silent = read(R"({"region":"5","mosque":"x","date":"2026-11-24","manager":null})", read_it);
  EXPECT_EQ(silent->manager, std::nullopt);
  EXPECT_EQ(silent->addressees, std::nullopt);
  const auto blank = read(R"({"region":"5","mosque":"x","date":"2026-11-24","invitees":["a"," "]})", read_it);
  ASSERT_FALSE(blank.ok());
  EXPECT_THAT(pointers(blank.error()), ElementsAre("/invitees/1"));
}

TEST(StepDone, IsReadFromItsBody) {
  const auto done = read(R"({"by":" زهرا ","at":"2026-11-24T18:30:00+03:30","note":"نامه"})", read_step_done);
  ASSERT_TRUE(done.ok());
  EXPECT_EQ(done->by, "زهرا");
  EXPECT_EQ(to_rfc3339(done->at.value()), "2026-11-24T18:30:00.000+03:30");
  EXPECT_EQ(done->note, "نامه");
  EXPECT_EQ(read(R"({"by":"زهرا"})", read_step_done)->at, std::nullopt);
  const auto wrong = read(R"({"by":" ","at":"2026-02-30T18:30:00Z"})", read_step_done);
  ASSERT_FALSE(wrong.ok());
  EXPECT_THAT(pointers(wrong.error()), ElementsAre("/by", "/at"));
}

TEST(Meeting, HasAnIdThatFitsAPath) {
  EXPECT_TRUE(valid_meeting_id("1405-09-03.r5_a"));
  for (const auto* id : {"", "a b", "a/b", "دیدار"}) EXPECT_FALSE(valid_meeting_id(id)) << id;
  EXPECT_FALSE(valid_meeting_id(std::string(65, 'x')));
}

TEST(Settlement, NeedsACodeWhereItIsRegistered) {
  const auto missing = read(R"({"action":"registered","by":"مریم","code":" "})", read_settlement);
  ASSERT_FALSE(missing.ok());
  EXPECT_THAT(pointers(missing.error()), ElementsAre("/code"));
  const auto given = read(R"({"action":"registered","by":" مریم ","code":"۴۷۱۱","system":"service_desk","note":"x"})", read_settlement);
  ASSERT_TRUE(given.ok());
  EXPECT_EQ(given->by, "مریم");
  EXPECT_EQ(given->code, "4711");
  EXPECT_EQ(given->system, System::service_desk);
  EXPECT_EQ(given->note, "x");
}

TEST(Settlement, NeedsNoCodeOtherwise) {
  const auto handed = read(R"({"action":"handed_over","by":"x"})", read_settlement);
  ASSERT_TRUE(handed.ok());
  EXPECT_EQ(handed->action, SettleAction::handed_over);
  EXPECT_EQ(handed->system, std::nullopt);
  EXPECT_FALSE(read(R"({"action":"handed_over","by":" "})", read_settlement).ok());
}

TEST(RoutingQuestion, NeedsARegionThatExists) {
  EXPECT_TRUE(read(R"({"region":"nazhvan","kind":"thanks"})", read_routing_question).ok());
  EXPECT_FALSE(read(R"({"region":"16","kind":"thanks"})", read_routing_question).ok());
}

std::string canonical_of(std::string_view text) {
  const auto body = intake(text);
  return canonical(body->form_item, body->content(fifth));
}

TEST(Canonical, IsTheSameForTheSameContent) {
  EXPECT_EQ(
      canonical_of(body_with(R"("region":"5","item":1,"citizen":{"mobile":"09131234567"})")),
      canonical_of(R"({ "citizen":{"mobile":"+98 913 123 4567","name":null}, "subject":"چاله ","description":"خیابان","kind":"request",
                           "form":"۱۷","meeting":"m1" })"));
}

TEST(Canonical, IsPinned) {
  EXPECT_EQ(
      canonical_of(body_with("")),
      R"({"/meeting":"m1","/form":"17","/item":"1","/region":"5","/kind":"request","/category":"","/subject":"چاله",)"
      R"("/description":"خیابان","/citizen/name":"","/citizen/mobile":"","/citizen/national_id":"","/place/address":"","/place/coordinates":""})");
}

TEST(Differing, NamesWhatDiffers) {
  EXPECT_THAT(differing_fields(body_with(R"("citizen":{"name":"علي"})"), body_with(R"("region":5,"citizen":{"name":"علی"})"), fifth),
              IsEmpty());
  EXPECT_THAT(differing_fields(body_with(R"("citizen":{"name":"a"},"place":{"coordinates":{"latitude":32,"longitude":51}})"),
                               body_with(R"("region":6,"citizen":{"name":"b","mobile":"x"})"), fifth),
              ElementsAre("/region", "/citizen/name", "/citizen/mobile", "/place/coordinates"));
  EXPECT_THAT(differing_fields("{", body_with(""), fifth), ElementsAre(""));
}

}  // namespace
}  // namespace salam::json
