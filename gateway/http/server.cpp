#include "gateway/http/server.h"

#include <charconv>
#include <stdexcept>
#include <thread>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <sys/resource.h>

#include "gateway/http/connection.h"

namespace salam::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using Acceptor = asio::basic_socket_acceptor<tcp, asio::io_context::executor_type>;

tcp::endpoint endpoint_of(const ServerSettings& settings) {
  const std::string& text = settings.listen;
  const auto colon = text.rfind(':');
  std::string host = text.substr(0, colon);
  if (host.size() > 1 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  if (host == "localhost") host = "127.0.0.1";
  unsigned short port = 0;
  const char* end = text.data() + text.size();
  const bool has_port = colon != std::string::npos && colon + 1 < text.size();
  const auto parsed = has_port ? std::from_chars(text.data() + colon + 1, end, port) : std::from_chars_result{};
  boost::system::error_code error;
  const auto address = asio::ip::make_address(host, error);
  if (!has_port || parsed.ec != std::errc() || parsed.ptr != end || error) {
    throw std::runtime_error(settings.name + ": listen = \"" + text +
                             "\" is not an address and a port such as 127.0.0.1:8137 or [::1]:8137");
  }
  return {address, port};
}

void check_exposure(const ServerSettings& settings, const tcp::endpoint& endpoint) {
  if (settings.tls_certificate.empty() != settings.tls_key.empty()) {
    throw std::runtime_error(settings.name + ": tls_certificate and tls_key go together; one of them is missing");
  }
  if (endpoint.address().is_loopback() || settings.behind_proxy || !settings.tls_certificate.empty()) return;
  throw std::runtime_error(
      settings.name + ": " + settings.listen +
      " can be reached from other machines without encryption; set tls_certificate and tls_key, or behind_proxy = true "
      "where a proxy in front does TLS, or listen on 127.0.0.1");
}

std::unique_ptr<asio::ssl::context> tls_context(const ServerSettings& settings) {
  if (settings.tls_certificate.empty()) return nullptr;
  auto context = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_server);
  context->set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1 |
                       asio::ssl::context::no_compression);
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  SSL_CTX_set_options(context->native_handle(), SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_mode(context->native_handle(), SSL_MODE_RELEASE_BUFFERS);
  boost::system::error_code error;
  context->use_certificate_chain_file(settings.tls_certificate, error);
  if (error) throw std::runtime_error(settings.name + ": tls_certificate " + settings.tls_certificate + ": " + error.message());
  context->use_private_key_file(settings.tls_key, asio::ssl::context::pem, error);
  if (error) throw std::runtime_error(settings.name + ": tls_key " + settings.tls_key + ": " + error.message());
  return context;
}

/// Each connection takes a file; the soft limit is often 1024.
void raise_file_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

template <class Stream>
Awaitable<void> converse(std::unique_ptr<Connection<Stream>> connection) {
  co_await connection->run();
}

class BeastServer final : public Server {
 public:
  BeastServer(ServerSettings settings, std::vector<Route> routes, const Authenticate& authenticate, prometheus::Registry& registry)
      : settings_(std::move(settings)), router_(std::move(routes)) {
    const auto endpoint = endpoint_of(settings_);
    check_exposure(settings_, endpoint);
    tls_ = tls_context(settings_);
    raise_file_limit();
    for (int i = 0; i < std::max(settings_.threads, 1); ++i) {
      workers_.push_back(std::make_unique<Worker>(settings_, router_, authenticate, shared_, registry));
    }
    listen(endpoint);
    for (auto& worker : workers_) threads_.emplace_back([&worker] { worker->run(); });
    observe::log(observe::Level::info, "listening", {{"listener", settings_.name}, {"address", settings_.listen}, {"port", int{port_}}});
  }

  ~BeastServer() override { stop(std::chrono::milliseconds(0)); }
  BeastServer(const BeastServer&) = delete;
  BeastServer& operator=(const BeastServer&) = delete;

  [[nodiscard]] unsigned short port() const override { return port_; }

  void drain() override {
    if (shared_->draining.exchange(true)) return;
    asio::post(workers_.front()->io(), [this] {
      boost::system::error_code ignored;
      acceptor_->close(ignored);
      retry_timer_->cancel();
    });
  }

