#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

#include "tests/stand_ins/ledger_file.h"
#include "tests/stand_ins/site.h"
#include "tests/stand_ins/text.h"

namespace salam::stand_ins {

class Json;

/// Magfa's HTTP v2 interface (https://messaging.magfa.com/ui/?public/wiki/api/http_v2): `send`, `statuses`, `mid`, `balance`. A known `uid`
/// is sent again. What becomes of a text is told by the receiver's last digits: 0000 not on the handset (2), 0001 has opted out (27, not
/// taken), 0002 does not reach the operator (16), 0003 stays with the operator (8); any other reaches the handset (1).
///
/// The faults `refuse` and `status` answer with the code in `text`, else 1 and 15; `refuse` as the message's own status.
class Magfa : public Site {
 public:
  struct Settings {
    std::string user;  ///< `username/domain`.
    std::string password;
    Milliseconds deliver_after{300};  ///< From the send to the last status; half of it without any, half with the operator.
  };

  Magfa(Settings settings, LedgerFile& file);

  struct Text {
    std::int64_t id = 0;
    std::int64_t uid = 0;     ///< 0: none was given.
    std::string recipient{};  ///< `98…`; empty where the given one is no number.
    std::string message{};
    std::string sender{};
    std::int64_t encoding = 0;
    Time at{};
    Milliseconds lag{0};  ///< So much later its uid is found.
  };

 protected:
  Answer serve(const Request& request) override;
  [[nodiscard]] std::string ledger(bool summary) const override;
  void forget() override;

 private:
  [[nodiscard]] bool is_authorized(const Request& request) const;
  Answer send(const Request& request);
  Answer statuses(std::string_view mids);
  Answer mid(std::string_view uid);
  const Text& take_in(Text text);
  [[nodiscard]] const Text* find(std::int64_t id) const;
  [[nodiscard]] int state_of(const Text& text) const;
  void write_ledger_line(Json& json, const Text& text) const;

  Settings settings_;
  LedgerFile& file_;
  std::deque<Text> texts_;  ///< The n-th has the id `first_id_ + n`.
  std::int64_t first_id_ = 6'204'117'003;
  std::unordered_map<std::int64_t, std::int64_t> ids_;  ///< Of uids: the first id.
  std::unordered_map<std::int64_t, std::int64_t> times_sent_;
};

}  // namespace salam::stand_ins
