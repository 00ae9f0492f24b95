#pragma once

#include <memory>

#include <boost/asio/any_io_executor.hpp>

#include "gateway/ports/clock.h"
#include "gateway/ports/executor.h"

namespace salam::app {

/// The thread that owns the pipeline and its adapters: an Asio event loop.
class CoreThread : public Executor {
 public:
  CoreThread();
  ~CoreThread() override;
  CoreThread(const CoreThread&) = delete;
  CoreThread& operator=(const CoreThread&) = delete;

  void post(std::function<void()> work) override;
  void call_after(Milliseconds wait, std::function<void()> work) override;
  [[nodiscard]] boost::asio::any_io_executor executor();
  /// Ends the loop and joins the thread; what is queued is dropped.
  void stop();

 private:
  struct Loop;
  std::unique_ptr<Loop> loop_;
};

class SystemClock : public Clock {
 public:
  [[nodiscard]] Timestamp now() const override;
  [[nodiscard]] Steady steady() const override;
};

/// The operating system's randomness, drawn in blocks. Thread-safe.
class SystemRandom : public Random {
 public:
  std::uint64_t bits() override;
};

}  // namespace salam::app
