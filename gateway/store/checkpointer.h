#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "gateway/store/database.h"

namespace salam::store {

/// Moves committed pages from the write-ahead log into the database beside the writer, on a thread and connection of its own, each time
/// the log has grown by so many pages. A log that keeps growing under a busy writer never comes to its end from beside; so the writer is
/// asked to move the short rest itself, after which it starts the log anew.
class Checkpointer {
 public:
  /// Throws DatabaseError.
  Checkpointer(const std::string& path, int every_pages);
  ~Checkpointer();
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;

  /// The log's length after a commit; from the writer's thread.
  void log_grew(int pages);
  /// True once after each run beside the writer: what was committed meanwhile is left.
  bool rest_due() { return rest_due_.exchange(false); }

 private:
  void work();

  Database database_;
  const int every_pages_;
  int next_pages_ = every_pages_;
  std::atomic<bool> rest_due_ = false;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool due_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

/// One passive checkpoint: never waits for anyone. Ends the process where writing fails, except for a full disk.
void checkpoint(Database& database);

}  // namespace salam::store
