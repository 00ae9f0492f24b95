#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/upstream/open311.h"
#include "tests/unit/upstream/support.h"

namespace salam::upstream {
namespace {

using testing::HasSubstr;

std::shared_ptr<const Protocol> open311(Open311Settings settings = {}) {
  return make_open311(std::move(settings), std::make_shared<ServiceCatalogue>(std::map<std::string, std::string>{}, "other"));
}

std::string item(const std::string& id, const std::string& code) {
  return R"({"service_request_id":")" + id + R"(","attributes":{"external_id":")" + code + R"("}})";
}

Open311Settings looking(LookupKind kind, std::size_t page_size = 2, std::size_t max_pages = 3) {
  Open311Settings settings;
  settings.lookup.kind = kind;
  settings.lookup.page_size = page_size;
  settings.lookup.max_pages = max_pages;
  return settings;
}

/// Feeds one page after the other; the outcome's name, or `more` where the lookup wants another page.
std::string_view fed(Lookup& lookup, const std::vector<std::string>& pages) {
  for (const auto& page : pages) {
    if (const auto answer = lookup.feed(reply(200, page))) return &page == &pages.back() ? name_of(answer->outcome) : "early";
  }
  return "more";
}

std::string_view searched(const std::vector<std::string>& pages, const Open311Settings& settings = looking(LookupKind::attribute),
                          const Request& request = sample_request()) {
  return fed(*open311(settings)->look_up(request), pages);
}

TEST(Open311Lookup, FiltersByTheAttributePageByPage) {
  const auto lookup = open311(looking(LookupKind::attribute))->look_up(sample_request());
  const auto start = "/requests.json?attribute%5Bexternal_id%5D=" + sample_code.digits() + "&start_date=2026-11-23T15%3A00%3A00Z";
  EXPECT_EQ(lookup->request().target, start + "&page=1&page_size=2");
  EXPECT_EQ(lookup->feed(reply(200, "[" + item("1", "x") + "," + item("2", "x") + "]")), std::nullopt);
  EXPECT_EQ(lookup->request().target, start + "&page=2&page_size=2");
}

TEST(Open311Lookup, AsksForAsManyAsTheFirstPageHeldSoThatNoneIsSkipped) {
  const auto lookup = open311(looking(LookupKind::scan, 50))->look_up(sample_request());
  EXPECT_EQ(lookup->feed(reply(200, "[" + item("1", "x") + "," + item("2", "x") + "," + item("3", "x") + "]")), std::nullopt);
  EXPECT_THAT(lookup->request().target, HasSubstr("&page=2&page_size=3"));
  EXPECT_EQ(lookup->feed(reply(200, "[" + item("4", "x") + "]")), std::nullopt);
  EXPECT_THAT(lookup->request().target, HasSubstr("&page=3&page_size=3"));
}

TEST(Open311Lookup, ScansWithoutAFilter) {
  EXPECT_EQ(open311(looking(LookupKind::scan))->look_up(sample_request())->request().target,
            "/requests.json?start_date=2026-11-23T15%3A00%3A00Z&page=1&page_size=2");
}

TEST(Open311Lookup, BelievesAHitOnlyWhereTheItemCarriesOurCode) {
  const auto ours = sample_code.digits();
  const auto mine = "[" + item("1", other_code.digits()) + "," + item("2", ours) + "]";
  auto lookup = open311()->look_up(sample_request());
  EXPECT_EQ(std::get<outcome::Found>(lookup->feed(reply(200, mine))->outcome).code, "2");

  EXPECT_EQ(searched({R"([{"service_request_id":"3","description":"چاله کد پيگيري: )" + ours + "\"}]"}), "found");
  EXPECT_EQ(searched({R"([{"service_request_id":"3","external_id":)" + ours + "}]"}), "found");
  EXPECT_EQ(searched({R"([{"service_request_id":"3","description":"کد پیگیری: )" + ours + " و دیگر هیچ\"}]"}), "more");
  EXPECT_EQ(searched({R"([{"service_request_id":")" + ours + "\"}]"}), "more");
}

