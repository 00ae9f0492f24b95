#include "tests/stand_ins/server.h"

#include <optional>
#include <stdexcept>
#include <unordered_set>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include "tests/stand_ins/text.h"

namespace salam::stand_ins {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::uint32_t longest_header = 32 * 1024;
constexpr std::uint64_t longest_body = 8 * 1024 * 1024;

std::string to_wire(const Response& response, bool keep_alive) {
  auto reason = http::obsolete_reason(http::int_to_status(static_cast<unsigned>(response.status)));
  std::string wire;
  wire.reserve(response.body.size() + 256);
  wire.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ").append(reason.data(), reason.size()).append("\r\n");
  if (response.status != 204) {
    wire.append("Content-Type: ").append(response.content_type).append("\r\n");
    wire.append("Content-Length: ").append(std::to_string(response.body.size())).append("\r\n");
  }
  for (const auto& [name, value] : response.headers) wire.append(name).append(": ").append(value).append("\r\n");
  if (!keep_alive) wire.append("Connection: close\r\n");
  return wire.append("\r\n").append(response.body);
}

/// A client may send the whole URL (RFC 9112 section 3.2.2).
std::string_view origin_form(std::string_view target) {
  constexpr std::string_view scheme = "http://";
  if (!target.starts_with(scheme)) return target;
  const auto path = target.find('/', scheme.size());
  return path == std::string_view::npos ? "/" : target.substr(path);
}

class Session;

/// What the sessions share with their server.
struct House {
  Server::Handler handler;
  std::unordered_set<Session*> sessions;
  std::function<void(Milliseconds)> go_down;
};

class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(tcp::socket socket, std::shared_ptr<House> house)
      : socket_(std::move(socket)), timer_(socket_.get_executor()), house_(std::move(house)) {
    house_->sessions.insert(this);
  }
  ~Session() { house_->sessions.erase(this); }

  void read() {
    parser_.emplace();
    parser_->header_limit(longest_header);
    parser_->body_limit(longest_body);
    http::async_read(socket_, buffer_, *parser_, [self = shared_from_this()](error_code error, std::size_t) { self->on_read(error); });
  }

  void reset() {
    error_code ignored;
    socket_.set_option(asio::socket_base::linger(true, 0), ignored);
    socket_.close(ignored);
    timer_.cancel();
  }

 private:
  void on_read(error_code error) {
    bool not_http =
        error && error != http::error::end_of_stream && error.category() == http::make_error_code(http::error::end_of_stream).category();
    if (error && !not_http) return close();
    keep_alive_ = !error && parser_->get().keep_alive();
    carry_out(error ? Answer{{400, R"({"error":"not HTTP"})"}} : handle(parser_->get()));
  }

  Answer handle(const http::request<http::string_body>& message) {
    auto target = origin_form({message.target().data(), message.target().size()});
    auto path = percent_decoded(target.substr(0, target.find('?')), false);
    if (!path || message.count(http::field::host) != 1) return {{400, R"({"error":"a well-formed target and one Host are needed"})"}};
    Request request;
    request.method = {message.method_string().data(), message.method_string().size()};
    request.path = std::move(*path);
    request.query = target.find('?') == std::string_view::npos ? std::string_view{} : target.substr(target.find('?') + 1);
    for (const auto& field : message) {
      request.headers.emplace_back(std::string_view(field.name_string().data(), field.name_string().size()),
                                   std::string_view(field.value().data(), field.value().size()));
    }
    request.body = message.body();
    return house_->handler(request);
  }

  void carry_out(const Answer& answer) {
    switch (answer.ending) {
      case Ending::reset:
        return reset();
      case Ending::hang:
        return wait_for_close();
      case Ending::cut:
        keep_alive_ = false;
        wire_ = to_wire(answer.response, false);
        wire_.resize(wire_.size() - (answer.response.body.size() + 1) / 2);
        break;
      case Ending::reply:
        wire_ = to_wire(answer.response, keep_alive_);
        break;
    }
    down_after_ = answer.down_after;
    if (answer.delay.count() == 0) return write();
    timer_.expires_after(answer.delay);
    timer_.async_wait([self = shared_from_this()](error_code error) {
      if (!error) self->write();
    });
  }

  void write() {
    asio::async_write(socket_, asio::buffer(wire_), [self = shared_from_this()](error_code error, std::size_t) {
      if (!error && self->down_after_.count() > 0) return self->house_->go_down(self->down_after_);
      if (error || !self->keep_alive_) return self->close();
      self->read();
    });
  }

  void wait_for_close() {
    socket_.async_read_some(asio::buffer(void_), [self = shared_from_this()](error_code error, std::size_t) {
      if (!error) self->wait_for_close();
    });
  }

  void close() {
    error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_both, ignored);
    socket_.close(ignored);
  }

  tcp::socket socket_;
  asio::steady_timer timer_;
  std::shared_ptr<House> house_;
  beast::flat_buffer buffer_{longest_header + longest_body};
  std::optional<http::request_parser<http::string_body>> parser_;
  std::string wire_;
  std::array<char, 512> void_{};
  Milliseconds down_after_{0};
  bool keep_alive_ = true;
};

class BeastServer : public Server {
 public:
  BeastServer(asio::io_context& context, unsigned short port, Handler handler)
      : acceptor_(context), timer_(context), endpoint_(asio::ip::address_v4::loopback(), port) {
    house_->handler = std::move(handler);
    house_->go_down = [this](Milliseconds wait) { go_down(wait); };
    listen();
    endpoint_.port(acceptor_.local_endpoint().port());
  }

  [[nodiscard]] unsigned short port() const override { return endpoint_.port(); }

 private:
  void listen() {
    try {
      acceptor_.open(endpoint_.protocol());
      acceptor_.set_option(asio::socket_base::reuse_address(true));
      acceptor_.bind(endpoint_);
      acceptor_.listen();
    } catch (const boost::system::system_error& failure) {
      throw std::runtime_error("Cannot listen on 127.0.0.1:" + std::to_string(endpoint_.port()) + ": " + failure.code().message());
    }
    accept();
  }

  void accept() {
    acceptor_.async_accept([this](error_code error, tcp::socket socket) {
      if (error == asio::error::operation_aborted) return;
      if (!error) {
        error_code ignored;
        socket.set_option(tcp::no_delay(true), ignored);
        std::make_shared<Session>(std::move(socket), house_)->read();
      }
      accept();
    });
  }

  void go_down(Milliseconds wait) {
    acceptor_.close();
    for (auto* session : std::vector(house_->sessions.begin(), house_->sessions.end())) session->reset();
    timer_.expires_after(wait);
    timer_.async_wait([this](error_code error) {
      if (!error) listen();
    });
  }

  std::shared_ptr<House> house_ = std::make_shared<House>();
  tcp::acceptor acceptor_;
  asio::steady_timer timer_;
  tcp::endpoint endpoint_;
};

}  // namespace

std::unique_ptr<Server> serve(asio::io_context& context, unsigned short port, Server::Handler handler) {
  return std::make_unique<BeastServer>(context, port, std::move(handler));
}

}  // namespace salam::stand_ins
