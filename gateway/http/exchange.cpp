#include "gateway/http/exchange.h"

#include <utility>

#include <boost/asio/post.hpp>

#include "gateway/http/problem.h"

namespace salam::http {

void Mailbox::deliver(std::shared_ptr<Exchange> exchange) {
  const std::scoped_lock lock(mutex_);
  if (io_ == nullptr) return;
  ready_.push_back(std::move(exchange));
  if (std::exchange(woken_, true)) return;
  boost::asio::post(*io_, [self = shared_from_this()] { self->hand_out(); });
}

void Mailbox::hand_out() {
  std::vector<std::shared_ptr<Exchange>> ready;
  {
    const std::scoped_lock lock(mutex_);
    ready.swap(ready_);
    woken_ = false;
  }
  for (const auto& exchange : ready) exchange->resume();
}

void Mailbox::close() {
  const std::scoped_lock lock(mutex_);
  io_ = nullptr;
  ready_.clear();
}

/// Shared by all copies of a `Reply`; the last one to go makes sure of an answer.
class Exchange::Ticket {
 public:
  Ticket(std::shared_ptr<Exchange> exchange, bool persian) : exchange_(std::move(exchange)), persian_(persian) {}
  ~Ticket() {
    if (!exchange_->settled_.load(std::memory_order_relaxed)) {
      exchange_->settle(to_response({.code = "internal_error"}, persian_));
    }
    exchange_->free_place();
  }
  Ticket(const Ticket&) = delete;
  Ticket& operator=(const Ticket&) = delete;

  void answer(Response response) { exchange_->answer(std::move(response)); }

 private:
  std::shared_ptr<Exchange> exchange_;
  bool persian_;
};

Reply Exchange::reply(bool persian) {
  return [ticket = std::make_shared<Ticket>(shared_from_this(), persian)](Response response) { ticket->answer(std::move(response)); };
}

void Exchange::answer(Response response) {
  free_place();
  settle(std::move(response));
}

void Exchange::settle(Response response) {
  if (settled_.exchange(true)) return;
  response_ = std::move(response);
  if (state_.exchange(State::answered, std::memory_order_acq_rel) == State::awaited) mailbox_->deliver(shared_from_this());
}

void Exchange::await() {
  auto expected = State::handled;
  if (!state_.compare_exchange_strong(expected, State::awaited, std::memory_order_acq_rel)) mailbox_->deliver(shared_from_this());
}

void Exchange::resume() {
  if (!waiting_) return;
  auto handler = std::move(*waiting_);
  waiting_.reset();
  std::move(handler)();
}

void Exchange::free_place() {
  if (place_freed_.exchange(true)) return;
  route_place_.reset();
  mailbox_->shared().in_flight.fetch_sub(1);
}

}  // namespace salam::http
