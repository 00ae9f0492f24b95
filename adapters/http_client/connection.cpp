#include "adapters/http_client/connection.h"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <openssl/ssl.h>
#include <sys/socket.h>

namespace salam::http_client {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;
using Plain = beast::tcp_stream;
using Tls = beast::ssl_stream<beast::tcp_stream>;
using Parser = http::response_parser<http::string_body>;
using Clock = std::chrono::steady_clock;

constexpr std::size_t max_buffer = 64 * 1024;
constexpr std::uint32_t max_header = 16 * 1024;

enum class Stage { idle, resolving, connecting, securing, writing, reading };

const char* name_of(Stage stage) {
  switch (stage) {
    case Stage::idle:
      return "waiting";
    case Stage::resolving:
      return "name lookup";
    case Stage::connecting:
      return "connecting";
    case Stage::securing:
      return "TLS handshake";
    case Stage::writing:
      return "sending";
    case Stage::reading:
      return "awaiting the reply";
  }
  return "";
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; });
  return out;
}

Response to_response(http::response<http::string_body>&& reply) {
  Response response;
  response.status = static_cast<int>(reply.result_int());
  for (const auto& field : reply) {
    response.headers.emplace_back(lower(field.name_string()), std::string(field.value()));
  }
  response.body = std::move(reply.body());
  return response;
}

