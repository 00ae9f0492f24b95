#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <gtest/gtest.h>

#include "tests/kafka/process.h"

namespace salam::torture {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr std::chrono::seconds patience{20};
constexpr int killed = 128 + 9;

/// Runs programs of others under a plan.
class Preload : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "salam-preload-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  /// The exit code.
  int run(const std::string& plan, std::vector<std::string> command) {
    command.insert(command.begin(), {"env", "LD_PRELOAD=" TORTURE_PRELOAD, "TORTURE_KILL=" + plan});
    test::Process process(command, folder_ / "output");
    return process.wait(patience).value_or(-1);
  }
  /// Three commits to a new database.
  int commit_under(const std::string& plan) {
    const auto database = folder_ / "db";
    std::filesystem::remove(database);
    return run(plan, {"sqlite3", database.string(), "CREATE TABLE t(x); INSERT INTO t VALUES(1); INSERT INTO t VALUES(2);"});
  }
  /// What arrives of an HTTP request.
  std::string receive_under(const std::string& plan) {
    asio::io_context context;
    tcp::acceptor acceptor(context, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    const auto url = "http://127.0.0.1:" + std::to_string(acceptor.local_endpoint().port());
    EXPECT_EQ(run(plan, {"curl", "-sm1", url}), plan == "send:2:after" ? 28 : killed);
    auto socket = acceptor.accept();
    std::string text;
    boost::system::error_code end;
    asio::read(socket, asio::dynamic_buffer(text), end);
    return text;
  }

  std::filesystem::path folder_;
};

TEST_F(Preload, ChangesNothingWhereTheMomentDoesNotCome) { EXPECT_EQ(commit_under("sync:1000:before"), 0); }

TEST_F(Preload, EndsAProcessAtEachOfItsSyncs) {
  int last = 0;
  while (commit_under("sync:" + std::to_string(last + 1) + ":after") == killed) ++last;
  EXPECT_GE(last, 3) << "one for each commit at least";
  EXPECT_EQ(commit_under("sync:1:before"), killed);
}

TEST_F(Preload, EndsAProcessBeforeAfterOrInTheMiddleOfASend) {
  const auto whole = receive_under("send:1:after");
  EXPECT_TRUE(whole.starts_with("GET / HTTP/1.1\r\n") && whole.ends_with("\r\n\r\n")) << whole;
  EXPECT_EQ(receive_under("send:1:before"), "");
  EXPECT_EQ(receive_under("send:1:half").size(), whole.size() / 2);
  EXPECT_EQ(receive_under("send:2:after").size(), whole.size()) << "there is no second";
}

}  // namespace
}  // namespace salam::torture
