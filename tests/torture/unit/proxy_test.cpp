#include "tests/torture/proxy.h"

#include <string>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace salam::torture {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using testing::ElementsAre;
using testing::IsEmpty;

/// A proxy, what stands behind it, and connections through it.
class ProxyTest : public testing::Test {
 protected:
  ProxyTest() { proxy_.forward_to(acceptor_.local_endpoint().port()); }

  struct Connection {
    tcp::socket client;
    tcp::socket broker;
  };
  Connection connect() {
    tcp::socket client(context_);
    client.connect({asio::ip::address_v4::loopback(), proxy_.port()});
    return {std::move(client), acceptor_.accept()};
  }
  static void send(tcp::socket& socket, const std::string& text) { asio::write(socket, asio::buffer(text)); }
  static std::string receive(tcp::socket& socket, std::size_t size) {
    std::string text(size, '\0');
    asio::read(socket, asio::buffer(text));
    return text;
  }
  void await_held(std::size_t size) const {
    while (proxy_.held() < size) std::this_thread::yield();
  }

  asio::io_context context_;
  tcp::acceptor acceptor_{context_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)};
  Proxy proxy_;
};

TEST_F(ProxyTest, PassesBytesBothWaysAndTheEnd) {
  auto [client, broker] = connect();
  send(client, "question");
  EXPECT_EQ(receive(broker, 8), "question");
  send(broker, "answer");
  EXPECT_EQ(receive(client, 6), "answer");
  client.close();
  boost::system::error_code error;
  char byte = 0;
  broker.read_some(asio::buffer(&byte, 1), error);
  EXPECT_EQ(error, asio::error::eof);
}

TEST_F(ProxyTest, DeliversWhatADeadClientHadSentAfterItsSuccessorHasSpoken) {
  auto [client, broker] = connect();
  proxy_.hold(0);
  send(client, "late");
  await_held(4);
  client.close();
  auto [successor, again] = connect();
  send(successor, "first");
  EXPECT_EQ(receive(again, 5), "first");
  EXPECT_EQ(broker.available(), 0U);
  EXPECT_THAT(proxy_.release(), ElementsAre("late"));
  EXPECT_EQ(receive(broker, 4), "late");
  send(broker, "an answer that nobody reads");
  EXPECT_THAT(proxy_.release(), IsEmpty());
}

TEST_F(ProxyTest, LetsSomeSendsPassBeforeItHolds) {
  auto [client, broker] = connect();
  proxy_.hold(1);
  send(client, "one");
  EXPECT_EQ(receive(broker, 3), "one");
  send(client, "two");
  await_held(3);
  EXPECT_THAT(proxy_.release(), ElementsAre("two"));
  EXPECT_EQ(receive(broker, 3), "two");
  send(client, "three");
  EXPECT_EQ(receive(broker, 5), "three");
}

}  // namespace
}  // namespace salam::torture
