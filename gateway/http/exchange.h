#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/io_context.hpp>

#include "gateway/http/message.h"
#include "gateway/http/places.h"

namespace salam::http {

/// What all threads of one server, and late answers, look at.
struct Shared {
  std::atomic<bool> draining{false};
  std::atomic<std::size_t> connections{0};
  std::atomic<std::size_t> in_flight{0};  ///< Admitted and not yet answered by its handler, even if the client got `timed_out`.
  std::atomic<std::size_t> busy{0};       ///< Connections between a request's header and the end of its answer.
};

class Exchange;

/// Brings answers from any thread to the connections' thread: many answers, one wake-up.
class Mailbox : public std::enable_shared_from_this<Mailbox> {
 public:
  Mailbox(boost::asio::io_context& io, std::shared_ptr<Shared> shared) : shared_(std::move(shared)), io_(&io) {}

  void deliver(std::shared_ptr<Exchange> exchange);
  /// Answers that come later go nowhere. On the connections' thread, when no connection is left.
  void close();
  [[nodiscard]] Shared& shared() const noexcept { return *shared_; }

 private:
  void hand_out();

  std::shared_ptr<Shared> shared_;
  std::mutex mutex_;
  boost::asio::io_context* io_;
  std::vector<std::shared_ptr<Exchange>> ready_;
  bool woken_ = false;
};

/// One request and its one answer. The first answer counts: the handler's, or `timed_out`, or that of a `Reply` dropped unanswered.
class Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  /// Takes over a place in flight, which the server has counted.
  explicit Exchange(std::shared_ptr<Mailbox> mailbox) : mailbox_(std::move(mailbox)) {}
  /// One of the route's own places too. Before `reply`.
  void take_over(Places::Place place) { route_place_ = std::move(place); }
  ~Exchange() { free_place(); }
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  /// What the handler gets. Where its last copy dies unanswered, the client gets 500.
  Reply reply(bool persian);

  /// Answers in the handler's stead; its own answer is then dropped, and its place in flight stays taken until it comes.
  void answer_instead(Response response) { settle(std::move(response)); }

  [[nodiscard]] bool answered() const noexcept { return state_.load(std::memory_order_acquire) == State::answered; }
  /// Completes on the connections' thread when there is an answer. Only if not `answered` yet.
  template <class Token>
  auto async_wait(Token&& token) {
    return boost::asio::async_initiate<Token, void()>(
        [this](auto handler) {
          waiting_.emplace(std::move(handler));
          await();
        },
        token);
  }
  [[nodiscard]] Response& response() noexcept { return response_; }

 private:
  friend class Mailbox;
  class Ticket;
  enum class State { handled, awaited, answered };

  void answer(Response response);
  void settle(Response response);
  void await();
  void resume();
  void free_place();

  std::shared_ptr<Mailbox> mailbox_;
  std::atomic<State> state_{State::handled};
  std::atomic<bool> settled_{false};
  std::atomic<bool> place_freed_{false};
  Places::Place route_place_;
  Response response_;
  /// Emplaced, never assigned: Asio 1.26's move assignment calls itself without end.
  std::optional<boost::asio::any_completion_handler<void()>> waiting_;
};

}  // namespace salam::http
