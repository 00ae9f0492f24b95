#include <fstream>
#include <iterator>

#include <spdlog/fmt/fmt.h>

#include "tests/integration/gateway.h"

namespace salam::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Which = City::Which;

constexpr std::string_view to_the_desk = R"("category": "loan", "citizen": {"mobile": "09130001234"})";

std::string asked_often() {
  return "[system137.follow_up]\nfirst = \"200ms\"\nlongest = \"300ms\"\n[service_desk.follow_up]\nfirst = \"200ms\"\nlongest = \"300ms\"\n";
}

City::Options busy(const stand_ins::Pace& pace = {std::chrono::milliseconds(2'000), std::chrono::milliseconds(5'000)}) {
  return {.stand_ins = {.pace = pace}, .gateway = {.more = asked_often()}};
}
City::Options quick() { return busy({std::chrono::milliseconds(0), std::chrono::milliseconds(0)}); }

std::string progress(City& city, const std::string& id) { return city->request(id).at("/progress/state"); }
std::string tracked(City& city, const std::string& id) {
  return city->get("/v1/track/" + city->request(id).at("/tracking_code")).at("/requests/0/progress/state");
}

/// The `progressed` events of that request, as `GET /v1/events` tells them.
std::vector<std::string> progressed(City& city, const std::string& id) {
  const auto events = city->get("/v1/events?page_size=1000");
  std::vector<std::string> found;
  for (std::size_t i = 0; i < events.count("/events"); ++i) {
    const auto at = fmt::format("/events/{}", i);
    if (events.at(at + "/type") == "ir.isfahan.mardomsalam.request.progressed.v1" && events.at(at + "/data/id") == id) {
      found.push_back(events.at(at + "/data/progress"));
    }
  }
  return found;
}

/// Registered and told, so that nothing but its progress is left to come.
std::string registered(City& city, std::string_view more = R"("citizen": {"mobile": "09130001234"})") {
  auto id = city->take_in(Gateway::form("1", more));
  EXPECT_TRUE(eventually([&] { return city->is_told(id); })) << city->request(id).body << city->log();
  return id;
}

TEST(FollowUp, TellsHowFar137HasComeUntilItIsDone) {
  City city(busy());
  const auto id = registered(city);
  ASSERT_TRUE(eventually([&] { return tracked(city, id) == "in_progress"; })) << city->request(id).body;
  ASSERT_TRUE(eventually([&] { return progress(city, id) == "resolved"; })) << city->request(id).body;
  const auto request = city->request(id);
  EXPECT_EQ(request.at("/progress/words"), "closed: رسیدگی شد");
  EXPECT_NE(request.at("/progress/at"), "(absent)");
  EXPECT_EQ(tracked(city, id), "resolved");
  EXPECT_EQ(city->get("/v1/track/" + city->request(id).at("/tracking_code")).at("/requests/0/progress/words"), "(absent)")
      << "its words are for officers";
  EXPECT_THAT(progressed(city, id), ElementsAre("in_progress", "resolved"));
  EXPECT_EQ(city->audit(), 0);
}

TEST(FollowUp, TellsHowFarTheDeskHasComeByTheMappingThatShips) {
  City city(quick());
  const auto id = registered(city, to_the_desk);
  EXPECT_EQ(city->request(id).at("/registration/system"), "service_desk");
  ASSERT_TRUE(eventually([&] { return progress(city, id) == "resolved"; })) << city->request(id).body << city->log();
  EXPECT_EQ(city->request(id).at("/progress/words"), "closed: رسیدگی شد");
  EXPECT_THAT(progressed(city, id), ElementsAre("resolved"));
}

