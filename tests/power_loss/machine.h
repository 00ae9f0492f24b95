#pragma once

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "gateway/store/store.h"
#include "tests/power_loss/vfs.h"
#include "tests/unit/store/support.h"

namespace salam::power_loss {

/// Where a store runs: a disk to plug in, a clock, randomness.
class Machine {
 public:
  explicit Machine(std::uint64_t seed) : random(seed), seed_(seed) {}

  void plug_in(Disk& disk) {
    disk_ = &disk;
    mount(disk, seed_);
  }
  [[nodiscard]] const std::string& database() const { return database_; }

  /// The store as the gateway opens it. Its lock stands in a real folder, where the database's size must be seen too.
  Result<std::unique_ptr<store::Store>> open(store::Settings settings = {}) {
    std::filesystem::remove(database_);
    if (const auto size = disk_->size(database_); size > 0) {
      std::ofstream(database_).close();
      std::filesystem::resize_file(database_, size);
    }
    settings.path = database_;
    settings.readers = 1;
    return store::open(std::move(settings), clock, random);
  }

  store::test::SetClock clock;
  store::test::SeededRandom random;

 private:
  store::test::Directory directory_;
  const std::string database_ = directory_.database();
  Disk* disk_ = nullptr;
  std::uint64_t seed_;
};

}  // namespace salam::power_loss
