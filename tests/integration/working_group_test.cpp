#include <spdlog/fmt/fmt.h>

#include "tests/integration/gateway.h"

namespace salam::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using Which = City::Which;

constexpr auto mobile = "09130001234";

City::Options with_units() { return {.gateway = {.more = "[working_group]\nunits = [\"معاونت عمران\", \"معاونت خدمات شهری\"]\n"}}; }

std::string registered(City& city, std::string_view number) {
  auto id = city->take(number);
  EXPECT_TRUE(eventually([&] { return city->is_told(id); })) << city->request(id).body;
  return id;
}

Reply assign(City& city, const std::string& id, std::string_view unit, const std::string& due) {
  return city->put("/v1/requests/" + id + "/assignment", fmt::format(R"({{"unit": "{}", "due": "{}", "by": "گروه کاری"}})", unit, due));
}

TEST(Assignment, SaysWhoMustActByWhenAndIsToldTo137) {
  City city(with_units());
  EXPECT_THAT(city->get("/v1/units").each("/units"), ElementsAre("معاونت عمران", "معاونت خدمات شهری"));
  const auto id = registered(city, "1");
  const auto done =
      city->put("/v1/requests/" + id + "/assignment", R"({"unit": "معاونت عمران", "due": ")" + day(9) +
                                                          R"(", "explanation": "چالهٔ پلاک ۱۲", "note": "فوری", "by": "گروه کاری"})");
  EXPECT_EQ(done.status, 200) << done.body;
  EXPECT_THAT(done.at("/due"), HasSubstr(day(9) + "T23:59:59"));
  ASSERT_TRUE(eventually([&] { return city->request(id).at("/amendment/state") == "none"; })) << city->request(id).body << city->log();
  const auto ledger = city.ledger(Which::system137);
  EXPECT_EQ(ledger.count("/amendments"), 1U);
  EXPECT_THAT(ledger.body, HasSubstr("معاونت عمران"));
  EXPECT_THAT(ledger.body, Not(HasSubstr("فوری"))) << "a note is for officers alone";
  EXPECT_EQ(city->get("/v1/due").at("/items/0/responsible"), "معاونت عمران");
}

TEST(Assignment, RefusesUnknownUnitsAndDaysBeforeTheMeeting) {
  City city(with_units());
  const auto id = city->take("1");
  const auto unknown = assign(city, id, "عمران", day(9));
  EXPECT_EQ(unknown.status, 422);
  EXPECT_EQ(unknown.at("/code") + ' ' + unknown.at("/errors/0/pointer"), "unknown_unit /unit");
  EXPECT_EQ(assign(city, id, "معاونت عمران", day(6)).at("/code"), "due_before_meeting");
  EXPECT_EQ(assign(city, id, "معاونت عمران", day(7)).status, 200) << "the meeting's own day";
}

TEST(Assignment, OfAWholeMeetingAnswersForEachRequestByItself) {
  City city(with_units());
  const auto first = city->take("1");
  const auto second = city->take_in(Gateway::form("2", R"("item": 2, "citizen": {"mobile": "09130001234"})"));
  const auto withdrawn = registered(city, "3");
  EXPECT_EQ(city->act(withdrawn, "withdraw", R"({"reason": "برطرف شد", "by": "زهرا احمدی"})").status, 200);
  const auto body = fmt::format(R"({{"by": "گروه کاری", "assignments": [
    {{"form": "۱", "unit": "معاونت عمران", "due": "{0}"}}, {{"form": 2, "item": 2, "unit": "معاونت خدمات شهری", "due": "{0}"}},
    {{"form": "2", "unit": "معاونت عمران"}}, {{"form": "3", "unit": "معاونت عمران"}}, {{"form": "1", "unit": "عمران"}},
    {{"form": "1", "unit": "معاونت عمران", "due": "{1}"}}]}})",
                                day(9), day(6));
  const auto reply = city->put("/v1/meetings/m/assignments", body);
  EXPECT_THAT(reply.each("/results", "/status"), ElementsAre("200", "200", "404", "409", "422", "422")) << reply.body;
  EXPECT_THAT(reply.each("/results", "/problem/code"),
              ElementsAre("(absent)", "(absent)", "unknown_request", "already_closed", "unknown_unit", "due_before_meeting"));
  EXPECT_EQ(reply.at("/results/3/problem/closed_by"), "زهرا احمدی");
  EXPECT_EQ(city->request(first).at("/assignment/unit"), "معاونت عمران");
  EXPECT_EQ(city->request(second).at("/assignment/unit"), "معاونت خدمات شهری");
  const auto version = city->request(second).at("/assignment/at");
  EXPECT_THAT(city->put("/v1/meetings/m/assignments", body).each("/results", "/status"),
              ElementsAre("200", "200", "404", "409", "422", "422"));
  EXPECT_EQ(city->request(second).at("/assignment/at"), version) << "the same again changes nothing";
  EXPECT_EQ(city->put("/v1/meetings/none/assignments", R"({"by": "x", "assignments": [{"form": "1", "unit": "معاونت عمران"}]})").status,
            404);
}

