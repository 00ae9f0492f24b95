#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "gateway/domain/decisions.h"
#include "tests/simulation/letters.h"

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
  /// A review that was accepted.
  struct Review {
    std::string reference;
    ReviewDecision decision;
    std::string by;
  };
  /// An event that a person left out of the log.
  using Skipped = std::set<std::pair<std::string, std::int64_t>>;

  Officers(World& world, const Scenario& scenario, Gateway gateway, SimUpstream& system137, SimUpstream& service_desk, SimLog& log)
      : world_(world),
        scenario_(scenario),
        gateway_(gateway),
        system137_(system137),
        service_desk_(service_desk),
        log_(log),
        letters_("officers", world, std::move(gateway)) {}

  void start();
  [[nodiscard]] bool idle() const { return claimed_.empty() && letters_.idle(); }
  [[nodiscard]] const std::vector<Decision>& ledger() const { return ledger_; }
  [[nodiscard]] const std::vector<Review>& reviews() const { return reviews_; }
  [[nodiscard]] const Skipped& skipped() const { return skipped_; }

 private:
  using Claim = std::pair<RequestKey, AttentionReason>;

  void work();
  void watch_the_relay();
  void look_into(const store::AttentionItem& item, const std::string& officer);
  void look_into_registration(const Claim& claim, lifecycle::Settlement settlement);
  /// As it stands now; the claim is given up where it is not open any more, or nobody can say.
  std::optional<Request> fresh(const Claim& claim);
  void look_into_amendment(const Claim& claim, lifecycle::Settlement settlement);
  void review(const store::AttentionItem& item, const std::string& officer);
  lifecycle::ReviewVerdict verdict(const Request& request);
  void answer_at_last(const Claim& claim, const std::string& officer);
  void decide(const Request& seen, AttentionReason reason, lifecycle::Settlement settlement, Milliseconds wait);
  void decide(const Request& seen, AttentionReason reason, lifecycle::Settlement settlement);
  void decided(const Request& seen, AttentionReason reason, const lifecycle::Settlement& settlement, const Result<void>& answer);
  /// What an officer entered for a request that was withdrawn meanwhile.
  void take_back(RequestKey request, const std::string& code);
  SimUpstream& upstream(System system) { return system == System::system137 ? system137_ : service_desk_; }

  World& world_;
  const Scenario& scenario_;
  Gateway gateway_;
  SimUpstream& system137_;
  SimUpstream& service_desk_;
  SimLog& log_;
  Letters letters_;
  std::set<Claim> claimed_;
  std::vector<Decision> ledger_;
  std::vector<Review> reviews_;
  Skipped skipped_;
};

}  // namespace salam::simulation
