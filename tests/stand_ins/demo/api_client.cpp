#include "tests/stand_ins/demo/api_client.h"

#include <optional>
#include <stdexcept>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

namespace salam::stand_ins::demo {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;

namespace {

constexpr auto patience = std::chrono::seconds(30);
constexpr std::uint64_t longest_reply = 64 * 1024 * 1024;

struct Origin {
  std::string host;
  std::string port;
};

Origin read_url(const std::string& url) {
  constexpr std::string_view scheme = "http://";
  auto colon = url.rfind(':');
  if (!url.starts_with(scheme) || colon <= scheme.size()) throw std::runtime_error("Not an address like http://127.0.0.1:8137: " + url);
  auto end = url.find('/', colon);
  return {url.substr(scheme.size(), colon - scheme.size()), url.substr(colon + 1, end - colon - 1)};
}

}  // namespace

class ApiClient::Body {
 public:
  Body(const std::string& url, std::string key) : url_(url), origin_(read_url(url)), key_(std::move(key)) {}

  Reply call(const std::string& method, const std::string& target, const std::string& body) {
    bool fresh = !stream_;
    if (fresh) connect();
    auto reply = exchange(method, target, body);
    if (!reply && !fresh && method == "GET") {
      connect();
      reply = exchange(method, target, body);
    }
    if (!reply) throw std::runtime_error("No answer from " + url_ + target);
    return std::move(*reply);
  }

 private:
  void connect() {
    stream_.emplace(context_);
    stream_->expires_after(patience);
    error_code failure;
    auto endpoints = asio::ip::tcp::resolver(context_).resolve(origin_.host, origin_.port, failure);
    if (!failure) {
      stream_->async_connect(endpoints, [&](error_code error, const auto&) { failure = error; });
      run();
    }
    if (failure) throw std::runtime_error("Cannot reach " + url_ + ": " + failure.message());
  }

  std::optional<Reply> exchange(const std::string& method, const std::string& target, const std::string& body) {
    http::request<http::string_body> request(http::string_to_verb(method), target, 11);
    request.set(http::field::host, origin_.host + ":" + origin_.port);
    if (!key_.empty()) request.set(http::field::authorization, "Bearer " + key_);
    if (!body.empty()) request.set(http::field::content_type, "application/json");
    request.body() = body;
    request.prepare_payload();
    http::response_parser<http::string_body> parser;
    parser.body_limit(longest_reply);
    error_code failure;
    stream_->expires_after(patience);
    http::async_write(*stream_, request, [&](error_code error, std::size_t) {
      failure = error;
      if (error) return;
      http::async_read(*stream_, buffer_, parser, [&](error_code read_error, std::size_t) { failure = read_error; });
    });
    run();
    bool keep = !failure && parser.get().keep_alive();
    if (!keep) {
      stream_.reset();
      buffer_.clear();
    }
    if (failure) return std::nullopt;
    return Reply{static_cast<int>(parser.get().result_int()), std::move(parser.get().body())};
  }

  void run() {
    context_.restart();
    context_.run();
  }

  std::string url_;
  Origin origin_;
  std::string key_;
  asio::io_context context_{1};
  std::optional<beast::tcp_stream> stream_;
  beast::flat_buffer buffer_;
};

ApiClient::ApiClient(const std::string& url, std::string key) : body_(std::make_unique<Body>(url, std::move(key))) {}
ApiClient::~ApiClient() = default;

Reply ApiClient::call(const std::string& method, const std::string& target, const std::string& body) {
  return body_->call(method, target, body);
}

}  // namespace salam::stand_ins::demo
