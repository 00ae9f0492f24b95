#include <spdlog/fmt/fmt.h>

#include "tests/integration/gateway.h"

namespace salam::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using Which = City::Which;

constexpr auto old_number = "09130001234";
constexpr auto new_number = "09130005678";
constexpr auto new_mobile = R"({"citizen": {"mobile": "۰۹۱۳ ۰۰۰ ۵۶۷۸"}, "by": "زهرا احمدی", "note": "از روی برگه"})";

std::string path_of(const std::string& id) { return "/v1/requests/" + id; }
/// As an app does it: where a call or a text changed the request meanwhile, it is read and patched again.
Reply correct(City& city, const std::string& id, std::string_view body) {
  Reply reply;
  EXPECT_TRUE(eventually([&] {
    reply = city->patch(path_of(id), body, city->request(id).header("etag"));
    return reply.status != 412;
  }));
  return reply;
}

TEST(Correction, OfTheNumberBringsTheCodeToTheNewOneAtOnceAndIsToldTo137) {
  City city;
  const auto id = city->take("1");
  ASSERT_TRUE(eventually([&] { return city->is_told(id); }));
  const auto done = correct(city, id, new_mobile);
  EXPECT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(done.at("/citizen/mobile") + ' ' + done.at("/citizen/name"), "+989130005678 نمونه");
  EXPECT_EQ(done.at("/told"), "(absent)") << "at the new number nobody was told yet";
  ASSERT_TRUE(eventually([&] { return city->is_told(id); })) << city->request(id).body;
  const auto registered = city.registered(Which::system137, id);
  EXPECT_THAT(city.texts(new_number), ElementsAre(city.texts(old_number).back())) << "the same code";
  EXPECT_EQ(city->request(id).at("/told/code"), registered.code);
  EXPECT_EQ(city.texts(old_number).size(), 1U);
  ASSERT_TRUE(eventually([&] { return city->request(id).at("/amendment/state") == "none"; })) << city->request(id).body << city->log();
  EXPECT_EQ(city.ledger(Which::system137).count("/amendments"), 1U);
  EXPECT_EQ(registered.times, 1);
  EXPECT_EQ(city->audit(), 0);
}

TEST(Correction, BeforeTheRegistrationGoesWithIt) {
  City city;
  city.fault(Which::system137, R"({"mode": "status", "status": 503})");
  const auto id = city->take("1");
  ASSERT_TRUE(eventually([&] { return city->request(id).at("/registration/attempts") != "0"; }));
  EXPECT_EQ(correct(city, id, new_mobile).status, 200);
  ASSERT_TRUE(eventually([&] { return city->is_told(id); })) << city->request(id).body;
  EXPECT_THAT(city.texts(new_number), ElementsAre(HasSubstr(city->request(id).at("/tracking_code_for_people"))));
  city.heal(Which::system137);
  ASSERT_TRUE(eventually([&] { return city.texts(new_number).size() == 2; })) << city->request(id).body;
  EXPECT_THAT(city.texts(old_number), IsEmpty());
  const auto ledger = city.ledger(Which::system137);
  EXPECT_THAT(ledger.body, HasSubstr("9130005678"));
  EXPECT_THAT(ledger.body, Not(HasSubstr("9130001234")));
  EXPECT_EQ(ledger.count("/amendments"), 0U) << "nothing is left to tell";
}

TEST(Correction, OfTheNumberToNoneAsksAPersonToHandTheCodeOver) {
  City city;
  const auto id = city->take("1");
  ASSERT_TRUE(eventually([&] { return city->is_told(id); }));
  EXPECT_EQ(correct(city, id, R"({"citizen": {"mobile": null}, "by": "زهرا احمدی"})").at("/citizen/mobile"), "(absent)");
  EXPECT_THAT(city->attention(id), ElementsAre("no_contact"));
  EXPECT_EQ(city->settle(id, R"({"action": "handed_over", "by": "زهرا احمدی"})").status, 200);
  EXPECT_EQ(city->audit(), 0);
}

