#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "tests/kafka/process.h"
#include "tests/stand_ins/stand_ins.h"

namespace salam::torture {

/// The gateway as it ships, on one database from first to last, started again and again.
class GatewayProcess {
 public:
  /// `brokers`: where it finds Kafka. Everything it writes goes to `folder`. Throws std::runtime_error where it makes no key or topic.
  GatewayProcess(std::filesystem::path folder, const stand_ins::Addresses& addresses, const std::string& brokers);

  /// Does not wait for it. `kill_plan` as in preload.cpp; empty: none.
  void launch(const std::string& kill_plan = {});
  /// False where it has ended first.
  bool await_listening();
  /// SIGKILL, where it still runs; the exit code, 128 + the signal.
  int kill();
  /// SIGTERM; the exit code, or nothing where it does not end.
  std::optional<int> terminate();
  [[nodiscard]] bool running() { return process_ && process_->running(); }

  /// 0 while it does not listen. From any thread.
  [[nodiscard]] unsigned short api_port() { return port_of("api"); }
  [[nodiscard]] unsigned short operations_port() { return port_of("operations"); }
  [[nodiscard]] const std::string& key() const { return key_; }
  /// The end of what it logged last.
  [[nodiscard]] std::string log_tail() const;

  struct Ran {
    int code = -1;
    std::string output;
  };
  /// A command of the program, to its end.
  Ran run(const std::vector<std::string>& arguments);

 private:
  [[nodiscard]] std::vector<std::string> command(const std::vector<std::string>& arguments, const std::string& kill_plan = {}) const;
  [[nodiscard]] unsigned short port_of(const std::string& listener);
  void forget_ports();
  [[nodiscard]] std::string create_key();

  std::filesystem::path folder_;
  std::vector<std::string> environment_;
  std::string key_;
  std::unique_ptr<test::Process> process_;
  std::filesystem::path log_;
  std::mutex ports_mutex_;
  std::map<std::string, unsigned short, std::less<>> ports_;  ///< By listener, as its log told them.
  int launches_ = 0;
};

}  // namespace salam::torture
