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
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <openssl/err.h>
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
using HeaderParser = http::response_parser<http::empty_body>;
using Clock = std::chrono::steady_clock;

constexpr std::size_t max_buffer = 64 * 1024;
constexpr std::uint32_t max_header = 16 * 1024;

enum class Stage { idle, resolving, connecting, tunnelling, securing, writing, reading };

const char* name_of(Stage stage) {
  switch (stage) {
    case Stage::idle:
      return "waiting";
    case Stage::resolving:
      return "name lookup";
    case Stage::connecting:
      return "connecting";
    case Stage::tunnelling:
      return "proxy";
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

/// Nothing of an exchange has reached a server that ends the handshake so, though TLS 1.3 lets it be sent before the alert comes.
bool refuses_our_certificate(const error_code& error) {
  if (error.category() != asio::error::get_ssl_category()) {
    return false;
  }
  switch (ERR_GET_REASON(static_cast<unsigned long>(error.value()))) {
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
      return true;
    default:
      return false;
  }
}

/// A status by which a proxy says that it will not, and not merely that it cannot now.
bool is_for_us(unsigned status) { return status >= 400 && status < 500 && status != 408 && status != 429; }

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
    if (shared_->proxy && shared_->tls) {
      open_tunnel();
    } else {
      secure();
    }
  }

  void open_tunnel() {
    stage_ = Stage::tunnelling;
    tunnel_request_ = connect_form(shared_->origin, shared_->user_agent, *shared_->proxy);
    tcp().expires_at(exchange_.deadline);
    asio::async_write(tcp(), asio::buffer(tunnel_request_), then(&StreamConnection::on_tunnel_asked));
  }

  void on_tunnel_asked(error_code error) {
    if (error) {
      fail(error);
      return;
    }
    tunnel_.emplace();
    tunnel_->header_limit(max_header);
    tunnel_->skip(true);
    http::async_read_header(tcp(), buffer_, *tunnel_, then(&StreamConnection::on_tunnel));
  }

  void on_tunnel(error_code error) {
    if (error) {
      fail(error);
      return;
    }
    const unsigned status = tunnel_->get().result_int();
    if (http::to_status_class(status) != http::status_class::successful) {
      fail("HTTP " + std::to_string(status), is_for_us(status));
    } else if (buffer_.size() != 0) {
      fail("it speaks before the server can");
    } else {
      secure();
    }
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
    if (shared_->proxy && parser_->get().result() == http::status::proxy_authentication_required) {
      stage_ = Stage::tunnelling;
      fail("HTTP 407", true);
      return;
    }
    stage_ = Stage::idle;
    reusable_ = parser_->keep_alive() && buffer_.size() == 0;
    finish(to_response(parser_->release()));
  }

  void fail(error_code error) {
    if (refuses_our_certificate(error)) {
      stage_ = Stage::securing;
      fail("the server does not accept our certificate, or wants one (" + error.message() + ")", true);
      return;
    }
    fail(error == beast::error::timeout ? std::string("no answer in time") : error.message());
  }

  void fail(const std::string& why, bool ours_to_mend = false) {
    Failure failure{stage_ < Stage::writing, std::string(name_of(stage_)) + ": " + why, ours_to_mend};
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
  std::string tunnel_request_;
  std::optional<HeaderParser> tunnel_;
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

std::shared_ptr<asio::ssl::context> make_tls(const Endpoint& endpoint) {
  auto tls = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(tls->native_handle(), TLS1_2_VERSION);
  tls->set_verify_mode(asio::ssl::verify_peer);
  error_code error;
  const auto require = [&](const char* key, const std::string& what) {
    if (error) {
      throw Unusable({key, what + ": " + error.message()});
    }
  };
  if (endpoint.ca_file.empty()) {
    tls->set_default_verify_paths(error);
    require("ca_file", "the CA certificates cannot be read");
  } else {
    tls->load_verify_file(endpoint.ca_file, error);
    require("ca_file", "the CA certificates cannot be read from " + endpoint.ca_file);
  }
  if (!endpoint.client_certificate.empty()) {
    // Without it OpenSSL would ask for a key's passphrase at the terminal.
    tls->set_password_callback([](std::size_t, asio::ssl::context::password_purpose) { return std::string(); }, error);
    tls->use_certificate_chain_file(endpoint.client_certificate, error);
    require("client_certificate", "the client certificate cannot be read from " + endpoint.client_certificate);
    tls->use_private_key_file(endpoint.client_key, asio::ssl::context::pem, error);
    require("client_key", "the client certificate's key cannot be used, from " + endpoint.client_key);
  }
  return tls;
}

}  // namespace salam::http_client
