#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

namespace salam::http_client {

struct Addresses {
  std::vector<boost::asio::ip::tcp::endpoint> endpoints;  ///< In the order in which they are to be tried.
  std::string why;                                        ///< Where there is none.
};

/// Blocks for as long as the system's resolver does.
using Lookup = std::function<Addresses(const std::string& host, std::uint16_t port)>;
Addresses system_lookup(const std::string& host, std::uint16_t port);

/// The addresses of one host. Asio's own resolver asks for all names on one thread, so that a dead one blocks the others, and waits for
/// it when destroyed. Here each lookup has a thread of its own, at most one at a time, which nobody joins.
///
/// An answer is fresh for `fresh_for`; for an hour more it is still given at once, while a new one is looked up. Lives on its executor's
/// thread. Destroyed, it drops its handlers uncalled.
class Resolver : public std::enable_shared_from_this<Resolver> {
 public:
  using Deadline = std::chrono::steady_clock::time_point;
  using Handler = std::function<void(Addresses)>;

  Resolver(std::string host, std::uint16_t port, boost::asio::any_io_executor executor, Lookup look_up = system_lookup,
           std::chrono::milliseconds fresh_for = std::chrono::seconds(30));
  ~Resolver();
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  /// Calls back once, at the latest at the deadline; from inside this call where the answer is known.
  void resolve(Deadline deadline, Handler handler);

 private:
  struct Waiter {
    Handler handler;
    boost::asio::steady_timer timer;
  };
  struct Door;

  void start_lookup();
  void take(const Addresses& answer);
  void give_up(std::uint64_t waiter);

  std::string host_;
  std::uint16_t port_;
  boost::asio::any_io_executor executor_;
  Lookup look_up_;
  std::chrono::milliseconds fresh_for_;
  std::shared_ptr<Door> door_;
  Addresses known_;
  Deadline known_since_{};
  bool looking_up_ = false;
  std::uint64_t last_waiter_ = 0;
  std::map<std::uint64_t, Waiter> waiters_;
};

}  // namespace salam::http_client
