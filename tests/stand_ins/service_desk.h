#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/stand_ins/progress.h"
#include "tests/stand_ins/registry.h"
#include "tests/stand_ins/site.h"

namespace salam::stand_ins {

/// The service desk of «اصفهان من», as schemas/upstream/service_desk.openapi.yaml describes it.
class ServiceDesk : public Site {
 public:
  struct Settings {
    std::string api_key;
    std::vector<std::string> refused_categories;  ///< Answered with 422 `not_accepted`.
    bool detail = true;                           ///< Keep the fields of each registration.
    Pace pace{};
  };

  ServiceDesk(Settings settings, LedgerFile& file);

 protected:
  Answer serve(const Request& request) override;
  [[nodiscard]] std::string ledger(bool summary) const override { return registry_.to_json(summary); }
  void forget() override { registry_.clear(); }

 private:
  Answer create(const Request& request);
  Response file(const Form& form, const std::optional<Fault>& fault);
  Answer find(const Request& request);
  Answer amend(const Request& request, std::string_view code);
  Answer find_amendments(const Request& request, std::string_view code);
  Answer read_status(const Request& request);

  Settings settings_;
  Registry registry_;
};

}  // namespace salam::stand_ins
