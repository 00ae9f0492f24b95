#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/stand_ins/message.h"
#include "tests/stand_ins/progress.h"

namespace salam::stand_ins {

struct Settings {
  unsigned short port_137 = 0;  ///< 0: a free one.
  unsigned short port_desk = 0;
  unsigned short port_sms = 0;
  unsigned short port_magfa = 0;
  std::string key_137 = "stand-in-137-key";
  std::string key_desk = "stand-in-desk-key";
  std::string key_sms = "stand-in-sms-key";
  std::string magfa_user = "stand-in/magfa";  ///< `username/domain`.
  std::string magfa_password = "stand-in-magfa-password";
  std::vector<std::string> refused_by_137{"other_bodies"};
  std::vector<std::string> refused_by_desk{};
  bool unique_external_id = false;  ///< 137 answers 409 to an external id that it knows.
  Milliseconds deliver_after{300};
  Pace pace{};                ///< Of 137 and the desk.
  std::string ledger_file{};  ///< JSON lines are appended to it; empty: none.
  bool ledger_detail = true;  ///< Keep the fields of registrations in memory.
  bool kafka = false;
  std::string topic = "mardom-salam.requests.v1";
  int partitions = 6;
};

/// Where each of them is found.
struct Addresses {
  std::string open311;  ///< Base URLs, without a trailing slash.
  std::string service_desk;
  std::string kavenegar;
  std::string magfa;
  std::string kafka;  ///< Bootstrap servers; empty without Kafka.
  std::string topic;
  /// Base URLs of the controls (see site.h and broker.h).
  std::string control_137;
  std::string control_desk;
  std::string control_sms;
  std::string control_magfa;
  std::string control_kafka;

  [[nodiscard]] std::string to_json() const;
};

/// All stand-ins in this process, on a thread of their own, from construction to destruction. The constructor throws std::runtime_error
/// where one cannot start.
class StandIns {
 public:
  explicit StandIns(const Settings& settings);
  ~StandIns();
  StandIns(const StandIns&) = delete;
  StandIns& operator=(const StandIns&) = delete;

  [[nodiscard]] const Addresses& addresses() const;

  enum class Which { system137, service_desk, sms, magfa, kafka };
  /// The same control as over HTTP, for tests in this process: `control(Which::sms, "GET", "/_control/ledger")`. From any thread.
  Response control(Which which, std::string_view method, const std::string& path, std::string_view body = {}, std::string_view query = {});

 private:
  class Body;
  std::unique_ptr<Body> body_;
};

}  // namespace salam::stand_ins
