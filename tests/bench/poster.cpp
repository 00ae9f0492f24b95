#include "tests/bench/poster.h"

#include <chrono>
#include <list>
#include <optional>
#include <stdexcept>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <fmt/format.h>

namespace salam::bench {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;
using Tcp = asio::ip::tcp;
using Parser = http::response_parser<http::string_body>;

constexpr std::chrono::milliseconds moment{5};

Tcp::endpoint endpoint_of(const std::string& address) {
  const auto colon = address.rfind(':');
  return {asio::ip::make_address(address.substr(0, colon)), static_cast<unsigned short>(std::stoi(address.substr(colon + 1)))};
}

std::string wire(const std::string& method, const std::string& path, const std::string& key, const std::string& body) {
  return fmt::format(
      "{} {} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
      method, path, key, body.size(), body);
}

struct Load {
  const std::string& key;
  const std::function<std::string(std::size_t)>& body;
  std::size_t count;
  std::size_t next = 0;
  Posted posted;
};

class Connection {
 public:
  Connection(asio::io_context& context, const Tcp::endpoint& endpoint, Load& load) : socket_(context), timer_(context), load_(load) {
    socket_.connect(endpoint);
    socket_.set_option(Tcp::no_delay(true));
  }

  void post_next() {
    if (load_.next == load_.count) return;
    wire_ = wire("POST", "/v1/requests", load_.key, load_.body(load_.next++));
    write();
  }

 private:
  void write() {
    asio::async_write(socket_, asio::buffer(wire_), [this](error_code error, std::size_t) {
      check(error);
      parser_.emplace();
      http::async_read(socket_, buffer_, *parser_, [this](error_code failed, std::size_t) {
        check(failed);
        answered();
      });
    });
  }

  void answered() {
    const auto status = parser_->get().result_int();
    if (status == 202) return post_next();
    if (status != 429 && status != 503) throw std::runtime_error(fmt::format("POST was answered {}: {}", status, parser_->get().body()));
    ++load_.posted.put_off;
    timer_.expires_after(moment);
    timer_.async_wait([this](error_code) { write(); });
  }

  static void check(error_code error) {
    if (error) throw std::runtime_error("a connection to the gateway failed: " + error.message());
  }

  Tcp::socket socket_;
  asio::steady_timer timer_;
  Load& load_;
  std::string wire_;
  boost::beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
};

}  // namespace

Posted post_all(const std::string& address, const std::string& key, std::size_t connections, std::size_t count,
                const std::function<std::string(std::size_t)>& body) {
  asio::io_context context(1);
  Load load{.key = key, .body = body, .count = count};
  std::list<Connection> all;
  for (std::size_t i = 0; i < connections; ++i) all.emplace_back(context, endpoint_of(address), load);
  for (auto& connection : all) connection.post_next();
  context.run();
  return load.posted;
}

std::string exchange(const std::string& address, const std::string& method, const std::string& path, const std::string& key,
                     const std::string& body) {
  asio::io_context context(1);
  Tcp::socket socket(context);
  socket.connect(endpoint_of(address));
  asio::write(socket, asio::buffer(wire(method, path, key, body)));
  boost::beast::flat_buffer buffer;
  Parser parser;
  http::read(socket, buffer, parser);
  if (parser.get().result_int() / 100 != 2)
    throw std::runtime_error(fmt::format("{} {} was answered {}", method, path, parser.get().result_int()));
  return parser.release().body();
}

}  // namespace salam::bench