TEST(Answer, IsGivenOnceAndTheSecondOneLearnsByWhom) {
  City city;
  const auto id = registered(city, "1");
  const auto first = city->act(id, "answer", R"({"channel": "sms", "text": "در برنامهٔ این هفته است.", "by": "رضا مرادی"})");
  EXPECT_EQ(first.status, 200) << first.body;
  EXPECT_EQ(first.at("/answered"), "true");
  const auto second = city->act(id, "answer", R"({"channel": "sms", "text": "نمی‌شود.", "by": "زهرا احمدی"})");
  EXPECT_EQ(second.status, 409);
  EXPECT_EQ(second.at("/code") + ' ' + second.at("/answered_by"), "already_answered رضا مرادی");
  EXPECT_EQ(second.at("/answered_at"), first.at("/answer/at"));
  ASSERT_TRUE(eventually([&] { return city->request(id).at("/messages/1/state") == "delivered"; })) << city->request(id).body;
  EXPECT_EQ(city.texts(mobile).size(), 2U);
  EXPECT_EQ(city.texts(mobile).back(), "در برنامهٔ این هفته است.");
  EXPECT_EQ(city->get("/v1/due").count("/items"), 0U);
  ASSERT_TRUE(eventually([&] { return city->request(id).at("/amendment/state") == "none"; })) << city->request(id).body;
  EXPECT_EQ(city.ledger(Which::system137).count("/amendments"), 1U) << "137 was told";
}

TEST(Answer, ByTextNeedsANumber) {
  City city;
  const auto id = city->take_in(Gateway::form("1", R"("citizen": {"mobile": "۰۳۱ ۳۲۲۲"})"));
  EXPECT_EQ(city->act(id, "answer", R"({"channel": "sms", "text": "در برنامه است.", "by": "رضا مرادی"})").at("/code"), "no_mobile");
  EXPECT_EQ(city->act(id, "answer", R"({"channel": "in_person", "by": "رضا مرادی"})").status, 200);
}

TEST(Answer, DoesNotStandInEventsOrInTheLog) {
  City city({.gateway = {.more = "[log]\nlevel = \"trace\"\n"}});
  const auto id = city->take_in(Gateway::form("1", R"("citizen": {"name": "فرهاد", "mobile": "09130001234"})"));
  ASSERT_TRUE(eventually([&] { return city->is_told(id); }));
  EXPECT_EQ(city->act(id, "answer", R"({"channel": "sms", "text": "پاسخ محرمانه", "by": "رضا مرادی"})").status, 200);
  EXPECT_EQ(city->patch("/v1/requests/" + id, R"({"citizen": {"name": "پروین", "mobile": "09130005678"}, "by": "رضا مرادی"})", "*").status,
            200);
  ASSERT_TRUE(eventually([&] { return city->is_told(id); })) << city->request(id).body;
  const auto events = city->get("/v1/events?page_size=1000").body;
  EXPECT_THAT(events, HasSubstr("request.answered.v1"));
  EXPECT_THAT(events, HasSubstr(R"("fields":"name mobile")"));
  for (const auto* personal : {"محرمانه", "رضا مرادی", "پروین", "3000567", "3000123", "فرهاد"}) {
    EXPECT_THAT(events, Not(HasSubstr(personal)));
    EXPECT_THAT(city->log(), Not(HasSubstr(personal)));
  }
}

