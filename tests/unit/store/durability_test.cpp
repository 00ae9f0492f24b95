#include <array>
#include <csignal>
#include <fstream>
#include <latch>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/store/support.h"

namespace salam::store::test {
namespace {

std::uint32_t big_endian(const char* bytes) {
  std::uint32_t value = 0;
  for (int index = 0; index < 4; ++index) {
    value = value << 8 | static_cast<unsigned char>(bytes[index]);
  }
  return value;
}

/// Commits that stand in the write-ahead log (https://www.sqlite.org/fileformat2.html#walformat).
int commits_in_log(const std::string& database) {
  std::ifstream log(database + "-wal", std::ios::binary);
  std::array<char, 32> header{};
  std::array<char, 24> frame{};
  log.read(header.data(), header.size());
  const auto page_size = static_cast<std::streamoff>(big_endian(header.data() + 8));
  int commits = 0;
  while (log.read(frame.data(), frame.size()) && std::equal(frame.begin() + 8, frame.begin() + 16, header.begin() + 16)) {
    commits += big_endian(frame.data() + 4) != 0 ? 1 : 0;
    log.seekg(page_size, std::ios::cur);
  }
  return commits;
}

class Durability : public OpenStore {};
class FullDisk : public WriterAlone {};

TEST_F(Durability, TakesWhatHasGatheredIntoOneCommit) {
  constexpr int waiting = 100;
  std::latch writer_held(1);
  std::latch go_on(1);
  store_->accept(intake("first"), [&](const AcceptOutcome&) {
    writer_held.count_down();
    go_on.wait();
  });
  writer_held.wait();
  const int before = commits_in_log(directory_.database());
  std::latch answered(waiting);
  for (int form = 0; form < waiting; ++form) {
    store_->accept(intake(std::to_string(form)), [&](const AcceptOutcome&) { answered.count_down(); });
  }
  EXPECT_EQ(store_->queued(), static_cast<std::size_t>(waiting));
  go_on.count_down();
  answered.wait();

  EXPECT_EQ(commits_in_log(directory_.database()), before + 1);
  EXPECT_EQ(store_->counts().requests, waiting + 1);
}

TEST_F(Durability, AnswersOnlyWhatOthersCanRead) {
  std::promise<bool> found;
  store_->accept(intake("1"), [&](const AcceptOutcome& outcome) {
    found.set_value(store_->find(std::get<Accepted>(outcome).record.request.id).has_value());
  });
  EXPECT_TRUE(found.get_future().get());
}

TEST_F(Durability, WritesWhatIsQueuedBeforeItCloses) {
  std::atomic<int> answered = 0;
  for (int form = 0; form < 50; ++form) {
    store_->accept(intake(std::to_string(form)), [&](const AcceptOutcome& outcome) {
      EXPECT_TRUE(std::holds_alternative<Accepted>(outcome));
      ++answered;
    });
  }
  store_->close();
  EXPECT_EQ(answered, 50);
  start();
  EXPECT_EQ(store_->counts().requests, 50);
}

/// Runs `work` in a process of its own and returns how that ended.
int in_a_process(const std::function<void()>& work) {
  const pid_t child = ::fork();
  if (child == 0) {
    work();
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return status;
}

TEST(Crash, LosesNothingThatWasAnswered) {
  const Directory directory;
  const int status = in_a_process([&] {
    SetClock clock;
    SeededRandom random;
    const auto store = open({.path = directory.database()}, clock, random).value();
    const Calls calls{*store};
    EXPECT_TRUE(calls.put(meeting()).ok());
    for (int form = 0; form < 20; ++form) {
      calls.accepted(intake(std::to_string(form)));
    }
    store->accept(intake("last"), [](const AcceptOutcome&) { ::kill(::getpid(), SIGKILL); });
    ::pause();
  });
  ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);

  SetClock clock;
  SeededRandom random(2);
  const auto store = open({.path = directory.database()}, clock, random).value();
  EXPECT_EQ(store->counts().requests, 21);
  EXPECT_THAT(store->list({.form = "last"}, 0, 10), SizeIs(1));
  EXPECT_THAT(store->outbox(0, 100), SizeIs(21));
  EXPECT_THAT(store->tasks(Lane::system137, false, {}, 100), SizeIs(21));
  EXPECT_TRUE(std::holds_alternative<Accepted>(Calls{*store}.accept(intake("new"))));
  EXPECT_EQ(audit(directory.database(), evening).value().findings_total, 0);
}

TEST(Crash, EndsTheProcessWithoutAnAnswerWhereAWriteFails) {
  const Directory directory;
  const auto answered = std::filesystem::path(directory.database()).parent_path() / "answered";
  const int status = in_a_process([&] {
    SetClock clock;
    SeededRandom random;
    const auto store = open({.path = directory.database()}, clock, random).value();
    const Calls calls{*store};
    EXPECT_TRUE(calls.put(meeting()).ok());
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{4096, 4096};  // A write beyond it fails with EFBIG, which SQLite calls an I/O error.
    ::setrlimit(RLIMIT_FSIZE, &small);
    store->accept(intake("1"), [&](const AcceptOutcome&) { std::filesystem::create_directory(answered); });
    store->close();
  });
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
  EXPECT_FALSE(std::filesystem::exists(answered));
}

TEST_F(FullDisk, RefusesTheWholeBatchAndLeavesEverythingAsItWas) {
  apply(accepting(intake("first")));
  const auto pages = database_.number("PRAGMA page_count");
  database_.execute(("PRAGMA max_page_count = " + std::to_string(pages)).c_str());
  std::vector<Operation> batch;
  for (int form = 0; form < 500; ++form) {
    batch.push_back(accepting(intake(std::to_string(form))));
  }
  batch.push_back(updating(1, changing([](Change&) {})));
  EXPECT_FALSE(writer_->apply(batch, 1));

  for (const auto& operation : batch) {
    if (std::holds_alternative<AcceptOperation>(operation)) {
      EXPECT_EQ(std::get<Error>(accepted(operation)).code, "storage_full");
    }
  }
  EXPECT_EQ(updated(batch.back()).error().code, "storage_full");
  EXPECT_EQ(database_.number("SELECT count(*) FROM requests"), 1);
  EXPECT_FALSE(database_.in_transaction());

  database_.execute("PRAGMA max_page_count = 1000000");
  const auto later = apply(accepting(intake("0")));
  EXPECT_EQ(std::get<Accepted>(accepted(later[0])).record.request.key, 2);
  EXPECT_EQ(database_.number("SELECT sum(requests) FROM tallies"), 2);
  EXPECT_EQ(database_.number("SELECT value FROM meta WHERE name = 'published'"), 1) << "the relay's mark waits for room";
}

TEST_F(Durability, KeepsTheLogShortUnderASteadyStreamOfWrites) {
  constexpr int checkpoint_pages = 100;
  constexpr int writes = 4000;
  constexpr std::uintmax_t form_bytes = 10'000;
  start({.max_batch = 16, .checkpoint_pages = checkpoint_pages});
  std::latch answered(writes);
  for (int form = 0; form < writes; ++form) {
    auto large = intake(std::to_string(form));
    large.original = std::string(form_bytes, 'x');
    store_->accept(std::move(large), [&](const AcceptOutcome&) { answered.count_down(); });
  }
  answered.wait();
  EXPECT_LT(std::filesystem::file_size(directory_.database() + "-wal"), writes * form_bytes / 2);
}

}  // namespace
}  // namespace salam::store::test
