#include "gateway/store/checkpointer.h"

#include <spdlog/spdlog.h>

#include "gateway/store/writer.h"

namespace salam::store {

void checkpoint(Database& database) {
  const int result = sqlite3_wal_checkpoint_v2(database.handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  const DatabaseError error(result, sqlite3_errstr(result));
  if (error.full()) {
    spdlog::error("the database's disk is full: the write-ahead log stays as long as it is");
  } else if (result != SQLITE_OK && (result & 0xff) != SQLITE_BUSY && (result & 0xff) != SQLITE_LOCKED) {
    die(error);
  }
}

Checkpointer::Checkpointer(const std::string& path, int every_pages)
    : database_(path, Database::Access::write), every_pages_(every_pages), thread_([this] { work(); }) {}

Checkpointer::~Checkpointer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Checkpointer::log_grew(int pages) {
  if (pages < every_pages_) {
    next_pages_ = every_pages_;
  }
  if (pages < next_pages_) {
    return;
  }
  next_pages_ = pages + every_pages_;
  {
    const std::lock_guard lock(mutex_);
    due_ = true;
  }
  wake_.notify_one();
}

void Checkpointer::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return due_ || stopping_; });
    if (stopping_) {
      return;
    }
    due_ = false;
    lock.unlock();
    checkpoint(database_);
    rest_due_ = true;
    lock.lock();
  }
}

}  // namespace salam::store
