#include <future>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/http_client/caller.h"
#include "tests/unit/http_client/server.h"

namespace salam::http_client {
namespace {

using testing::ElementsAre;

std::string body_of(const Outcome& outcome) {
  const auto* response = std::get_if<Response>(&outcome);
  return response == nullptr ? "failed: " + std::get<Failure>(outcome).why : response->body;
}

Settings one_connection(const Server& server) {
  auto settings = Caller::with_url(server.url());
  settings.max_connections = 1;
  return settings;
}

TEST(HttpClientPool, UsesAConnectionAgain) {
  Server server([](Peer& peer) { peer.echo(); });
  Caller caller(server.url());
  EXPECT_EQ(body_of(caller.call(post("one"))), "one");
  EXPECT_EQ(body_of(caller.call(post("two"))), "two");
  EXPECT_EQ(server.connections(), 1);
}

TEST(HttpClientPool, NeverUsesAConnectionThatHasBeenIdleForTooLong) {
  Server server([](Peer& peer) { peer.echo(); });
  auto settings = Caller::with_url(server.url());
  settings.max_idle = milliseconds(0);
  Caller caller(settings);
  EXPECT_EQ(body_of(caller.call(post("one"))), "one");
  EXPECT_EQ(body_of(caller.call(post("two"))), "two");
  EXPECT_EQ(server.connections(), 2);
}

TEST(HttpClientPool, ClosesIdleConnections) {
  Server server([](Peer& peer) { peer.echo(); });
  auto settings = Caller::with_url(server.url());
  settings.max_idle = milliseconds(20);
  Caller caller(settings);
  EXPECT_EQ(body_of(caller.call(post("one"))), "one");
  caller.context().run();
  server.wait_for_ended(1);
}

TEST(HttpClientPool, NoticesThatThePeerHasClosedAnIdleConnection) {
  std::promise<void> answered;
  Server server([&, told = answered.get_future().share()](Peer& peer) {
    peer.read_request();
    peer.reply("once");
    told.wait();
  });
  Caller caller(server.url());
  EXPECT_EQ(body_of(caller.call(get())), "once");
  answered.set_value();
  server.wait_for_ended(1);
  EXPECT_EQ(body_of(caller.call(get())), "once");
  EXPECT_EQ(server.connections(), 2);
}

TEST(HttpClientPool, DoesNotReuseAConnectionWhoseReplyIsDoubtful) {
  const std::vector<std::pair<std::string, std::string>> replies{
      {"asked to close", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"},
      {"HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok"},
      {"more than the reply", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"},
  };
  for (const auto& [what, reply] : replies) {
    SCOPED_TRACE(what);
    Server server([&reply = reply](Peer& peer) {
      peer.read_request();
      peer.write(reply);
      peer.hang();
    });
    Caller caller(server.url());
    EXPECT_EQ(body_of(caller.call(get())), "ok");
    EXPECT_EQ(body_of(caller.call(get())), "ok");
    EXPECT_EQ(server.connections(), 2);
  }
}

TEST(HttpClientPool, ServesWaitingCallsInTheirOrder) {
  Server server([](Peer& peer) { peer.echo(); });
  Caller caller(one_connection(server));
  std::vector<std::string> answers;
  for (const auto* text : {"a", "b", "c", "d"}) {
    caller.client().send(post(text), plenty, [&](const Outcome& outcome) { answers.push_back(body_of(outcome)); });
  }
  caller.run_until([&] { return answers.size() == 4; });
  EXPECT_THAT(answers, ElementsAre("a", "b", "c", "d"));
  EXPECT_EQ(server.connections(), 1);
}

TEST(HttpClientPool, OpensNoMoreConnectionsThanAllowed) {
  Server server([](Peer& peer) { peer.echo(); });
  auto settings = Caller::with_url(server.url());
  settings.max_connections = 3;
  Caller caller(settings);
  int answered = 0;
  for (int i = 0; i < 50; ++i) {
    caller.client().send(post("x"), plenty, [&](const Outcome& outcome) { answered += body_of(outcome) == "x" ? 1 : 0; });
  }
  caller.run_until([&] { return answered == 50; });
  EXPECT_EQ(answered, 50);
  EXPECT_EQ(server.connections(), 3);
}

TEST(HttpClientPool, LetsACallWaitNoLongerThanItsDeadline) {
  Server server([](Peer& peer) { peer.hang(); });
  Caller caller(one_connection(server));
  caller.client().send(get(), plenty, [](const Outcome&) { FAIL() << "nobody answers this one"; });
  const auto outcome = caller.call(get(), milliseconds(40));
  ASSERT_TRUE(std::holds_alternative<Failure>(outcome));
  EXPECT_TRUE(std::get<Failure>(outcome).nothing_sent);
}

TEST(HttpClientPool, GoesOnAfterAFailedExchange) {
  Server server([](Peer& peer) {
    if (peer.read_request().ends_with("fail")) {
      peer.reset();
      return;
    }
    peer.reply("fine");
  });
  Caller caller(one_connection(server));
  std::vector<std::string> answers;
  caller.client().send(post("fail"), plenty, [&](const Outcome& outcome) { answers.push_back(body_of(outcome).substr(0, 6)); });
  caller.client().send(post("go on"), plenty, [&](const Outcome& outcome) { answers.push_back(body_of(outcome)); });
  caller.run_until([&] { return answers.size() == 2; });
  EXPECT_THAT(answers, ElementsAre("failed", "fine"));
}

TEST(HttpClientPool, BoundsHowManyCallsWait) {
  Server server([](Peer& peer) { peer.hang(); });
  Caller caller(one_connection(server));
  int refused = 0;
  for (int i = 0; i < 10'003; ++i) {
    caller.client().send(get(), plenty, [&](const Outcome& outcome) { refused += std::get<Failure>(outcome).nothing_sent ? 1 : 0; });
  }
  caller.context().poll();
  EXPECT_EQ(refused, 2);
}

}  // namespace
}  // namespace salam::http_client