TEST(Correction, OfWhatChangedMeanwhileIsRefusedAndSaysWhoChangedIt) {
  City city;
  const auto id = city->take("1");
  ASSERT_TRUE(eventually([&] { return city->is_told(id); }));
  const auto seen = city->request(id).header("etag");
  EXPECT_EQ(city->patch(path_of(id), R"({"subject": "چالهٔ بزرگ", "by": "زهرا احمدی"})", seen).status, 200);
  const auto stale = city->patch(path_of(id), R"({"subject": "چالهٔ کوچک", "by": "رضا مرادی"})", seen);
  EXPECT_EQ(stale.status, 412);
  EXPECT_EQ(stale.at("/code") + ' ' + stale.at("/changed_by"), "version_mismatch زهرا احمدی");
  EXPECT_NE(stale.at("/changed_at"), "(absent)");
  EXPECT_EQ(city->request(id).at("/subject"), "چالهٔ بزرگ");
  const auto without = city->patch(path_of(id), R"({"subject": "چالهٔ کوچک", "by": "رضا مرادی"})", "");
  EXPECT_EQ(without.status, 428);
  EXPECT_EQ(without.at("/code"), "if_match_missing");
  EXPECT_EQ(city->patch(path_of(id), R"({"subject": "چالهٔ کوچک", "by": "رضا مرادی"})", "*").status, 200);
}

TEST(Correction, OfWhateverStandsThereIsNotRefusedForACallMadeMeanwhile) {
  City city;
  city.fault(Which::system137, R"({"mode": "status", "status": 503})");
  const auto id = city->take("1");
  for (int round = 0; round < 50; ++round) {
    const auto done = city->patch(path_of(id), fmt::format(R"({{"subject": "{}", "by": "زهرا احمدی"}})", round), "*");
    ASSERT_EQ(done.status, 200) << done.body;
  }
  EXPECT_EQ(city->get(path_of(id) + "/versions").count("/versions"), 50U);
}

TEST(Correction, KeepsTheOriginalAndEveryContent) {
  City city;
  const auto id = city->take("1");
  ASSERT_TRUE(eventually([&] { return city->is_told(id); }));
  for (const auto* subject : {"دو", "سه"}) {
    EXPECT_EQ(correct(city, id, fmt::format(R"({{"subject": "{}", "by": "زهرا احمدی"}})", subject)).status, 200);
  }
  EXPECT_EQ(correct(city, id, R"({"subject": "سه", "by": "رضا مرادی"})").at("/subject"), "سه") << "that changes nothing";
  city->kill();
  city->start();
  const auto versions = city->get(path_of(id) + "/versions");
  EXPECT_EQ(versions.at("/original/citizen/mobile") + ' ' + versions.at("/original/subject"), "09130001234 چاله");
  EXPECT_THAT(versions.each("/versions", "/content/subject"), ElementsAre("چاله", "دو"));
  EXPECT_THAT(versions.each("/versions", "/replaced_by"), ElementsAre("زهرا احمدی", "زهرا احمدی"));
  EXPECT_EQ(city->request(id).at("/subject"), "سه");
  EXPECT_EQ(city->post("/v1/requests", Gateway::form("1")).header("idempotent-replayed"), "true") << "the form is what was handed in";
}

TEST(Correction, OfTheCategoryRoutesAnewWhatWasSentNowhere) {
  City city({.gateway = {.replace = {{"[registration]\n", "[registration]\nwait_for_attachments = \"1h\"\n"}}}});
  const auto id = city->take_in(Gateway::form("1", R"("attachments": 2, "citizen": {"mobile": "09130001234"})"));
  EXPECT_EQ(city->request(id).at("/route/system"), "137");
  EXPECT_EQ(correct(city, id, R"({"category": "loan", "by": "زهرا احمدی"})").at("/route/system"), "service_desk");
  ASSERT_TRUE(eventually([&] { return city->is_told(id); })) << city->request(id).body;
  EXPECT_EQ(city.registered(Which::service_desk, id).times, 1);
  EXPECT_EQ(city.registered(Which::system137, id).times, 0);
  const auto there = city->take("2");
  EXPECT_EQ(city->operations("/health").at("/counts/tasks/137"), "1") << "of the second alone";
}

TEST(Correction, OfTheCategoryLeavesWhereItStandsWhatIsRegistered) {
  City city;
  const auto id = city->take("1");
  ASSERT_TRUE(eventually([&] { return city->is_told(id); }));
  EXPECT_EQ(correct(city, id, R"({"category": "loan", "by": "زهرا احمدی"})").at("/registration/system"), "137");
  ASSERT_TRUE(eventually([&] { return city->request(id).at("/amendment/state") == "none"; })) << city->request(id).body;
  EXPECT_EQ(city.registered(Which::service_desk, id).times, 0);
}

}  // namespace
}  // namespace salam::test
