#include <atomic>
#include <set>
#include <thread>

#include <spdlog/fmt/fmt.h>

#include "tests/integration/gateway.h"

namespace salam::test {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using Which = City::Which;

constexpr int restored_but_look = 3;
const std::string down = R"({"mode": "status", "status": 503, "on": "register"})";

std::string file_of(City& city) { return (city->folder() / "copy.db").string(); }
Gateway::Ran backup(City& city, std::vector<std::string> more = {}) {
  more.insert(more.begin(), {"backup", file_of(city)});
  return city->run(std::move(more));
}
Gateway::Ran restore(City& city) { return city->run({"restore", file_of(city)}); }

std::string mobile(int number) { return fmt::format("0913000{:04}", number + 10); }
std::string form_of(int number, std::string_view more = "") {
  return Gateway::form(std::to_string(number), fmt::format(R"({}"citizen": {{"mobile": "{}"}})", more, mobile(number)));
}

bool all_told(City& city, const std::vector<std::string>& ids) {
  return eventually([&] { return std::all_of(ids.begin(), ids.end(), [&](const auto& id) { return city->is_told(id); }); });
}

TEST(Backup, IsMadeUnderLoadAndPassesTheAudit) {
  City city;
  std::atomic<bool> stop = false;
  std::atomic<int> taken = 0;
  std::thread app([&] {
    for (int number = 0; !stop; ++number) {
      if (city->post("/v1/requests", form_of(number)).status == 202) ++taken;
    }
  });
  EXPECT_TRUE(eventually([&] { return taken >= 20; }));
  const auto made = backup(city);
  const int before = taken;
  EXPECT_TRUE(eventually([&] { return taken >= before + 20; })) << "intake goes on";
  stop = true;
  app.join();
  EXPECT_EQ(made.code, 0) << made.output;
  EXPECT_THAT(made.output, ContainsRegex("backup .*copy.db: [0-9]+ bytes, taken 20"));
  EXPECT_THAT(made.output, HasSubstr(city->query("SELECT value FROM meta WHERE name = 'incarnation'")));
  EXPECT_THAT(made.output, ContainsRegex("1 meetings, [1-9][0-9]+ requests .*last event [1-9]"));

  EXPECT_EQ(backup(city).code, 1) << "a backup is not overwritten unless told";
  EXPECT_EQ(restore(city).code, 1) << "a running gateway is not restored under its feet";
  const auto incarnation = city->query("SELECT value FROM meta WHERE name = 'incarnation'");
  city->kill();
  const auto restored = restore(city);
  EXPECT_EQ(restored.code, restored_but_look) << restored.output;
  EXPECT_THAT(restored.output, HasSubstr("NOT ASKED for requests that came after the backup: the topic: kafka.brokers is not set"));
  EXPECT_THAT(restored.output, ContainsRegex("the replaced database stands at .*salam.db.replaced-20"));
  EXPECT_NE(city->query("SELECT value FROM meta WHERE name = 'incarnation'"), incarnation);
  EXPECT_EQ(city->audit(), 0);
}

TEST(Restore, RefusesADamagedBackupAndLeavesTheStore) {
  City city;
  city->take("1");
  ASSERT_EQ(backup(city).code, 0);
  const auto whole = city->folder().read("copy.db");
  city->folder().write("copy.db", whole.substr(0, whole.size() / 2));
  EXPECT_EQ(city->stop(), 0);
  const auto refused = restore(city);
  EXPECT_EQ(refused.code, 1);
  EXPECT_THAT(refused.output, HasSubstr("copy.db cannot be used"));
  city->start();
  EXPECT_EQ(city->operations("/health").at("/counts/requests"), "1");
}

/// Every request waited in 137's line when the backup was taken, and was registered and texted afterwards.
TEST(Restore, RegistersNothingTwiceAndTakesNoOldTextForANewOne) {
  City city;
  std::vector<std::string> ids{city->take_in(form_of(0))};
  ASSERT_TRUE(all_told(city, ids));
  city.fault(Which::system137, down);
  for (int number = 1; number <= 10; ++number) ids.push_back(city->take_in(form_of(number)));
  for (int number = 11; number <= 15; ++number) ids.push_back(city->take_in(form_of(number, R"("category": "other_bodies", )")));
  ASSERT_EQ(backup(city).code, 0);
  city.heal(Which::system137);
  ASSERT_TRUE(all_told(city, ids));
  const auto texts_before = city.ledger(Which::sms).each("/texts", "/localid");
  city->kill();
  ASSERT_EQ(restore(city).code, restored_but_look);
  city->start();
  EXPECT_EQ(city->operations("/health").at("/counts/told"), "1");
  EXPECT_TRUE(all_told(city, ids)) << city->get("/v1/attention").body;
  for (const auto which : {Which::system137, Which::service_desk}) {
    EXPECT_EQ(city.ledger(which).count("/duplicates"), 0U) << city.ledger(which).body;
  }
  for (std::size_t number = 0; number < ids.size(); ++number) {
    const auto request = city->request(ids[number]);
    const auto which = number > 10 ? Which::service_desk : Which::system137;
    EXPECT_EQ(request.at("/registration/code"), city.registered(which, ids[number]).code) << request.body;
    EXPECT_EQ(request.count("/attention"), 0U) << request.body;
  }
  // Each citizen has been texted the same code again, under an id that the provider had not seen.
  const auto ledger = city.ledger(Which::sms);
  const auto texts = ledger.each("/texts", "/localid");
  EXPECT_EQ(texts.size(), texts_before.size() + 15);
  EXPECT_EQ(std::set<std::string>(texts.begin(), texts.end()).size(), texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) EXPECT_EQ(ledger.at(fmt::format("/texts/{}/sent", i)), "1");
  EXPECT_EQ(city->audit(), 0);
}

TEST(Restore, SendsATextThatWaitedInTheBackupOnlyOnce) {
  City city;
  city.fault(Which::sms, R"({"mode": "status", "status": 409, "on": "send"})");
  const auto id = city->take_in(form_of(1));
  ASSERT_TRUE(eventually([&] { return city->request(id).at("/messages/0/state") == "queued"; }));
  ASSERT_EQ(backup(city).code, 0);
  city.heal(Which::sms);
  ASSERT_TRUE(all_told(city, {id}));
  city->kill();
  ASSERT_EQ(restore(city).code, restored_but_look);
  city->start();
  ASSERT_TRUE(all_told(city, {id}));
  EXPECT_EQ(city.texts(mobile(1)).size(), 1U) << city.ledger(Which::sms).body;
}

TEST(Restore, GivesToAPersonWhatNoLookupCanFind) {
  City city({.gateway = {.replace = {{R"(settle_after = "300ms")", ""}}}});
  city.fault(Which::system137, down);
  const auto id = city->take_in(form_of(1));
  ASSERT_EQ(backup(city).code, 0);
  city.heal(Which::system137);
  ASSERT_TRUE(all_told(city, {id}));
  city->kill();
  ASSERT_EQ(restore(city).code, restored_but_look);
  city->start();
  ASSERT_TRUE(eventually([&] { return testing::Value(city->attention(id), testing::ElementsAre("uncertain")); })) << city->request(id).body;
  EXPECT_EQ(city.registered(Which::system137, id).times, 1);
  EXPECT_EQ(city->audit(), 0);
}

}  // namespace
}  // namespace salam::test
