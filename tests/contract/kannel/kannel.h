#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tests/kafka/process.h"

namespace salam::test {

/// A text as it came out at the far end.
struct ReceivedText {
  std::string from;
  std::string to;
  std::string text;  ///< UTF-8, parts put together.
  int parts = 1;
};

/// The real Kannel on free loopback ports (bearerbox and smsbox), and an operator behind it (fakesmsc), which prints each text it gets.
/// They have a folder of their own that goes with them. What starts a program throws std::runtime_error with the end of its log where it
/// does not answer.
class Kannel {
 public:
  static constexpr auto username = "salam";
  static constexpr auto password = "salam-secret";
  static constexpr auto link = "fake";  ///< The one link's smsc-id.

  Kannel();
  ~Kannel();
  Kannel(const Kannel&) = delete;
  Kannel& operator=(const Kannel&) = delete;

  /// The URL of `sendsms`.
  [[nodiscard]] std::string url() const;
  void connect_operator();
  void disconnect_operator();
  /// Everything that the operator has got in full so far, oldest first.
  [[nodiscard]] std::vector<ReceivedText> received() const;

 private:
  void write_configuration() const;
  [[nodiscard]] std::vector<std::string> command(const std::string& program) const;

  std::filesystem::path folder_;
  int admin_port_ = 0;
  int smsbox_port_ = 0;
  int operator_port_ = 0;
  int sendsms_port_ = 0;
  std::unique_ptr<Process> bearerbox_;
  std::unique_ptr<Process> smsbox_;
  std::unique_ptr<Process> operator_;
};

/// The one Kannel that this program's tests share, started by the first that asks. Null where Kannel is not installed: then `why` says so.
Kannel* shared_kannel(std::string& why);

}  // namespace salam::test
