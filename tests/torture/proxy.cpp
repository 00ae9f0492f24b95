#include "tests/torture/proxy.h"

#include <algorithm>
#include <array>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

namespace salam::torture {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

/// One connection through the proxy. `passing`, shared by all: how many more sends pass before those that are to be held are.
class Link : public std::enable_shared_from_this<Link> {
 public:
  Link(tcp::socket client, tcp::socket broker, int& passing) : client_(std::move(client)), broker_(std::move(broker)), passing_(passing) {}

  void start() {
    read_client();
    read_broker();
  }
  void hold() { holding_ = true; }
  [[nodiscard]] std::string held() const { return holding_ ? waiting_ : std::string{}; }
  [[nodiscard]] bool over() const { return !broker_.is_open(); }

  /// Stays open afterwards, so that the broker reads all of it; `let_go` ends that.
  void release() {
    lingering_ = holding_;
    holding_ = false;
    write_broker();
  }
  void let_go() {
    lingering_ = false;
    write_broker();
  }

 private:
  void read_client() {
    client_.async_read_some(asio::buffer(from_client_), [self = shared_from_this()](error_code error, std::size_t size) {
      self->client_ended_ = static_cast<bool>(error);
      self->waiting_.append(self->from_client_.data(), size);
      if (self->holding_ && self->passing_ > 0 && size > 0) {
        --self->passing_;
        self->write_waiting();
      }
      self->write_broker();
      if (!error) self->read_client();
    });
  }

  void write_broker() {
    if (!holding_) write_waiting();
  }

  void write_waiting() {
    if (writing_) return;
    if (waiting_.empty()) return end_with_client();
    writing_ = true;
    to_broker_.swap(waiting_);
    asio::async_write(broker_, asio::buffer(to_broker_), [self = shared_from_this()](error_code, std::size_t) {
      self->writing_ = false;
      self->to_broker_.clear();
      self->write_broker();
    });
  }

  void end_with_client() {
    error_code ignored;
    if (client_ended_ && !lingering_) broker_.shutdown(tcp::socket::shutdown_send, ignored);
  }

  /// Goes on where the client is gone: a broker that finds nobody to answer would drop what it has still to read.
  void read_broker() {
    broker_.async_read_some(asio::buffer(from_broker_), [self = shared_from_this()](error_code error, std::size_t size) {
      if (error) return self->close();
      asio::async_write(self->client_, asio::buffer(self->from_broker_, size), [self](error_code, std::size_t) { self->read_broker(); });
    });
  }

  void close() {
    error_code ignored;
    client_.close(ignored);
    broker_.close(ignored);
  }

  tcp::socket client_;
  tcp::socket broker_;
  int& passing_;
  std::array<char, 64 * 1024> from_client_{};
  std::array<char, 64 * 1024> from_broker_{};
  std::string waiting_;
  std::string to_broker_;
  bool writing_ = false;
  bool holding_ = false;
  bool lingering_ = false;
  bool client_ended_ = false;
};

}  // namespace

class Proxy::Body {
 public:
  Body() : acceptor_(context_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)), port_(acceptor_.local_endpoint().port()) {
    accept();
    thread_ = std::thread([this] { context_.run(); });
  }
  ~Body() {
    context_.stop();
    thread_.join();
  }

  [[nodiscard]] unsigned short port() const { return port_; }
  void forward_to(unsigned short port) {
    on_thread([&] { broker_ = {asio::ip::address_v4::loopback(), port}; });
  }
  void hold(int passing) {
    on_thread([&] {
      passing_ = passing;
      for (const auto& link : links_) {
        link->let_go();
        link->hold();
      }
    });
  }
  std::size_t held() {
    std::size_t bytes = 0;
    on_thread([&] {
      for (const auto& link : links_) bytes += link->held().size();
    });
    return bytes;
  }
  std::vector<std::string> release() {
    std::vector<std::string> kept;
    on_thread([&] {
      for (const auto& link : links_) {
        if (auto bytes = link->held(); !bytes.empty()) kept.push_back(std::move(bytes));
        link->release();
      }
    });
    return kept;
  }

 private:
  template <class Work>
  void on_thread(const Work& work) {
    std::promise<void> done;
    asio::post(context_, [&] {
      work();
      done.set_value();
    });
    done.get_future().get();
  }

  void accept() {
    acceptor_.async_accept([this](error_code error, tcp::socket client) {
      if (!error) join(std::move(client));
      accept();
    });
  }

  void join(tcp::socket client) {
    std::erase_if(links_, [](const auto& link) { return link->over(); });
    tcp::socket broker(context_);
    error_code error;
    broker.connect(broker_, error);
    if (error) return;
    for (auto* socket : {&client, &broker}) socket->set_option(tcp::no_delay(true), error);
    links_.push_back(std::make_shared<Link>(std::move(client), std::move(broker), passing_));
    links_.back()->start();
  }

  asio::io_context context_{1};
  tcp::acceptor acceptor_;
  unsigned short port_;
  tcp::endpoint broker_;
  int passing_ = 0;
  std::vector<std::shared_ptr<Link>> links_;
  std::thread thread_;
};

Proxy::Proxy() : body_(std::make_unique<Body>()) {}
Proxy::~Proxy() = default;
unsigned short Proxy::port() const { return body_->port(); }
void Proxy::forward_to(unsigned short port) { body_->forward_to(port); }
void Proxy::hold(int passing) { body_->hold(passing); }
std::size_t Proxy::held() const { return body_->held(); }
std::vector<std::string> Proxy::release() { return body_->release(); }

}  // namespace salam::torture
