#include <algorithm>
#include <thread>

#include <spdlog/fmt/fmt.h>

#include "tests/integration/gateway.h"

namespace salam::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;
using Which = City::Which;

constexpr auto mobile = "09130001234";
constexpr auto to_desk = R"({"decision": "to_desk", "by": "مریم کریمی"})";

City::Options after_review() {
  return {
      .gateway = {.replace = {{"[service_desk]\n", "[service_desk]\nregistration = \"after_review\"\nreview_officer = \"مریم کریمی\"\n"}}}};
}

std::string in_review(City& city, std::string_view number) {
  auto id = city->take_in(Gateway::form(number, R"("category": "loan", "citizen": {"name": "نمونه", "mobile": "09130001234"})"));
  EXPECT_EQ(city->state(id), "in_review");
  return id;
}

/// How many events of that type the request has.
std::size_t events(City& city, const std::string& id, std::string_view type) {
  const auto types = city->get("/v1/requests/" + id + "/history?page_size=1000").each("/events", "/type");
  return static_cast<std::size_t>(std::ranges::count(types, fmt::format("ir.isfahan.mardomsalam.request.{}.v1", type)));
}

TEST(Review, HoldsWhat137CannotTakeWhileItsCitizenHasTheGatewaysCode) {
  City city(after_review());
  const auto id = in_review(city, "1");
  ASSERT_TRUE(eventually([&] { return city->is_told(id); })) << city->request(id).body;
  const auto own = city->request(id);
  EXPECT_EQ(own.at("/told/code"), own.at("/tracking_code"));
  EXPECT_THAT(city.texts(mobile), ElementsAre(HasSubstr(own.at("/tracking_code_for_people"))));
  const auto list = city->get("/v1/attention?reason=review");
  EXPECT_EQ(list.at("/items/0/responsible"), "مریم کریمی");
  EXPECT_EQ(list.at("/items/0/review"), "/v1/requests/" + id + "/review");
  EXPECT_EQ(city.registered(Which::service_desk, id).times, 0);

  const auto done = city->act(id, "review", to_desk);
  EXPECT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(done.at("/review/by"), "مریم کریمی");
  ASSERT_TRUE(eventually([&] { return city.texts(mobile).size() == 2; })) << city->request(id).body << city->log();
  const auto registered = city.registered(Which::service_desk, id);
  EXPECT_EQ(registered.times, 1);
  EXPECT_THAT(city.texts(mobile).back(), HasSubstr(registered.code));
  for (const auto& code : {own.at("/tracking_code"), registered.code}) {
    EXPECT_EQ(city->get("/v1/track/" + code).at("/requests/0/state"), "registered") << code;
  }
  EXPECT_THAT(city->attention(id), IsEmpty());
  EXPECT_EQ(city->audit(), 0);
}

TEST(Review, Sends137WhatItCanTakeUnderAnotherCategory) {
  City city(after_review());
  const auto id = in_review(city, "1");
  EXPECT_EQ(city->act(id, "review", R"({"decision": "to_137", "category": "asphalt", "by": "مریم کریمی"})").at("/category"), "asphalt");
  ASSERT_TRUE(eventually([&] { return city->state(id) == "registered"; })) << city->request(id).body;
  EXPECT_EQ(city.registered(Which::system137, id).times, 1);
  EXPECT_EQ(city.ledger(Which::system137).at("/registrations/0/category"), "asphalt");
  EXPECT_EQ(city->get("/v1/requests/" + id + "/versions").at("/versions/0/content/category"), "loan");
  EXPECT_EQ(city.registered(Which::service_desk, id).times, 0);
}

TEST(Review, ThatAnswersByTextEndsIt) {
  City city(after_review());
  const auto id = in_review(city, "1");
  ASSERT_TRUE(eventually([&] { return city->is_told(id); }));
  const auto done =
      city->act(id, "review", R"({"decision": "answered", "channel": "sms", "text": "وام با بانک است.", "by": "مریم کریمی"})");
  EXPECT_EQ(done.at("/state") + ' ' + done.at("/closed/reason") + ' ' + done.at("/answered"), "closed answered true") << done.body;
  ASSERT_TRUE(eventually([&] { return city.texts(mobile).size() == 2; }));
  EXPECT_EQ(city.texts(mobile).back(), "وام با بانک است.");
  ASSERT_TRUE(eventually([&] { return city->request(id).at("/messages/1/state") == "delivered"; })) << city->request(id).body;
  EXPECT_THAT(city->attention(id), IsEmpty());
  EXPECT_EQ(city.registered(Which::service_desk, id).times, 0);
  EXPECT_EQ(city->get("/v1/due").count("/items"), 0U);
  EXPECT_EQ(city->audit(), 0);
}

TEST(Review, ThatFindsATwinEndsItAndItsCitizenKeepsTheCode) {
  City city(after_review());
  const auto other = city->take("1");
  const auto id = in_review(city, "2");
  const auto twin = [](const std::string& of) { return R"({"decision": "twin", "by": "مریم کریمی", "twin": ")" + of + R"("})"; };
  EXPECT_EQ(city->act(id, "review", twin(id)).at("/code"), "unfit_twin");
  EXPECT_EQ(city->act(id, "review", twin(other)).at("/closed/twin"), other);
  EXPECT_EQ(city->act(in_review(city, "3"), "review", twin(id)).at("/code"), "unfit_twin") << "it was closed itself";
  ASSERT_TRUE(eventually([&] { return city->is_told(id); })) << city->request(id).body;
  EXPECT_EQ(city->get("/v1/track/" + city->request(id).at("/told/code")).at("/requests/0/state"), "closed");
  EXPECT_EQ(city->audit(), 0);
}

