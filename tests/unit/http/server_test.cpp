#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <mutex>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "tests/unit/http/server_fixture.h"

namespace salam::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Keeps replies until the test wants them given.
class Shelf {
 public:
  http::Handler handler() {
    return [this](const http::Request&, http::Reply reply) {
      const std::scoped_lock lock(mutex_);
      replies_.push_back(std::move(reply));
      arrived_.notify_all();
    };
  }
  bool holds(std::size_t count) {
    std::unique_lock lock(mutex_);
    return arrived_.wait_for(lock, seconds(20), [&] { return replies_.size() >= count; });
  }
  std::vector<http::Reply> take() {
    const std::scoped_lock lock(mutex_);
    return std::exchange(replies_, {});
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<http::Reply> replies_;
};

class Server : public ServerTest {
 protected:
  void TearDown() override {
    shelf_.take();
    server_.reset();
  }
  http::Route slow_route() { return {http::Method::get, "/slow", "", shelf_.handler()}; }
  static constexpr std::string_view get_slow = "GET /slow HTTP/1.1\r\nHost: h\r\n\r\n";
  Shelf shelf_;
};

TEST_F(Server, AnswersManyRequestsOnOneConnection) {
  start();
  WireClient client(server_->port());
  for (int i = 0; i < 100; ++i) {
    const auto answer = client.ask(post(std::to_string(i)));
    ASSERT_EQ(answer.status, 202);
    ASSERT_EQ(answer.body, std::to_string(i));
  }
}

TEST_F(Server, AnswersPipelinedRequestsInOrder) {
  start();
  WireClient client(server_->port());
  std::string all;
  for (int i = 0; i < 50; ++i) all += post(std::to_string(i));
  client.send(all);
  for (int i = 0; i < 50; ++i) ASSERT_EQ(client.read().body, std::to_string(i));
}

TEST_F(Server, ReadsARequestThatComesByteByByte) {
  start();
  WireClient client(server_->port());
  for (const char byte : post("{\"a\":1}")) client.send(std::string(1, byte));
  EXPECT_EQ(client.read().body, "{\"a\":1}");
}

TEST_F(Server, TakesAPlainChunkedBodyAndDropsItsTrailers) {
  start({}, {{http::Method::post, "/trailer", "", [](const http::Request& request, const http::Reply& reply) {
                reply({.body = request.body + std::string(request.header("x-late"))});
              }}});
  WireClient client(server_->port());
  const std::string head = "POST /trailer HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(client.ask(head + "2\r\n{}\r\n3;x=y\r\nabc\r\n0\r\nX-Late: evil\r\n\r\n").body, "{}abc");
  EXPECT_EQ(client.ask(get).status, 200);
}

TEST_F(Server, TakesALastChunkThatComesByteByByte) {
  start({}, {{http::Method::post, "/echo", "", echo}});
  WireClient client(server_->port());
  client.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n");
  EXPECT_FALSE(client.has_something_within(std::chrono::milliseconds(20)));
  client.send("\r");
  EXPECT_FALSE(client.has_something_within(std::chrono::milliseconds(20)));
  EXPECT_EQ(client.ask("\n").status, 202);
}

TEST_F(Server, TakesABodyUpToTheRoutesOwnLimit) {
  start({}, {{http::Method::post, "/batch", "", echo, 8 * 1024 * 1024}});
  WireClient client(server_->port());
  const std::string body(8 * 1024 * 1024, 'b');
  const auto answer =
      client.ask("POST /batch HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
                 "\r\n\r\n" + body);
  EXPECT_EQ(answer.body, body);
  EXPECT_EQ(client.ask(post(std::string(64 * 1024, 'x'))).status, 202);
  EXPECT_EQ(client.ask(post(std::string(64 * 1024 + 1, 'x'))).status, 413);
}

TEST_F(Server, TellsAWaitingClientToSendItsBody) {
  start();
  WireClient client(server_->port());
  const std::string request = post("{}", "Expect: 100-continue\r\n");
  EXPECT_EQ(client.ask(request.substr(0, request.size() - 2)).status, 100);
  EXPECT_EQ(client.ask("{}").status, 202);
}

TEST_F(Server, RefusesAWaitingClientWithoutAskingForItsBody) {
  start();
  WireClient client(server_->port());
  const auto answer = client.ask("POST /v1/requests HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(answer.status, 401);
  EXPECT_TRUE(client.is_closed());
}

TEST_F(Server, SendsAFileAsABodyAndLeavesNothingOfIt) {
  const std::string long_body(3 * 1024 * 1024 + 7, 'r');
  std::string name = (std::filesystem::temp_directory_path() / "salam-server-XXXXXX").string();
  ASSERT_NE(mkdtemp(name.data()), nullptr);
  const std::filesystem::path folder(name);
  start({}, {{http::Method::get, "/report", "", [&](const http::Request&, const http::Reply& reply) {
                auto file = std::make_shared<http::BodyFile>(folder.string());
                std::ofstream(file->path()) << long_body;
                file->finish();
                reply({.content_type = "text/csv", .headers = {}, .body = {}, .file = file});
              }}});
  WireClient client(server_->port());
  for (int i = 0; i < 2; ++i) {
    const auto answer = client.ask("GET /report HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(answer.headers.at("content-length"), std::to_string(long_body.size()));
    EXPECT_EQ(answer.body, long_body);
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder));
  std::filesystem::remove(folder);
}

TEST(BodyFiles, ThatCannotBeCreatedSayWhy) { EXPECT_THROW(http::BodyFile("/missing/folder"), std::system_error); }

TEST(BodyFiles, MayBeEmpty) {
  http::BodyFile file(std::filesystem::temp_directory_path().string());
  file.finish();
  EXPECT_EQ(file.content(), "");
}

TEST_F(Server, AnswersHeadLikeGetWithoutABody) {
  start();
  WireClient client(server_->port());
  client.send("HEAD /v1/meetings HTTP/1.1\r\nHost: h\r\n\r\n");
  const auto answer = client.read(true);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.headers.at("content-length"), "12");
  EXPECT_EQ(client.ask(get).body, "/v1/meetings");
}

TEST_F(Server, ClosesAfterAnHttp10RequestUnlessAskedToKeepAlive) {
  start();
  WireClient client(server_->port());
  EXPECT_EQ(client.ask("GET /v1/meetings HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").headers.at("connection"), "keep-alive");
  EXPECT_EQ(client.ask("GET /v1/meetings HTTP/1.0\r\n\r\n").headers.at("connection"), "close");
  EXPECT_TRUE(client.is_closed());
}

TEST_F(Server, ClosesWhereTheClientWantsIt) {
  start();
  WireClient client(server_->port());
  EXPECT_EQ(client.ask("GET /v1/meetings HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n").status, 200);
  EXPECT_TRUE(client.is_closed());
}

TEST_F(Server, AnswersAClientThatHasStoppedSending) {
  start();
  WireClient client(server_->port());
  client.send(get);
  client.shut_sending();
  EXPECT_EQ(client.read().status, 200);
  EXPECT_TRUE(client.is_closed());
}

TEST_F(Server, DecodesPathParametersOnceTheRouteIsFound) {
  start();
  WireClient client(server_->port());
  EXPECT_EQ(client.ask("GET /v1/requests/a%2Fb%20%DA%A9 HTTP/1.1\r\nHost: h\r\n\r\n").body, "a/b ک");
  EXPECT_EQ(client.ask("GET http://h/v1/meetings?x=1 HTTP/1.1\r\nHost: h\r\n\r\n").status, 200);
}

TEST_F(Server, ForbidsStoringAnswersOnTheWay) {
  start();
  WireClient client(server_->port());
  const auto answer = client.ask(get);
  EXPECT_EQ(answer.headers.at("cache-control"), "no-store");
  EXPECT_EQ(answer.headers.count("server"), 0U);
  EXPECT_EQ(answer.headers.count("date"), 1U);
}

TEST_F(Server, KeepsLineBreaksInAFieldValueFromBecomingAnotherField) {
  start({}, {{http::Method::get, "/odd", "", [](const http::Request&, const http::Reply& reply) {
                reply({.headers = {{"Location", "/a\r\nX-Evil: 1"}}});
              }}});
  WireClient client(server_->port());
  EXPECT_EQ(client.ask("GET /odd HTTP/1.1\r\nHost: h\r\n\r\n").headers.count("x-evil"), 0U);
}

TEST_F(Server, Sends500WhereAHandlerThrows) {
  start({}, {{http::Method::get, "/odd", "", [](const http::Request&, const http::Reply&) { throw std::runtime_error("broken"); }}});
  WireClient client(server_->port());
  const auto answer = client.ask("GET /odd HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(code_of(answer), "internal_error");
  EXPECT_EQ(answer.body.find("broken"), std::string::npos);
  EXPECT_EQ(client.ask(get).status, 200);
}

TEST_F(Server, Sends500WhereTheReplyIsDropped) {
  start({}, {slow_route()});
  WireClient client(server_->port());
  client.send(get_slow);
  ASSERT_TRUE(shelf_.holds(1));
  shelf_.take();
  EXPECT_EQ(client.read().status, 500);
  EXPECT_EQ(client.ask(get).status, 200);
}

TEST_F(Server, Sends503WhereTheHandlerTakesTooLongAndDropsItsLateAnswer) {
  start({.handler_timeout = milliseconds(40)}, {slow_route()});
  WireClient client(server_->port());
  const auto answer = client.ask(get_slow);
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(code_of(answer), "timed_out");
  for (const auto& reply : shelf_.take()) reply({.body = "late"});
  EXPECT_EQ(client.ask(get).body, "/v1/meetings");
}

TEST_F(Server, TakesTheFirstOfTwoAnswers) {
  start({}, {slow_route()});
  WireClient client(server_->port());
  client.send(get_slow);
  ASSERT_TRUE(shelf_.holds(1));
  const auto replies = shelf_.take();
  replies[0]({.body = "first"});
  replies[0]({.body = "second"});
  EXPECT_EQ(client.read().body, "first");
  EXPECT_EQ(client.ask(get).body, "/v1/meetings");
}

TEST_F(Server, SurvivesAClientThatLeavesBeforeItsAnswer) {
  start({}, {slow_route()});
  { WireClient(server_->port()).send(get_slow); }
  ASSERT_TRUE(shelf_.holds(1));
  shelf_.take()[0]({.body = "for nobody"});
  WireClient client(server_->port());
  EXPECT_EQ(client.ask(get).status, 200);
}

TEST_F(Server, RefusesMoreRequestsThanMayBeInFlight) {
  start({.max_in_flight = 2}, {slow_route()});
  WireClient first(server_->port());
  WireClient second(server_->port());
  WireClient third(server_->port());
  first.send(get_slow);
  second.send(get_slow);
  ASSERT_TRUE(shelf_.holds(2));
  const auto refused = third.ask(get_slow);
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(code_of(refused), "overloaded");
  EXPECT_EQ(refused.headers.at("retry-after"), "1");
  for (const auto& reply : shelf_.take()) reply({.body = "done"});
  EXPECT_EQ(first.read().body, "done");
  EXPECT_EQ(third.ask(get).status, 200);
}

TEST_F(Server, RefusesMoreRequestsThanTheRoutesHavePlacesWhileOthersGoOn) {
  auto route = slow_route();
  route.places = http::Places::of(1);
  auto other = route;
  other.path = "/slow_too";
  start({}, {route, other});
  WireClient first(server_->port());
  first.send(get_slow);
  ASSERT_TRUE(shelf_.holds(1));
  WireClient client(server_->port());
  for (const auto* const path : {"/slow", "/slow_too"}) {
    const auto refused = client.ask("GET " + std::string(path) + " HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(refused.status, 429) << path;
    EXPECT_EQ(code_of(refused), "overloaded");
    EXPECT_EQ(refused.headers.at("retry-after"), "1");
  }
  EXPECT_EQ(client.ask(get).status, 200);
  for (auto& reply : shelf_.take()) reply({.body = "late"});
  EXPECT_EQ(first.read().body, "late");
  client.send(get_slow);
  EXPECT_TRUE(shelf_.holds(1)) << "the place is free again";
}

TEST_F(Server, KeepsARoutesPlaceUntilItsAnswerIsWritten) {
  constexpr std::size_t beyond_all_buffers = 64 * 1024 * 1024;
  http::Route route{http::Method::get, "/large", "",
                    [](const http::Request&, const http::Reply& reply) { reply({.body = std::string(beyond_all_buffers, 'x')}); }};
  route.places = http::Places::of(1);
  start({}, {route});
  constexpr std::string_view get_large = "GET /large HTTP/1.1\r\nHost: h\r\n\r\n";
  WireClient slow(server_->port());
  slow.send(get_large);
  ASSERT_TRUE(slow.has_something_within(seconds(20)));
  EXPECT_EQ(code_of(WireClient(server_->port()).ask(get_large)), "overloaded");
  EXPECT_EQ(slow.read().body.size(), beyond_all_buffers);
  EXPECT_EQ(slow.ask(get_large).status, 200);
}

TEST_F(Server, TakesAnyOfARoutesMediaTypesAndNamesThemAll) {
  http::Route route{http::Method::post, "/files", "", echo};
  route.media_type = "image/png, application/json";
  http::Route any{http::Method::post, "/anything", "", echo};
  any.media_type.clear();
  start({}, {route, any});
  EXPECT_EQ(WireClient(server_->port()).ask("POST /anything HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nx").status, 202);
  const auto send = [&](const std::string& type) {
    return WireClient(server_->port()).ask("POST /files HTTP/1.1\r\nHost: h\r\nContent-Type: " + type + "\r\nContent-Length: 1\r\n\r\nx");
  };
  EXPECT_EQ(send("image/png").status, 202);
  EXPECT_EQ(send("Application/JSON; charset=utf-8").status, 202);
  for (const auto* const type : {"image/jpeg", "image/png, application/json", "", "application/json; charset=cp1256"}) {
    const auto refused = send(type);
    EXPECT_EQ(refused.status, 415) << type;
    EXPECT_EQ(refused.headers.at("accept"), "image/png, application/json");
  }
}

TEST_F(Server, WaitsForABodyAsLongAsItsRouteSays) {
  http::Route patient{http::Method::post, "/patient", "", echo};
  patient.body_timeout = seconds(20);
  start({.body_timeout = milliseconds(50)}, {patient});
  constexpr std::string_view header = " HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\nx";
  WireClient slow(server_->port());
  slow.send("POST /patient" + std::string(header));
  WireClient late(server_->port());
  late.send("POST /v1/requests" + std::string(header.substr(0, header.find("\r\n"))) + "\r\nAuthorization: Bearer right" +
            std::string(header.substr(header.find("\r\n"))));
  EXPECT_EQ(code_of(late.read()), "body_timeout");
  slow.send("y");
  EXPECT_EQ(slow.read().body, "xy");
}

TEST_F(Server, CountsATimedOutRequestAsInFlightUntilItsHandlerIsDone) {
  start({.max_in_flight = 1, .handler_timeout = milliseconds(40)}, {slow_route()});
  WireClient client(server_->port());
  EXPECT_EQ(client.ask(get_slow).status, 503);
  EXPECT_EQ(client.ask(get).status, 429);
  shelf_.take();
  EXPECT_EQ(client.ask(get).status, 200);
}

TEST_F(Server, RefusesConnectionsBeyondItsLimit) {
  start({.max_connections = 2});
  WireClient first(server_->port());
  EXPECT_EQ(first.ask(get).status, 200);
  WireClient second(server_->port());
  EXPECT_EQ(second.ask(get).status, 200);
  WireClient third(server_->port());
  EXPECT_TRUE(third.is_closed());
  EXPECT_TRUE(metrics_come_to_show("salam_http_connections_refused_total{listener=\"api\"} 1"));
}

TEST_F(Server, TakesAnswersFromManyThreadsOverSeveralWorkers) {
  constexpr int clients = 16;
  constexpr int requests = 50;
  start({.threads = 2}, {{http::Method::post, "/elsewhere", "", [](http::Request request, http::Reply reply) {
                            std::thread([body = std::move(request.body), reply = std::move(reply)] { reply({.body = body}); }).detach();
                          }}});
  std::atomic<int> right = 0;
  std::vector<std::jthread> threads;
  for (int c = 0; c < clients; ++c) {
    threads.emplace_back([&, c] {
      WireClient client(server_->port());
      for (int i = 0; i < requests; ++i) {
        const std::string body = std::to_string(c) + "/" + std::to_string(i);
        const auto answer = client.ask("POST /elsewhere HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: " +
                                       std::to_string(body.size()) + "\r\n\r\n" + body);
        if (answer.body == body) ++right;
      }
    });
  }
  threads.clear();
  EXPECT_EQ(right, clients * requests);
}

TEST_F(Server, DrainingRefusesNewRequestsAndLetsOldOnesFinish) {
  start({}, {slow_route()});
  WireClient busy(server_->port());
  WireClient idle(server_->port());
  ASSERT_EQ(idle.ask(get).status, 200);
  busy.send(get_slow);
  ASSERT_TRUE(shelf_.holds(1));
  server_->drain();
  const auto refused = idle.ask(get);
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(code_of(refused), "shutting_down");
  EXPECT_EQ(refused.headers.at("connection"), "close");
  EXPECT_TRUE(idle.is_closed());

  auto stopped = std::async(std::launch::async, [this] { server_->stop(seconds(20)); });
  shelf_.take()[0]({.body = "finished"});
  EXPECT_EQ(busy.read().body, "finished");
  EXPECT_EQ(stopped.wait_for(seconds(20)), std::future_status::ready);
  EXPECT_THROW(WireClient(server_->port()), std::runtime_error);
}

TEST_F(Server, StopsAtItsDeadlineThoughAHandlerNeverAnswers) {
  start({}, {slow_route()});
  WireClient client(server_->port());
  client.send(get_slow);
  ASSERT_TRUE(shelf_.holds(1));
  server_->stop(milliseconds(20));
  EXPECT_TRUE(client.is_closed());
}

TEST_F(Server, TakesAnAnswerThatComesAfterItsEnd) {
  start({}, {slow_route()});
  WireClient client(server_->port());
  client.send(get_slow);
  ASSERT_TRUE(shelf_.holds(1));
  server_.reset();
  shelf_.take()[0]({.body = "too late"});
}

TEST_F(Server, CountsRequestsByRouteAndStatus) {
  start();
  WireClient client(server_->port());
  client.ask(post("{}"));
  client.ask("GET /v1/requests/7 HTTP/1.1\r\nHost: h\r\n\r\n");
  client.ask("GET /nowhere/7 HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_TRUE(metrics_come_to_show(R"(salam_http_requests_total{listener="api",method="POST",route="/v1/requests",status="202"} 1)"));
  EXPECT_TRUE(metrics_come_to_show(R"(salam_http_requests_total{listener="api",method="GET",route="/v1/requests/{id}",status="200"} 1)"));
  EXPECT_TRUE(metrics_come_to_show(R"(salam_http_requests_total{listener="api",method="GET",route="unmatched",status="404"} 1)"));
  EXPECT_TRUE(metrics_come_to_show(R"(salam_http_refused_total{code="not_found",listener="api"} 1)"));
  EXPECT_TRUE(metrics_come_to_show(R"(salam_http_request_duration_seconds_count{listener="api",method="POST",route="/v1/requests"} 1)"));
  EXPECT_TRUE(metrics_come_to_show(R"(salam_http_connections{listener="api"} 1)"));
}

}  // namespace
}  // namespace salam::test
