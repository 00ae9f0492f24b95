#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "gateway/ports/sms_provider.h"
#include "tests/simulation/scenario.h"

namespace salam::simulation {

/// The SMS provider, the network before it, and the citizens' telephones.
class SimSms : public SmsProvider {
 public:
  struct Text {
    std::int64_t localid = 0;
    std::string receiver;
    std::string code;  ///< What the citizen reads in it.
    Timestamp accepted_at;
    Delivery fate = Delivery::delivered;  ///< `unknown`: never reported.
    Timestamp decided_at;
  };

  SimSms(std::string name, SmsScenario scenario, World& world);

  [[nodiscard]] const SmsTraits& traits() const override { return traits_; }
  void send(const Message& message, Handler<SendOutcome> handler) override;
  void look_up(const Message& message, const Handler<SmsLookupOutcome>& handler) override;
  void status(std::vector<std::string> provider_ids, Handler<StatusOutcome> handler) override;

  [[nodiscard]] const std::vector<Text>& ledger() const { return ledger_; }
  [[nodiscard]] const SmsScenario& scenario() const { return scenario_; }

 private:
  [[nodiscard]] bool within(const Windows& windows) const;
  bool trouble() { return world_.faults && world_.dice.chance(scenario_.trouble); }
  std::string accept(const Text& text);
  DeliveryStatus status_of(const std::string& provider_id) const;
  template <class Outcome>
  void reply(Handler<Outcome> handler, Milliseconds took, Outcome outcome);

  std::string name_;
  SmsScenario scenario_;
  World& world_;
  SmsTraits traits_;
  std::vector<Text> ledger_;
  std::map<std::int64_t, std::size_t> by_localid_;
};

}  // namespace salam::simulation
