#include <unistd.h>

#include "tests/broken_parts/backlog.h"

namespace salam::test {
namespace {

using Which = City::Which;

/// Starts the gateway where its own files stand in for /etc/hosts and /etc/resolv.conf: the real resolver, with names that the test gives.
std::vector<std::string> with_names_of(const Folder& folder) {
  const auto script = "mount --bind " + (folder / "hosts").string() + " /etc/hosts && mount --bind " + (folder / "resolv.conf").string() +
                      R"( /etc/resolv.conf && exec "$@")";
  return {"unshare", "--mount", "sh", "-c", script, "sh"};
}

TEST(NameOf137ThatCannotBeResolved, DelaysAndLosesNothing) {
  const Folder names;
  names.write("hosts", "127.0.0.1 localhost\n");
  names.write("resolv.conf", "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n");
  const auto through = with_names_of(names);
  auto tried = through;
  tried.emplace_back("true");
  if (geteuid() != 0 || Process(tried, names / "tried.log").wait(std::chrono::seconds(10)) != 0) {
    GTEST_SKIP() << "needs root with a mount namespace of its own: " << names.read("tried.log");
  }

  City city({.gateway = {.through = through}, .start = false});
  const auto origin = city.stand_ins().addresses().open311;
  const auto port_and_path = origin.substr(origin.find(':', std::string_view("http://").size()));
  city->set(origin, "http://system137.test" + port_and_path);
  city->start();
  city->announce_meeting();
  Backlog backlog(city);
  backlog.take(20);
  expect_failing(city, "137");
  EXPECT_EQ(city.ledger(Which::system137).count("/registrations"), 0U);

  names.write("hosts", "127.0.0.1 localhost system137.test\n");
  backlog.expect_recovered(Which::system137);
}

}  // namespace
}  // namespace salam::test
