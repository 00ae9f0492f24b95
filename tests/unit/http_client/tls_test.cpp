#include <future>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/http_client/caller.h"
#include "tests/unit/http_client/server.h"

namespace salam::http_client {
namespace {

using testing::HasSubstr;

Settings trusting(const Certificate& certificate, std::string url) {
  auto settings = Caller::with_url(std::move(url));
  settings.ca_file = certificate.file();
  return settings;
}

TEST(HttpClientTls, CallsAServerWhoseCertificateItTrustsAndTellsTheNameItMeans) {
  const Certificate certificate("localhost");
  std::string name;
  Server server(
      [&](Peer& peer) {
        name = peer.server_name();
        peer.echo();
      },
      &certificate);
  Caller caller(trusting(certificate, server.url("https", "localhost")));
  for (const auto* text : {"one", "two"}) {
    const auto outcome = caller.call(post(text));
    ASSERT_TRUE(std::holds_alternative<Response>(outcome)) << std::get<Failure>(outcome).why;
    EXPECT_EQ(std::get<Response>(outcome).body, text);
  }
  caller.destroy_client();
  server.wait_for_ended(1);
  EXPECT_EQ(name, "localhost");
  EXPECT_EQ(server.connections(), 1);
}

TEST(HttpClientTls, SendsNothingToAServerItDoesNotTrust) {
  const Certificate certificate("localhost");
  const Certificate other("localhost");
  const Certificate misnamed("elsewhere.test");
  Server server([](Peer& peer) { peer.echo(); }, &certificate);
  Server elsewhere([](Peer& peer) { peer.echo(); }, &misnamed);
  const std::vector<std::pair<std::string, Settings>> cases{
      {"another CA", trusting(other, server.url("https", "localhost"))},
      {"the system's CAs", Caller::with_url(server.url("https", "localhost"))},
      {"another name", trusting(misnamed, elsewhere.url("https", "localhost"))},
      {"an address that the certificate lacks", trusting(certificate, server.url("https"))},
  };
  for (const auto& [what, settings] : cases) {
    SCOPED_TRACE(what);
    const auto outcome = Caller(settings).call(post("secret"));
    ASSERT_TRUE(std::holds_alternative<Failure>(outcome));
    EXPECT_TRUE(std::get<Failure>(outcome).nothing_sent);
    EXPECT_THAT(std::get<Failure>(outcome).why, HasSubstr("TLS handshake: "));
  }
}

TEST(HttpClientTls, SendsNothingWhileTheHandshakeHangs) {
  const Certificate certificate("localhost");
  Server server([](Peer& peer) { peer.hang(); });
  const auto outcome = Caller(trusting(certificate, server.url("https", "localhost"))).call(post("x"), milliseconds(80));
  ASSERT_TRUE(std::holds_alternative<Failure>(outcome));
  EXPECT_TRUE(std::get<Failure>(outcome).nothing_sent);
}

TEST(HttpClientTls, DoesNotTakeACutConnectionForTheEndOfAReply) {
  const Certificate certificate("localhost");
  Server server(
      [](Peer& peer) {
        peer.read_request();
        peer.write("HTTP/1.1 200 OK\r\n\r\ncut");
        peer.cut();
      },
      &certificate);
  const auto outcome = Caller(trusting(certificate, server.url("https", "localhost"))).call(get());
  ASSERT_TRUE(std::holds_alternative<Failure>(outcome));
  EXPECT_FALSE(std::get<Failure>(outcome).nothing_sent);
}

TEST(HttpClientTls, NoticesThatThePeerHasClosedAnIdleConnection) {
  const Certificate certificate("localhost");
  std::promise<void> answered;
  Server server(
      [&, told = answered.get_future().share()](Peer& peer) {
        peer.read_request();
        peer.reply("once");
        told.wait();
      },
      &certificate);
  Caller caller(trusting(certificate, server.url("https", "localhost")));
  ASSERT_TRUE(std::holds_alternative<Response>(caller.call(get())));
  answered.set_value();
  server.wait_for_ended(1);
  EXPECT_TRUE(std::holds_alternative<Response>(caller.call(get())));
  EXPECT_EQ(server.connections(), 2);
}

}  // namespace
}  // namespace salam::http_client