TEST(Open311Lookup, WaitsWhereTheItemHasNoIdSoFar) { EXPECT_EQ(searched({"[" + item("0", sample_code.digits()) + "]"}), "try_later"); }

TEST(Open311Lookup, BelievesAbsentOnlyAfterAnEmptyPage) {
  EXPECT_EQ(searched({"[]"}), "absent");
  EXPECT_EQ(searched({R"({"service_requests":[]})"}), "absent");
  EXPECT_EQ(searched({"[" + item("1", "x") + "," + item("2", "x") + "]", "[" + item("3", "x") + "]"}), "more");
  EXPECT_EQ(searched({"[" + item("1", "x") + "," + item("2", "x") + "]", "[" + item("3", "x") + "]", "[]"}), "absent");
  EXPECT_EQ(searched({"[" + item("1", "x") + "]", "[" + item("2", sample_code.digits()) + "]"}), "found");
}

TEST(Open311Lookup, NeverCallsAbsentWhatWasNotReadToTheEnd) {
  const auto one = "[" + item("1", "x") + "]";
  const auto two = "[" + item("2", "x") + "]";
  EXPECT_EQ(searched({one, one}), "unclear");
  EXPECT_EQ(searched({one, two, one}), "unclear");
  EXPECT_EQ(searched({one, two, "[" + item("3", "x") + "]"}), "unclear");
  EXPECT_EQ(searched({one}, looking(LookupKind::attribute, 0)), "unclear");
  EXPECT_EQ(searched({"[]"}, looking(LookupKind::attribute, 0)), "absent");

  auto old = sample_request();
  old.registration.intent_at = old.received_at + std::chrono::days(86);
  EXPECT_EQ(searched({"[]"}, looking(LookupKind::attribute), old), "unclear");
}

TEST(Open311Lookup, TriesAgainWhereAPageCannotBeRead) {
  for (const auto* const body :
       {"", "<html>", "[{\"service_request_id\":", "null", "{}", "[1]", "[{\"code\":500,\"description\":\"x\"}]"}) {
    EXPECT_EQ(searched({body}), "try_later") << body;
  }
  const auto outcome = [](int status) { return name_of(open311()->look_up(sample_request())->feed(reply(status, "[]"))->outcome); };
  EXPECT_EQ(outcome(500), "try_later");
  EXPECT_EQ(outcome(429), "try_later");
  EXPECT_EQ(outcome(403), "misconfigured");
  EXPECT_EQ(outcome(404), "unclear");
  EXPECT_EQ(outcome(302), "unclear");
}

TEST(Open311Lookup, IsNotThereWhereSwitchedOff) { EXPECT_FALSE(open311(looking(LookupKind::none))->has_lookup()); }

// --- servers as they should not be -----------------------------------------------------------------------------------

constexpr auto received = [] { return sample_request().received_at; };

/// Registrations of a city, newest first, one a minute, and how its server lists them.
struct Server {
  std::size_t count = 120;
  std::optional<std::size_t> ours;  ///< Which of them is ours.
  bool filters = true;
  bool pages = true;
  bool keeps_dates = true;
  std::size_t most_in_a_page = 1000;
  std::size_t most = 1'000'000;          ///< Where its lists are cut.
  std::chrono::minutes newest_after{5};  ///< After the request came in.

  [[nodiscard]] std::string list(const std::string& target) const {
    std::vector<std::string> shown;
    for (std::size_t i = 0; i < count && shown.size() < most; ++i) {
      const auto at = received() + newest_after - std::chrono::minutes(i);
      if (filters && target.find("attribute") != std::string::npos && i != ours) continue;
      if (keeps_dates && at < received() - std::chrono::days(1)) continue;
      shown.push_back(entry(i, at));
    }
    const auto size = std::min(pages ? number(target, "page_size=") : most_in_a_page, most_in_a_page);
    const auto first = pages ? (number(target, "&page=") - 1) * size : 0;
    std::string body;
    for (auto i = first; i < std::min(first + size, shown.size()); ++i) body += (body.empty() ? "" : ",") + shown[i];
    return "[" + body + "]";
  }

