#include <fstream>

#include "gateway/store/attachment_files.h"
#include "tests/simulation/forwarding_store.h"
#include "tests/unit/pipeline/driver_fixture.h"

namespace salam::pipeline {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// Reads no file before the test says so.
class SlowStore : public simulation::ForwardingStore {
 public:
  explicit SlowStore(std::unique_ptr<store::Store> store) : ForwardingStore(*store), store_(std::move(store)) {}

  std::vector<Attachment> attachments(RequestKey key) override {
    if (broken) throw std::runtime_error("a damaged page");
    return store_->attachments(key);
  }
  void read_file(const Attachment& file, const std::function<void(std::optional<std::string>)>& handler) override {
    if (!slow) return store_->read_file(file, handler);
    held.push_back(handler);
  }

  bool broken = false;
  bool slow = false;
  std::vector<std::function<void(std::optional<std::string>)>> held;

 private:
  std::unique_ptr<store::Store> store_;
};

class EnclosedFilesTest : public DriverTest {
 protected:
  EnclosedFilesTest() {
    executor_.forget_timers();
    driver_.reset();
    auto slow = std::make_unique<SlowStore>(std::move(store_));
    files_ = slow.get();
    store_ = std::move(slow);
    system137_.its_traits.takes_files = 1000;
    policy_.wait_for_attachments = minutes(1);
    start();
  }

  void lose(const std::string& content) {
    const auto digest = store::digest_of(content);
    std::filesystem::remove(folder_ / "salam.db.attachments" / digest.substr(0, 2) / digest.substr(2));
  }
  [[nodiscard]] std::vector<std::string> sent() const {
    std::vector<std::string> contents;
    for (const auto& file : system137_.files) contents.push_back(*file.content);
    return contents;
  }
  bool comes_to_be_registered(RequestKey key) {
    return eventually([&] { return registered(key); });
  }
  /// Of its last registration.
  std::string last_detail(RequestKey key) {
    std::string detail = "no attempt";
    for (const auto& attempt : store_->attempts(key, 100)) {
      if (attempt.action == "register") detail = attempt.detail;
    }
    return detail;
  }

