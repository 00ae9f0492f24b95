#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include "gateway/http/request_parser.h"
#include "gateway/http/wire.h"
#include "gateway/http/worker.h"
#include "gateway/observe/log.h"

namespace salam::http {

using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;
using TlsStream = boost::asio::ssl::stream<Socket>;
template <class T>
using Awaitable = boost::asio::awaitable<T, boost::asio::io_context::executor_type>;

/// One connection, one coroutine: reads a header, has it admitted, reads the body, waits for the answer, writes it, and again. One buffer
/// for its life, so pipelined bytes survive. Its deadline is a point in time that the worker looks at now and then, which costs an
/// operation nothing.
template <class Stream>
class Connection final : public AnyConnection {
 public:
  Connection(Worker& worker, Stream stream)
      : worker_(worker), stream_(std::move(stream)), buffer_(std::max<std::size_t>(64 * 1024, worker.settings().header_limit + 4 * 1024)) {
    worker_.enter(*this);
  }
  ~Connection() override { worker_.leave(*this); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  Awaitable<void> run() {
    if (!co_await shake_hands()) co_return;
    while (co_await serve_one()) release_memory();
    co_await part();
  }

  void look_at_deadline(Clock::time_point now) override {
    if (now < deadline_) return;
    deadline_ = never;
    if (waiting_ != nullptr) {
      waiting_->answer_instead(to_response({.code = "timed_out"}, persian_));
    } else {
      late_ = true;
      Error ignored;
      socket().cancel(ignored);
    }
  }

  void shut() override {
    Error ignored;
    socket().close(ignored);
    if (waiting_ != nullptr) waiting_->answer_instead({});
  }

 private:
  using Error = boost::system::error_code;
  using Token = boost::asio::use_awaitable_t<boost::asio::io_context::executor_type>;
  using Step = RequestParser::Step;
  enum class Read { some, closed, late, full };

  static constexpr bool is_tls = std::is_same_v<Stream, TlsStream>;
  static constexpr auto never = Clock::time_point::max();
  static constexpr auto farewell = std::chrono::seconds(2);
  static constexpr std::size_t small_read = 2 * 1024;
  static constexpr std::size_t large_read = 64 * 1024;
  static constexpr std::size_t joined_body = 16 * 1024;      ///< Up to here a body is copied behind its header, into one write.
  static constexpr std::size_t largest_piece = 1024 * 1024;  ///< Of a body that is sent at once.
  /// How much of a refused body is read and thrown away so that the connection can go on.
  static constexpr std::uint64_t discard_limit = 2 * 1024 * 1024;
  static constexpr auto result = boost::asio::as_tuple(Token{});

  Socket& socket() {
    if constexpr (is_tls) {
      return stream_.next_layer();
    } else {
      return stream_;
    }
  }

  void set_deadline(Clock::duration wait) { deadline_ = Clock::now() + wait; }

  void release_memory() {
    if (buffer_.size() == 0 && buffer_.capacity() > 4 * small_read) buffer_.shrink_to_fit();
    if (out_.capacity() > large_read) out_ = {};
  }

  Awaitable<bool> shake_hands() {
    if constexpr (is_tls) {
      set_deadline(worker_.settings().header_timeout);
      const auto [error] = co_await stream_.async_handshake(boost::asio::ssl::stream_base::server, result);
      co_return !error;
    }
    co_return true;
  }

  /// False when the connection is to be closed.
  Awaitable<bool> serve_one() {
    route_ = ServerMetrics::unmatched;
    began_ = never;
    body_timeout_ = worker_.settings().body_timeout;
    parser_.emplace(worker_.settings().header_limit);
    if (!co_await read_header()) co_return false;
    began_ = Clock::now();
    const Busy busy(worker_.shared());

    const bool full = worker_.shared().in_flight.fetch_add(1) >= worker_.settings().max_in_flight;
    auto exchange = std::make_shared<Exchange>(worker_.mailbox());
    const Head head{parser_->request(), parser_->raw_path(), parser_->has_body(), parser_->announced_length()};
    Decision decision = worker_.admission().decide(head, {worker_.shared().draining, full});
    if (decision.route != nullptr) follow(*decision.route, decision.route_index);
    if (decision.refusal) {
      exchange.reset();
      co_return co_await refuse(*decision.refusal);
    }
    if (!parser_->finished()) {
      const auto problem = co_await read_body(decision.route->body_limit);
      if (problem == gone) co_return false;
      if (!problem.empty()) {
        exchange.reset();
        co_return co_await refuse_body(problem, decision.route->body_limit);
      }
    }
    co_return co_await handle(decision, std::move(exchange));
  }

  void follow(const Route& route, std::size_t index) {
    route_ = index;
    if (route.body_timeout.count() > 0) body_timeout_ = route.body_timeout;
  }

  Awaitable<bool> read_header() {
    set_deadline(buffer_.size() == 0 ? worker_.settings().idle_timeout : worker_.settings().header_timeout);
    bool started = buffer_.size() > 0;
    for (;;) {
      if (buffer_.size() > 0) {
        const Step step = feed();
        if (step == Step::header_done || step == Step::done) co_return true;
        if (step == Step::failed) co_return co_await refuse_and_close(parser_->problem());
      }
      const Read read = co_await read_some(small_read);
      if (read == Read::full) co_return co_await refuse_and_close("header_too_large");
      if (read == Read::late && started) co_return co_await refuse_and_close("header_timeout");
      if (read != Read::some) co_return false;
      if (!std::exchange(started, true)) set_deadline(worker_.settings().header_timeout);
    }
  }

  static constexpr std::string_view gone = "gone";

  /// Empty when the body is there, `gone` when the client is not, else a problem code.
  Awaitable<std::string_view> read_body(std::uint64_t limit) {
    parser_->take_body(limit);
    set_deadline(body_timeout_);
    if (parser_->expects_continue() && buffer_.size() == 0) {
      static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
      const auto bytes = boost::asio::buffer(go_on);
      const auto [error, sent] = co_await boost::asio::async_write(stream_, bytes, result);
      if (error) co_return gone;
    }
    co_return co_await feed_to_the_end();
  }

  Awaitable<std::string_view> feed_to_the_end() {
    for (;;) {
      if (buffer_.size() > 0) {
        const Step step = feed();
        if (step == Step::failed) co_return parser_->problem();
        if (step == Step::too_large) co_return "body_too_large";
      }
      if (parser_->finished()) co_return std::string_view();
      const Read read = co_await read_some(std::clamp<std::size_t>(parser_->remaining_length(), small_read, large_read));
      if (read == Read::full) co_return "header_too_large";
      if (read == Read::late) co_return "body_timeout";
      if (read == Read::closed) co_return gone;
    }
  }

  Step feed() {
    const auto data = buffer_.cdata();
    const auto fed = parser_->feed({static_cast<const char*>(data.data()), data.size()});
    buffer_.consume(fed.consumed);
    return fed.step;
  }

  Awaitable<Read> read_some(std::size_t wanted) {
    const auto room = std::min(std::max(wanted, buffer_.capacity() - buffer_.size()), buffer_.max_size() - buffer_.size());
    if (room == 0) co_return Read::full;
    const auto space = buffer_.prepare(room);
    late_ = false;
    const auto [error, length] = co_await stream_.async_read_some(space, result);
    buffer_.commit(length);
    if (error) co_return late_ ? Read::late : Read::closed;
    co_return Read::some;
  }

  Awaitable<bool> handle(Decision& decision, std::shared_ptr<Exchange> exchange) {
    Request& request = parser_->request();
    method_ = request.method;
    persian_ = request.wants_persian();
    request.caller = std::move(decision.caller);
    request.parameters = std::move(decision.parameters);
    exchange->take_over(decision.place);
    call(decision.route->handler, *exchange);
    if (!exchange->answered()) {
      set_deadline(worker_.settings().handler_timeout);
      waiting_ = exchange.get();
      co_await exchange->async_wait(Token{});
      waiting_ = nullptr;
    }
    co_return co_await write(exchange->response(), true);
  }

  void call(const Handler& handler, Exchange& exchange) {
    try {
      handler(std::move(parser_->request()), exchange.reply(persian_));
    } catch (const std::exception& error) {
      observe::log(observe::Level::error, "a handler failed", {{"listener", worker_.settings().name}, {"error", error.what()}});
      exchange.answer_instead(to_response({.code = "internal_error"}, persian_));
    }
  }

  /// Refuses a request whose header was in order: answered at once, its body thrown away, and the connection goes on.
  Awaitable<bool> refuse(const Problem& problem) {
    const bool reusable = parser_->finished() || (!parser_->expects_continue() && parser_->remaining_length() <= discard_limit);
    worker_.metrics().refused(problem.code);
    const Response response = to_response(problem, parser_->request().wants_persian());
    method_ = parser_->request().method;
    if (!co_await write(response, reusable)) co_return false;
    if (parser_->finished()) co_return true;
    parser_->discard_body(discard_limit);
    set_deadline(worker_.settings().body_timeout);
    const auto rest = co_await feed_to_the_end();
    co_return rest.empty();
  }

  Awaitable<bool> refuse_body(std::string_view code, std::uint64_t limit) {
    if (code != "body_too_large") co_return co_await refuse_and_close(code);
    const Problem problem{.code = std::string(code), .members = {{"limit", std::to_string(limit)}}};
    co_return co_await refuse(problem);
  }

  /// Refuses what leaves no way to tell where the next request begins. Always false.
  Awaitable<bool> refuse_and_close(std::string_view code) {
    began_ = std::min(began_, Clock::now());
    worker_.metrics().refused(code);
    const Problem problem{.code = std::string(code)};
    const Response response = to_response(problem, parser_->request().wants_persian());
    method_ = parser_->request().method;
    co_return co_await write(response, false);
  }

  /// True when the connection can go on.
  Awaitable<bool> write(const Response& response, bool reusable) {
    const bool goes_on = reusable && parser_->keeps_alive() && !worker_.shared().draining;
    const bool with_body = method_ != Method::head && may_have_body(response.status);
    out_.clear();
    append_header(out_, response, {.keep_alive = goes_on, .http_1_0 = parser_->is_http_1_0(), .date = worker_.date()});
    std::string_view body;
    if (with_body && response.content().size() <= joined_body) {
      out_ += response.content();
    } else if (with_body) {
      body = response.content();
    }
    const std::chrono::duration<double> took = Clock::now() - began_;
    worker_.metrics().answered(route_, method_, response.status, took.count());
    set_deadline(body_timeout_);
    std::size_t sent = 0;
    do {
      const auto piece = body.substr(sent, largest_piece);
      if (!co_await send(piece)) co_return false;
      out_.clear();
      sent += piece.size();
      if (response.file) response.file->let_go(sent);
    } while (sent < body.size());
    co_return goes_on;
  }

  /// Sends `out_` and `body`: straight away as far as the socket takes it, which is nearly always all.
  Awaitable<bool> send(std::string_view body) {
    std::array<boost::asio::const_buffer, 2> parts{boost::asio::buffer(out_), boost::asio::buffer(body)};
    if constexpr (!is_tls) {
      Error error;
      const auto sent = stream_.write_some(parts, error);
      if (error && error != boost::asio::error::would_block) co_return false;
      if (sent == out_.size() + body.size()) co_return true;
      parts[1] += sent - std::min(sent, out_.size());
      parts[0] += sent;
    }
    const auto [error, sent] = co_await boost::asio::async_write(stream_, parts, result);
    co_return !error;
  }

  /// Closes so that the client can still read the last answer: says that nothing more comes, and reads on until it closes too.
  Awaitable<void> part() {
    set_deadline(farewell);
    if constexpr (is_tls) {
      co_await stream_.async_shutdown(result);
      set_deadline(farewell);
    }
    Error error;
    socket().shutdown(Socket::shutdown_send, error);
    late_ = false;
    while (!error && !late_) {
      buffer_.clear();
      const auto space = buffer_.prepare(small_read);
      const auto [failed, length] = co_await socket().async_read_some(space, result);
      error = failed;
    }
    socket().close(error);
  }

  class Busy {
   public:
    explicit Busy(Shared& shared) : shared_(shared) { shared_.busy.fetch_add(1); }
    ~Busy() { shared_.busy.fetch_sub(1); }
    Busy(const Busy&) = delete;
    Busy& operator=(const Busy&) = delete;

   private:
    Shared& shared_;
  };

  Worker& worker_;
  Stream stream_;
  boost::beast::flat_buffer buffer_;
  std::optional<RequestParser> parser_;
  std::string out_;
  Clock::time_point deadline_ = never;
  Clock::time_point began_ = never;
  Clock::duration body_timeout_{};
  Exchange* waiting_ = nullptr;
  std::size_t route_ = ServerMetrics::unmatched;
  Method method_ = Method::other;
  bool persian_ = false;
  bool late_ = false;
};

}  // namespace salam::http
