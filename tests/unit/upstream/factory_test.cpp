#include "adapters/upstream/factory.h"

#include <mutex>
#include <optional>

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/http_client/server.h"
#include "tests/unit/upstream/support.h"

namespace salam::upstream {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// A desk with a login, behind a proxy that it plays itself; notes what it is asked.
class Desk {
 public:
  [[nodiscard]] std::string url() const { return server_.url(); }
  std::vector<std::string> requests() {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  void serve(http_client::Peer& peer) {
    for (auto request = peer.read_request(); !request.empty(); request = peer.read_request()) {
      {
        const std::lock_guard lock(mutex_);
        requests_.push_back(request);
      }
      peer.reply(request.find("/login ") != std::string::npos ? R"({"token":"t1"})" : R"({"id":"17"})");
    }
  }

  std::mutex mutex_;
  std::vector<std::string> requests_;
  http_client::Server server_{[this](http_client::Peer& peer) { serve(peer); }};
};

TEST(UpstreamFactory, MakesADriverThatLogsInAndGoesThroughTheProxy) {
  Desk desk;
  const TemporaryFile mapping(R"([login]
path = "/login"
body_format = "form"
body = "u={{user}}&p={{password}}&k={{api_key}}"
token = "/token"
[submit]
path = "/add"
body_format = "form"
body = "ref={{code}}"
[submit.headers]
Authorization = "Bearer {{token}}"
[success]
statuses = [200]
code = "/id"
)");
  Settings settings;
  settings.driver = DriverKind::mapped;
  settings.base_url = "http://desk.test/api";
  settings.proxy = desk.url();
  settings.user = Sensitive<std::string>("salam");
  settings.password = Sensitive<std::string>("p&ss");
  settings.api_key = Sensitive<std::string>("k1");
  settings.mapping_file = mapping.path();

  boost::asio::io_context io;
  FakeExecutor executor;
  auto upstream = make(settings, "service_desk", io.get_executor(), executor, {});
  ASSERT_TRUE(upstream) << upstream.error().message;
  std::optional<SubmitOutcome> outcome;
  (*upstream)->submit(std::make_shared<const Request>(sample_request()),
                      [&](const salam::Reply<SubmitOutcome>& judged) { outcome = judged.outcome; });
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!outcome && std::chrono::steady_clock::now() < until) {
    io.restart();
    io.run_one_for(std::chrono::milliseconds(10));
  }
  ASSERT_TRUE(outcome);
  EXPECT_EQ(std::get<outcome::Registered>(*outcome).code, "17");
  EXPECT_THAT(desk.requests(), ElementsAre(HasSubstr("POST http://desk.test/api/login "), HasSubstr("POST http://desk.test/api/add ")));
  EXPECT_THAT(desk.requests()[0], HasSubstr("\r\n\r\nu=salam&p=p%26ss&k=k1"));
  EXPECT_THAT(desk.requests()[1], HasSubstr("\r\nAuthorization: Bearer t1\r\n"));
}

}  // namespace
}  // namespace salam::upstream