TEST(Withdrawal, InReviewIsRegisteredNowhere) {
  City city({.gateway = {.replace = {{"[service_desk]\n", "[service_desk]\nregistration = \"after_review\"\n"}}}});
  const auto id = city->take_in(Gateway::form("1", R"("category": "loan", "citizen": {"mobile": "09130001234"})"));
  const auto done = city->act(id, "withdraw", R"({"reason": "برطرف شد", "by": "زهرا احمدی"})");
  EXPECT_EQ(done.at("/state") + ' ' + done.at("/closed/reason"), "closed withdrawn");
  EXPECT_EQ(done.at("/attention") + done.at("/review_due"), "[](absent)");
  EXPECT_EQ(city->act(id, "review", R"({"decision": "to_desk", "by": "مریم کریمی"})").at("/closed_by"), "زهرا احمدی");
  ASSERT_TRUE(eventually([&] { return city->is_told(id); }));
  EXPECT_EQ(city.registered(Which::service_desk, id).times, 0);
  EXPECT_EQ(city->audit(), 0);
}

TEST(Withdrawal, OfWhatIsRegisteredIsToldTo137AndCountsOnce) {
  City city;
  const auto id = registered(city, "1");
  EXPECT_EQ(city->act(id, "withdraw", R"({"reason": "برطرف شد", "by": "زهرا احمدی"})").at("/state"), "registered");
  const auto second = city->act(id, "withdraw", R"({"reason": "دوباره", "by": "رضا مرادی"})");
  EXPECT_EQ(second.status, 409);
  EXPECT_EQ(second.at("/code") + ' ' + second.at("/closed_as") + ' ' + second.at("/closed_by"), "already_closed withdrawn زهرا احمدی");
  ASSERT_TRUE(eventually([&] { return city->request(id).at("/amendment/state") == "none"; })) << city->request(id).body;
  EXPECT_EQ(city.ledger(Which::system137).count("/amendments"), 1U);
}

TEST(Withdrawal, WhileItMayBeRegisteredWaitsUntilThatIsKnown) {
  City city;
  city.fault(Which::system137, R"({"mode": "reset_after", "count": 1})");
  city.fault(Which::system137, R"({"mode": "hang", "on": "look_up"})");
  const auto id = city->take("1");
  ASSERT_TRUE(eventually([&] { return city->state(id) == "uncertain"; })) << city->request(id).body;
  const auto early = city->act(id, "withdraw", R"({"reason": "برطرف شد", "by": "زهرا احمدی"})");
  EXPECT_EQ(early.status, 409);
  EXPECT_EQ(early.at("/code") + ' ' + early.at("/state"), "registration_under_way uncertain");
  city.heal(Which::system137);
  ASSERT_TRUE(eventually([&] { return city->state(id) == "registered"; })) << city->request(id).body;
  EXPECT_EQ(city->act(id, "withdraw", R"({"reason": "برطرف شد", "by": "زهرا احمدی"})").status, 200);
  EXPECT_EQ(city.registered(Which::system137, id).times, 1);
}