  SlowStore* files_ = nullptr;
};

TEST_F(EnclosedFilesTest, GoAlongInTheirOrderAndLinksAreNone) {
  const auto key = take("1");
  attach(key, "first", "فرم.jpg");
  attach(key, "", "", "https://photos.example/1.jpg");
  attach(key, "second");
  ASSERT_TRUE(comes_to_be_registered(key));
  EXPECT_THAT(sent(), ElementsAre("first", "second"));
  EXPECT_EQ(system137_.files[0].name.reveal(), "فرم.jpg");
  EXPECT_EQ(system137_.files[0].media_type, "image/jpeg");
  EXPECT_EQ(system137_.files[1].name.reveal(), "attachment-2.jpg") << "some systems take no file without a name";
  EXPECT_EQ(last_detail(key), "2 of 2 files went along");
  EXPECT_THAT(request(key).files, IsEmpty());
}

TEST_F(EnclosedFilesTest, AreNotReadForASystemThatTakesNone) {
  system137_.its_traits.takes_files = 0;
  files_->slow = true;
  const auto key = take("1");
  attach(key, "first");
  ASSERT_TRUE(comes_to_be_registered(key));
  EXPECT_THAT(sent(), IsEmpty());
  EXPECT_THAT(files_->held, IsEmpty());
  EXPECT_EQ(last_detail(key), "");
}

TEST_F(EnclosedFilesTest, BeyondTheBytesOfOneCallStayBehind) {
  const auto key = take("1");
  attach(key, std::string(600, 'a'));
  attach(key, std::string(401, 'b'));
  attach(key, std::string(400, 'c'));
  ASSERT_TRUE(comes_to_be_registered(key));
  EXPECT_THAT(sent(), ElementsAre(std::string(600, 'a'), std::string(400, 'c')));
  EXPECT_EQ(last_detail(key), "2 of 3 files went along, 1 did not fit into max_file_bytes");
}

TEST_F(EnclosedFilesTest, AllTooBigHoldNothingUp) {
  const auto key = take("1");
  attach(key, std::string(1001, 'a'));
  ASSERT_TRUE(comes_to_be_registered(key));
  EXPECT_EQ(last_detail(key), "0 of 1 files went along, 1 did not fit into max_file_bytes");
}

TEST_F(EnclosedFilesTest, ThatAreMissingOrCutOffStayBehind) {
  const auto key = take("1");
  attach(key, "missing");
  attach(key, "there");
  attach(key, "cut off");
  lose("missing");
  const auto digest = store::digest_of("cut off");
  std::filesystem::resize_file(folder_ / "salam.db.attachments" / digest.substr(0, 2) / digest.substr(2), 3);
  ASSERT_TRUE(comes_to_be_registered(key));
  EXPECT_THAT(sent(), ElementsAre("there"));
  EXPECT_EQ(last_detail(key), "1 of 3 files went along, 2 could not be read in time");
}

TEST_F(EnclosedFilesTest, ThatTakeTooLongAreNotWaitedFor) {
  const auto key = take("1");
  attach(key, "slow");
  attach(key, "quick");
  files_->slow = true;
  while (driver_->status(Lane::system137).view.in_flight == 0) pass(milliseconds(500));
  ASSERT_TRUE(executor_.run_until([&] { return files_->held.size() == 2; }));
  files_->held[1]("quick");
  ASSERT_TRUE(executor_.run_until([&] { return !executor_.has_work(); }));
  EXPECT_THAT(system137_.submitted, IsEmpty()) << "it waits for the other one";
  executor_.pass(files_deadline);
  ASSERT_TRUE(comes_to_be_registered(key));
  EXPECT_THAT(sent(), ElementsAre("quick"));
  EXPECT_EQ(last_detail(key), "1 of 2 files went along, 1 could not be read in time");
  files_->held[0]("slow");
  ASSERT_TRUE(executor_.run_until([&] { return !executor_.has_work(); }));
  EXPECT_THAT(system137_.submitted, SizeIs(1)) << "what comes late does nothing";
}

TEST_F(EnclosedFilesTest, ThatTheStoreCannotNameHoldNothingUp) {
  const auto key = take("1");
  attach(key, "first");
  files_->broken = true;
  ASSERT_TRUE(comes_to_be_registered(key));
  EXPECT_THAT(sent(), IsEmpty());
  EXPECT_EQ(last_detail(key), "without its attachments, which the store cannot name");
}

TEST_F(EnclosedFilesTest, StayBehindOnceACallWithThemGotNoAnswer) {
  // Its registration proves the lookup.
  const auto former = take("former");
  system137_.finds_only = former;
  ASSERT_TRUE(comes_to_be_registered(former));
  system137_.submits = {outcome::Uncertain{"reset"}, outcome::Registered{"2"}};
  const auto key = take("1");
  attach(key, "first");
  ASSERT_TRUE(eventually([&] { return system137_.submitted.size() == 2; }));
  EXPECT_THAT(sent(), ElementsAre("first"));
  ASSERT_TRUE(comes_to_be_registered(key));
  EXPECT_THAT(system137_.submitted, ElementsAre(former, key, key));
  EXPECT_THAT(sent(), IsEmpty());
  EXPECT_EQ(last_detail(key), "without its files, as a call with them got no answer");
}

TEST_F(EnclosedFilesTest, GoAlongAgainAfterAnOutage) {
  system137_.submits = {outcome::TryLater{"down", std::nullopt, false}, outcome::Registered{"1"}};
  const auto key = take("1");
  attach(key, "first");
  ASSERT_TRUE(comes_to_be_registered(key));
  EXPECT_THAT(system137_.submitted, SizeIs(2));
  EXPECT_THAT(sent(), ElementsAre("first"));
}

}  // namespace
}  // namespace salam::pipeline
