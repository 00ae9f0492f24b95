#include <array>
#include <cstdint>
#include <fstream>
#include <string>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/http/server_fixture.h"

namespace salam::test {
namespace {

constexpr int connections = 10'000;

/// A process of its own, as both ends together would need more files than one process may have: opens the connections and holds them until
/// the other end of `orders` is closed.
class Idlers {
 public:
  Idlers() {
    EXPECT_EQ(pipe(orders_.data()), 0);
    EXPECT_EQ(pipe(reports_.data()), 0);
    child_ = fork();
    if (child_ == 0) live();
    close(orders_[0]);
    close(reports_[1]);
  }
  ~Idlers() {
    close(orders_[1]);
    waitpid(child_, nullptr, 0);
    close(reports_[0]);
  }
  Idlers(const Idlers&) = delete;
  Idlers& operator=(const Idlers&) = delete;

  /// How many it could open.
  int connect_to(unsigned short port) {
    int opened = 0;
    EXPECT_EQ(write(orders_[1], &port, sizeof port), static_cast<ssize_t>(sizeof port));
    EXPECT_EQ(read(reports_[0], &opened, sizeof opened), static_cast<ssize_t>(sizeof opened));
    return opened;
  }

 private:
  [[noreturn]] void live() const {
    close(orders_[1]);
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    unsigned short port = 0;
    if (read(orders_[0], &port, sizeof port) != static_cast<ssize_t>(sizeof port)) _exit(1);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int opened = 0;
    while (opened < connections && connect(::socket(AF_INET, SOCK_STREAM, 0), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) {
      ++opened;
    }
    if (write(reports_[1], &opened, sizeof opened) < 0) _exit(1);
    char end = 0;
    _exit(read(orders_[0], &end, 1) == 0 ? 0 : 1);
  }

  std::array<int, 2> orders_{};
  std::array<int, 2> reports_{};
  pid_t child_ = 0;
};

std::size_t resident_bytes() {
  std::size_t total = 0;
  std::size_t resident = 0;
  std::ifstream("/proc/self/statm") >> total >> resident;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

class IdleConnections : public ServerTest {};

TEST_F(IdleConnections, TenThousandOfThemLeaveRoomForWork) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_max < connections + 200) GTEST_SKIP() << "this machine allows a process only " << limit.rlim_max << " files";
  Idlers idlers;
  start();
  const auto before = resident_bytes();
  ASSERT_EQ(idlers.connect_to(server_->port()), connections);
  ASSERT_TRUE(metrics_come_to_show("salam_http_connections{listener=\"api\"} " + std::to_string(connections)));
  RecordProperty("bytes_per_idle_connection", std::to_string((resident_bytes() - before) / connections));
  WireClient client(server_->port());
  for (int i = 0; i < 100; ++i) ASSERT_EQ(client.ask(post("{}")).status, 202);
}

}  // namespace
}  // namespace salam::test