  void stop(std::chrono::milliseconds deadline) override {
    if (threads_.empty()) return;
    drain();
    const auto end = Clock::now() + deadline;
    while (shared_->busy.load() > 0 && Clock::now() < end) std::this_thread::sleep_for(std::chrono::milliseconds(2));
    for (auto& worker : workers_) {
      asio::post(worker->io(), [&worker] { worker->finish(); });
    }
    for (auto& thread : threads_) thread.join();
    threads_.clear();
  }

 private:
  void listen(const tcp::endpoint& endpoint) {
    auto& io = workers_.front()->io();
    acceptor_.emplace(io.get_executor());
    retry_timer_.emplace(io.get_executor());
    try {
      acceptor_->open(endpoint.protocol());
      acceptor_->set_option(tcp::acceptor::reuse_address(true));
      acceptor_->bind(endpoint);
      acceptor_->listen(asio::socket_base::max_listen_connections);
    } catch (const boost::system::system_error& error) {
      throw std::runtime_error(settings_.name + ": cannot listen on " + settings_.listen + ": " + error.code().message());
    }
    port_ = acceptor_->local_endpoint().port();
    asio::co_spawn(io, accept(), asio::detached);
  }

  Awaitable<void> accept() {
    constexpr auto result = asio::as_tuple(asio::use_awaitable_t<asio::io_context::executor_type>{});
    for (std::size_t next = 0; !shared_->draining; next = (next + 1) % workers_.size()) {
      Worker& worker = *workers_[next];
      auto [error, socket] = co_await acceptor_->async_accept(worker.io(), result);
      if (!error) {
        take(worker, std::move(socket));
      } else if (!shared_->draining) {
        observe::log(observe::Level::warn, "cannot accept a connection", {{"listener", settings_.name}, {"error", error.message()}});
        retry_timer_->expires_after(std::chrono::milliseconds(100));
        co_await retry_timer_->async_wait(result);
      }
    }
  }

  void take(Worker& worker, Socket socket) {
    if (shared_->connections.fetch_add(1) >= settings_.max_connections) {
      shared_->connections.fetch_sub(1);
      worker.metrics().connection_refused();
      return;
    }
    if (workers_.size() == 1) return start(worker, std::move(socket));
    asio::post(worker.io(), [this, &worker, socket = std::move(socket)]() mutable { start(worker, std::move(socket)); });
  }

  void start(Worker& worker, Socket socket) {
    if (worker.finished()) return;
    boost::system::error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    socket.non_blocking(true, ignored);
    if (tls_) {
      spawn(worker, std::make_unique<Connection<TlsStream>>(worker, TlsStream(std::move(socket), *tls_)));
    } else {
      spawn(worker, std::make_unique<Connection<Socket>>(worker, std::move(socket)));
    }
  }

  template <class Stream>
  void spawn(Worker& worker, std::unique_ptr<Connection<Stream>> connection) {
    asio::co_spawn(worker.io(), converse(std::move(connection)), [this](const std::exception_ptr& failure) {
      try {
        if (failure) std::rethrow_exception(failure);
      } catch (const std::exception& error) {
        observe::log(observe::Level::error, "a connection failed", {{"listener", settings_.name}, {"error", error.what()}});
      }
    });
  }

  const ServerSettings settings_;
  const Router router_;
  std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();
  std::unique_ptr<asio::ssl::context> tls_;
  unsigned short port_ = 0;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::optional<Acceptor> acceptor_;
  std::optional<asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, asio::io_context::executor_type>> retry_timer_;
  std::vector<std::thread> threads_;
};

}  // namespace

std::optional<Misfit> check(const ServerSettings& settings) {
  try {
    check_exposure(settings, endpoint_of(settings));
  } catch (const std::runtime_error& error) {
    return Misfit{.key = "listen", .why = error.what()};
  }
  try {
    tls_context(settings);
  } catch (const std::runtime_error& error) {
    return Misfit{.key = "tls_certificate", .why = error.what()};
  }
  return std::nullopt;
}

std::unique_ptr<Server> serve(ServerSettings settings, std::vector<Route> routes, const Authenticate& authenticate,
                              prometheus::Registry& metrics) {
  return std::make_unique<BeastServer>(std::move(settings), std::move(routes), authenticate, metrics);
}

}  // namespace salam::http
