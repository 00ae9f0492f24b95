#include <fstream>

#include "tests/unit/store/support.h"

namespace salam::store::test {
namespace {

class Opening : public testing::Test {
 protected:
  Result<std::unique_ptr<Store>> open_it() { return open({.path = directory_.database()}, clock_, random_); }
  /// A database with some requests, closed again.
  void fill() {
    const auto store = open_it().value();
    const Calls calls{*store};
    EXPECT_TRUE(calls.put(meeting()).ok());
    for (int form = 0; form < 200; ++form) {
      calls.accepted(intake(std::to_string(form)));
    }
  }
  void overwrite(std::streamoff from, std::size_t bytes) {
    std::fstream file(directory_.database(), std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(from);
    const std::string garbage(bytes, '\xa5');
    file.write(garbage.data(), static_cast<std::streamsize>(garbage.size()));
  }
  void execute(const char* sql) { Database(directory_.database(), Database::Access::write).execute(sql); }

  Directory directory_;
  SetClock clock_;
  SeededRandom random_;
};

TEST_F(Opening, RefusesASecondGatewayUntilTheFirstIsGone) {
  auto first = open_it();
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(open_it().error().code, "store_locked");
  first.value().reset();
  EXPECT_TRUE(open_it().ok());
}

TEST_F(Opening, RefusesWhatANewerVersionWrote) {
  fill();
  execute("PRAGMA user_version = 99");
  EXPECT_EQ(open_it().error().code, "store_newer");
}

TEST_F(Opening, RefusesAFileThatIsNoDatabase) {
  std::ofstream(directory_.database()) << std::string(20'000, 'x');
  const auto error = open_it().error();
  EXPECT_EQ(error.code, "store_unusable");
  EXPECT_THAT(error.message, testing::HasSubstr("backup"));
}

TEST_F(Opening, RefusesAnotherProgramsDatabase) {
  execute("CREATE TABLE something (x)");
  EXPECT_EQ(open_it().error().code, "store_unusable");
}

TEST_F(Opening, KeepsPersonalDataForTheOwnerAlone) {
  const auto store = open_it().value();
  for (const auto& file : std::filesystem::directory_iterator(std::filesystem::path(directory_.database()).parent_path())) {
    EXPECT_EQ(file.status().permissions(), std::filesystem::perms::owner_read | std::filesystem::perms::owner_write) << file;
  }
}

TEST_F(Opening, RefusesADamagedFile) {
  fill();
  overwrite(8192 * 12, 8192 * 3);
  EXPECT_EQ(open_it().error().code, "store_unusable");
}

TEST_F(Opening, RefusesAFolderThatDoesNotExist) {
  EXPECT_EQ(open({.path = "/nowhere/salam.db"}, clock_, random_).error().code, "store_unusable");
}

TEST_F(Opening, GoesOnWithKeysAndTasksWhereItStopped) {
  fill();
  const auto store = open_it().value();
  const auto newest = store->list({}, 0, 1).at(0).request.key;
  const auto outcome = Calls{*store}.accept(intake("next"));
  const auto& [record, tasks] = std::get<Accepted>(outcome);
  EXPECT_EQ(record.request.key, newest + 1);
  EXPECT_EQ(store->tasks(Lane::system137, false, {}, 1000).size(), 201U);
  EXPECT_EQ(store->outbox_state().last, 201);
}

TEST_F(Opening, SyncsEveryCommitAndUsesLargePages) {
  Database database(directory_.database(), Database::Access::write);
  migrate(database, clock_, random_);
  EXPECT_EQ(database.number("PRAGMA synchronous"), 2);
  EXPECT_EQ(database.number("PRAGMA page_size"), 8192);
  EXPECT_EQ(database.number("PRAGMA wal_autocheckpoint"), 0);
  auto mode = database.query("PRAGMA journal_mode");
  ASSERT_TRUE(mode.next());
  EXPECT_EQ(mode.get<std::string>(), "wal");
}

}  // namespace
}  // namespace salam::store::test
