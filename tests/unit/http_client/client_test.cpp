#include "adapters/http_client/client.h"

#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/http_client/caller.h"
#include "tests/unit/http_client/server.h"

namespace salam::http_client {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr milliseconds soon(60);

std::string body_of(const Outcome& outcome) {
  if (const auto* failure = std::get_if<Failure>(&outcome)) {
    return "failed: " + failure->why;
  }
  return std::get<Response>(outcome).body;
}

Failure failure_of(Outcome outcome) {
  if (std::holds_alternative<Response>(outcome)) {
    ADD_FAILURE() << "answered: " << body_of(outcome);
    return {};
  }
  return std::get<Failure>(std::move(outcome));
}

void expect_may_have_acted(Outcome outcome) {
  const auto failure = failure_of(std::move(outcome));
  EXPECT_FALSE(failure.nothing_sent) << failure.why;
}

void expect_nothing_sent(Outcome outcome) {
  const auto failure = failure_of(std::move(outcome));
  EXPECT_TRUE(failure.nothing_sent) << failure.why;
}

/// Answers one request with exactly these bytes and closes.
Server::Script answering(std::string bytes) {
  return [bytes = std::move(bytes)](Peer& peer) {
    peer.read_request();
    peer.write(bytes);
  };
}

void echo(Peer& peer) { peer.echo(); }

TEST(HttpClient, SendsARequestAndReadsTheReply) {
  std::string seen;
  Server server([&](Peer& peer) {
    seen = peer.read_request();
    peer.reply("hello", "X-Thing: One\r\n");
  });
  Caller caller(server.url() + "/base/");
  auto request = post("a=1");
  request.target = "/x?y=1";
  request.headers = {{"Content-Type", "text/plain"}};
  const auto outcome = caller.call(request);
  ASSERT_EQ(body_of(outcome), "hello");
  EXPECT_EQ(std::get<Response>(outcome).status, 200);
  EXPECT_EQ(std::get<Response>(outcome).header("x-thing"), "One");
  EXPECT_EQ(std::get<Response>(outcome).header("x-other"), "");
  server.wait_for_ended(1);
  EXPECT_THAT(seen, StartsWith("POST /base/x?y=1 HTTP/1.1\r\nHost: 127.0.0.1:"));
  EXPECT_THAT(seen, HasSubstr("\r\nContent-Type: text/plain\r\n"));
  EXPECT_THAT(seen, HasSubstr("\r\nContent-Length: 3\r\n\r\na=1"));
}

TEST(HttpClient, ReadsAChunkedReply) {
  Server server(answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"));
  EXPECT_EQ(body_of(Caller(server.url()).call(get())), "abcde");
}

TEST(HttpClient, ReadsAReplyThatTheEndOfTheConnectionEnds) {
  Server server(answering("HTTP/1.0 200 OK\r\n\r\nto the end"));
  EXPECT_EQ(body_of(Caller(server.url()).call(get())), "to the end");
}

TEST(HttpClient, SkipsInterimReplies) {
  Server server(
      answering("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 201 C\r\nContent-Length: 2\r\n\r\nok"));
  const auto outcome = Caller(server.url()).call(get());
  ASSERT_EQ(body_of(outcome), "ok");
  EXPECT_EQ(std::get<Response>(outcome).status, 201);
}

TEST(HttpClient, DoesNotFollowARedirect) {
  Server server(answering("HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n"));
  const auto outcome = Caller(server.url()).call(get());
  ASSERT_EQ(body_of(outcome), "");
  EXPECT_EQ(std::get<Response>(outcome).status, 302);
  EXPECT_EQ(server.connections(), 1);
}

TEST(HttpClient, ExpectsNoBodyAfterHead) {
  Server server(answering("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"));
  auto request = get();
  request.method = "HEAD";
  EXPECT_EQ(body_of(Caller(server.url()).call(request)), "");
}

TEST(HttpClient, HasSentNothingWhereTheConnectionIsRefused) {
  expect_nothing_sent(Caller("http://127.0.0.1:" + std::to_string(closed_port())).call(get()));
}

TEST(HttpClient, HasSentNothingWhereConnectingTakesTooLong) {
  FullPort full;
  expect_nothing_sent(Caller("http://127.0.0.1:" + std::to_string(full.port())).call(get(), soon));
}

TEST(HttpClient, HasSentNothingWhereTheNameIsDead) {
  expect_nothing_sent(Caller("http://no-such-host.invalid").call(get(), milliseconds(300)));
}

TEST(HttpClient, HasSentNothingWhereTheTimeIsUpBeforehand) {
  Server server(echo);
  Caller caller(server.url());
  expect_nothing_sent(caller.call(post("cold"), milliseconds(0)));
  EXPECT_EQ(body_of(caller.call(post("warm"))), "warm");
  expect_nothing_sent(caller.call(post("late"), milliseconds(0)));
}

TEST(HttpClient, MayHaveActedOnceTheRequestIsOut) {
  const std::vector<std::pair<std::string, Server::Script>> scripts{
      {"reset upon the first byte",
       [](Peer& peer) {
         peer.await_first_byte();
         peer.reset();
       }},
      {"reset after the request",
       [](Peer& peer) {
         peer.read_request();
         peer.reset();
       }},
      {"closed without a reply", answering("")},
      {"garbage", answering("\x16\x03\x01 what is this\r\n\r\n")},
      {"half a header", answering("HTTP/1.1 200 OK\r\nContent-Le")},
      {"half a body", answering("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")},
      {"half a chunk", answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhalf")},
      {"a bad chunk size", answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")},
      {"two lengths", answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc")},
      {"a header without end", answering("HTTP/1.1 200 OK\r\nX: " + std::string(100'000, 'x'))},
      {"trailers without end", answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: " + std::string(200'000, 'x'))},
  };
  for (const auto& [what, script] : scripts) {
    SCOPED_TRACE(what);
    Server server(script);
    expect_may_have_acted(Caller(server.url()).call(post("act")));
  }
}

TEST(HttpClient, MayHaveActedOncePartOfTheRequestIsOut) {
  const auto large = post(std::string(32U << 20U, 'x'));
  Server resetting([](Peer& peer) {
    peer.await_first_byte();
    peer.reset();
  });
  expect_may_have_acted(Caller(resetting.url()).call(large));
  Server unreading([](Peer& peer) { peer.gone_within(20'000); });
  const auto failure = failure_of(Caller(unreading.url()).call(large, milliseconds(200)));
  EXPECT_FALSE(failure.nothing_sent);
  EXPECT_THAT(failure.why, StartsWith("sending: "));
}

TEST(HttpClient, RefusesALongerBodyThanAllowed) {
  for (const std::string framing : {"Content-Length: 50\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n32\r\n", "\r\n"}) {
    SCOPED_TRACE(framing);
    Server server(answering("HTTP/1.1 200 OK\r\n" + framing + std::string(50, 'x')));
    auto settings = Caller::with_url(server.url());
    settings.max_body = 49;
    expect_may_have_acted(Caller(settings).call(get()));
  }
}

TEST(HttpClient, GivesUpAtTheDeadlineWhenNoReplyComes) {
  Server server([](Peer& peer) { peer.hang(); });
  const auto started = std::chrono::steady_clock::now();
  const auto failure = failure_of(Caller(server.url()).call(get(), soon));
  EXPECT_FALSE(failure.nothing_sent);
  EXPECT_THAT(failure.why, HasSubstr("no answer in time"));
  EXPECT_GE(std::chrono::steady_clock::now() - started, soon);
}

TEST(HttpClient, GivesUpAtTheDeadlineWhileABodyTrickles) {
  Server server([](Peer& peer) {
    peer.read_request();
    peer.write("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
    while (!peer.gone_within(5) && peer.write("x")) {
    }
  });
  expect_may_have_acted(Caller(server.url()).call(get(), soon));
}

TEST(HttpClient, NeverTellsTheTarget) {
  Server server(answering("garbage"));
  Caller caller(server.url());
  EXPECT_THAT(failure_of(caller.call(get("/v1/secret-key/send"))).why, Not(HasSubstr("secret")));
  EXPECT_THAT(failure_of(caller.call(get("/v1/secret-key /send"))).why, Not(HasSubstr("secret")));
}

TEST(HttpClient, RefusesWhatWouldSplitTheRequest) {
  Server server(echo);
  Caller caller(server.url());
  auto request = get();
  request.headers = {{"X-Code", "1\r\nX-Other: 2"}};
  expect_nothing_sent(caller.call(request));
  request.headers = {{"Content-Length", "5"}};
  expect_nothing_sent(caller.call(request));
  expect_nothing_sent(caller.call(get("/a b")));
  expect_nothing_sent(caller.call(get("/\r\n")));
  request = get();
  request.method = "GET /";
  expect_nothing_sent(caller.call(request));
  EXPECT_EQ(server.connections(), 0);
}

TEST(HttpClient, NeverCallsBackFromInsideSend) {
  Caller caller("http://127.0.0.1:1");
  bool answered = false;
  caller.client().send(get("bad target"), plenty, [&](const Outcome&) { answered = true; });
  caller.client().send(get(), milliseconds(0), [&](const Outcome&) { answered = true; });
  EXPECT_FALSE(answered);
}

TEST(HttpClient, RefusesSettingsThatCannotWork) {
  for (const std::string url :
       {"", "not a url", "ftp://host/", "http://", "http://user:pass@host/", "http://host/?q=1", "http://host:99999/"}) {
    SCOPED_TRACE(url);
    EXPECT_THROW(Caller caller(url), std::runtime_error);
  }
  auto settings = Caller::with_url("https://host/");
  settings.ca_file = "/no/such/file.pem";
  EXPECT_THROW(Caller caller(settings), std::runtime_error);
  settings = Caller::with_url("http://host/");
  settings.max_connections = 0;
  EXPECT_THROW(Caller caller(settings), std::runtime_error);
}

TEST(HttpClient, DropsItsCallsWhenDestroyed) {
  Server server([](Peer& peer) { peer.hang(); });
  auto settings = Caller::with_url(server.url());
  settings.max_connections = 1;
  Caller caller(settings);
  bool answered = false;
  const auto token = std::make_shared<int>();
  for (int i = 0; i < 3; ++i) {
    caller.client().send(get(), plenty, [&answered, token](const Outcome&) { answered = true; });
  }
  caller.run_until([&] { return server.connections() == 1; });
  caller.client().send(get("bad target"), plenty, [&answered, token](const Outcome&) { answered = true; });
  caller.destroy_client();
  caller.context().restart();
  caller.context().run();
  EXPECT_FALSE(answered);
  EXPECT_EQ(token.use_count(), 1);
}

TEST(HttpClient, MayBeDestroyedByAHandler) {
  Server server(echo);
  Caller caller(server.url());
  int answered = 0;
  for (int i = 0; i < 5; ++i) {
    caller.client().send(get(), plenty, [&](const Outcome&) {
      ++answered;
      caller.destroy_client();
    });
  }
  caller.context().run();
  EXPECT_EQ(answered, 1);
}

}  // namespace
}  // namespace salam::http_client
