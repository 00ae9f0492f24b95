#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "tests/kafka/process.h"

namespace salam::test {

/// One Apache Kafka node in KRaft mode on free loopback ports, with a folder of its own that goes with it. Topics are not created by
/// themselves. Every call that starts it returns when it answers, or throws std::runtime_error with the end of its log.
class Broker {
 public:
  struct Options {
    std::string proxied = {};            ///< `host:port` of a proxy: a second listener tells its clients to come by it.
    std::filesystem::path log_dir = {};  ///< Where its data stand; empty: in its own folder.
  };
  explicit Broker(const std::filesystem::path& jars, Options options);
  explicit Broker(const std::filesystem::path& jars) : Broker(jars, Options{}) {}
  ~Broker();
  Broker(const Broker&) = delete;
  Broker& operator=(const Broker&) = delete;

  /// `127.0.0.1:port`; the same after a restart.
  [[nodiscard]] const std::string& address() const { return address_; }
  /// The port of the second listener, for the proxy.
  [[nodiscard]] unsigned short behind_proxy() const { return behind_proxy_; }

  void start();           ///< On the same folder.
  void ensure_running();  ///< Whatever a test before did to it.
  void terminate();       ///< SIGTERM, and waits for its end.
  void kill();            ///< SIGKILL.
  void freeze();          ///< SIGSTOP: connections stay, nothing answers.
  void thaw();            ///< SIGCONT.

 private:
  void write_properties(int controller_port) const;
  void format();
  [[nodiscard]] std::vector<std::string> java(std::vector<std::string> arguments) const;

  std::filesystem::path jars_;
  std::filesystem::path folder_;
  Options options_;
  std::string address_;
  unsigned short behind_proxy_ = 0;
  std::unique_ptr<Process> process_;
};

/// The one broker that a test program's tests share, started by the first that asks and ended with the program. Null where it cannot be
/// had: then `why` says so.
Broker* shared_broker(std::string& why);

/// At the start of a test or fixture: `broker` is the shared one, or the test ends: skipped with the reason, failed where
/// SALAM_REQUIRE_KAFKA=1.
bool kafka_required();
#define SALAM_NEEDS_BROKER(broker)                                                       \
  do {                                                                                   \
    std::string why_no_broker;                                                           \
    (broker) = ::salam::test::shared_broker(why_no_broker);                              \
    if ((broker) == nullptr && ::salam::test::kafka_required()) FAIL() << why_no_broker; \
    if ((broker) == nullptr) GTEST_SKIP() << why_no_broker;                              \
  } while (false)

}  // namespace salam::test
