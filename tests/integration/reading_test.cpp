#include <set>

#include <spdlog/fmt/fmt.h>

#include "gateway/domain/text.h"
#include "tests/integration/gateway.h"

namespace salam::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using Which = City::Which;

/// Every `member` of the list, page by page; fails the test where one comes twice.
std::vector<std::string> walk(const Gateway& gateway, const std::string& target, const std::string& list, const std::string& member) {
  std::vector<std::string> all;
  for (std::string token; token != "(absent)";) {
    const auto page = gateway.get(target + "&page_token=" + token);
    EXPECT_EQ(page.status, 200) << page.body;
    for (auto& one : page.each(list, member)) all.push_back(std::move(one));
    token = page.at("/next_page_token");
  }
  EXPECT_EQ(std::set(all.begin(), all.end()).size(), all.size()) << "each comes once";
  return all;
}

/// 24 requests of two meetings; the third of the forms goes to the desk, the fourth has no number.
class Lists : public testing::Test {
 protected:
  void SetUp() override {
    city_->put("/v1/meetings/other", R"({"region": "nazhvan", "mosque": "مسجد نمونه", "date": "2026-11-24"})");
    for (int number = 0; number < 6; ++number) {
      const auto form = [&](const char* more) {
        return fmt::format(R"({{"form": "{}", "kind": "request", "subject": "s", "description": "d", {}}})", number, more);
      };
      city_->take_in(form(R"("meeting": "m", "citizen": {"mobile": "09130001234"})"));
      city_->take_in(form(R"("meeting": "other", "citizen": {"mobile": "09130001234"})"));
      city_->take_in(form(R"("meeting": "m", "item": 2, "category": "loan", "citizen": {"mobile": "09130001234"})"));
      city_->take_in(form(R"("meeting": "m", "item": 3, "region": 9)"));
    }
    ASSERT_TRUE(eventually([&] { return city_->operations("/health").at("/counts/told") == "18"; })) << city_->operations("/health").body;
  }
  [[nodiscard]] std::size_t count(const std::string& filter) { return city_->get("/v1/requests?" + filter).count("/requests"); }

  City city_;
};

TEST_F(Lists, AreFilteredAndPaged) {
  EXPECT_EQ(count(""), 24U);
  EXPECT_EQ(count("meeting=m"), 18U);
  EXPECT_EQ(count("meeting=none"), 0U);
  EXPECT_EQ(count("region=5"), 12U);
  EXPECT_EQ(count("region=%DB%B9"), 6U) << "۹";
  EXPECT_EQ(count("region=nazhvan"), 6U);
  EXPECT_EQ(count("system=service_desk"), 6U);
  EXPECT_EQ(count("system=137"), 18U);
  EXPECT_EQ(count("state=registered"), 24U);
  EXPECT_EQ(count("state=waiting"), 0U);
  EXPECT_EQ(count("told=false"), 6U);
  EXPECT_EQ(count("told=true"), 18U);
  EXPECT_EQ(count("form=3"), 4U);
  EXPECT_EQ(count("form=%DB%B3"), 4U) << "۳";
  EXPECT_EQ(count("meeting=m&form=3&system=service_desk"), 1U);

  EXPECT_EQ(walk(city_.gateway(), "/v1/requests?page_size=7", "/requests", "/id").size(), 24U);
  EXPECT_EQ(walk(city_.gateway(), "/v1/requests?page_size=6&meeting=m", "/requests", "/id").size(), 18U);
  EXPECT_EQ(walk(city_.gateway(), "/v1/requests?page_size=1&told=false", "/requests", "/id").size(), 6U);
  EXPECT_EQ(walk(city_.gateway(), "/v1/attention?page_size=4", "/items", "/request/id").size(), 6U);
  EXPECT_EQ(walk(city_.gateway(), "/v1/attention?page_size=4&reason=no_contact&region=9", "/items", "/request/id").size(), 6U);
  EXPECT_EQ(city_->get("/v1/attention?region=5").count("/items"), 0U);
  const auto id = city_->get("/v1/requests?told=true&page_size=1").at("/requests/0/id");
  EXPECT_THAT(walk(city_.gateway(), "/v1/requests/" + id + "/history?page_size=2", "/events", "/sequence"),
              ElementsAre("1", "2", "3", "4", "5"));
}

