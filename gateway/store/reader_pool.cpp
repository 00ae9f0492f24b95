#include "gateway/store/reader_pool.h"

#include <algorithm>

namespace salam::store {

ReaderPool::ReaderPool(const std::string& path, int connections) {
  for (int count = 0; count < std::max(connections, 1); ++count) {
    databases_.push_back(std::make_unique<Database>(path, Database::Access::read));
    free_.push_back(databases_.back().get());
  }
}

Database* ReaderPool::take() {
  std::unique_lock lock(mutex_);
  given_back_.wait(lock, [this] { return !free_.empty(); });
  auto* database = free_.back();
  free_.pop_back();
  return database;
}

void ReaderPool::give_back(Database* database) {
  {
    const std::lock_guard lock(mutex_);
    free_.push_back(database);
  }
  given_back_.notify_one();
}

}  // namespace salam::store
