#include <algorithm>
#include <fstream>
#include <set>

#include <spdlog/fmt/fmt.h>

#include "tests/integration/gateway.h"

namespace salam::test {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using Which = City::Which;

constexpr const char* path = "/v1/meetings/m/invitation";
constexpr int applicants = 130;

std::string mobile(int number) { return fmt::format("0913{:07}", 1'001'100 + number); }
std::string form_of(int number, const std::string& mobile) {
  return Gateway::form(std::to_string(number), R"("citizen": {"name": "نمونه", "mobile": ")" + mobile + "\"}");
}
std::string draft(std::string_view text = "بیایید به {mosque}، {date}، {time}") {
  return fmt::format(R"({{"date": "{}", "time": "18:30", "place": "مسجد صفا", "text": "{}", "by": "زهرا احمدی"}})", day(30), text);
}
Reply approve(City& city, const std::string& tag) {
  static int keys = 0;
  return city->post(fmt::format("{}/approve", path), R"({"by": "رضا کریمی"})",
                    {{"If-Match", tag}, {"Idempotency-Key", fmt::format("approval-{}", ++keys)}, {"Accept-Language", "fa"}});
}
void take_in_many(City& city) {
  std::string forms;
  for (int number = 0; number < applicants; ++number) forms += (number == 0 ? "" : ",") + form_of(number, mobile(number));
  ASSERT_THAT(city->post("/v1/requests/batch", R"({"requests": [)" + forms + "]}").each("/results", "/status"), testing::Each("202"));
}
/// To whom the invitation went, as often as it did.
std::multiset<std::string> invited(City& city) {
  const auto ledger = city.ledger(Which::sms);
  std::multiset<std::string> receivers;
  for (std::size_t i = 0; i < ledger.count("/texts"); ++i) {
    const auto entry = fmt::format("/texts/{}", i);
    if (ledger.at(entry + "/text").find("مسجد صفا") != std::string::npos) receivers.insert(ledger.at(entry + "/receptor"));
  }
  return receivers;
}
bool all_delivered(City& city, int count) {
  return eventually([&] { return city->get(path).at("/messages/delivered") == std::to_string(count); });
}

TEST(Invitation, GoesOnceToEachNumberAndIsCounted) {
  City city;
  city->take_in(form_of(1, mobile(1)));
  city->take_in(form_of(2, mobile(1)));
  city->take_in(form_of(3, mobile(3)));
  city->take_in(form_of(4, "031-3344556"));
  const auto withdrawn = city->take_in(form_of(5, mobile(5)));
  ASSERT_TRUE(eventually([&] { return city->state(withdrawn) == "registered"; }));
  ASSERT_EQ(city->act(withdrawn, "withdraw", R"({"by": "زهرا", "reason": "برطرف شد"})").status, 200);
  const auto shown = city->put(path, draft());
  EXPECT_EQ(shown.at("/to_invite") + " " + shown.at("/without_number"), "2 1") << shown.body;
  EXPECT_EQ(invited(city).size(), 0U) << "nobody approved it";
  const auto approved = approve(city, shown.header("etag"));
  ASSERT_EQ(approved.status, 200) << approved.body;
  ASSERT_TRUE(all_delivered(city, 2)) << city->get(path).body;
  EXPECT_THAT(invited(city), testing::ElementsAre(mobile(1), mobile(3)));

  const auto again = approve(city, shown.header("etag"));
  EXPECT_EQ(again.at("/code"), "nobody_to_invite");
  EXPECT_EQ(again.at("/title"), "کسی برای دعوت نمانده است");
  city->take_in(form_of(6, mobile(6)));
  city->take_in(form_of(7, mobile(3)));
  const auto changed = city->put(path, draft("باز هم بیایید به {mosque}، {date}"));
  EXPECT_EQ(approve(city, shown.header("etag")).status, 412);
  ASSERT_EQ(approve(city, changed.header("etag")).status, 200);
  ASSERT_TRUE(all_delivered(city, 3)) << city->get(path).body;
  EXPECT_THAT(invited(city), testing::ElementsAre(mobile(1), mobile(3), mobile(6)));
  EXPECT_EQ(city->get(path).at("/approved_by"), "رضا کریمی");
  EXPECT_EQ(city->audit(), 0);
}

