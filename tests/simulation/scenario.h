#pragma once

#include <optional>
#include <vector>

#include "gateway/pipeline/driver.h"
#include "gateway/pipeline/relay_steps.h"
#include "tests/simulation/world.h"

/// What kind of world a seed gives.
namespace salam::simulation {

/// From, to; measured from the start.
using Windows = std::vector<std::pair<Milliseconds, Milliseconds>>;

struct UpstreamScenario {
  std::string code_prefix;
  bool by_hand = false;
  bool has_lookup = true;
  std::optional<Milliseconds> settle_after;
  Milliseconds call_deadline{};
  Milliseconds latest{};          ///< After intent and call deadline: the latest moment at which a call acts and shows in the lookup.
  Milliseconds lag{};             ///< Of the lookup, at most: a part of `latest`.
  bool knows_references = false;  ///< Answers a repeated reference with its old code.
  double tokens = 0;              ///< How often it gives a token first.
  bool lookup_is_blind = false;   ///< Answers every question with nothing, as Request Tracker does with a misspelt filter.
  bool lookup_is_garbage = false;
  double refuses = 0;
  double poisonous = 0;  ///< How soon there is the one request that it cannot stand.
  double trouble = 0;    ///< How often a call meets a fault.
  bool amends = true;
  bool amendment_sets_values = false;
  bool has_amendment_lookup = false;
  bool amendment_takes_media = true;
  Windows outages;
  Windows wrong_keys;
};

struct SmsScenario {
  bool deduplicates = true;
  bool has_lookup = false;
  double trouble = 0;
  Windows outages;
  Windows without_credit;
};

struct Scenario {
  int requests = 100;
  Milliseconds intake_lasts{};
  Milliseconds faults_end{};
  std::vector<Milliseconds> crashes;
  UpstreamScenario system137;
  UpstreamScenario service_desk;
  SmsScenario sms;
  SmsScenario second_sms;
  bool two_lines = false;
  double store_trouble = 0;
  double network_trouble = 0;
  double log_trouble = 0;
  int officers = 1;     ///< None: what needs a person stays on the attention list.
  int decisions = 0;    ///< Of the working group, beside reviews.
  int invitations = 0;  ///< So often is one drawn up and approved.
  pipeline::Settings driver;
  pipeline::RelaySettings relay;
};

Scenario scenario(Dice& dice, int requests);

}  // namespace salam::simulation
