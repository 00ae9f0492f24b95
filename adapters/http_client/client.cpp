#include "adapters/http_client/client.h"

#include <cstdint>
#include <map>
#include <stdexcept>
#include <unordered_map>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "adapters/http_client/connection.h"
#include "adapters/http_client/origin.h"
#include "adapters/http_client/resolver.h"

namespace salam::http_client {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

constexpr std::size_t max_waiting = 10'000;

struct Call {
  Exchange exchange;
  Handler handler;
};

/// The connections of one client and the calls that wait for one, first come, first served.
class Pool : public std::enable_shared_from_this<Pool> {
 public:
  Pool(std::shared_ptr<const Shared> shared, std::size_t max_connections, std::chrono::milliseconds max_idle)
      : shared_(std::move(shared)), max_connections_(max_connections), max_idle_(max_idle), sweep_(shared_->executor) {}

  void take(Call call) {
    if (busy_.size() < max_connections_) {
      start(std::move(call));
    } else if (waiting_.size() < max_waiting) {
      wait(std::move(call));
    } else {
      refuse(std::move(call.handler), "too many calls wait for a connection");
    }
  }

  /// Tells from inside the executor.
  void refuse(Handler handler, std::string why) {
    asio::post(shared_->executor, [weak = weak_from_this(), handler = std::move(handler), why = std::move(why)]() mutable {
      if (const auto self = weak.lock()) {
        handler(Failure{true, std::move(why)});
      }
    });
  }

  void close() {
    waiting_.clear();
    for (const auto& [address, connection] : busy_) {
      connection->close();
    }
    busy_.clear();
    idle_.clear();
    sweep_.cancel();
  }

 private:
  struct Idle {
    std::shared_ptr<Connection> connection;
    Clock::time_point since;
  };
  struct Waiting {
    Call call;
    asio::steady_timer timer;
  };

  void wait(Call call) {
    const auto id = ++last_waiting_;
    const auto deadline = call.exchange.deadline;
    auto& waiting = waiting_.emplace(id, Waiting{std::move(call), asio::steady_timer(shared_->executor, deadline)}).first->second;
    waiting.timer.async_wait([weak = weak_from_this(), id](error_code) {
      const auto self = weak.lock();
      if (auto late = self ? self->waiting_.extract(id) : decltype(waiting_)::node_type()) {
        late.mapped().call.handler(Failure{true, "waiting for a free connection: no answer in time"});
      }
    });
  }

  void start(Call call) {
    auto connection = idle_connection();
    if (!connection) {
      connection = make_connection(shared_);
    }
    Connection* const key = connection.get();
    busy_.emplace(key, connection);
    connection->exchange(std::move(call.exchange), [weak = weak_from_this(), key, handler = std::move(call.handler)](Outcome outcome) {
      if (const auto self = weak.lock()) {
        self->finish(key, handler, std::move(outcome));
      }
    });
  }

  void finish(Connection* key, const Handler& handler, Outcome outcome) {
    auto connection = std::move(busy_.extract(key).mapped());
    if (connection->usable()) {
      idle_.push_back({std::move(connection), Clock::now()});
      sweep_later();
    }
    if (!waiting_.empty()) {
      start(std::move(waiting_.extract(waiting_.begin()).mapped().call));
    }
    handler(std::move(outcome));
  }

  /// The one used last.
  std::shared_ptr<Connection> idle_connection() {
    while (!idle_.empty()) {
      const Idle newest = std::move(idle_.back());
      idle_.pop_back();
      if (Clock::now() - newest.since < max_idle_ && newest.connection->usable()) {
        return newest.connection;
      }
    }
    return nullptr;
  }

  void sweep_later() {
    if (sweeping_) {
      return;
    }
    sweeping_ = true;
    sweep_.expires_at(idle_.front().since + max_idle_);
    sweep_.async_wait([weak = weak_from_this()](error_code error) {
      const auto self = weak.lock();
      if (self && !error) {
        self->sweep();
      }
    });
  }

  void sweep() {
    sweeping_ = false;
    const auto bound = Clock::now() - max_idle_;
    std::erase_if(idle_, [bound](const Idle& idle) { return idle.since <= bound; });
    if (!idle_.empty()) {
      sweep_later();
    }
  }

  std::shared_ptr<const Shared> shared_;
  std::size_t max_connections_;
  std::chrono::milliseconds max_idle_;
  std::unordered_map<Connection*, std::shared_ptr<Connection>> busy_;
  std::vector<Idle> idle_;  ///< Longest idle first.
  std::map<std::uint64_t, Waiting> waiting_;
  std::uint64_t last_waiting_ = 0;
  asio::steady_timer sweep_;
  bool sweeping_ = false;
};

class PoolingClient final : public Client {
 public:
  PoolingClient(std::shared_ptr<const Shared> shared, const Settings& settings)
      : shared_(std::move(shared)), pool_(std::make_shared<Pool>(shared_, settings.max_connections, settings.max_idle)) {}
  ~PoolingClient() override { pool_->close(); }

  void send(Request request, std::chrono::milliseconds timeout, Handler handler) override {
    if (const auto fault = fault_of(request); !fault.empty()) {
      pool_->refuse(std::move(handler), std::string(fault));
      return;
    }
    const Proxy* const forwards = shared_->proxy && !shared_->tls ? &*shared_->proxy : nullptr;
    Exchange exchange{wire_form(request, shared_->origin, shared_->user_agent, forwards), request.method == "HEAD", Clock::now() + timeout};
    pool_->take({std::move(exchange), std::move(handler)});
  }

 private:
  std::shared_ptr<const Shared> shared_;
  std::shared_ptr<Pool> pool_;
};

/// Whatever `read` makes of it; what it throws is laid to the key's charge.
template <class Read>
auto read_key(const char* key, const Read& read) {
  try {
    return read();
  } catch (const Unusable&) {
    throw;
  } catch (const std::runtime_error& error) {
    throw Unusable({key, error.what()});
  }
}

/// All that connections need to know of the endpoint.
Shared prepare(const Endpoint& endpoint) {
  Shared shared;
  shared.origin = read_key("base_url", [&] { return parse_origin(endpoint.base_url); });
  if (!endpoint.proxy.empty()) {
    shared.proxy = read_key("proxy", [&] { return parse_proxy(endpoint.proxy, endpoint.proxy_authorization.reveal()); });
  }
  if (endpoint.client_certificate.empty() != endpoint.client_key.empty()) {
    throw Unusable({"client_key", "the client certificate and its key go together"});
  }
  if (shared.origin.tls) {
    shared.tls = make_tls(endpoint);
  } else if (!endpoint.client_certificate.empty()) {
    throw Unusable({"client_certificate", "a client certificate needs an address with https://"});
  }
  return shared;
}

}  // namespace

std::optional<Misfit> check(const Endpoint& endpoint) {
  try {
    prepare(endpoint);
    return std::nullopt;
  } catch (const Unusable& unusable) {
    return unusable.misfit;
  }
}

std::unique_ptr<Client> make_client(const Settings& settings, const asio::any_io_executor& executor) {
  if (settings.max_connections == 0) {
    throw std::runtime_error("a client needs at least one connection");
  }
  Shared shared = prepare(settings);
  shared.user_agent = settings.user_agent;
  shared.max_body = settings.max_body;
  shared.executor = executor;
  const Origin& next = shared.proxy ? shared.proxy->origin : shared.origin;
  shared.resolver = std::make_shared<Resolver>(next.host, next.port, executor);
  return std::make_unique<PoolingClient>(std::make_shared<const Shared>(std::move(shared)), settings);
}

}  // namespace salam::http_client
