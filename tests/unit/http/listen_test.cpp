#include <stdexcept>
#include <string>

#include <gmock/gmock.h>

#include "tests/unit/http/server_fixture.h"

namespace salam::test {
namespace {

std::string complaint_about(http::ServerSettings settings) {
  observe::Metrics metrics;
  try {
    http::serve(std::move(settings), {}, {}, metrics.registry());
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

TEST(Listener, BeyondLoopbackNeedsTlsOrAProxyAndSaysSo) {
  for (const char* address : {"0.0.0.0:0", "[::]:0"}) {
    const auto complaint = complaint_about({.listen = address});
    EXPECT_THAT(complaint, testing::HasSubstr("tls_certificate"));
    EXPECT_THAT(complaint, testing::HasSubstr("behind_proxy"));
  }
}

TEST(Listener, RefusesAnAddressThatIsNone) {
  for (const char* address : {"", "8137", "127.0.0.1", "127.0.0.1:", "127.0.0.1:99999", "127.0.0.1:80x", "example.org:80"}) {
    EXPECT_THAT(complaint_about({.listen = address}), testing::HasSubstr("127.0.0.1:8137")) << address;
  }
}

TEST(Listener, SaysThatAnAddressIsTaken) {
  observe::Metrics metrics;
  const auto first = http::serve({.listen = "127.0.0.1:0"}, {}, {}, metrics.registry());
  EXPECT_THAT(complaint_about({.listen = "127.0.0.1:" + std::to_string(first->port())}), testing::HasSubstr("cannot listen on 127.0.0.1:"));
}

TEST(Listener, NamesTheCertificateThatCannotBeRead) {
  EXPECT_THAT(complaint_about({.listen = "127.0.0.1:0", .tls_certificate = "/nowhere.pem", .tls_key = "/nowhere.key"}),
              testing::HasSubstr("/nowhere.pem"));
  EXPECT_THAT(complaint_about({.listen = "127.0.0.1:0", .tls_certificate = "/nowhere.pem"}), testing::HasSubstr("tls_key"));
}

}  // namespace
}  // namespace salam::test
