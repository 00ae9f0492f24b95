#include "gateway/store/backup.h"

#include <atomic>
#include <fstream>
#include <set>
#include <thread>

#include "gateway/store/restore.h"
#include "tests/unit/store/support.h"

namespace salam::store::test {
namespace {

namespace fs = std::filesystem;

void quiet(std::string_view, std::uint64_t, std::uint64_t) {}

class Backups : public OpenStore {
 protected:
  [[nodiscard]] std::string file() const { return directory_.database() + ".backup"; }
  Result<BackupSummary> take(bool overwrite = false) { return backup(directory_.database(), file(), overwrite, clock_, quiet); }
  Result<std::unique_ptr<Restoration>> begin() {
    return Restoration::begin({.path = directory_.database()}, file(), clock_, random_, quiet);
  }
  void damage(std::streamoff from) const {
    std::fstream bytes(file(), std::ios::binary | std::ios::in | std::ios::out);
    bytes.seekp(from);
    bytes << std::string(8192, '\xa5');
  }
  void accept(int from, int to) const {
    for (int form = from; form < to; ++form) calls().accepted(intake(std::to_string(form)));
  }
  [[nodiscard]] std::set<std::string> files() const {
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(fs::path(directory_.database()).parent_path())) names.insert(entry.path().filename());
    return names;
  }
};

TEST_F(Backups, TellWhatTheyHold) {
  accept(0, 20);
  const auto summary = take().value();
  EXPECT_EQ(summary.incarnation, store_->incarnation());
  EXPECT_EQ(summary.taken_at, evening);
  EXPECT_EQ(summary.meetings, 1);
  EXPECT_EQ(summary.requests, 20);
  EXPECT_EQ(summary.last_event, 20);
  EXPECT_EQ(summary.bytes, fs::file_size(file()));
  EXPECT_EQ(check_backup(file(), quiet).value().requests, 20);
}

TEST_F(Backups, AreOneFileForItsOwnerAlone) {
  accept(0, 3);
  const auto before = files();
  ASSERT_TRUE(take().ok());
  auto expected = before;
  expected.insert("salam.db.backup");
  EXPECT_EQ(files(), expected);
  EXPECT_EQ(fs::status(file()).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(Backups, ReplaceAnotherOnlyWhenTold) {
  std::ofstream(file()) << "something else";
  EXPECT_EQ(take().error().code, "backup_exists");
  EXPECT_EQ(fs::file_size(file()), 14U);
  EXPECT_TRUE(take(true).ok());
  EXPECT_TRUE(check_backup(file(), quiet).ok());
}

TEST_F(Backups, OfNoDatabaseLeaveNothingBehind) {
  const auto before = files();
  EXPECT_EQ(backup(directory_.database() + ".none", file(), false, clock_, quiet).error().code, "backup_failed");
  EXPECT_EQ(backup(directory_.database(), "/nowhere/backup", false, clock_, quiet).error().code, "backup_failed");
  EXPECT_EQ(files(), before);
}

TEST_F(Backups, HoldOneStateWhileWritesGoOn) {
  std::atomic<bool> stop = false;
  std::atomic<int> accepted = 0;
  std::thread writer([&] {
    while (!stop) {
      calls().accepted(intake(std::to_string(accepted)));
      ++accepted;
    }
  });
  for (int round = 0; round < 5; ++round) {
    const int before = accepted;
    const auto summary = take(true).value();
    const int after = accepted + 1;
    EXPECT_GE(summary.requests, before);
    EXPECT_LE(summary.requests, after);
    EXPECT_EQ(summary.last_event, summary.requests);
    const auto report = audit(file(), evening).value();
    EXPECT_EQ(report.findings_total, 0);
    EXPECT_EQ(report.counts.requests, summary.requests);
  }
  stop = true;
  writer.join();
}

class Restoring : public Backups {
 protected:
  Restoring() {
    accept(0, 10);
    EXPECT_TRUE(take().ok());
    incarnation_ = store_->incarnation();
    accept(10, 15);
  }
  std::string incarnation_;
};

TEST_F(Restoring, WaitsForTheGatewayToBeStopped) {
  EXPECT_EQ(begin().error().code, "store_locked");
  EXPECT_EQ(store_->counts().requests, 15);
}

TEST_F(Restoring, PutsTheBackupInPlaceAsANewIncarnationAndKeepsWhatWasThere) {
  store_.reset();
  clock_.advance(1h);
  auto restoration = begin().value();
  const auto replaced = restoration->put_in_place().value();
  const auto incarnation = restoration->incarnation();
  restoration.reset();
  EXPECT_EQ(audit(directory_.database(), evening).value().counts.requests, 10);
  EXPECT_EQ(audit(replaced, evening).value().counts.requests, 15);
  start();
  EXPECT_EQ(store_->incarnation(), incarnation);
  EXPECT_NE(incarnation, incarnation_);
  EXPECT_EQ(store_->restored_at(), evening + 1h);
  EXPECT_EQ(store_->counts().requests, 10);
  EXPECT_TRUE(std::holds_alternative<Accepted>(calls().accept(intake("new"))));
}

TEST_F(Restoring, KeepsWhatIsOnlyInTheReplacedDatabasesLog) {
  // A store that ended by SIGKILL: its log is not emptied.
  const auto log = directory_.database() + "-wal";
  fs::copy_file(log, log + ".kept");
  fs::copy_file(directory_.database(), directory_.database() + ".kept");
  store_.reset();
  fs::rename(log + ".kept", log);
  fs::rename(directory_.database() + ".kept", directory_.database());
  const auto replaced = begin().value()->put_in_place().value();
  EXPECT_EQ(audit(replaced, evening).value().counts.requests, 15);
  EXPECT_EQ(audit(directory_.database(), evening).value().counts.requests, 10);
}

TEST_F(Restoring, PutsABackupWhereNoDatabaseIs) {
  store_.reset();
  fs::remove(directory_.database());
  EXPECT_EQ(begin().value()->put_in_place().value(), "");
  start();
  EXPECT_EQ(store_->counts().requests, 10);
}

TEST_F(Restoring, RefusesADamagedBackupAndChangesNothing) {
  const auto size = static_cast<std::streamoff>(fs::file_size(file()));
  store_.reset();
  const auto before = files();
  damage(size / 8192 / 2 * 8192);
  const auto error = begin().error();
  EXPECT_EQ(error.code, "backup_unusable");
  EXPECT_THAT(error.message, testing::HasSubstr(file()));
  EXPECT_EQ(files(), before);
  start();
  EXPECT_EQ(store_->counts().requests, 15);
}

TEST_F(Restoring, RefusesWhatIsNoBackup) {
  store_.reset();
  std::ofstream(file()) << std::string(20'000, 'x');
  EXPECT_EQ(begin().error().code, "backup_unusable");
  fs::remove(file());
  EXPECT_EQ(begin().error().code, "backup_unusable");
  EXPECT_FALSE(fs::exists(file()));
  Database(file(), Database::Access::write).execute("CREATE TABLE something (x)");
  EXPECT_EQ(begin().error().code, "backup_unusable");
  start();
  EXPECT_EQ(store_->counts().requests, 15);
}

TEST_F(Restoring, RefusesANewerSchema) {
  store_.reset();
  Database(file(), Database::Access::write).execute("PRAGMA user_version = 99");
  EXPECT_EQ(begin().error().code, "store_newer");
}

TEST_F(Restoring, ThatIsGivenUpLeavesTheStoreAsItWas) {
  store_.reset();
  const auto before = files();
  begin().value().reset();
  EXPECT_EQ(files(), before);
}

TEST_F(Restoring, ThatWasInterruptedWhileReplacingKeepsAnEmptyStoreFromStarting) {
  store_.reset();
  const auto database = directory_.database();
  fs::rename(database, database + ".replaced");
  fs::copy_file(file(), database + ".restored");
  EXPECT_EQ(open({.path = database}, clock_, random_).error().code, "store_unusable");
  EXPECT_FALSE(fs::exists(database));
  ASSERT_TRUE(begin().value()->put_in_place().ok());
  start();
  EXPECT_EQ(store_->counts().requests, 10);
}

TEST_F(Restoring, RevisesEveryUnfinishedRequestAndWhatHasAnUnsentText) {
  const auto registered = [](Change& change) {
    change.after.registration.state = RegistrationState::registered;
    change.after.registration.code = std::to_string(change.after.key);
    change.done = {registration_task()};
  };
  for (const RequestKey key : {2, 3, 4}) ASSERT_TRUE(calls().update(key, registered).ok());
  const auto text = [](MessageState state) { return [state](Change& change) { change.messages = {{.id = 77, .state = state}}; }; };
  ASSERT_TRUE(calls().update(3, text(MessageState::queued)).ok());
  ASSERT_TRUE(calls().update(4, text(MessageState::delivered)).ok());
  ASSERT_TRUE(take(true).ok());
  store_.reset();

  auto restoration = begin().value();
  std::set<RequestKey> seen;
  const auto changed = restoration->revise(
      [&](const Record& record) -> Result<Change> {
        seen.insert(record.request.key);
        if (record.request.key == 1) return Error{"unchanged", ""};
        Change change{.after = record.request};
        change.after.registration.reason = "revised";
        return change;
      },
      quiet);
  EXPECT_EQ(changed.value(), 12) << "13 were seen, one of them was left as it is";
  std::set<RequestKey> expected;
  for (RequestKey key = 1; key <= 15; ++key) expected.insert(key);
  expected.erase(2);
  expected.erase(4);
  EXPECT_EQ(seen, expected);
  ASSERT_TRUE(restoration->put_in_place().ok());
  restoration.reset();
  start();
  EXPECT_EQ(store_->find(RequestKey{3})->request.registration.reason, "revised");
}

TEST_F(Restoring, ThatCannotReviseARequestReplacesNothing) {
  store_.reset();
  auto restoration = begin().value();
  const auto revised = restoration->revise([](const Record&) -> Result<Change> { return Error{"defect", "why"}; }, quiet);
  EXPECT_EQ(revised.error().code, "restore_failed");
  restoration.reset();
  start();
  EXPECT_EQ(store_->counts().requests, 15);
}

TEST_F(Restoring, GoesOnAfterWhatTheFormerIncarnationHasPublished) {
  store_.reset();
  const auto mark_after = [&](std::optional<std::int64_t> position) {
    auto restoration = begin().value();
    if (position) restoration->published(*position);
    EXPECT_TRUE(restoration->put_in_place().ok());
    restoration.reset();
    return open({.path = directory_.database()}, clock_, random_).value()->outbox_state().published;
  };
  EXPECT_EQ(mark_after({}), 0) << "the backup's own mark";
  EXPECT_EQ(mark_after(7), 7);
  EXPECT_EQ(mark_after(14), 10) << "what it published beyond the backup has other numbers now";
}

TEST_F(Restoring, GivesALostRequestItsIdAndCodeBackWhenItsFormIsEnteredAgain) {
  const auto lost = store_->find(RequestKey{11})->request;
  store_.reset();
  auto restoration = begin().value();
  restoration->remember_lost(lost.form_item, lost.id, lost.code);
  ASSERT_TRUE(restoration->put_in_place().ok());
  restoration.reset();
  start();
  const auto other = calls().accepted(intake("new")).request;
  EXPECT_FALSE(other.registration.intent_at) << "nobody has sent it";
  const auto again = calls().accepted(intake(lost.form_item.form)).request;
  EXPECT_EQ(again.id, lost.id);
  EXPECT_EQ(again.code, lost.code);
  EXPECT_TRUE(again.registration.intent_at) << "it may have been sent";
}

TEST_F(Restoring, KnowsWhatTheBackupHolds) {
  const auto in_it = store_->find(RequestKey{10})->request;
  const auto after_it = store_->find(RequestKey{11})->request;
  store_.reset();
  const auto restoration = begin().value();
  EXPECT_TRUE(restoration->knows(in_it.id) && restoration->knows(in_it.code) && restoration->knows(in_it.form_item));
  EXPECT_FALSE(restoration->knows(after_it.id) || restoration->knows(after_it.code) || restoration->knows(after_it.form_item));
}

}  // namespace
}  // namespace salam::store::test
