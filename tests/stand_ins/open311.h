#pragma once

#include <string>
#include <vector>

#include "tests/stand_ins/progress.h"
#include "tests/stand_ins/registry.h"
#include "tests/stand_ins/site.h"

namespace salam::stand_ins {

/// System 137: Open311 GeoReport v2 in JSON and XML under `/open311/v2` (schemas/upstream/system137.openapi.yaml and
/// https://wiki.open311.org/GeoReport_v2/). Like most real servers it does not mind the same external id twice: that is for the ledger to
/// show.
class Open311 : public Site {
 public:
  struct Settings {
    std::string api_key;
    std::vector<std::string> refused_categories;  ///< Answered with 400 `not_accepted`.
    bool unique_external_id = false;              ///< 409 `already_exists` for one that is known.
    bool detail = true;                           ///< Keep the fields of each registration.
    Pace pace{};
  };

  Open311(Settings settings, LedgerFile& file);

 protected:
  Answer serve(const Request& request) override;
  [[nodiscard]] std::string ledger(bool summary) const override { return registry_.to_json(summary); }
  void forget() override { registry_.clear(); }

 private:
  Answer serve_json(const Request& request, std::string_view path);
  Answer submit(const Request& request);
  Response file(const Form& form, const std::optional<Fault>& fault);
  Answer update(const Request& request);
  Answer list(const Fields& query);
  Answer read_one(std::string_view code);
  Answer read_token(std::string_view token);

  Settings settings_;
  Registry registry_;
  std::int64_t next_token_ = 1;
};

}  // namespace salam::stand_ins
