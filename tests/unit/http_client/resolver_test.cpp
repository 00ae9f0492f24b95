#include "adapters/http_client/resolver.h"

#include <atomic>
#include <future>
#include <memory>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

namespace salam::http_client {
namespace {

using boost::asio::ip::make_address;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

Addresses one(const char* address) { return {{{make_address(address), 80}}, ""}; }

struct Asked {
  boost::asio::io_context context;
  std::vector<Addresses> answers;

  void resolve(Resolver& resolver, milliseconds within = std::chrono::seconds(20)) {
    resolver.resolve(steady_clock::now() + within, [this](Addresses answer) { answers.push_back(std::move(answer)); });
  }
  void run_until_answered(std::size_t count) {
    context.restart();
    while (answers.size() < count && context.run_one() > 0) {
    }
    ASSERT_EQ(answers.size(), count);
  }
};

TEST(Resolver, LooksANumericAddressUpNowhere) {
  Asked asked;
  const auto resolver =
      std::make_shared<Resolver>("::1", 8080, asked.context.get_executor(), [](auto&, auto) -> Addresses { std::terminate(); });
  asked.resolve(*resolver);
  ASSERT_EQ(asked.answers.size(), 1U);
  EXPECT_EQ(asked.answers[0].endpoints.at(0).port(), 8080);
  EXPECT_EQ(asked.answers[0].endpoints.at(0).address(), make_address("::1"));
}

TEST(Resolver, FindsTheMachineItself) {
  const auto addresses = system_lookup("localhost", 81);
  ASSERT_FALSE(addresses.endpoints.empty()) << addresses.why;
  EXPECT_TRUE(addresses.endpoints[0].address().is_loopback());
  EXPECT_EQ(addresses.endpoints[0].port(), 81);
}

TEST(Resolver, AsksOnceForAllWhoWaitAndThenKnows) {
  Asked asked;
  std::atomic<int> lookups = 0;
  const auto resolver = std::make_shared<Resolver>("some.host", 80, asked.context.get_executor(), [&](auto&, auto) {
    ++lookups;
    return one("127.0.0.9");
  });
  asked.resolve(*resolver);
  asked.resolve(*resolver);
  asked.run_until_answered(2);
  asked.resolve(*resolver);
  EXPECT_EQ(asked.answers.size(), 3U);
  EXPECT_EQ(lookups, 1);
  EXPECT_EQ(asked.answers[2].endpoints.at(0).address(), make_address("127.0.0.9"));
}

TEST(Resolver, NeitherWaitsForADeadNameBeyondTheDeadlineNorWhenDestroyed) {
  std::promise<void> release;
  auto released = std::make_shared<std::shared_future<void>>(release.get_future());
  const std::weak_ptr<void> lookup = released;
  {
    Asked asked;
    const auto resolver =
        std::make_shared<Resolver>("dead.host", 80, asked.context.get_executor(), [released = std::move(released)](auto&, auto) {
          released->wait();
          return one("127.0.0.1");
        });
    asked.resolve(*resolver, milliseconds(20));
    asked.run_until_answered(1);
    EXPECT_TRUE(asked.answers[0].endpoints.empty());
    EXPECT_FALSE(asked.answers[0].why.empty());
  }
  EXPECT_FALSE(lookup.expired());
  release.set_value();
  while (!lookup.expired()) {
    std::this_thread::yield();
  }
}

TEST(Resolver, GivesAnOldAnswerWhileANewOneIsLookedUpAndKeepsItWhereThatFails) {
  Asked asked;
  const auto lookups = std::make_shared<std::atomic<int>>(0);  // The last lookup may outlive the test.
  const auto resolver = std::make_shared<Resolver>(
      "some.host", 80, asked.context.get_executor(),
      [lookups](auto&, auto) {
        const int nth = ++*lookups;
        return nth == 1 ? one("127.0.0.1") : nth == 2 ? Addresses{{}, "outage"} : one("127.0.0.3");
      },
      milliseconds(-1));
  asked.resolve(*resolver);
  asked.run_until_answered(1);
  const auto last = [&] { return asked.answers.back().endpoints.at(0).address(); };
  asked.resolve(*resolver);
  EXPECT_EQ(last(), make_address("127.0.0.1"));
  for (int tries = 0; last() != make_address("127.0.0.3") && tries < 100'000; ++tries) {
    asked.context.restart();
    asked.context.run_one_for(milliseconds(10));
    asked.resolve(*resolver);
  }
  EXPECT_EQ(last(), make_address("127.0.0.3"));
}

TEST(Resolver, TellsWhyANameHasNoAddress) {
  Asked asked;
  const auto resolver = std::make_shared<Resolver>("some.host", 80, asked.context.get_executor(), [](auto&, auto) {
    return Addresses{{}, "no such name"};
  });
  asked.resolve(*resolver);
  asked.run_until_answered(1);
  EXPECT_EQ(asked.answers[0].why, "no such name");
}

}  // namespace
}  // namespace salam::http_client
