#pragma once

#include <functional>

#include "gateway/domain/time.h"

namespace salam {

/// The one thread that owns the pipeline.
class Executor {
 public:
  virtual ~Executor() = default;
  /// Runs it on that thread, soon and in order. From any thread.
  virtual void post(std::function<void()> work) = 0;
  /// Runs it on that thread after at least `wait`. Only from that thread.
  virtual void call_after(Milliseconds wait, std::function<void()> work) = 0;
};

}  // namespace salam
