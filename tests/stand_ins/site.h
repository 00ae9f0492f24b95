#pragma once

#include <string>
#include <string_view>

#include "tests/stand_ins/faults.h"
#include "tests/stand_ins/message.h"

namespace salam::stand_ins {

/// One system that is played, with its control:
///   POST   /_control/faults    a fault as in faults.h
///   GET    /_control/faults    those that were set, with how often they struck
///   DELETE /_control/faults
///   POST   /_control/down?ms=N nothing listens on the port for so long; open connections are reset
///   GET    /_control/ledger    what was registered or sent; `?summary=1` only the counts
///   DELETE /_control/ledger    forgets all of it
class Site {
 public:
  explicit Site(Faults known) : faults_(std::move(known)) {}
  virtual ~Site() = default;
  Site(const Site&) = delete;
  Site& operator=(const Site&) = delete;

  Answer handle(const Request& request);

 protected:
  virtual Answer serve(const Request& request) = 0;
  [[nodiscard]] virtual std::string ledger(bool summary) const = 0;
  virtual void forget() = 0;

  Faults faults_;

 private:
  Answer control(const Request& request);
};

}  // namespace salam::stand_ins