/// 137 as in system137.toml, but for one text in it.
TEST(FollowUp, ByUpdatesTellsTheSameInXml) {
  std::ifstream shipped(std::string(SALAM_SOURCE_DIR) + "/docker/examples/system137.toml");
  std::string text(std::istreambuf_iterator<char>(shipped), {});
  for (const auto& [what, with] :
       {std::pair{"format = \"json\"", "format = \"xml\""}, std::pair{"kind = \"requests\"", "kind = \"updates\""}}) {
    ASSERT_NE(text.find(what), std::string::npos) << what;
    text.replace(text.find(what), std::string_view(what).size(), with);
  }
  const Folder folder;
  folder.write("137.toml", text);
  auto options = quick();
  options.gateway.replace = {{std::string(SALAM_SOURCE_DIR) + "/docker/examples/system137.toml", (folder / "137.toml").string()}};
  City city(std::move(options));
  const auto id = registered(city);
  ASSERT_TRUE(eventually([&] { return progress(city, id) == "resolved"; })) << city->request(id).body << city->log();
  EXPECT_EQ(tracked(city, id), "resolved");
}

class AnswerAboutTheStatus : public testing::TestWithParam<std::string> {};

TEST_P(AnswerAboutTheStatus, ThatIsNoneDelaysAndLosesNothing) {
  City city(quick());
  for (const auto which : {Which::system137, Which::service_desk}) city.fault(which, GetParam());
  const auto in_137 = registered(city);
  const auto at_the_desk = city->take_in(Gateway::form("2", to_the_desk));
  ASSERT_TRUE(eventually([&] { return city->is_told(at_the_desk); })) << city->request(at_the_desk).body;
  const auto version = city->request(in_137).at("/version");
  ASSERT_TRUE(eventually([&] { return city.strikes(Which::system137) >= 3 && city.strikes(Which::service_desk) >= 3; }));
  EXPECT_EQ(progress(city, in_137), "open");
  EXPECT_EQ(city->request(in_137).at("/version"), version);
  EXPECT_THAT(city->attention(in_137), IsEmpty());
  for (const auto which : {Which::system137, Which::service_desk}) city.heal(which);
  for (const auto& id : {in_137, at_the_desk}) {
    ASSERT_TRUE(eventually([&] { return progress(city, id) == "resolved"; })) << city->request(id).body << city->log();
    EXPECT_THAT(progressed(city, id), ElementsAre("resolved"));
  }
  EXPECT_EQ(city.registered(Which::system137, in_137).times, 1);
}

INSTANTIATE_TEST_SUITE_P(ByFault, AnswerAboutTheStatus,
                         testing::Values(R"({"mode": "garbage", "on": "status"})", R"({"mode": "empty", "on": "status"})",
                                         R"({"mode": "html_200", "on": "status"})", R"({"mode": "cut_body", "on": "status"})",
                                         R"({"mode": "hang", "on": "status"})", R"({"mode": "reset_before", "on": "status"})",
                                         R"({"mode": "status", "status": 500, "on": "status"})",
                                         R"({"mode": "status", "status": 503, "on": "status"})",
                                         R"({"mode": "status", "status": 404, "on": "status"})"),
                         [](const auto& info) { return fmt::format("Fault{}", info.index); });

TEST(FollowUp, OfWhatNothingBecomesGoesOnWithoutAWord) {
  City city(quick());
  city.fault(Which::system137, R"({"mode": "stays_open"})");
  const auto id = registered(city);
  ASSERT_TRUE(eventually([&] { return city->request(id).at("/progress/words") == "open"; })) << city->request(id).body;
  EXPECT_THAT(progressed(city, id), IsEmpty());
}

TEST(FollowUp, SurvivesAKillAndAsksAfterwards) {
  City city(busy());
  const auto id = registered(city);
  city->kill();
  city->start();
  ASSERT_TRUE(eventually([&] { return progress(city, id) == "resolved"; })) << city->request(id).body << city->log();
  EXPECT_EQ(progressed(city, id).back(), "resolved");
}

TEST(FollowUp, IsNotAskedForWhereTheConfigurationSaysSo) {
  auto options = quick();
  options.gateway.more = "[system137.follow_up]\nasked = false\nfirst = \"50ms\"\n";
  City city(std::move(options));
  city.fault(Which::system137, R"({"mode": "slow", "ms": 0, "on": "status"})");
  registered(city);
  EXPECT_EQ(city->operations("/health").at("/counts/tasks/137_status"), "(absent)");
  EXPECT_EQ(city.strikes(Which::system137), 0);
}

}  // namespace
}  // namespace salam::test
