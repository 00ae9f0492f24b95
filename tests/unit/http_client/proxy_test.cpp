#include <mutex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/http_client/caller.h"
#include "tests/unit/http_client/server.h"

namespace salam::http_client {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

/// A proxy: tunnels where it is asked to, and answers everything else itself.
class ForwardProxy {
 public:
  [[nodiscard]] std::string url() const { return server_.url(); }
  [[nodiscard]] std::string first_request() {
    const std::lock_guard lock(mutex_);
    return first_request_;
  }
  [[nodiscard]] int connections() const { return server_.connections(); }

 private:
  void serve(Peer& peer) {
    const auto request = peer.read_request();
    {
      const std::lock_guard lock(mutex_);
      if (first_request_.empty()) first_request_ = request;
    }
    if (request.starts_with("CONNECT ")) {
      const auto colon = request.find(':');
      peer.write("HTTP/1.1 200 Connection established\r\n\r\n");
      peer.tunnel_to(static_cast<std::uint16_t>(std::stoi(request.substr(colon + 1))));
    } else {
      peer.reply("from the proxy");
    }
  }

  std::mutex mutex_;
  std::string first_request_;
  Server server_{[this](Peer& peer) { serve(peer); }};
};

Settings through(const std::string& proxy, std::string url) {
  auto settings = Caller::with_url(std::move(url));
  settings.proxy = proxy;
  settings.proxy_authorization = Sensitive<std::string>("Basic c2FsYW06cHc=");
  return settings;
}

Failure failure_of(const Outcome& outcome) {
  return std::holds_alternative<Failure>(outcome) ? std::get<Failure>(outcome) : Failure{false, "there was an answer", false};
}

TEST(HttpClientProxy, IsAskedForTheWholeAddressOfAPlainSystem) {
  ForwardProxy proxy;
  const auto outcome = Caller(through(proxy.url(), "http://desk.test:8080/api/")).call(get("/tickets?a=b"));
  ASSERT_TRUE(std::holds_alternative<Response>(outcome)) << failure_of(outcome).why;
  EXPECT_EQ(std::get<Response>(outcome).body, "from the proxy");
  EXPECT_THAT(proxy.first_request(), StartsWith("GET http://desk.test:8080/api/tickets?a=b HTTP/1.1\r\nHost: desk.test:8080\r\n"));
  EXPECT_THAT(proxy.first_request(), HasSubstr("\r\nProxy-Authorization: Basic c2FsYW06cHc=\r\n"));
}

TEST(HttpClientProxy, TunnelsToASystemWithTls) {
  const Certificate certificate("localhost");
  std::string name;
  std::string seen;
  Server server(
      [&](Peer& peer) {
        name = peer.server_name();
        seen = peer.read_request();
        peer.reply("one");
        peer.echo();
      },
      &certificate);
  ForwardProxy proxy;
  auto settings = through(proxy.url(), server.url("https", "localhost"));
  settings.ca_file = certificate.file();
  Caller caller(settings);
  const auto outcome = caller.call(post("secret"));
  ASSERT_TRUE(std::holds_alternative<Response>(outcome)) << failure_of(outcome).why;
  EXPECT_EQ(std::get<Response>(caller.call(post("two"))).body, "two");
  EXPECT_EQ(proxy.connections(), 1) << "both through one tunnel";
  caller.destroy_client();
  server.wait_for_ended(1);
  const auto target = "localhost:" + std::to_string(server.port());
  EXPECT_THAT(proxy.first_request(), StartsWith("CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n"));
  EXPECT_THAT(proxy.first_request(), HasSubstr("\r\nProxy-Authorization: Basic c2FsYW06cHc=\r\n"));
  EXPECT_EQ(name, "localhost") << "the system's name, not the proxy's";
  EXPECT_THAT(seen, StartsWith("POST / HTTP/1.1\r\n"));
  EXPECT_THAT(seen, Not(HasSubstr("Proxy-Authorization")));
}

TEST(HttpClientProxy, IsNotTrustedForTheSystemsCertificate) {
  const Certificate certificate("localhost");
  const Certificate other("localhost");
  Server server([](Peer& peer) { peer.echo(); }, &certificate);
  ForwardProxy proxy;
  auto settings = through(proxy.url(), server.url("https", "localhost"));
  settings.ca_file = other.file();
  const auto failure = failure_of(Caller(settings).call(post("secret")));
  EXPECT_TRUE(failure.nothing_sent);
  EXPECT_THAT(failure.why, HasSubstr("TLS handshake: "));
}

struct Refusal {
  const char* answer;
  bool ours_to_mend;
};

TEST(HttpClientProxy, ThatGivesNoTunnelLeavesEverythingUnsent) {
  for (const auto& [answer, ours_to_mend] :
       {Refusal{"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 2\r\n\r\nno", true},
        Refusal{"HTTP/1.1 403 Forbidden\r\n\r\n", true}, Refusal{"HTTP/1.1 502 Bad Gateway\r\n\r\n", false},
        Refusal{"HTTP/1.1 429 Too Many Requests\r\n\r\n", false}, Refusal{"HTTP/1.1 200 OK\r\n\r\nhello", false},
        Refusal{"SSH-2.0-x\r\n\r\n", false}, Refusal{"", false}}) {
    SCOPED_TRACE(answer);
    Server proxy([&, text = std::string(answer)](Peer& peer) {
      peer.read_request();
      peer.write(text);
    });
    const auto failure = failure_of(Caller(through(proxy.url(), "https://desk.test")).call(post("secret")));
    EXPECT_TRUE(failure.nothing_sent);
    EXPECT_EQ(failure.ours_to_mend, ours_to_mend);
    EXPECT_THAT(failure.why, StartsWith("proxy: "));
  }
}

TEST(HttpClientProxy, ThatHangsIsLeftAtTheDeadline) {
  Server proxy([](Peer& peer) { peer.hang(); });
  const auto failure = failure_of(Caller(through(proxy.url(), "https://desk.test")).call(post("secret"), milliseconds(80)));
  EXPECT_TRUE(failure.nothing_sent);
  EXPECT_EQ(failure.why, "proxy: no answer in time");
}

TEST(HttpClientProxy, ThatWantsToKnowWhoAsksHasPassedNothingOn) {
  Server proxy([](Peer& peer) {
    peer.read_request();
    peer.write("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
  });
  const auto failure = failure_of(Caller(through(proxy.url(), "http://desk.test")).call(post("secret")));
  EXPECT_TRUE(failure.nothing_sent);
  EXPECT_TRUE(failure.ours_to_mend);
  EXPECT_EQ(failure.why, "proxy: HTTP 407");
}

TEST(HttpClientProxy, ThatIsDownLeavesEverythingUnsent) {
  const auto proxy = "http://127.0.0.1:" + std::to_string(closed_port());
  const auto failure = failure_of(Caller(through(proxy, "https://desk.test")).call(post("secret")));
  EXPECT_TRUE(failure.nothing_sent);
  EXPECT_THAT(failure.why, StartsWith("connecting: "));
}

TEST(HttpClientCertificate, IsShownToAServerThatAsksForOne) {
  Certificate certificate("localhost");
  const Certificate ours("gateway.test");
  certificate.take_only(ours);
  Server server([](Peer& peer) { peer.echo(); }, &certificate);
  auto settings = Caller::with_url(server.url("https", "localhost"));
  settings.ca_file = certificate.file();
  settings.client_certificate = ours.file();
  settings.client_key = ours.key_file();
  const auto outcome = Caller(settings).call(post("one"));
  ASSERT_TRUE(std::holds_alternative<Response>(outcome)) << failure_of(outcome).why;
  EXPECT_EQ(std::get<Response>(outcome).body, "one");
}

TEST(HttpClientCertificate, ThatTheServerDoesNotAcceptHasLetNothingThrough) {
  Certificate certificate("localhost");
  const Certificate ours("gateway.test");
  const Certificate other("gateway.test");
  certificate.take_only(ours);
  Server server([](Peer& peer) { peer.echo(); }, &certificate);
  auto settings = Caller::with_url(server.url("https", "localhost"));
  settings.ca_file = certificate.file();
  for (const auto* const shown : {static_cast<const Certificate*>(nullptr), &other}) {
    if (shown != nullptr) {
      settings.client_certificate = shown->file();
      settings.client_key = shown->key_file();
    }
    const auto failure = failure_of(Caller(settings).call(post("secret")));
    EXPECT_TRUE(failure.nothing_sent) << failure.why;
    EXPECT_TRUE(failure.ours_to_mend);
    EXPECT_THAT(failure.why, HasSubstr("does not accept our certificate"));
  }
}

std::string misfit_of(const Endpoint& endpoint) {
  const auto misfit = check(endpoint);
  return misfit ? misfit->key + ": " + misfit->why : "";
}

TEST(HttpClientEndpoint, IsRefusedWithKeyAndReason) {
  const Certificate ours("gateway.test");
  const Certificate other("gateway.test");
  Endpoint endpoint;
  endpoint.base_url = "https://desk.test";
  EXPECT_EQ(misfit_of(endpoint), "");
  endpoint.proxy = "https://proxy.test:3128";
  EXPECT_EQ(misfit_of(endpoint), "proxy: the proxy's address must be http://host:port");
  endpoint.proxy = "proxy.test:3128";
  EXPECT_EQ(misfit_of(endpoint), "proxy: the proxy's address must start with http:// or https://");
  endpoint.proxy = "http://user:pw@proxy.test:3128";
  EXPECT_EQ(misfit_of(endpoint), "proxy: the proxy's address takes no user name, query or fragment");
  endpoint.proxy = "http://proxy.test:3128/";
  endpoint.proxy_authorization = Sensitive<std::string>("Basic x\r\nX-Evil: 1");
  EXPECT_EQ(misfit_of(endpoint), "proxy: the proxy's authorization must be one line");
  endpoint.proxy_authorization = {};
  EXPECT_EQ(misfit_of(endpoint), "");
  endpoint.client_certificate = ours.file();
  EXPECT_EQ(misfit_of(endpoint), "client_key: the client certificate and its key go together");
  endpoint.client_key = other.key_file();
  EXPECT_THAT(misfit_of(endpoint), StartsWith("client_key: the client certificate's key cannot be used, from " + other.key_file()));
  endpoint.client_key = ours.key_file();
  EXPECT_EQ(misfit_of(endpoint), "");
  endpoint.base_url = "http://desk.test";
  EXPECT_EQ(misfit_of(endpoint), "client_certificate: a client certificate needs an address with https://");
  endpoint.base_url = "https://desk.test";
  endpoint.client_certificate = "/no/such/file.pem";
  EXPECT_THAT(misfit_of(endpoint), StartsWith("client_certificate: the client certificate cannot be read from /no/such/file.pem"));
  endpoint.ca_file = "/no/such/ca.pem";
  EXPECT_THAT(misfit_of(endpoint), StartsWith("ca_file: the CA certificates cannot be read from /no/such/ca.pem"));
}

}  // namespace
}  // namespace salam::http_client
