#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>

#include "tests/stand_ins/ledger_file.h"
#include "tests/stand_ins/site.h"
#include "tests/stand_ins/text.h"

namespace salam::stand_ins {

class Json;

/// Kavenegar's REST interface (https://kavenegar.com/rest.html): `sms/send`, `sms/status`, `sms/statuslocalmessageid`, `verify/lookup`. A
/// known `localid` is not sent again. The account has the template `salam-registered`, `کد پیگیری: %token`. What becomes of a text is told
/// by the receiver's last digits: 0000 undelivered (11), 0001 blocked by the receiver (14), 0002 failed (6), 0003 no report ever (5); any
/// other is delivered (10).
class Kavenegar : public Site {
 public:
  struct Settings {
    std::string api_key;
    Milliseconds deliver_after{300};  ///< From the send to the last status; half of it queued, half with the operator.
  };

  Kavenegar(Settings settings, LedgerFile& file);

 protected:
  Answer serve(const Request& request) override;
  [[nodiscard]] std::string ledger(bool summary) const override;
  void forget() override;

 private:
  struct Text {
    std::int64_t message_id = 0;
    std::int64_t local_id = 0;  ///< 0: none was given.
    std::string receptor{};     ///< `09…`.
    std::string message{};
    std::string sender{};
    Time at{};
    int sent = 0;   ///< How often it went out to the handset.
    int asked = 0;  ///< How often its sending was asked for.
  };

  Answer send(const Fields& fields);
  Answer look_up(const Fields& fields);
  Answer status(const Fields& fields);
  Answer status_by_local_id(const Fields& fields);
  /// As `sms/send` and `verify/lookup` answer.
  void write_entry(Json& json, const Text& text) const;
  Text& take_in(const Text& wanted, bool twice);
  [[nodiscard]] const Text* find(std::int64_t message_id) const;
  [[nodiscard]] int state_of(const Text& text) const;
  void write_ledger_line(Json& json, const Text& text) const;

  Settings settings_;
  LedgerFile& file_;
  std::deque<Text> texts_;  ///< The n-th has the id `first_id_ + n`.
  std::int64_t first_id_ = 85'463'238;
  std::unordered_map<std::int64_t, std::size_t> local_ids_;
};

}  // namespace salam::stand_ins