TEST(Review, OfWhatWasReviewedSaysWhatWasDecidedByWhomAndWhen) {
  City city(after_review());
  const auto id = in_review(city, "1");
  const auto first = city->act(id, "review", to_desk);
  const auto late = city->act(id, "review", R"({"decision": "to_137", "by": "زهرا احمدی"})");
  EXPECT_EQ(late.status, 409);
  EXPECT_EQ(late.at("/code") + ' ' + late.at("/decision") + ' ' + late.at("/reviewed_by"), "not_in_review to_desk مریم کریمی");
  EXPECT_EQ(late.at("/reviewed_at"), first.at("/review/at"));
  ASSERT_TRUE(eventually([&] { return city->state(id) == "registered"; }));
  EXPECT_EQ(city->act(city->take("2"), "review", to_desk).at("/reviewed_by"), "(absent)") << "nobody reviewed it, nor need";
}

TEST(Review, ByTwoAtTheSameMomentIsTheFasterOnes) {
  City city(after_review());
  for (int round = 0; round < 12; ++round) {
    const auto id = in_review(city, std::to_string(round));
    const std::string path = "/v1/requests/" + id + "/review";
    const auto key = [&](int officer) { return Headers{{"Idempotency-Key", fmt::format("{}-{}", round, officer)}}; };
    const std::array bodies{std::string(to_desk), std::string(R"({"decision": "to_137", "category": "asphalt", "by": "زهرا احمدی"})")};
    std::array<Reply, 2> replies;
    {
      std::thread second([&] { replies[1] = city->post(path, bodies[1], key(1)); });
      replies[0] = city->post(path, bodies[0], key(0));
      second.join();
    }
    ASSERT_THAT((std::array{replies[0].status, replies[1].status}), UnorderedElementsAre(200, 409)) << replies[0].body << replies[1].body;
    const std::size_t winner = replies[0].status == 200 ? 0 : 1;
    const auto& won = replies.at(winner);
    EXPECT_EQ(replies.at(1 - winner).at("/reviewed_by"), won.at("/review/by"));
    EXPECT_EQ(replies.at(1 - winner).at("/decision"), won.at("/review/decision"));
    const auto again = city->post(path, bodies.at(winner), key(static_cast<int>(winner)));
    EXPECT_EQ(again.header("idempotent-replayed"), "true");
    EXPECT_EQ(again.body, won.body);
    EXPECT_EQ(city->post(path, bodies.at(1 - winner), key(static_cast<int>(winner))).at("/code"), "idempotency_key_reused");
    ASSERT_TRUE(eventually([&] { return city->state(id) == "registered"; })) << city->request(id).body;
    const auto where = winner == 0 ? Which::service_desk : Which::system137;
    EXPECT_EQ(city.registered(where, id).times, 1);
    EXPECT_EQ(events(city, id, "reviewed"), 1U);
  }
}

TEST(Review, ComesAfterARefusalBy137) {
  City city(after_review());
  city.fault(Which::system137, R"({"mode": "refuse", "match": "noise"})");
  const auto id = city->take_in(Gateway::form("1", R"("category": "noise", "citizen": {"mobile": "09130001234"})"));
  ASSERT_TRUE(eventually([&] { return city->state(id) == "in_review" && city->is_told(id); })) << city->request(id).body;
  EXPECT_EQ(city->request(id).at("/registration/system"), "service_desk");
  EXPECT_THAT(city->attention(id), ElementsAre("review"));
  EXPECT_EQ(city->act(id, "review", R"({"decision": "to_137", "by": "مریم کریمی"})").status, 200);
  ASSERT_TRUE(eventually([&] { return events(city, id, "in_review") == 2; })) << "137 has refused it again";
  city.heal(Which::system137);
  EXPECT_EQ(city->act(id, "review", R"({"decision": "to_137", "by": "مریم کریمی"})").status, 200);
  ASSERT_TRUE(eventually([&] { return city->state(id) == "registered" && city.texts(mobile).size() == 2; })) << city->request(id).body;
  EXPECT_EQ(city.registered(Which::system137, id).times, 1);
  EXPECT_EQ(city->audit(), 0);
}

/// Whatever was answered with 200 stands after a kill, and whatever was not is decided by sending the same again.
TEST(Review, OutlivesKillsBetweenDecisions) {
  City city(after_review());
  std::vector<std::string> ids;
  for (int number = 0; number < 24; ++number) ids.push_back(in_review(city, std::to_string(number)));
  constexpr std::size_t per_life = 6;
  for (std::size_t from = 0; from < ids.size(); from += per_life) {
    const auto decide = [&](std::size_t i) {
      return city->post("/v1/requests/" + ids[i] + "/review", to_desk, {{"Idempotency-Key", ids[i]}}).status;
    };
    std::atomic<std::size_t> decided = from;
    std::thread officer([&] {
      for (; decided < from + per_life && decide(decided) == 200; ++decided) {
      }
    });
    EXPECT_TRUE(eventually([&] { return decided >= from + per_life / 2; }));
    city->kill();
    officer.join();
    city->start();
    for (std::size_t i = from; i < decided; ++i) EXPECT_EQ(city->request(ids[i]).at("/review/by"), "مریم کریمی");
    for (std::size_t i = from; i < from + per_life; ++i) EXPECT_EQ(decide(i), 200);
  }
  for (const auto& id : ids) {
    ASSERT_TRUE(eventually([&] { return city->state(id) == "registered"; })) << city->request(id).body;
    EXPECT_EQ(city.registered(Which::service_desk, id).times, 1);
    EXPECT_EQ(events(city, id, "reviewed"), 1U);
  }
  EXPECT_EQ(city->audit(), 0);
}

}  // namespace
}  // namespace salam::test
