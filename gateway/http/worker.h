#pragma once

#include <chrono>
#include <memory>
#include <string_view>
#include <unordered_set>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "gateway/http/admission.h"
#include "gateway/http/exchange.h"
#include "gateway/http/server.h"
#include "gateway/http/server_metrics.h"
#include "gateway/http/wire.h"

namespace salam::http {

using Clock = std::chrono::steady_clock;

/// A connection as its worker sees it.
class AnyConnection {
 public:
  virtual ~AnyConnection() = default;
  virtual void look_at_deadline(Clock::time_point now) = 0;
  virtual void shut() = 0;
};

/// One thread with the connections that live on it; nothing in it is locked.
class Worker {
 public:
  Worker(const ServerSettings& settings, const Router& router, const Authenticate& authenticate, const std::shared_ptr<Shared>& shared,
         prometheus::Registry& registry)
      : settings_(settings),
        admission_(router, authenticate),
        shared_(shared),
        metrics_(registry, settings.name, router.routes()),
        mailbox_(std::make_shared<Mailbox>(io_, shared)),
        tick_timer_(io_) {}

  /// Until `finish` and the end of the last connection.
  void run() {
    tick();
    io_.run();
    mailbox_->close();
  }
  /// Cuts all connections off. On this worker's thread.
  void finish() {
    finished_ = true;
    tick_timer_.cancel();
    for (auto* connection : connections_) connection->shut();
  }
  [[nodiscard]] bool finished() const noexcept { return finished_; }

  void enter(AnyConnection& connection) { connections_.insert(&connection); }
  void leave(AnyConnection& connection) {
    connections_.erase(&connection);
    shared_->connections.fetch_sub(1);
  }

  [[nodiscard]] boost::asio::io_context& io() noexcept { return io_; }
  [[nodiscard]] const ServerSettings& settings() const noexcept { return settings_; }
  [[nodiscard]] const Admission& admission() const noexcept { return admission_; }
  [[nodiscard]] Shared& shared() noexcept { return *shared_; }
  [[nodiscard]] ServerMetrics& metrics() noexcept { return metrics_; }
  [[nodiscard]] const std::shared_ptr<Mailbox>& mailbox() const noexcept { return mailbox_; }
  std::string_view date() { return date_.now(); }

 private:
  /// Often enough that no deadline is missed by more than a quarter.
  [[nodiscard]] Clock::duration tick_length() const {
    const auto shortest = std::min({settings_.header_timeout, settings_.body_timeout, settings_.idle_timeout, settings_.handler_timeout});
    return std::clamp(shortest / 4, std::chrono::milliseconds(5), std::chrono::milliseconds(250));
  }

  void tick() {
    const auto now = Clock::now();
    for (auto* connection : connections_) connection->look_at_deadline(now);
    metrics_.show(shared_->connections, shared_->in_flight);
    tick_timer_.expires_after(tick_length());
    tick_timer_.async_wait([this](const boost::system::error_code& error) {
      if (!error && !finished_) tick();
    });
  }

  const ServerSettings& settings_;
  Admission admission_;
  std::shared_ptr<Shared> shared_;
  ServerMetrics metrics_;
  DateLine date_;
  std::unordered_set<AnyConnection*> connections_;
  bool finished_ = false;
  boost::asio::io_context io_{1};
  std::shared_ptr<Mailbox> mailbox_;
  boost::asio::steady_timer tick_timer_;
};

}  // namespace salam::http