/// Each decision that was answered stands after a kill, and goes on where it was.
TEST(Decisions, OutliveAKillAfterEach) {
  City city;
  const auto id = registered(city, "1");
  const auto again = [&] {
    city->kill();
    city->start();
  };
  EXPECT_EQ(assign(city, id, "معاونت عمران", day(9)).status, 200);
  again();
  EXPECT_EQ(city->patch("/v1/requests/" + id, R"({"citizen": {"mobile": "09130005678"}, "by": "زهرا احمدی"})", "*").status, 200);
  again();
  const Headers key{{"Idempotency-Key", "answer"}};
  const auto* const answer = R"({"channel": "sms", "text": "در برنامه است.", "by": "رضا مرادی"})";
  const auto first = city->post("/v1/requests/" + id + "/answer", answer, key);
  EXPECT_EQ(first.status, 200) << first.body;
  again();
  const auto repeated = city->post("/v1/requests/" + id + "/answer", answer, key);
  EXPECT_EQ(repeated.header("idempotent-replayed") + repeated.body, "true" + first.body);
  ASSERT_TRUE(eventually([&] { return city->is_told(id); })) << city->request(id).body;
  const auto amendment = [&] { return city->request(id).at("/amendment/state"); };
  ASSERT_TRUE(eventually([&] { return amendment() == "none" || amendment() == "held"; })) << city->request(id).body;
  if (amendment() == "held") {
    // A kill in the midst of the call, before this life's lookup has proved itself: a person looks in 137, and has it sent again.
    EXPECT_THAT(city->attention(id), ElementsAre("amend"));
    EXPECT_THAT(city->request(id).at("/amendment/fields"), HasSubstr("answer"));
    EXPECT_EQ(city->settle(id, R"({"action": "send_again", "by": "زهرا احمدی"})").status, 200);
    ASSERT_TRUE(eventually([&] { return amendment() == "none"; })) << city->request(id).body;
  }
  ASSERT_TRUE(eventually([&] { return city.texts("09130005678").size() == 2; })) << city->request(id).body;
  EXPECT_THAT(city.texts("09130005678"), testing::UnorderedElementsAre(city.texts(mobile).back(), "در برنامه است."));
  EXPECT_EQ(city->request(id).at("/assignment/unit") + city->request(id).at("/answer/by"), "معاونت عمرانرضا مرادی");
  EXPECT_EQ(city.registered(Which::system137, id).times, 1);
  EXPECT_EQ(city->audit(), 0);
}

TEST(Due, ListsWhatIsDueSoonestFirstPageByPage) {
  City city({.gateway = {
                 .replace = {{"[service_desk]\n", "[service_desk]\nregistration = \"after_review\"\nreview_officer = \"مریم کریمی\"\n"}}}});
  std::vector<std::string> ids;
  for (const auto* number : {"1", "2", "3", "4"}) ids.push_back(city->take(number));
  ids.push_back(city->take_in(Gateway::form("5", R"("category": "loan", "region": 9, "citizen": {"mobile": "09130001234"})")));
  // The third first, the first and the second on one day, the fourth and the fifth when the results are shown.
  EXPECT_EQ(assign(city, ids[0], "الف", day(20)).status, 200);
  EXPECT_EQ(assign(city, ids[1], "ب", day(20)).status, 200);
  EXPECT_EQ(assign(city, ids[2], "ب", day(10)).status, 200);
  const auto whole = city->get("/v1/due");
  EXPECT_THAT(whole.each("/items", "/what"), ElementsAre("review", "answer", "answer", "answer", "answer", "answer")) << whole.body;
  EXPECT_THAT(whole.each("/items", "/request/form"), ElementsAre("5", "3", "1", "2", "4", "5"));
  EXPECT_THAT(whole.each("/items", "/responsible"), ElementsAre("مریم کریمی", "ب", "الف", "ب", "مدیر منطقه ۵", "مدیر منطقه ۹"));
  EXPECT_EQ(whole.at("/next_page_token"), "(absent)");

  std::vector<std::string> forms;
  std::string token;
  int pages = 0;
  do {
    const auto page = city->get("/v1/due?page_size=2&page_token=" + token);
    for (const auto& form : page.each("/items", "/request/form")) forms.push_back(form);
    token = page.at("/next_page_token");
  } while (token != "(absent)" && ++pages < 9);
  EXPECT_THAT(forms, ElementsAre("5", "3", "1", "2", "4", "5"));

  EXPECT_THAT(city->get("/v1/due?region=۹").each("/items", "/what"), ElementsAre("review", "answer"));
  EXPECT_THAT(city->get("/v1/due?officer=ب").each("/items", "/request/form"), ElementsAre("3", "2"));
  EXPECT_THAT(city->get("/v1/due?officer=مریم%20کریمی").each("/items", "/what"), ElementsAre("review"));
  EXPECT_THAT(city->get("/v1/due?before=" + day(15) + "T00:00:00Z").each("/items", "/request/form"), ElementsAre("5", "3"));
  EXPECT_EQ(city->act(ids[2], "answer", R"({"channel": "phone", "by": "رضا مرادی"})").status, 200);
  EXPECT_THAT(city->get("/v1/due").each("/items", "/request/form"), ElementsAre("5", "1", "2", "4", "5"));
}

}  // namespace
}  // namespace salam::test