TEST(Invitation, ThatFailsIsCountedAndRaisesNothing) {
  City city;
  const auto id = city->take_in(form_of(1, "09130000000"));
  ASSERT_TRUE(eventually([&] { return !city->attention(id).empty(); }));
  ASSERT_EQ(city->settle(id, R"({"action": "handed_over", "by": "زهرا احمدی"})").status, 200);
  ASSERT_EQ(approve(city, city->put(path, draft()).header("etag")).status, 200);
  EXPECT_TRUE(eventually([&] { return city->get(path).at("/messages/failed") == "1"; })) << city->get(path).body;
  EXPECT_THAT(city->attention(id), testing::IsEmpty());
}

class KilledWhileInviting : public testing::TestWithParam<int> {};

TEST_P(KilledWhileInviting, LosesAndDoublesNobody) {
  City city;
  take_in_many(city);
  ASSERT_EQ(approve(city, city->put(path, draft()).header("etag")).status, 200);
  ASSERT_TRUE(eventually([&] { return static_cast<int>(invited(city).size()) >= GetParam(); }));
  city->kill();
  city->start();
  ASSERT_TRUE(all_delivered(city, applicants)) << city->get(path).body;
  const auto receivers = invited(city);
  EXPECT_EQ(receivers.size(), static_cast<std::size_t>(applicants));
  EXPECT_EQ(std::set<std::string>(receivers.begin(), receivers.end()).size(), receivers.size());
  EXPECT_EQ(approve(city, "\"1\"").at("/code"), "nobody_to_invite");
  EXPECT_EQ(city->audit(), 0);
}

INSTANTIATE_TEST_SUITE_P(After, KilledWhileInviting, testing::Values(0, 1, applicants / 2));

TEST(InviteCommand, ShowsWhatItWouldSendAndSendsOnlyWhenToldTo) {
  City city;
  city->take_in(form_of(1, mobile(1)));
  city->folder().write("key", city->key());
  const auto invite = [&](std::vector<std::string> more) {
    std::vector<std::string> words{"invite",
                                   "--meeting",
                                   "m",
                                   "--date",
                                   day(30),
                                   "--time",
                                   "پس از نماز مغرب",
                                   "--place",
                                   "مسجد صفا",
                                   "--by",
                                   "رضا کریمی",
                                   "--api",
                                   fmt::format("http://127.0.0.1:{}", city->api_port()),
                                   "--key-file",
                                   (city->folder() / "key").string()};
    words.insert(words.end(), more.begin(), more.end());
    return city->run(words);
  };
  const auto shown = invite({});
  EXPECT_EQ(shown.code, 0) << shown.output;
  EXPECT_THAT(shown.output,
              AllOf(HasSubstr("پس از نماز مغرب، در مسجد صفا"), HasSubstr("۱ شماره دعوت می‌شود"), HasSubstr("--approve")));
  EXPECT_EQ(city->get(path).at("/approved_by"), "(absent)");
  const auto sent = invite({"--approve"});
  EXPECT_EQ(sent.code, 0) << sent.output;
  EXPECT_THAT(sent.output, AllOf(HasSubstr("به نام رضا کریمی تأیید شد"), Not(HasSubstr("--approve"))));
  EXPECT_TRUE(all_delivered(city, 1));
  EXPECT_THAT(city.texts(mobile(1)), Contains(HasSubstr("مسجد صفا")));
  const auto again = invite({"--approve"});
  EXPECT_EQ(again.code, 1);
  EXPECT_THAT(again.output, HasSubstr("کسی برای دعوت نمانده است"));
  const auto wrong = invite({"--text", "{code}"});
  EXPECT_EQ(wrong.code, 1);
  EXPECT_THAT(wrong.output, HasSubstr("{mosque}, {region}, {date} and {time}"));
}

TEST(SmsPreview, ShowsTheInvitation) {
  City city({.gateway = {.more = "[sms.templates]\ninvitation = \"بیایید به {mosque}، {date}\"\n"}, .start = false});
  const auto preview = city->run({"sms", "preview"});
  EXPECT_EQ(preview.code, 0) << preview.output;
  EXPECT_THAT(preview.output, HasSubstr("invitation: 1 parts\nبیایید به مسجد"));
}

}  // namespace
}  // namespace salam::test