TEST_F(Lists, SayWhichParameterCannotBeRead) {
  for (const auto* const target :
       {"/v1/requests?region=16", "/v1/requests?region=%DB%B1%DB%B7", "/v1/requests?system=138", "/v1/requests?state=lost",
        "/v1/requests?told=maybe", "/v1/requests?unknown=1", "/v1/requests?page_size=0", "/v1/requests?page_size=1001",
        "/v1/requests?page_size=x", "/v1/attention?reason=none", "/v1/attention?region=16", "/v1/attention?reson=refused",
        "/v1/events?after=1"}) {
    const auto reply = city_->get(target);
    const std::string_view query = std::string_view(target).substr(std::string_view(target).find('?') + 1);
    EXPECT_EQ(reply.at("/errors/0/parameter"), query.substr(0, query.find('='))) << reply.body;
    EXPECT_NE(reply.at("/errors/0/expected"), "(absent)") << reply.body;
    EXPECT_EQ(reply.status, 400) << target;
    EXPECT_EQ(reply.at("/code"), "parameter_invalid") << target;
    EXPECT_EQ(reply.header("content-type"), "application/problem+json");
  }
  EXPECT_EQ(city_->get("/v1/requests?page_token=x").at("/code"), "page_token_invalid");
  EXPECT_EQ(city_->get("/v1/requests/no-such-id").at("/code"), "unknown_request");
  EXPECT_EQ(city_->get("/v1/requests/0190a6b0-0000-7000-8000-000000000000/history").at("/code"), "unknown_request");
}

std::string percent_encoded(std::string_view text) {
  std::string encoded;
  for (const char byte : text) encoded += fmt::format("%{:02X}", static_cast<unsigned char>(byte));
  return encoded;
}

TEST(Tracking, TakesTheGatewaysCodeInAnyDigitsWithBlanksAndTheUpstreams) {
  City city;
  const auto id = city->take("1");
  ASSERT_TRUE(eventually([&] { return city->is_told(id); }));
  const auto own = city->request(id).at("/tracking_code");
  const auto upstream = city->request(id).at("/registration/code");
  for (const auto& code :
       {own, persian_digits(own), own.substr(0, 3) + " " + own.substr(3, 3) + " " + own.substr(6),
        persian_digits(own.substr(0, 3) + "-" + own.substr(3, 3) + "-" + own.substr(6)), upstream, persian_digits(upstream)}) {
    const auto found = city->get("/v1/track/" + percent_encoded(code));
    EXPECT_EQ(found.status, 200) << code;
    EXPECT_EQ(found.at("/requests/0/tracking_code"), own) << code;
    EXPECT_EQ(found.at("/requests/0/registered/code"), upstream) << code;
    for (const auto* const personal : {"نمونه", "9130001234", "چاله"}) EXPECT_THAT(found.body, Not(HasSubstr(personal)));
  }
  auto wrong = own;
  wrong.back() = wrong.back() == '9' ? '0' : static_cast<char>(wrong.back() + 1);
  EXPECT_EQ(city->get("/v1/track/" + wrong).at("/code"), "unknown_code");
}

TEST(Tracking, HasAScopeAndARateOfItsOwn) {
  City city({.gateway = {.replace = {{"file = \"keys.json\"", "file = \"keys.json\"\ntrack_rate = 3"}}}, .start = false});
  const auto tracker = city->key_with("web", {"track"});
  const auto reader = city->key_with("reader", {"read", "intake"});
  city->start();
  const auto track = [&](const std::string& key) {
    return call(city->api_port(), "GET", "/v1/track/1234567890", "", {{"Authorization", "Bearer " + key}});
  };
  EXPECT_EQ(track(reader).at("/code"), "missing_scope");
  EXPECT_EQ(call(city->api_port(), "GET", "/v1/requests", "", {{"Authorization", "Bearer " + tracker}}).at("/code"), "missing_scope");
  EXPECT_EQ(track(tracker).at("/code"), "unknown_code");
  Reply limited;
  EXPECT_TRUE(eventually([&] { return (limited = track(tracker)).status == 429; }));
  EXPECT_EQ(limited.at("/code"), "rate_limited");
  EXPECT_NE(limited.header("retry-after"), "");
  EXPECT_EQ(call(city->api_port(), "GET", "/v1/requests", "", {{"Authorization", "Bearer " + reader}}).status, 200);
}

}  // namespace
}  // namespace salam::test
