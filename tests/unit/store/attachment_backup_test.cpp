#include <fstream>

#include "gateway/store/attachment_files.h"
#include "gateway/store/backup.h"
#include "gateway/store/restore.h"
#include "tests/unit/store/support.h"

namespace salam::store::test {
namespace {

namespace fs = std::filesystem;

void quiet(std::string_view, std::uint64_t, std::uint64_t) {}

class AttachmentBackups : public OpenStore {
 protected:
  AttachmentBackups() : key_(calls().accepted(intake("1")).request.key) {}

  [[nodiscard]] std::string file() const { return directory_.database() + ".backup"; }
  Result<BackupSummary> take(bool overwrite = false) { return backup(directory_.database(), file(), overwrite, clock_, quiet); }
  Attachment attach(const std::string& content) { return calls().attach(scan(key_, content)).value().attachment; }
  [[nodiscard]] bool backup_holds(const Attachment& one) const {
    return AttachmentFiles(attachment_folder(file())).holds(one.digest, one.size);
  }
  void remove_file(const Attachment& one) const {
    fs::remove(attachment_folder(directory_.database()) + '/' + one.digest.substr(0, 2) + '/' + one.digest.substr(2));
  }
  /// Stops the store, restores and starts it.
  std::string restore(std::int64_t missing = 0) {
    store_.reset();
    auto restoration = Restoration::begin({.path = directory_.database()}, file(), clock_, random_, quiet).value();
    EXPECT_EQ(restoration->backup().missing, missing);
    auto replaced = restoration->put_in_place().value();
    restoration.reset();
    start();
    return replaced;
  }

  RequestKey key_;
};

TEST_F(AttachmentBackups, HoldTheFilesOfTheirStateAndARestorePutsThemBack) {
  const auto one = attach("one");
  ASSERT_TRUE(calls().attach(link(key_)).ok());
  const auto summary = take().value();
  EXPECT_EQ(summary.files, 1);
  EXPECT_EQ(summary.missing, 0);
  EXPECT_EQ(fs::status(attachment_folder(file())).permissions(), fs::perms::owner_all);
  store_.reset();
  fs::remove(directory_.database());
  fs::remove_all(attachment_folder(directory_.database()));
  EXPECT_EQ(restore(), "");
  EXPECT_EQ(calls().read(one), "one");
  EXPECT_THAT(store_->attachments(key_), SizeIs(2));
  EXPECT_EQ(audit(directory_.database(), evening).value().findings_total, 0);
}

TEST_F(AttachmentBackups, LeaveTheReplacedDatabaseItsOwnFiles) {
  const auto one = attach("one");
  ASSERT_TRUE(take().ok());
  const auto later = attach("later");
  const auto replaced = restore();
  EXPECT_EQ(calls().read(one), "one");
  EXPECT_EQ(store_->attached_file(later.digest), std::nullopt);
  EXPECT_EQ(audit(replaced, evening).value().findings_total, 0) << "both are still there";
}

TEST_F(AttachmentBackups, WithoutTheirFolderTakeTheFilesThatStandInPlaceAndSayWhatIsMissing) {
  const auto one = attach("one");
  const auto two = attach("two");
  ASSERT_TRUE(take().ok());
  fs::remove_all(attachment_folder(file()));
  EXPECT_EQ(check_backup(file(), quiet).value().missing, 2);
  remove_file(two);
  restore(1);
  EXPECT_EQ(calls().read(one), "one");
  EXPECT_EQ(calls().read(two), std::nullopt);
}

TEST_F(AttachmentBackups, TakeNoDamagedFileForTheRealOne) {
  const auto one = attach("one");
  ASSERT_TRUE(take().ok());
  std::ofstream(attachment_folder(file()) + '/' + one.digest.substr(0, 2) + '/' + one.digest.substr(2)) << "eno";
  restore();
  EXPECT_EQ(calls().read(one), "one");
}

TEST_F(AttachmentBackups, SayWhatTheStoreHasLost) {
  remove_file(attach("one"));
  const auto summary = take().value();
  EXPECT_EQ(summary.files, 1);
  EXPECT_EQ(summary.missing, 1);
}

TEST_F(AttachmentBackups, UnderTheSameNameKeepNothingOfTheOlderOne) {
  const auto one = attach("one");
  ASSERT_TRUE(take().ok());
  store_.reset();
  Database(directory_.database(), Database::Access::write).execute("DELETE FROM attachments");
  start();
  const auto two = attach("two");
  EXPECT_EQ(take().error().code, "backup_exists");
  EXPECT_TRUE(backup_holds(one)) << "the older one is still whole";
  ASSERT_TRUE(take(true).ok());
  EXPECT_FALSE(backup_holds(one));
  EXPECT_TRUE(backup_holds(two));
}

TEST_F(AttachmentBackups, ThatCannotBeMadeLeaveNoFilesBehind) {
  attach("one");
  std::ofstream(attachment_folder(file())) << "in the way";
  EXPECT_EQ(take().error().code, "backup_failed");
  fs::remove(attachment_folder(file()));
  fs::create_directory(file());
  EXPECT_EQ(take(true).error().code, "backup_failed") << "a folder stands where it should be";
  EXPECT_FALSE(fs::exists(attachment_folder(file())));
}

}  // namespace
}  // namespace salam::store::test
