#pragma once

#include <functional>
#include <vector>

#include "gateway/domain/lifecycle.h"
#include "gateway/ports/clock.h"
#include "gateway/ports/executor.h"
#include "gateway/store/store.h"

namespace salam::pipeline {

/// Has the messages of approved invitations written, one bounded step after another. The store knows from the approval on who is still to
/// be written to, so that a crash at any moment leaves nobody out and nobody is written to twice. Lives on the executor's thread; what may
/// be called elsewhere says so. Outlives nothing it is given.
class Invitations {
 public:
  struct World {
    store::Store& store;
    Clock& clock;
    Random& random;
    Executor& executor;
    /// Takes the tasks that were committed.
    std::function<void(std::vector<Task>)> added;
  };
  Invitations(const lifecycle::Policy& policy, World world) : policy_(policy), world_(std::move(world)) {}

  /// Goes on with what an earlier life of the gateway left.
  void start() { write(); }
  /// One was approved. From any thread.
  void approved();

 private:
  void write();
  void written(Result<store::Invited> invited);

  const lifecycle::Policy& policy_;
  World world_;
  bool writing_ = false;
  bool write_again_ = false;
};

}  // namespace salam::pipeline