/// A byte, its end or an error waits to be read.
bool has_news(int socket) {
  char byte = 0;
  return recv(socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
}

bool is_address(const std::string& host) {
  error_code error;
  asio::ip::make_address(host, error);
  return !error;
}

template <class Stream>
class StreamConnection final : public Connection, public std::enable_shared_from_this<StreamConnection<Stream>> {
 public:
  explicit StreamConnection(std::shared_ptr<const Shared> shared) : shared_(std::move(shared)), buffer_(max_buffer) {}

  void exchange(Exchange exchange, Handler handler) override {
    exchange_ = std::move(exchange);
    handler_ = std::move(handler);
    if (reusable_) {
      write();
    } else {
      resolve();
    }
  }

  [[nodiscard]] bool usable() override { return reusable_ && !has_news(socket().native_handle()); }

  void close() override {
    handler_ = nullptr;
    reusable_ = false;
    if (stream_) {
      tcp().close();
    }
  }

 private:
  Plain& tcp() { return beast::get_lowest_layer(*stream_); }
  asio::ip::tcp::socket& socket() { return tcp().socket(); }

  /// `step`, unless the exchange was dropped meanwhile.
  template <class Step>
  auto then(Step step) {
    return [self = this->shared_from_this(), step](error_code error, const auto&...) {
      if (self->handler_) {
        (self.get()->*step)(error);
      }
    };
  }

  void resolve() {
    stage_ = Stage::resolving;
    shared_->resolver->resolve(exchange_.deadline, [weak = this->weak_from_this()](Addresses addresses) {
      const auto self = weak.lock();
      if (self && self->handler_) {
        self->connect_to(std::move(addresses));
      }
    });
  }

  void connect_to(Addresses addresses) {
    if (addresses.endpoints.empty()) {
      fail(addresses.why);
      return;
    }
    endpoints_ = std::move(addresses.endpoints);
    next_endpoint_ = 0;
    connect_next();
  }

  /// Each address gets an even share of the time that is left.
  void connect_next() {
    stage_ = Stage::connecting;
    renew_stream();
    const auto now = Clock::now();
    const auto left = std::max(exchange_.deadline - now, Clock::duration::zero());
    tcp().expires_at(now + left / static_cast<int>(endpoints_.size() - next_endpoint_));
    tcp().async_connect(endpoints_[next_endpoint_++], then(&StreamConnection::on_connect));
  }

  void renew_stream() {
    if constexpr (std::is_same_v<Stream, Tls>) {
      stream_.emplace(shared_->executor, *shared_->tls);
    } else {
      stream_.emplace(shared_->executor);
    }
  }

  void on_connect(error_code error) {
    if (error && next_endpoint_ < endpoints_.size()) {
      connect_next();
      return;
    }
    if (error) {
      fail(error);
      return;
    }
    socket().set_option(asio::ip::tcp::no_delay(true), error);
    secure();
  }

  void secure() {
    if constexpr (std::is_same_v<Stream, Tls>) {
      stage_ = Stage::securing;
      const std::string& host = shared_->origin.host;
      if (!is_address(host)) {
        SSL_set_tlsext_host_name(stream_->native_handle(), host.c_str());
      }
      error_code error;
      stream_->set_verify_callback(asio::ssl::host_name_verification(host), error);
      tcp().expires_at(exchange_.deadline);
      stream_->async_handshake(asio::ssl::stream_base::client, then(&StreamConnection::on_secured));
    } else {
      write();
    }
  }

  void on_secured(error_code error) {
    if constexpr (std::is_same_v<Stream, Tls>) {
      const long verdict = SSL_get_verify_result(stream_->native_handle());
      if (error && verdict != X509_V_OK) {
        fail(X509_verify_cert_error_string(verdict));
        return;
      }
    }
    if (error) {
      fail(error);
      return;
    }
    write();
  }

  void write() {
    if (Clock::now() >= exchange_.deadline) {
      asio::post(shared_->executor, [self = this->shared_from_this()] {
        if (self->handler_) {
          self->fail(error_code(beast::error::timeout));
        }
      });
      return;
    }
    stage_ = Stage::writing;
    tcp().expires_at(exchange_.deadline);
    asio::async_write(*stream_, asio::buffer(exchange_.wire), then(&StreamConnection::on_written));
  }

  void on_written(error_code error) {
    if (error) {
      fail(error);
      return;
    }
    stage_ = Stage::reading;
    read();
  }

  void read() {
    parser_.emplace();
    parser_->header_limit(max_header);
    parser_->body_limit(shared_->max_body);
    parser_->skip(exchange_.head);
    http::async_read(*stream_, buffer_, *parser_, then(&StreamConnection::on_read));
  }

  void on_read(error_code error) {
    if (error) {
      fail(error);
      return;
    }
    if (http::to_status_class(parser_->get().result_int()) == http::status_class::informational) {
      read();
      return;
    }
    stage_ = Stage::idle;
    reusable_ = parser_->keep_alive() && buffer_.size() == 0;
    finish(to_response(parser_->release()));
  }

  void fail(error_code error) { fail(error == beast::error::timeout ? std::string("no answer in time") : error.message()); }

  void fail(const std::string& why) {
    Failure failure{stage_ < Stage::writing, std::string(name_of(stage_)) + ": " + why};
    reusable_ = false;
    if (stream_) {
      tcp().close();
    }
    finish(std::move(failure));
  }

  void finish(Outcome outcome) { std::exchange(handler_, nullptr)(std::move(outcome)); }

  std::shared_ptr<const Shared> shared_;
  beast::flat_buffer buffer_;
  std::optional<Stream> stream_;
  std::optional<Parser> parser_;
  std::vector<asio::ip::tcp::endpoint> endpoints_;
  std::size_t next_endpoint_ = 0;
  Exchange exchange_;
  Handler handler_;
  Stage stage_ = Stage::idle;
  bool reusable_ = false;
};

}  // namespace

std::shared_ptr<Connection> make_connection(std::shared_ptr<const Shared> shared) {
  if (shared->tls) {
    return std::make_shared<StreamConnection<Tls>>(std::move(shared));
  }
  return std::make_shared<StreamConnection<Plain>>(std::move(shared));
}

std::shared_ptr<asio::ssl::context> make_tls(const std::string& ca_file) {
  auto tls = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(tls->native_handle(), TLS1_2_VERSION);
  tls->set_verify_mode(asio::ssl::verify_peer);
  error_code error;
  if (ca_file.empty()) {
    tls->set_default_verify_paths(error);
  } else {
    tls->load_verify_file(ca_file, error);
  }
  if (error) {
    throw std::runtime_error("the CA certificates cannot be read" + (ca_file.empty() ? std::string() : " from " + ca_file) + ": " +
                             error.message());
  }
  return tls;
}

}  // namespace salam::http_client
