#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "tests/torture/gateway_process.h"
#include "tests/torture/ledgers.h"
#include "tests/unit/http/wire_client.h"

namespace salam::torture {

/// An intake app: posts forms from several threads, each again and again until it is answered, and keeps its own ledger of the answers.
/// Now and then it posts one again that was answered before.
class Client {
 public:
  Client(GatewayProcess& gateway, std::uint64_t seed);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// So many more forms are there to be posted.
  void hand_in(int forms);
  /// Waits until every form is answered; says whether that came true.
  bool await_answers(std::chrono::milliseconds patience);
  /// Posts those from `first` on once more, which must change nothing.
  void post_again(std::size_t first);

  [[nodiscard]] std::vector<Form> ledger() const;
  [[nodiscard]] std::vector<std::string> contradictions() const;
  [[nodiscard]] std::size_t forms() const;
  /// Posts that brought no answer, and so were repeated.
  [[nodiscard]] int unanswered() const;

 private:
  void work(std::uint64_t seed);
  /// Until it is answered, or this client ends.
  void post(std::size_t index);
  void answered(std::size_t index, const test::Answer& answer, bool sent_before);
  [[nodiscard]] bool ending() const;

  GatewayProcess& gateway_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Form> forms_;  ///< The index is the form's number.
  std::vector<std::string> contradictions_;
  std::size_t next_ = 0;
  std::size_t under_way_ = 0;
  int unanswered_ = 0;
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace salam::torture
