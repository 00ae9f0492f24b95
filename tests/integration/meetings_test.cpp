#include <csignal>

#include <spdlog/fmt/fmt.h>

#include "gateway/domain/time.h"
#include "tests/integration/gateway.h"

namespace salam::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

Date today() { return tehran_date(std::chrono::floor<Milliseconds>(std::chrono::system_clock::now())); }
Date days_from_today(int days) { return std::chrono::sys_days(today()) + std::chrono::days(days); }

void put(const City& city, std::string_view id, Date date, std::string_view more = "") {
  const auto reply = city->put(fmt::format("/v1/meetings/{}", id),
                               fmt::format(R"({{"region": "3", "mosque": "مسجد جامع", "date": "{}"{}}})", to_string(date), more));
  EXPECT_LT(reply.status, 300) << reply.body;
}

std::vector<std::string> events(const City& city, std::string_view of) {
  const auto reply = city->get("/v1/events?page_size=1000");
  std::vector<std::string> found;
  for (std::size_t i = 0; i < reply.count("/events"); ++i) {
    const auto at = fmt::format("/events/{}", i);
    if (reply.at(at + "/subject") != of) continue;
    found.push_back(reply.at(at + "/id") + ' ' + reply.at(at + "/type").substr(std::string_view("ir.isfahan.mardomsalam.").size()) + ' ' +
                    reply.at(at + "/data/what"));
  }
  return found;
}

TEST(MeetingDeadlines, ThatPassedAreMissedAtOnceAndOnlyOnce) {
  City city;
  put(city, "past", days_from_today(-9));
  const std::vector<std::string> missed{"past:1 deadline.missed.v1 registered", "past:2 deadline.missed.v1 sorted",
                                        "past:3 deadline.missed.v1 letter_sent"};
  EXPECT_TRUE(eventually([&] { return events(city, "past").size() >= missed.size(); }));
  EXPECT_EQ(city->stop(), 0);
  city->start();
  put(city, "now", today());
  EXPECT_TRUE(eventually([&] { return !events(city, "now").empty(); }));
  EXPECT_THAT(events(city, "now"), ElementsAre("now:1 deadline.approaching.v1 registered"));
  EXPECT_EQ(events(city, "past"), missed);
  EXPECT_EQ(city->audit(), 0);
}

TEST(MeetingDeadlines, AreMetByTheFirstWhoSaysSoAlsoAfterAKill) {
  City city;
  put(city, "past", days_from_today(-9), R"(, "manager": "رضا کریمی")");
  const std::string path = "/v1/meetings/past/deadlines/letter_sent/met";
  const auto first = city->post(path, R"({"by": "زهرا", "note": "نامهٔ ۱۲۳"})");
  EXPECT_EQ(first.status, 200) << first.body;
  EXPECT_EQ(first.at("/late"), "true");
  city->kill();
  city->start();
  EXPECT_EQ(city->post(path, R"({"by": "زهرا", "note": "نامهٔ ۱۲۳"})").header("idempotent-replayed"), "true");
  const auto second = city->post(path, R"({"by": "مریم"})", {{"Accept-Language", "fa"}});
  EXPECT_EQ(second.status, 409);
  EXPECT_EQ(second.at("/met_by"), "زهرا");
  EXPECT_EQ(second.at("/met_at"), first.at("/met_at"));
  EXPECT_EQ(second.at("/title"), "این کار پیش‌تر ثبت شده است");
  EXPECT_EQ(city->get("/v1/meetings/past").at("/deadlines/2/met_by"), "زهرا");
  EXPECT_THAT(events(city, "past"), Contains(HasSubstr("meeting.deadline_met.v1 letter_sent")));
  EXPECT_EQ(city->get("/v1/deadlines?state=missed&officer=رضا%20کریمی").each("/deadlines", "/step"), std::vector<std::string>{"sorted"});
}

TEST(MeetingDeadlines, ShowInTheMetrics) {
  City city;
  put(city, "past", days_from_today(-9));
  const auto shows = [&](std::string_view line) { return city->operations("/metrics").body.find(line) != std::string::npos; };
  EXPECT_TRUE(eventually([&] { return shows(R"(salam_meeting_deadlines_missed_total{step="sorted"} 1)"); }));
  EXPECT_TRUE(shows(R"(salam_meeting_deadlines{state="missed",step="sorted"} 1)") ||
              shows(R"(salam_meeting_deadlines{step="sorted",state="missed"} 1)"));
  EXPECT_TRUE(shows(R"(salam_meeting_deadlines_missed_total{step="results_shown"} 0)"));
}

TEST(DaysOff, AreReadAnewAndMoveDeadlines) {
  City city({.gateway = {.more = "[calendar]\ncount = \"working_days\"\nweekend = []\ndays_off = \"days_off.txt\"\n"}, .start = false});
  city->folder().write("days_off.txt", "1405/01/01  # نوروز\n");
  city->start();
  put(city, "coming", days_from_today(10));
  const auto last_day = [&] { return city->get("/v1/meetings/coming").at("/deadlines/0/due_jalali"); };
  EXPECT_EQ(last_day(), jalali_date(days_from_today(11)));
  city->folder().write("days_off.txt", jalali_date(days_from_today(11)) + "\n" + to_string(days_from_today(12)));
  city->signal(SIGHUP);
  EXPECT_TRUE(eventually([&] { return last_day() == jalali_date(days_from_today(13)); })) << last_day();

  city->folder().write("days_off.txt", "1405/13/01\n");
  city->signal(SIGHUP);
  EXPECT_TRUE(eventually([&] { return city->log().find("days off kept as they were") != std::string::npos; }));
  EXPECT_THAT(city->log(), HasSubstr("days_off.txt:1: `1405/13/01` is no day"));
  EXPECT_EQ(last_day(), jalali_date(days_from_today(13)));
  put(city, "later", days_from_today(11));
  EXPECT_EQ(city->get("/v1/meetings/later").at("/deadlines/0/due_jalali"), jalali_date(days_from_today(13)));
  const auto checked = city->run({"check-config"});
  EXPECT_EQ(checked.code, 2);
  EXPECT_THAT(checked.output, HasSubstr("calendar.days_off"));
}

}  // namespace
}  // namespace salam::test
