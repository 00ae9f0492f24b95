#include "tests/simulation/scenario.h"

#include <algorithm>
#include <array>

namespace salam::simulation {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

Windows windows(Dice& dice, int most, Milliseconds within, Milliseconds longest) {
  Windows drawn;
  for (auto left = dice.below(most + 1); left > 0; --left) {
    const auto from = dice.between({}, within);
    drawn.emplace_back(from, from + dice.between(seconds(1), longest));
  }
  return drawn;
}

UpstreamScenario upstream(Dice& dice, const std::string& prefix, Milliseconds faults_end) {
  constexpr std::array<Milliseconds, 4> settles{seconds(30), minutes(2), minutes(20), hours(2)};
  constexpr std::array<double, 4> troubles{0.02, 0.1, 0.3, 0.7};
  UpstreamScenario drawn;
  drawn.code_prefix = prefix;
  drawn.call_deadline = dice.between(seconds(5), seconds(60));
  drawn.has_lookup = dice.chance(0.85);
  drawn.latest = settles.at(static_cast<std::size_t>(dice.below(4)));
  if (drawn.has_lookup && dice.chance(0.9)) drawn.settle_after = drawn.latest;
  drawn.lag = dice.chance(0.4) ? Milliseconds{0} : dice.between({}, drawn.latest);
  drawn.knows_references = dice.chance(0.25);
  drawn.tokens = dice.chance(0.3) ? dice.fraction() : 0;
  drawn.lookup_is_blind = dice.chance(0.1);
  drawn.lookup_is_garbage = dice.chance(0.05);
  drawn.refuses = dice.chance(0.5) ? 0.2 * dice.fraction() : 0;
  drawn.poisonous = dice.chance(0.2) ? 0.05 : 0;
  drawn.trouble = troubles.at(static_cast<std::size_t>(dice.below(4)));
  drawn.amends = dice.chance(0.85);
  drawn.amendment_sets_values = dice.chance(0.4);
  drawn.has_amendment_lookup = dice.chance(0.7);
  drawn.amendment_takes_media = dice.chance(0.8);
  drawn.outages = windows(dice, 3, faults_end, hours(2));
  if (dice.chance(0.2)) drawn.wrong_keys = windows(dice, 1, faults_end, hours(1));
  return drawn;
}

pipeline::Settings driver(Dice& dice) {
  pipeline::Settings settings;
  for (auto& lane : settings.lanes) {
    lane.rate = dice.chance(0.3) ? 1 : 50;
    lane.in_flight = static_cast<int>(1 + dice.below(16));
    lane.memory = dice.chance(0.3) ? 2 + static_cast<std::size_t>(dice.below(8)) : 4'096;
    lane.breaker_failures = static_cast<int>(2 + dice.below(5));
  }
  settings.lanes[static_cast<std::size_t>(Lane::sms_status)].batch = 1 + static_cast<std::size_t>(dice.below(100));
  if (dice.chance(0.5)) settings.policy.holding_after = minutes(10);
  for (const auto lane : {Lane::status137, Lane::desk_status}) settings.lanes[static_cast<std::size_t>(lane)].batch = 20;
  for (auto& follow_up : settings.policy.follow_ups) {
    follow_up = {.asked = dice.chance(0.7), .first = minutes(10), .longest = hours(1), .after_end = Milliseconds{0}};
  }
  settings.policy.desk_after_review = dice.chance(0.6);
  settings.policy.desk_when_review_missed = dice.chance(0.3);
  return settings;
}

SmsScenario line(Dice& dice, Milliseconds faults_end) {
  return {.deduplicates = dice.chance(0.5),
          .has_lookup = dice.chance(0.5),
          .trouble = 0.4 * dice.fraction(),
          .outages = windows(dice, 2, faults_end, hours(3)),
          .without_credit = windows(dice, 1, faults_end, hours(1))};
}

}  // namespace

Scenario scenario(Dice& dice, int requests) {
  Scenario drawn;
  drawn.requests = requests;
  drawn.intake_lasts = dice.between(minutes(1), hours(2));
  drawn.faults_end = drawn.intake_lasts + dice.between(minutes(10), hours(8));
  for (auto left = dice.below(8); left > 0; --left) {
    // Mostly while there is much to lose.
    drawn.crashes.push_back(dice.between({}, dice.chance(0.7) ? drawn.intake_lasts + minutes(10) : drawn.faults_end));
  }
  drawn.system137 = upstream(dice, "4", drawn.faults_end);
  drawn.service_desk = upstream(dice, "D-", drawn.faults_end);
  drawn.service_desk.by_hand = dice.chance(0.2);
  drawn.sms = line(dice, drawn.faults_end);
  drawn.second_sms = line(dice, drawn.faults_end);
  drawn.two_lines = dice.chance(0.5);
  drawn.store_trouble = dice.chance(0.3) ? 0.05 * dice.fraction() : 0;
  drawn.network_trouble = 0.3 * dice.fraction();
  drawn.log_trouble = dice.chance(0.5) ? 0.2 * dice.fraction() : 0.02;
  drawn.officers = dice.chance(0.1) ? 0 : static_cast<int>(1 + dice.below(3));
  drawn.decisions = dice.chance(0.1) ? 0 : static_cast<int>(dice.below(2 * requests + 1));
  drawn.invitations = static_cast<int>(dice.below(4));
  drawn.driver = driver(dice);
  drawn.relay.max_events = dice.chance(0.5) ? static_cast<int>(1 + dice.below(10)) : 1'000;
  drawn.relay.look_again = minutes(10);
  return drawn;
}

}  // namespace salam::simulation
