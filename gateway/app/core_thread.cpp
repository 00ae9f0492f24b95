#include "gateway/app/core_thread.h"

#include <array>
#include <chrono>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <openssl/rand.h>

namespace salam::app {

namespace asio = boost::asio;

namespace {
/// How long the first of several that are posted in quick succession, as the outcomes of one commit are, waits for the others: else each
/// would wake the loop anew.
constexpr std::chrono::microseconds shared_moment{100};
}  // namespace

struct CoreThread::Loop {
  void run_posted() {
    std::vector<std::function<void()>> work;
    {
      const std::lock_guard lock(mutex);
      work.swap(posted);
    }
    for (const auto& one : work) one();
  }

  std::mutex mutex;
  std::vector<std::function<void()>> posted;
  asio::io_context context{1};
  asio::steady_timer moment{context};
  asio::executor_work_guard<asio::io_context::executor_type> guard{context.get_executor()};
  std::thread thread{[this] { context.run(); }};
};

CoreThread::CoreThread() : loop_(std::make_unique<Loop>()) {}
CoreThread::~CoreThread() { stop(); }

void CoreThread::post(std::function<void()> work) {
  {
    const std::lock_guard lock(loop_->mutex);
    loop_->posted.push_back(std::move(work));
    if (loop_->posted.size() > 1) return;
  }
  asio::post(loop_->context, [loop = loop_.get()] {
    loop->moment.expires_after(shared_moment);
    loop->moment.async_wait([loop](const boost::system::error_code&) { loop->run_posted(); });
  });
}

void CoreThread::call_after(Milliseconds wait, std::function<void()> work) {
  auto timer = std::make_unique<asio::steady_timer>(loop_->context, wait);
  auto& armed = *timer;
  armed.async_wait([timer = std::move(timer), work = std::move(work)](const boost::system::error_code& error) {
    if (!error) work();
  });
}

asio::any_io_executor CoreThread::executor() { return loop_->context.get_executor(); }

void CoreThread::stop() {
  loop_->context.stop();
  if (loop_->thread.joinable()) loop_->thread.join();
}

Timestamp SystemClock::now() const { return std::chrono::floor<Milliseconds>(std::chrono::system_clock::now()); }
Clock::Steady SystemClock::steady() const { return std::chrono::steady_clock::now(); }

std::uint64_t SystemRandom::bits() {
  thread_local std::array<std::uint64_t, 64> block{};
  thread_local std::size_t left = 0;
  if (left == 0) {
    if (RAND_bytes(reinterpret_cast<unsigned char*>(block.data()), sizeof block) != 1) {
      throw std::runtime_error("the operating system gives no randomness");
    }
    left = block.size();
  }
  return block[--left];
}

}  // namespace salam::app
