#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "gateway/ports/upstream.h"
#include "tests/simulation/scenario.h"

namespace salam::simulation {

/// 137 or the desk, the network before it, and what its driver makes of both. It lives on while gateways die; its ledger is the truth.
class SimUpstream : public Upstream {
 public:
  /// What it was told of an entry later.
  struct Amendment {
    int number = 0;
    Fields fields;
    std::string category;
    std::string unit;
    std::vector<std::string> media;
    Timestamp at;
    Timestamp shows_at;  ///< In the lookup.
    std::string by;

    [[nodiscard]] bool says_the_same_as(const Amendment& other) const {
      // What is told again of attachments may come with what has changed meanwhile, and is told of it after.
      const bool same_values = category == other.category && unit == other.unit;
      return fields == other.fields && media == other.media && (same_values || !media.empty());
    }
  };
  struct Entry {
    std::string reference;
    std::string code;
    Timestamp at;
    Timestamp shows_at;                                    ///< In the lookup, with its code.
    std::string by;                                        ///< `gateway`, or the officer who registered it by hand.
    std::vector<std::pair<Timestamp, Progress>> progress;  ///< Since when; in order, the last one final.
    // As it stands there now.
    std::string category;
    std::string unit;
    bool answered = false;
    bool withdrawn = false;
    std::vector<std::string> media;     ///< That came with its registration.
    int doubts = 0;                     ///< Photographs were sent, and the answer said nothing that could be relied on.
    bool taken_back = false;            ///< By the officer who had entered it.
    std::vector<Amendment> amendments;  ///< In the order in which they came.
  };

  /// `excess`: beyond what was promised, for the scenario in which it is not kept.
  SimUpstream(std::string name, UpstreamScenario scenario, World& world, double excess);

  [[nodiscard]] const UpstreamTraits& traits() const override { return traits_; }
  void submit(std::shared_ptr<const Request> request, Handler<SubmitOutcome> handler) override;
  void look_up(std::shared_ptr<const Request> request, Handler<LookupOutcome> handler) override;
  void poll(std::string token, Handler<PollOutcome> handler) override;
  void amend(std::shared_ptr<const Request> request, const Handler<AmendOutcome>& handler) override;
  void look_up_amendment(std::shared_ptr<const Request> request, const Handler<LookupOutcome>& handler) override;
  void follow_up(const std::vector<std::string>& codes, const Handler<FollowUpOutcome>& handler) override;

  /// What a person sees in the system's own page. Whoever enters something there fills in `media_urls` of what was seen: all there are.
  [[nodiscard]] const Entry* find(const std::string& reference) const;
  [[nodiscard]] const Entry* under(const std::string& code) const;
  std::string register_by_hand(const Request& seen, const std::string& officer);
  /// An officer makes the page say what the request does.
  void amend_by_hand(const Request& seen, const std::string& officer);
  void complete_by_hand(const Request& seen);
  void take_back(const std::string& code);
  [[nodiscard]] bool knows_amendment(const Request& request) const;
  [[nodiscard]] const std::vector<Entry>& ledger() const { return ledger_; }
  [[nodiscard]] const UpstreamScenario& scenario() const { return scenario_; }
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  /// A call under way.
  template <class Outcome>
  struct Call {
    std::function<Outcome()> act;  ///< The system does what is asked, and says so.
    bool repeatable = false;       ///< Twice comes to the same.
    Milliseconds late{};           ///< So long after the call deadline it may act still.
    Timestamp began;
    Handler<Outcome> handler;
  };

  [[nodiscard]] bool within(const Windows& windows) const;
  /// The same answer for the same request, however often it is asked.
  [[nodiscard]] static bool always(double share, const std::string& reference);
  bool poisonous(const std::string& reference);
  [[nodiscard]] Timestamp latest(Timestamp began) const { return began + scenario_.call_deadline + scenario_.latest; }
  bool trouble() { return world_.faults && world_.dice.chance(scenario_.trouble); }
  Milliseconds network() { return world_.dice.delay(Milliseconds(80), scenario_.call_deadline / 3); }
  SubmitOutcome act(const Request& request, Timestamp began);
  AmendOutcome act_on(const Request& request, Timestamp began);
  void enter(const Request& request, Timestamp began);
  template <class Outcome>
  void carry_out(Call<Outcome> call);
  /// The same, where it does not go smoothly.
  template <class Outcome>
  void stumble(Call<Outcome> call);
  template <class Outcome>
  void answer(const Call<Outcome>& call, Milliseconds wait, Outcome outcome);
  void look(std::function<LookupOutcome()> list, Handler<LookupOutcome> handler);
  Entry& entry(const std::string& code) { return ledger_[by_code_.at(code)]; }
  template <class Outcome>
  void reply(Handler<Outcome> handler, Milliseconds took, Outcome outcome);
  LookupOutcome list(const std::string& reference);
  LookupOutcome list_amendment(const Request& request);

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
