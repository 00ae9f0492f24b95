#include "adapters/http_client/resolver.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>
#include <netdb.h>

namespace salam::http_client {
namespace {

using boost::asio::ip::tcp;
constexpr auto usable_for = std::chrono::hours(1);

tcp::endpoint endpoint_of(const addrinfo& entry) {
  tcp::endpoint endpoint;
  std::copy_n(reinterpret_cast<const char*>(entry.ai_addr), entry.ai_addrlen, reinterpret_cast<char*>(endpoint.data()));
  endpoint.resize(entry.ai_addrlen);
  return endpoint;
}

}  // namespace

/// The way back from a lookup's thread, which may outlive the resolver and its executor: shut before either is gone.
struct Resolver::Door {
  std::mutex mutex;
  std::optional<boost::asio::any_io_executor> executor;
};

Addresses system_lookup(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* first = nullptr;
  const int error = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &first);
  Addresses answer;
  if (error != 0) {
    answer.why = gai_strerror(error);
    return answer;
  }
  for (const addrinfo* entry = first; entry != nullptr; entry = entry->ai_next) {
    if (entry->ai_family == AF_INET || entry->ai_family == AF_INET6) {
      answer.endpoints.push_back(endpoint_of(*entry));
    }
  }
  freeaddrinfo(first);
  return answer;
}

Resolver::Resolver(std::string host, std::uint16_t port, boost::asio::any_io_executor executor, Lookup look_up,
                   std::chrono::milliseconds fresh_for)
    : host_(std::move(host)),
      port_(port),
      executor_(std::move(executor)),
      look_up_(std::move(look_up)),
      fresh_for_(fresh_for),
      door_(std::make_shared<Door>()) {
  door_->executor = executor_;
  boost::system::error_code no_address;
  const auto address = boost::asio::ip::make_address(host_, no_address);
  if (!no_address) {
    known_.endpoints.emplace_back(address, port_);
    known_since_ = Deadline::max();
  }
}

Resolver::~Resolver() {
  const std::lock_guard lock(door_->mutex);
  door_->executor.reset();
}

void Resolver::resolve(Deadline deadline, Handler handler) {
  const auto now = std::chrono::steady_clock::now();
  const bool known = !known_.endpoints.empty();
  if (!known || (known_since_ < now && now - known_since_ > fresh_for_)) {
    start_lookup();
  }
  if (known && (known_since_ > now || now - known_since_ < fresh_for_ + usable_for)) {
    handler(known_);
    return;
  }
  const auto id = ++last_waiter_;
  auto& waiter = waiters_.emplace(id, Waiter{std::move(handler), boost::asio::steady_timer(executor_, deadline)}).first->second;
  waiter.timer.async_wait([weak = weak_from_this(), id](boost::system::error_code) {
    if (const auto self = weak.lock()) {
      self->give_up(id);
    }
  });
}

void Resolver::start_lookup() {
  if (looking_up_) {
    return;
  }
  auto work = [weak = weak_from_this(), door = door_, look_up = look_up_, host = host_, port = port_] {
    auto answer = look_up(host, port);
    const std::lock_guard lock(door->mutex);
    if (door->executor) {
      boost::asio::post(*door->executor, [weak, answer = std::move(answer)] {
        if (const auto self = weak.lock()) {
          self->take(answer);
        }
      });
    }
  };
  try {
    std::thread(std::move(work)).detach();
    looking_up_ = true;
  } catch (const std::system_error&) {
    // No thread to be had now: the next call tries again, and this one ends at its deadline.
  }
}

void Resolver::take(const Addresses& answer) {
  looking_up_ = false;
  if (!answer.endpoints.empty()) {
    known_ = answer;
    known_since_ = std::chrono::steady_clock::now();
  }
  const auto self = shared_from_this();
  for (auto& [id, waiter] : std::exchange(waiters_, {})) {
    waiter.handler(answer);
  }
}

void Resolver::give_up(std::uint64_t waiter) {
  if (auto found = waiters_.extract(waiter)) {
    found.mapped().handler(Addresses{{}, "no answer in time"});
  }
}

}  // namespace salam::http_client
