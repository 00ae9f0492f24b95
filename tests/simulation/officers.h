#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/simulation/clients.h"

namespace salam::simulation {

/// The people who work down the attention list: they look into the systems' own pages, take their time, and decide. What they saw may have
/// changed by the time their decision arrives.
class Officers {
 public:
  struct Decision {
    std::string reference;
    SettleAction action;
    std::string by;
    std::string code;
    bool accepted = false;
  };
  /// An event that a person left out of the log.
  using Skipped = std::set<std::pair<std::string, std::int64_t>>;

  Officers(World& world, const Scenario& scenario, Gateway gateway, SimUpstream& system137, SimUpstream& service_desk, SimLog& log)
      : world_(world), scenario_(scenario), gateway_(std::move(gateway)), system137_(system137), service_desk_(service_desk), log_(log) {}

  void start();
  [[nodiscard]] bool idle() const { return claimed_.empty(); }
  [[nodiscard]] const std::vector<Decision>& ledger() const { return ledger_; }
  [[nodiscard]] const Skipped& skipped() const { return skipped_; }

 private:
  using Claim = std::pair<RequestKey, AttentionReason>;
  struct Letter {
    Claim claim;
    std::string reference;
    lifecycle::Settlement settlement;
    std::string key;
    bool answered = false;
  };

  void work();
  void watch_the_relay();
  void look_into(const store::AttentionItem& item, const std::string& officer);
  void look_into_registration(const store::AttentionItem& item, lifecycle::Settlement settlement);
  void decide(const store::AttentionItem& item, lifecycle::Settlement settlement);
  void send(const std::shared_ptr<Letter>& letter);
  void receive(const std::shared_ptr<Letter>& letter, const Result<void>& answer);
  SimUpstream& upstream(System system) { return system == System::system137 ? system137_ : service_desk_; }

  World& world_;
  const Scenario& scenario_;
  Gateway gateway_;
  SimUpstream& system137_;
  SimUpstream& service_desk_;
  SimLog& log_;
  std::set<Claim> claimed_;
  int letters_ = 0;
  std::vector<Decision> ledger_;
  Skipped skipped_;
};

}  // namespace salam::simulation
