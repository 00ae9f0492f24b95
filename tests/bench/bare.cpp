#include "tests/bench/bare.h"

#include <chrono>
#include <cstdio>
#include <memory>
#include <optional>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

namespace salam::bench {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;
using Tcp = asio::ip::tcp;

constexpr std::chrono::seconds deadline{30};
constexpr const char* receipt =
    R"({"id":"01990000-0000-7000-8000-000000000000","code":"1234567890","state":"waiting","received_at":"2026-11-24T18:00:00Z"})";

class Session : public std::enable_shared_from_this<Session> {
 public:
  explicit Session(Tcp::socket socket) : stream_(std::move(socket)) {}

  void read() {
    parser_.emplace();
    stream_.expires_after(deadline);
    http::async_read(stream_, buffer_, *parser_, [self = shared_from_this()](error_code error, std::size_t) {
      if (!error) self->write();
    });
  }

 private:
  void write() {
    reply_ = {http::status::accepted, parser_->get().version()};
    reply_.set(http::field::content_type, "application/json");
    reply_.set(http::field::location, "/v1/requests/01990000-0000-7000-8000-000000000000");
    reply_.keep_alive(parser_->keep_alive());
    reply_.body() = receipt;
    reply_.prepare_payload();
    stream_.expires_after(deadline);
    http::async_write(stream_, reply_, [self = shared_from_this()](error_code error, std::size_t) {
      if (!error && self->parser_->keep_alive()) self->read();
    });
  }

  boost::beast::tcp_stream stream_;
  boost::beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  http::response<http::string_body> reply_;
};

void accept(Tcp::acceptor& acceptor) {
  acceptor.async_accept([&acceptor](error_code error, Tcp::socket socket) {
    if (error) return;
    socket.set_option(Tcp::no_delay(true), error);
    std::make_shared<Session>(std::move(socket))->read();
    accept(acceptor);
  });
}

}  // namespace

void serve_bare(unsigned short port) {
  asio::io_context context(1);
  Tcp::acceptor acceptor(context, Tcp::endpoint(asio::ip::address_v4::loopback(), port));
  asio::signal_set ending(context, SIGTERM, SIGINT);
  ending.async_wait([&context](error_code, int) { context.stop(); });
  std::printf("%d\n", acceptor.local_endpoint().port());
  std::fflush(stdout);
  accept(acceptor);
  context.run();
}

}  // namespace salam::bench
