#pragma once

#include <map>
#include <string>
#include <vector>

#include "gateway/ports/upstream.h"
#include "tests/simulation/scenario.h"

namespace salam::simulation {

/// 137 or the desk, the network before it, and what its driver makes of both. It lives on while gateways die; its ledger is the truth.
class SimUpstream : public Upstream {
 public:
  struct Entry {
    std::string reference;
    std::string code;
    Timestamp at;
    Timestamp shows_at;                                    ///< In the lookup, with its code.
    std::string by;                                        ///< `gateway`, or the officer who registered it by hand.
    std::vector<std::pair<Timestamp, Progress>> progress;  ///< Since when; in order, the last one final.
  };

  /// `excess`: beyond what was promised, for the scenario in which it is not kept.
  SimUpstream(std::string name, UpstreamScenario scenario, World& world, double excess);

  [[nodiscard]] const UpstreamTraits& traits() const override { return traits_; }
  void submit(std::shared_ptr<const Request> request, Handler<SubmitOutcome> handler) override;
  void look_up(std::shared_ptr<const Request> request, Handler<LookupOutcome> handler) override;
  void poll(std::string token, Handler<PollOutcome> handler) override;
  void follow_up(const std::vector<std::string>& codes, const Handler<FollowUpOutcome>& handler) override;

  /// What a person sees in the system's own page.
  [[nodiscard]] const Entry* find(const std::string& reference) const;
  [[nodiscard]] const Entry* under(const std::string& code) const;
  std::string register_by_hand(const std::string& reference, const std::string& officer);
  [[nodiscard]] const std::vector<Entry>& ledger() const { return ledger_; }
  [[nodiscard]] const UpstreamScenario& scenario() const { return scenario_; }
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  /// A call under way.
  struct Call {
    std::string reference;
    Timestamp began;
    Handler<SubmitOutcome> handler;
  };

  [[nodiscard]] bool within(const Windows& windows) const;
  /// The same answer for the same request, however often it is asked.
  [[nodiscard]] static bool always(double share, const std::string& reference);
  bool poisonous(const std::string& reference);
  [[nodiscard]] Timestamp latest(Timestamp began) const { return began + scenario_.call_deadline + scenario_.latest; }
  bool trouble() { return world_.faults && world_.dice.chance(scenario_.trouble); }
  Milliseconds network() { return world_.dice.delay(Milliseconds(80), scenario_.call_deadline / 3); }
  /// The system does what is asked, and says so.
  SubmitOutcome act(const std::string& reference, Timestamp began);
  void enter(const std::string& reference, Timestamp began);
  /// The same, where it does not go smoothly.
  void stumble(Call call);
  void answer(const Call& call, Milliseconds wait, SubmitOutcome outcome);
  template <class Outcome>
  void reply(Handler<Outcome> handler, Milliseconds took, Outcome outcome);
  LookupOutcome list(const std::string& reference);

  std::string name_;
  UpstreamScenario scenario_;
  World& world_;
  double excess_;
  UpstreamTraits traits_;
  std::vector<Entry> ledger_;
  std::multimap<std::string, std::size_t> by_reference_;
  std::map<std::string, std::size_t> by_code_;
  std::map<std::string, std::size_t> by_token_;
  std::string poisonous_;
};

}  // namespace salam::simulation
