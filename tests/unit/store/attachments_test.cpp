#include <fstream>
#include <set>
#include <stdexcept>

#include "gateway/store/attachment_files.h"
#include "tests/unit/store/support.h"

namespace salam::store::test {
namespace {

namespace fs = std::filesystem;
using testing::Field;
using testing::UnorderedElementsAre;

const auto owner_alone = fs::perms::owner_read | fs::perms::owner_write;

class Attachments : public OpenStore {
 protected:
  Attachments() : key_(calls().accepted(intake("1")).request.key) {}

  [[nodiscard]] fs::path folder() const { return attachment_folder(directory_.database()); }
  [[nodiscard]] fs::path path_of(const std::string& digest) const { return folder() / digest.substr(0, 2) / digest.substr(2); }
  [[nodiscard]] std::set<std::string> files() const {
    std::set<std::string> names;
    if (!fs::exists(folder())) return names;
    for (const auto& entry : fs::recursive_directory_iterator(folder())) {
      if (entry.is_regular_file()) names.insert(fs::relative(entry.path(), folder()).string());
    }
    return names;
  }
  static void write(const fs::path& path, std::string_view text) {
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
  }
  static std::string short_name(const std::string& digest) { return digest.substr(0, 2) + '/' + digest.substr(2); }

  RequestKey key_;
};

TEST_F(Attachments, AreKeptByTheirContentsDigestForTheOwnerAlone) {
  EXPECT_FALSE(fs::exists(folder())) << "who has none has no folder";
  const auto attached = calls().attach(scan(key_, "%PDF-")).value();
  EXPECT_TRUE(attached.fresh);
  EXPECT_EQ(store_->find(key_)->request.attachments, 1);
  const auto& one = attached.attachment;
  EXPECT_EQ(one.digest, digest_of("%PDF-"));
  EXPECT_EQ(one.size, 5U);
  EXPECT_THAT(store_->attachments(key_), ElementsAre(one));
  EXPECT_EQ(one.name.reveal(), "فرم.pdf");
  EXPECT_EQ(one.added_at, evening);
  EXPECT_EQ(one.added_by, "tablet");
  EXPECT_THAT(files(), UnorderedElementsAre(short_name(one.digest)));
  EXPECT_EQ(fs::status(path_of(one.digest)).permissions(), owner_alone);
  EXPECT_EQ(fs::status(folder()).permissions(), fs::perms::owner_all);
  EXPECT_EQ(fs::status(path_of(one.digest).parent_path()).permissions(), fs::perms::owner_all);
  EXPECT_EQ(calls().read(one), "%PDF-");
  EXPECT_EQ(store_->find(key_)->request.version, 1) << "what an officer read stays current";
}

TEST(Digest, IsSha256) {
  EXPECT_EQ(digest_of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(digest_of(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_F(Attachments, SentAgainAreTheSame) {
  const auto first = calls().attach(scan(key_)).value();
  auto again = scan(key_);
  again.attachment.name = Sensitive<std::string>("other.pdf");
  const auto second = calls().attach(again).value();
  EXPECT_FALSE(second.fresh);
  EXPECT_EQ(store_->find(key_)->request.attachments, 1);
  EXPECT_EQ(second.attachment, first.attachment);
  EXPECT_THAT(store_->attachments(key_), SizeIs(1));
}

TEST_F(Attachments, BringWithThemWhatComesOfThemAndOnlyOnce) {
  int seen = 0;
  auto one = scan(key_);
  one.then = [&seen](const Record& record) -> Result<Change> {
    seen = record.request.attachments;
    Change change{.after = record.request};
    change.after.handling.attachments_told = seen;
    change.after.handling.amendment.attachments = seen;
    change.tasks.push_back({.lane = Lane::system137, .due = evening, .request = record.request.key, .amendment = true});
    return change;
  };
  const auto attached = calls().attach(one).value();
  EXPECT_EQ(seen, 1) << "it sees the request with the attachment";
  EXPECT_THAT(attached.tasks, SizeIs(1));
  EXPECT_NE(attached.tasks.at(0).id, 0);
  start();
  const auto handling = store_->find(key_)->request.handling;
  EXPECT_EQ(handling.attachments_told, 1);
  EXPECT_EQ(handling.amendment.attachments, 1);
  seen = 0;
  EXPECT_THAT(calls().attach(one).value().tasks, IsEmpty());
  EXPECT_EQ(seen, 0);
}

TEST_F(Attachments, StayWhereNothingComesOfThem) {
  auto one = scan(key_);
  one.then = [](const Record&) -> Result<Change> { return Error{"unchanged", ""}; };
  EXPECT_TRUE(calls().attach(one).value().fresh);
  auto other = scan(key_, "other");
  other.then = [](const Record&) -> Result<Change> { throw std::runtime_error("a defect"); };
  EXPECT_TRUE(calls().attach(other).value().fresh);
  EXPECT_EQ(store_->find(key_)->request.attachments, 2);
  EXPECT_EQ(store_->find(key_)->request.version, 1);
}

TEST_F(Attachments, OfTwoRequestsShareAFile) {
  const auto other = calls().accepted(intake("2")).request.key;
  const auto one = calls().attach(scan(key_)).value().attachment;
  EXPECT_TRUE(calls().attach(scan(other)).value().fresh);
  EXPECT_THAT(files(), SizeIs(1));
  const auto file = store_->attached_file(one.digest);
  ASSERT_TRUE(file.has_value());
  EXPECT_EQ(file->media_type, "application/pdf");
  EXPECT_EQ(file->size, one.size);
}

TEST_F(Attachments, ThatAreLinksHaveNoFile) {
  const auto linked = calls().attach(link(key_)).value().attachment;
  EXPECT_EQ(linked.digest, digest_of("https://photos.isfahan.ir/1.jpg"));
  EXPECT_EQ(linked.size, 0U);
  EXPECT_THAT(files(), IsEmpty());
  EXPECT_EQ(store_->attached_file(linked.digest), std::nullopt);
  EXPECT_THAT(store_->attachments(key_), ElementsAre(linked));
}

TEST_F(Attachments, KeepTheOrderInWhichTheyCame) {
  for (const auto* const content : {"c", "a", "b"}) ASSERT_TRUE(calls().attach(scan(key_, content)).ok());
  EXPECT_THAT(store_->attachments(key_), ElementsAre(Field(&Attachment::digest, digest_of("c")), Field(&Attachment::digest, digest_of("a")),
                                                     Field(&Attachment::digest, digest_of("b"))));
}

TEST_F(Attachments, BeyondTheMostAreRefusedAndThoseThereAreStillFound) {
  for (int i = 0; i < 2; ++i) {
    auto one = scan(key_, std::to_string(i));
    one.most = 2;
    EXPECT_TRUE(calls().attach(one).ok());
  }
  auto third = scan(key_, "third");
  third.most = 2;
  EXPECT_EQ(calls().attach(third).error().code, "too_many_attachments");
  auto again = scan(key_, "1");
  again.most = 2;
  EXPECT_FALSE(calls().attach(again).value().fresh);
  EXPECT_THAT(store_->attachments(key_), SizeIs(2));
}

TEST_F(Attachments, OfNoRequestAreRefused) { EXPECT_EQ(calls().attach(scan(key_ + 1)).error().code, "not_found"); }

TEST_F(Attachments, WhoseFileCannotBeWrittenHaveNoRow) {
  write(folder(), "in the way");
  EXPECT_EQ(calls().attach(scan(key_)).error().code, "storage_unavailable");
  EXPECT_THAT(store_->attachments(key_), IsEmpty());
  EXPECT_TRUE(calls().attach(link(key_)).ok()) << "a link needs no file";
  fs::remove(folder());
  EXPECT_TRUE(calls().attach(scan(key_)).ok());
}

TEST_F(Attachments, AreWrittenAnewWhereTheFileWasDamaged) {
  const auto one = calls().attach(scan(key_)).value().attachment;
  write(path_of(one.digest), "short");
  EXPECT_EQ(calls().read(one), std::nullopt);
  EXPECT_FALSE(calls().attach(scan(key_)).value().fresh);
  EXPECT_EQ(calls().read(one), "%PDF-1.7 form");
}

TEST_F(Attachments, WithoutARowAreRemovedAtTheNextStartAndNothingElseIs) {
  const auto one = calls().attach(scan(key_)).value().attachment;
  const auto lost = digest_of("never committed");
  write(path_of(lost), "never committed");
  write(folder() / "partial-7", "half");
  write(folder() / "notes.txt", "the operator's");
  write(folder() / one.digest.substr(0, 2) / "README", "the operator's");
  start();
  EXPECT_THAT(files(), UnorderedElementsAre(short_name(one.digest), "notes.txt", one.digest.substr(0, 2) + "/README"));
  EXPECT_EQ(calls().read(one), "%PDF-1.7 form");
}

TEST_F(Attachments, AfterTheEndAreRefused) {
  store_->close();
  EXPECT_EQ(calls().attach(scan(key_)).error().code, "shutting_down");
  EXPECT_EQ(calls().read({.digest = digest_of("x")}), std::nullopt);
}

TEST_F(Attachments, OnTheirWayAtTheEndAreAnsweredBeforeIt) {
  std::atomic<int> kept = 0;
  for (int i = 0; i < 8; ++i) {
    store_->attach(scan(key_, std::to_string(i)), [&](const AttachOutcome& outcome) { kept += outcome ? 1 : 0; });
  }
  store_->close();
  EXPECT_EQ(kept, 8);
}

}  // namespace
}  // namespace salam::store::test
