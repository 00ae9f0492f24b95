#include "tests/integration/gateway.h"

namespace salam::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using Which = City::Which;

City::Options by_hand() {
  return {.gateway = {.replace = {{"driver = \"open311\"", "driver = \"by_hand\""}, {"driver = \"mapped\"", "driver = \"by_hand\""}}}};
}

TEST(ByHand, RequestStandsOnTheListWithEverythingThatAnOfficerCopies) {
  City city(by_hand());
  const auto id = city->take_in(
      R"({"meeting": "m", "form": "1", "kind": "complaint", "category": "asphalt", "subject": "چاله", "description": "چاله عمیق", "region": 9, "citizen": {"name": "علی نمونه", "mobile": "09130001234", "national_id": "9991000011"}, "place": {"address": "خیابان سروش", "coordinates": {"latitude": 32.6, "longitude": 51.6}}})");
  ASSERT_TRUE(eventually([&] { return city->state(id) == "by_hand"; })) << city->request(id).body;
  const auto list = city->get("/v1/attention?reason=by_hand");
  ASSERT_EQ(list.count("/items"), 1U) << list.body;
  EXPECT_NE(list.at("/items/0/due"), "(absent)");
  EXPECT_THAT(list.each("/items/0/actions"), ElementsAre("registered", "send_again"));
  for (const auto& [pointer, text] : {std::pair{"id", id.c_str()},
                                      {"subject", "چاله"},
                                      {"description", "چاله عمیق"},
                                      {"category", "asphalt"},
                                      {"region", "9"},
                                      {"kind", "complaint"},
                                      {"citizen/name", "علی نمونه"},
                                      {"citizen/mobile", "+989130001234"},
                                      {"citizen/national_id", "9991000011"},
                                      {"place/address", "خیابان سروش"},
                                      {"place/coordinates/latitude", "32.6"},
                                      {"registration/system", "137"},
                                      {"form", "1"}}) {
    EXPECT_EQ(list.at(std::string("/items/0/request/") + pointer), text) << pointer;
  }
  EXPECT_EQ(city->dependency("137"), "by_hand");
  EXPECT_EQ(city->dependency("service_desk"), "by_hand");
}

TEST(ByHand, CodeThatAnOfficerEntersIsTexted) {
  City city(by_hand());
  const auto id = city->take("1");
  ASSERT_TRUE(eventually([&] { return city->state(id) == "by_hand"; }));
  EXPECT_EQ(city->settle(id, R"({"action": "registered", "by": "زهرا احمدی", "code": "۱۴۰۵۱۲۳", "note": "کامل بود"})").status, 200);
  ASSERT_TRUE(eventually([&] { return city->is_told(id); })) << city->request(id).body;
  EXPECT_EQ(city->request(id).at("/told/code"), "1405123");
  EXPECT_THAT(city.texts("09130001234"), ElementsAre(HasSubstr("۱۴۰۵۱۲۳")));
  EXPECT_EQ(city->get("/v1/attention").count("/items"), 0U);
  EXPECT_EQ(city->get("/v1/track/1405123").at("/requests/0/state"), "registered");
  const auto history = city->get("/v1/requests/" + id + "/history").body;
  EXPECT_THAT(history, HasSubstr(R"("by":"زهرا احمدی","key":"test","note":"کامل بود")"));
  EXPECT_THAT(city->get("/v1/events").body, Not(HasSubstr("زهرا احمدی")));
  EXPECT_EQ(city->audit(), 0);
}

TEST(ByHand, CodeThatBelongsToAnotherRequestIsRefusedAndSaysWhose) {
  City city(by_hand());
  const auto first = city->take("1");
  const auto second = city->take("2");
  ASSERT_TRUE(eventually([&] { return city->state(first) == "by_hand" && city->state(second) == "by_hand"; }));
  const auto* const settlement = R"({"action": "registered", "by": "زهرا احمدی", "code": "77"})";
  EXPECT_EQ(city->settle(first, settlement).status, 200);
  const auto taken = city->settle(second, settlement);
  EXPECT_EQ(taken.status, 409);
  EXPECT_EQ(taken.at("/code"), "code_taken");
  EXPECT_EQ(taken.at("/request"), "/v1/requests/" + first);
  EXPECT_EQ(city->state(second), "by_hand");
}

TEST(ByHand, What137CannotTakeIsRegisteredAtTheDesk) {
  City city(by_hand());
  const auto id = city->take("1");
  ASSERT_TRUE(eventually([&] { return city->state(id) == "by_hand"; }));
  const auto moved = city->settle(id, R"({"action": "send_again", "by": "زهرا احمدی", "system": "service_desk"})");
  EXPECT_EQ(moved.status, 200) << moved.body;
  ASSERT_TRUE(eventually([&] { return city->state(id) == "by_hand" && city->request(id).at("/registration/system") == "service_desk"; }))
      << city->request(id).body;
  EXPECT_EQ(city->settle(id, R"({"action": "registered", "by": "زهرا احمدی", "code": "D-9"})").status, 200);
  ASSERT_TRUE(eventually([&] { return city->is_told(id); }));
  EXPECT_THAT(city.texts("09130001234"), ElementsAre(HasSubstr("D-9")));
}

TEST(ByHand, WaitingRequestsAreSentOnceTheDriverIsThere) {
  City city(by_hand());
  const auto id = city->take("1");
  ASSERT_TRUE(eventually([&] { return city->state(id) == "by_hand"; }));
  EXPECT_EQ(city->stop(), 0);
  city->set("[system137]\ndriver = \"by_hand\"", "[system137]\ndriver = \"open311\"");
  city->start();
  EXPECT_EQ(city->settle(id, R"({"action": "send_again", "by": "زهرا احمدی"})").status, 200);
  ASSERT_TRUE(eventually([&] { return city->is_told(id); })) << city->request(id).body;
  EXPECT_EQ(city.registered(Which::system137, id).times, 1);
}

}  // namespace
}  // namespace salam::test
