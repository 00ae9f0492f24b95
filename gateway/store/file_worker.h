#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace salam::store {

/// One thread for work on files, which may take long and holds nobody else up. Work does not throw.
class FileWorker {
 public:
  FileWorker() : thread_([this] { run(); }) {}
  ~FileWorker() { close(); }
  FileWorker(const FileWorker&) = delete;
  FileWorker& operator=(const FileWorker&) = delete;

  /// From any thread. False after `close`: it is not done.
  bool post(std::function<void()> work);
  /// Returns when all is done that was posted before.
  void close();

 private:
  void run();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> queue_;
  bool closing_ = false;
  std::thread thread_;
};

}  // namespace salam::store
