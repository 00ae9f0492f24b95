#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "gateway/store/database.h"
#include "gateway/store/reader.h"

namespace salam::store {

/// Read connections, each lent to one question at a time.
class ReaderPool {
 public:
  /// Throws DatabaseError.
  ReaderPool(const std::string& path, int connections);

  /// Waits for a free connection and asks `question(Reader&)`.
  template <class Question>
  auto ask(Question question) {
    const Loan loan(*this);
    Reader reader(*loan.database);
    return question(reader);
  }

 private:
  struct Loan {
    explicit Loan(ReaderPool& pool) : pool(pool), database(pool.take()) {}
    ~Loan() { pool.give_back(database); }
    Loan(const Loan&) = delete;
    Loan& operator=(const Loan&) = delete;
    ReaderPool& pool;
    Database* database;
  };

  Database* take();
  void give_back(Database* database);

  std::vector<std::unique_ptr<Database>> databases_;
  std::mutex mutex_;
  std::condition_variable given_back_;
  std::vector<Database*> free_;
};

}  // namespace salam::store
