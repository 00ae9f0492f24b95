#include <csignal>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include "tests/integration/gateway.h"

namespace salam::test {
namespace {

using testing::AnyOf;
using testing::HasSubstr;
using Which = City::Which;

/// A gateway whose disk can be broken from outside while it runs.
class BrokenDisk : public testing::Test {
 protected:
  BrokenDisk() : city_({.stand_ins = {.kafka = true}, .start = false}) {
    setenv("BROKEN_DISK", (city_->folder() / "broken").c_str(), 1);
    start();
    city_->announce_meeting();
  }
  ~BrokenDisk() override { unsetenv("BROKEN_DISK"); }

  void start() {
    setenv("LD_PRELOAD", SALAM_BROKEN_DISK_LIBRARY, 1);
    try {
      city_->start();
    } catch (const std::runtime_error& failed) {
      unsetenv("LD_PRELOAD");
      throw;
    }
    unsetenv("LD_PRELOAD");
  }
  void break_it(std::string_view how) { city_->folder().write("broken", how); }
  void mend() { std::filesystem::remove(city_->folder() / "broken"); }
  /// The status of the answer; 0 where none came.
  int post(const std::string& form) {
    try {
      return city_->post("/v1/requests", Gateway::form(form)).status;
    } catch (const std::exception&) {
      return 0;
    }
  }

  /// So many requests stand once in 137, each was told, its events stand in their order and are published, and the audit passes.
  void expect_all_settled(int requests) {
    const auto number = std::to_string(requests);
    EXPECT_TRUE(eventually([&] { return city_->operations("/health").at("/counts/told") == number; })) << city_->operations("/health").body;
    const auto in_137 = city_.ledger(Which::system137, true);
    EXPECT_EQ(in_137.at("/count"), number);
    EXPECT_EQ(in_137.at("/distinct_external_ids"), number);
    EXPECT_EQ(city_->query("SELECT count(*) FROM events a JOIN events b ON a.request = b.request AND a.sequence < b.sequence "
                           "WHERE a.position > b.position"),
              "0");
    EXPECT_TRUE(eventually([&] {
      return city_->query("SELECT (SELECT value FROM meta WHERE name = 'published') = (SELECT max(position) FROM events)") == "1";
    }));
    EXPECT_EQ(city_->audit(), 0);
  }

  City city_;
};

TEST_F(BrokenDisk, ThatIsFullTakesNothingAndGoesOnWithAllOfItOnceThereIsRoom) {
  city_.fault(Which::system137, R"({"mode": "slow", "ms": 400})");
  city_->take("1");
  ASSERT_TRUE(eventually([&] { return city_.ledger(Which::system137, true).at("/count") == "1"; }));
  break_it("full");
  for (const auto* form : {"2", "3", "4"}) {
    const auto reply = city_->post("/v1/requests", Gateway::form(form));
    EXPECT_EQ(reply.status, 507);
    EXPECT_EQ(reply.at("/code"), "storage_full");
  }
  EXPECT_EQ(city_->operations("/livez").status, 200);
  mend();
  city_.heal(Which::system137);
  for (const auto* form : {"2", "3", "4"}) EXPECT_EQ(post(form), 202);
  expect_all_settled(4);
  EXPECT_EQ(city_->stop(), 0);
}

TEST_F(BrokenDisk, TakesNoAttachmentAndLosesNoneOnceItIsMended) {
  city_->take("1");
  ASSERT_TRUE(eventually([&] { return city_->operations("/health").at("/counts/told") == "1"; }));
  const auto id = city_->get("/v1/requests").at("/requests/0/id");
  const auto send = [&] {
    const auto answer = WireClient(city_->api_port())
                            .ask("POST /v1/requests/" + id + "/attachments HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer " + city_->key() +
                                 "\r\nContent-Type: application/pdf\r\nContent-Length: 8\r\n\r\n%PDF-1.7");
    return read_reply(answer.status, answer.body);
  };
  break_it("full");
  EXPECT_EQ(send().at("/code"), "storage_full");
  break_it("unsynced");
  const auto refused = send();
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.at("/code"), "storage_unavailable");
  EXPECT_EQ(city_->get("/v1/requests/" + id + "/attachments").count("/attachments"), 0U);
  mend();
  EXPECT_EQ(send().status, 201);
  expect_all_settled(1);
}

TEST_F(BrokenDisk, ThatFailsToSyncEndsTheGatewayWithoutAnAnswerAndTheNextStartRecovers) {
  for (const auto* form : {"1", "2"}) city_->take(form);
  break_it("unsynced");
  EXPECT_EQ(post("3"), 0);
  constexpr int aborted = 128 + SIGABRT;
  EXPECT_EQ(city_->await_end(), aborted);
  EXPECT_THAT(city_->log(), HasSubstr("the database cannot be written"));

  EXPECT_THROW(start(), std::runtime_error) << "it must not listen on a disk that does not sync";
  EXPECT_THAT(city_->log(), HasSubstr("cannot be used"));

  mend();
  start();
  EXPECT_THAT(post("3"), AnyOf(200, 202)) << "unanswered, it may have been stored or not";
  EXPECT_EQ(post("4"), 202);
  expect_all_settled(4);
}

TEST(DamagedDatabase, IsRefusedWithTheWayToRestoreItAndThatWayWorks) {
  City city;
  for (int form = 0; form < 20; ++form) city->take(std::to_string(form));
  ASSERT_TRUE(eventually([&] { return city->operations("/health").at("/counts/told") == "20"; }));
  const auto backup = (city->folder() / "backup.db").string();
  EXPECT_EQ(city->run({"backup", backup}).code, 0);
  EXPECT_EQ(city->stop(), 0);
  const auto database = city->folder() / "salam.db";
  {
    constexpr std::streamoff page = 8192;
    std::fstream file(database, std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(12 * page) << std::string(3 * page, '\xa5');
  }
  EXPECT_THROW(city->start(), std::runtime_error);
  EXPECT_EQ(city->await_end(), 1);
  EXPECT_THAT(city->log(), HasSubstr("`salam-gateway restore FILE` with the last backup"));
  EXPECT_NE(city->audit(), 0);

  constexpr int restored_but_look = 3;
  EXPECT_EQ(city->run({"restore", backup}).code, restored_but_look);
  city->start();
  city->take("after");
  EXPECT_TRUE(eventually([&] { return city->operations("/health").at("/counts/told") == "21"; }));
  EXPECT_EQ(city->audit(), 0);
}

}  // namespace
}  // namespace salam::test
