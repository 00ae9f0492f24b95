#include "gateway/domain/text.h"
#include "tests/integration/gateway.h"

namespace salam::test {
namespace {

using testing::AnyOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Which = City::Which;

std::string form_for(std::string_view mobile) {
  return Gateway::form("1", R"("citizen": {"name": "نمونه", "mobile": ")" + std::string(mobile) + "\"}");
}

class TextThatDoesNotArrive : public testing::TestWithParam<std::string> {};

TEST_P(TextThatDoesNotArrive, StandsOnTheListUntilSomebodyHandsTheCodeOver) {
  City city;
  const auto id = city->take_in(form_for(GetParam()));
  ASSERT_TRUE(eventually([&] { return testing::Value(city->attention(id), ElementsAre("undelivered")); })) << city->request(id).body;
  EXPECT_FALSE(city->is_told(id));
  EXPECT_EQ(city->state(id), "registered");
  EXPECT_EQ(city->audit(), 0) << "it stands on the list";
  EXPECT_THAT(city->get("/v1/attention?reason=undelivered").each("/items/0/actions"), ElementsAre("handed_over"));

  const auto settled = city->settle(id, R"({"action": "handed_over", "by": "زهرا احمدی", "note": "تلفنی"})");
  EXPECT_EQ(settled.status, 200) << settled.body;
  EXPECT_EQ(settled.at("/told/by"), "person");
  EXPECT_EQ(settled.at("/told/person"), "زهرا احمدی");
  EXPECT_EQ(settled.at("/told/code"), city.registered(Which::system137, id).code);
  EXPECT_THAT(city->attention(id), IsEmpty());
  EXPECT_EQ(city->audit(), 0);
}

INSTANTIATE_TEST_SUITE_P(ByCause, TextThatDoesNotArrive,
                         testing::Values("09130000000",    // undelivered
                                         "09130000001",    // blocked by the receiver
                                         "09130000002"));  // failed

TEST(RefusedText, StandsOnTheList) {
  City city;
  city.fault(Which::sms, R"({"mode": "refuse"})");
  const auto id = city->take("1");
  EXPECT_TRUE(eventually([&] { return testing::Value(city->attention(id), ElementsAre("undelivered")); })) << city->request(id).body;
}

class NumberThatCannotBeTexted : public testing::TestWithParam<std::string> {};

TEST_P(NumberThatCannotBeTexted, IsRegisteredAllTheSameAndStandsOnTheList) {
  City city;
  const auto id = city->take_in(Gateway::form("1", GetParam()));
  ASSERT_TRUE(eventually([&] { return city->state(id) == "registered"; })) << city->request(id).body;
  EXPECT_EQ(city.registered(Which::system137, id).times, 1);
  EXPECT_THAT(city->attention(id), ElementsAre("no_contact"));
  EXPECT_EQ(city->operations("/health").at("/counts/attention/no_contact"), "1");
  EXPECT_EQ(city->audit(), 0);
  EXPECT_EQ(city->settle(id, R"({"action": "handed_over", "by": "زهرا احمدی"})").status, 200);
  EXPECT_EQ(city->request(id).at("/told/code"), city.registered(Which::system137, id).code);
  EXPECT_THAT(city->attention(id), IsEmpty());
  EXPECT_EQ(city.ledger(Which::sms).at("/count"), "0");
}

INSTANTIATE_TEST_SUITE_P(ByForm, NumberThatCannotBeTexted,
                         testing::Values(R"("citizen": {"name": "نمونه"})", R"("citizen": {"name": "نمونه", "mobile": "031-3344556"})",
                                         R"("citizen": {"mobile": null})", R"("citizen": {"mobile": "0912ناخوانا"})"));

TEST(SmsLineOutOfCredit, PausesIsReportedAndRecovers) {
  City city;
  city.fault(Which::sms, R"({"mode": "status", "status": 418})");
  const auto id = city->take("1");
  ASSERT_TRUE(eventually([&] { return city->dependency("sms") == "failing"; })) << city->operations("/health").body;
  EXPECT_THAT(city->dependency("sms", "last_error"), HasSubstr("418"));
  EXPECT_EQ(city->state(id), "registered");
  EXPECT_FALSE(city->is_told(id));

  city.heal(Which::sms);
  ASSERT_TRUE(eventually([&] { return city->is_told(id); })) << city->request(id).body;
  EXPECT_EQ(city->dependency("sms"), "ok");
  EXPECT_EQ(city.texts("09130001234").size(), 1U);
}

TEST(TextWhoseAnswerGotLost, GoesOutOnce) {
  for (const auto* const fault :
       {R"({"mode": "reset_after", "count": 1})", R"({"mode": "garbage", "count": 1})", R"({"mode": "hang", "acts": true, "count": 1})"}) {
    City city;
    city.fault(Which::sms, fault);
    const auto id = city->take("1");
    ASSERT_TRUE(eventually([&] { return city->is_told(id); })) << city->request(id).body;
    const auto ledger = city.ledger(Which::sms);
    EXPECT_EQ(ledger.at("/sent"), "1") << fault;
    EXPECT_EQ(ledger.at("/texts/0/asked"), "2") << fault;
  }
}

TEST(CitizenOfAnUpstreamThatStaysAway, IsTextedTheGatewaysCodeAndLaterTheUpstreams) {
  City city({.gateway = {.replace = {{"[sms]\n", "[sms]\nholding_after = \"100ms\"\n"}}}});
  city.fault(Which::system137, R"({"mode": "status", "status": 503})");
  const auto id = city->take("1");
  ASSERT_TRUE(eventually([&] { return city->is_told(id); })) << city->request(id).body;
  const auto own = city->request(id).at("/tracking_code");
  EXPECT_EQ(city->request(id).at("/told/code"), own);
  EXPECT_THAT(city->state(id), AnyOf("waiting", "registering")) << "137 is tried again and again";
  ASSERT_EQ(city.texts("09130001234").size(), 1U);
  EXPECT_THAT(city.texts("09130001234").front(), HasSubstr(city->request(id).at("/tracking_code_for_people")));

  city.heal(Which::system137);
  ASSERT_TRUE(eventually([&] { return city.texts("09130001234").size() == 2; })) << city->request(id).body;
  EXPECT_THAT(city.texts("09130001234").back(), HasSubstr(persian_digits(city.registered(Which::system137, id).code)));
}

TEST(TextMessage, NamesTheSystemAndTheJalaliDate) {
  City city;
  const auto id = city->take("1");
  ASSERT_TRUE(eventually([&] { return city->is_told(id); }));
  const auto text = city.texts("09130001234").at(0);
  EXPECT_THAT(text, HasSubstr("۱۳۷"));
  EXPECT_THAT(latin_digits(text), testing::ContainsRegex("14[0-9][0-9]/[0-9][0-9]/[0-9][0-9]")) << text;
  EXPECT_EQ(city->request(id).at("/messages/0/parts"), std::to_string(length(text) <= 70 ? 1 : (length(text) + 66) / 67));
}

}  // namespace
}  // namespace salam::test
