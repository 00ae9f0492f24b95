#pragma once

#include <functional>
#include <string>
#include <vector>

#include "gateway/domain/lifecycle.h"
#include "gateway/store/operations.h"
#include "tests/power_loss/ledger.h"
#include "tests/power_loss/machine.h"

namespace salam::power_loss {

/// How a life of the store differs from what ships, to see that the tests would tell.
struct Wrong {
  bool synchronous_normal = false;
};

/// What happens to a store from start to end, decided by a seed: meetings, requests with short and long forms, their way through the real
/// lifecycle, answers kept, checkpoints at any moment. What is answered goes into the ledger at once.
class History {
 public:
  History(std::uint64_t seed, Machine& machine, Ledger& ledger) : chance_(seed), machine_(machine), ledger_(ledger) {}

  /// One life by one thread: the gateway's own way to open the store, then its writer driven by hand, so that the seed repeats it exactly.
  /// Returns the position after the opening.
  Disk::Position live_alone(Disk& disk, Wrong wrong = {});
  /// One life of the whole store with its threads: many writes at a time, checkpoints beside them.
  Disk::Position live_with_threads(Disk& disk);

 private:
  store::Operation next(const Disk& disk);
  store::Operation meeting(const Disk& disk);
  store::Operation request(const Disk& disk);
  store::Operation update(const Disk& disk);
  std::vector<store::Operation> batch(const Disk& disk);
  static void give(store::Store& store, store::Operation operation);
  /// The store opened, and closed again.
  Disk::Position open_once(Disk& disk);
  std::uint64_t below(std::uint64_t bound) { return chance_() % bound; }

  Chance chance_;
  Machine& machine_;
  Ledger& ledger_;
  lifecycle::Policy policy_;
  std::uint64_t forms_ = 0;
  std::uint64_t meetings_ = 0;
  std::uint64_t answers_ = 0;
};

}  // namespace salam::power_loss