 private:
  [[nodiscard]] std::string entry(std::size_t i, Timestamp at) const {
    return R"({"service_request_id":")" + std::to_string(1000 + i) + R"(","requested_datetime":")" + to_rfc3339(at) +
           R"(","external_id":")" + (i == ours ? sample_code : other_code).digits() + "\"}";
  }
  static std::size_t number(const std::string& target, const std::string& name) {
    return std::stoul(target.substr(target.find(name) + name.size()));
  }
};

std::string_view asked(const Server& server, LookupKind kind) {
  const auto lookup = open311(looking(kind, 50, 40))->look_up(sample_request());
  for (int calls = 0; calls < 100; ++calls) {
    if (const auto answer = lookup->feed(reply(200, server.list(lookup->request().target)))) return name_of(answer->outcome);
  }
  return "endless";
}

class Open311BadServer : public testing::TestWithParam<LookupKind> {};
INSTANTIATE_TEST_SUITE_P(, Open311BadServer, testing::Values(LookupKind::attribute, LookupKind::scan),
                         [](const auto& info) { return info.param == LookupKind::scan ? "Scan" : "Attribute"; });

TEST_P(Open311BadServer, AGoodOneIsBelieved) {
  EXPECT_EQ(asked({}, GetParam()), "absent");
  EXPECT_EQ(asked({.ours = 0}, GetParam()), "found");
  EXPECT_EQ(asked({.ours = 119}, GetParam()), "found");
}

TEST_P(Open311BadServer, ThatIgnoresTheFilterIsReadThrough) {
  EXPECT_EQ(asked({.filters = false}, GetParam()), "absent");
  EXPECT_EQ(asked({.ours = 119, .filters = false}, GetParam()), "found");
}

TEST_P(Open311BadServer, WithMoreThanMaxPagesIsNotBelieved) {
  EXPECT_EQ(asked({.count = 2001, .filters = false, .keeps_dates = false}, GetParam()), "unclear");
}

TEST_P(Open311BadServer, ThatGivesSmallerPagesThanAskedForSkipsNothing) {
  EXPECT_EQ(asked({.filters = false, .most_in_a_page = 7}, GetParam()), "absent");
  for (std::size_t ours = 0; ours < 120; ++ours) {
    EXPECT_EQ(asked({.ours = ours, .filters = false, .most_in_a_page = 7}, GetParam()), "found") << ours;
  }
}

TEST_P(Open311BadServer, ThatGivesTheSamePageForEverIsNotBelieved) {
  EXPECT_EQ(asked({.filters = false, .pages = false, .most_in_a_page = 50}, GetParam()), "unclear");
  EXPECT_EQ(asked({.filters = false, .pages = false}, GetParam()), "unclear") << "all at once may be all there is, or cut";
  EXPECT_EQ(asked({.ours = 10, .filters = false, .pages = false}, GetParam()), "found");
}

TEST_P(Open311BadServer, WhoseListIsCutAtARoundNumberIsNotBelieved) {
  EXPECT_EQ(asked({.count = 1500, .ours = 1200, .filters = false, .most = 1000}, GetParam()), "unclear");
  EXPECT_EQ(asked({.count = 150, .ours = 120, .filters = false, .most = 100}, GetParam()), "unclear");
}

TEST_P(Open311BadServer, ThatIgnoresDatesIsReadThrough) {
  EXPECT_EQ(asked({.count = 1950, .filters = false, .keeps_dates = false}, GetParam()), "absent");
}

TEST(Open311Lookup, BelievesAScanOnlyWhereItReachesBackBeforeTheRequest) {
  EXPECT_EQ(asked({.count = 10, .newest_after = std::chrono::minutes(60)}, LookupKind::scan), "unclear");
  EXPECT_EQ(asked({.count = 0}, LookupKind::scan), "unclear");
  EXPECT_EQ(asked({.count = 62, .newest_after = std::chrono::minutes(60)}, LookupKind::scan), "absent");
}

}  // namespace
}  // namespace salam::upstream
