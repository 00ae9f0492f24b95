#include "tests/simulation/sim_upstream.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace salam::simulation {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr double crashes_per_registration = 0.005;

}  // namespace

SimUpstream::SimUpstream(std::string name, UpstreamScenario scenario, World& world, double excess)
    : name_(std::move(name)),
      scenario_(std::move(scenario)),
      world_(world),
      excess_(excess),
      traits_{.by_hand = scenario_.by_hand,
              .has_lookup = scenario_.has_lookup,
              .settle_after = scenario_.settle_after,
              .call_deadline = scenario_.call_deadline,
              .follow_up_batch = 20} {}

bool SimUpstream::within(const Windows& windows) const {
  return world_.faults && std::ranges::any_of(windows, [&](const auto& window) {
           return world_.passed() >= window.first && world_.passed() < window.second;
         });
}

bool SimUpstream::always(double share, const std::string& reference) { return Dice(std::hash<std::string>{}(reference)).chance(share); }

bool SimUpstream::poisonous(const std::string& reference) {
  if (poisonous_.empty() && world_.dice.chance(scenario_.poisonous)) poisonous_ = reference;
  return poisonous_ == reference;
}

template <class Outcome>
void SimUpstream::reply(Handler<Outcome> handler, Milliseconds took, Outcome outcome) {
  world_.after(took, world_.gateway(), [handler = std::move(handler), took, outcome = std::move(outcome)] {
    handler({.outcome = outcome, .took = took, .excerpt = {}});
  });
}

void SimUpstream::answer(const Call& call, Milliseconds wait, SubmitOutcome outcome) {
  reply(call.handler, std::min(wait, scenario_.call_deadline), std::move(outcome));
}

void SimUpstream::submit(std::shared_ptr<const Request> request, Handler<SubmitOutcome> handler) {
  Call call{.reference = request->code.digits(), .began = world_.now(), .handler = std::move(handler)};
  world_.tell("{}: submit {}", name_, call.reference);
  if (scenario_.by_hand) {
    world_.counts.add(Happened::given_by_hand);
    return answer(call, milliseconds(0), outcome::ByHand{});
  }
  if (within(scenario_.outages)) {
    world_.counts.add(Happened::unreachable);
    return answer(call, network(), outcome::TryLater{"connection refused", {}, false});
  }
  if (within(scenario_.wrong_keys)) {
    world_.counts.add(Happened::misconfigured);
    return answer(call, network(), outcome::Misconfigured{"HTTP 401"});
  }
  if (trouble()) return stumble(std::move(call));
  // The answer takes its way back too; the gateway that asked may be gone by then.
  const auto there = network();
  const auto owner = world_.gateway();
  world_.after(there, outside, [this, call = std::move(call), there, owner] {
    auto outcome = act(call.reference, call.began);
    if (owner != world_.gateway()) return;
    if (world_.faults && world_.dice.chance(crashes_per_registration)) world_.kill_after(milliseconds(0));
    const auto back = std::min(network(), scenario_.call_deadline - there);
    reply(call.handler, back, std::move(outcome));
  });
}

SubmitOutcome SimUpstream::act(const std::string& reference, Timestamp began) {
  if (poisonous(reference)) {
    world_.counts.add(Happened::poisonous);
    return outcome::Misconfigured{"HTTP 403"};
  }
  if (always(scenario_.refuses, reference)) {
    world_.counts.add(Happened::refused);
    return outcome::Refused{"not ours"};
  }
  if (const auto* known = find(reference); known != nullptr && scenario_.knows_references) {
    world_.counts.add(Happened::known_reference);
    return outcome::Registered{known->code};
  }
  enter(reference, began);
  const auto& entry = ledger_.back();
  if (!world_.dice.chance(scenario_.tokens)) return outcome::Registered{entry.code};
  world_.counts.add(Happened::token_given);
  auto token = "t" + std::to_string(ledger_.size());
  by_token_.emplace(token, ledger_.size() - 1);
  return outcome::Pending{std::move(token)};
}

void SimUpstream::enter(const std::string& reference, Timestamp began) {
  const auto now = world_.now();
  const auto lag = world_.dice.chance(0.2) ? scenario_.lag : world_.dice.between({}, scenario_.lag);
  auto shows_at = std::min(now + lag, latest(began));
  if (world_.dice.chance(excess_)) shows_at = latest(began) + minutes(30);
  by_reference_.emplace(reference, ledger_.size());
  ledger_.push_back({.reference = reference,
                     .code = scenario_.code_prefix + std::to_string(100'000 + ledger_.size()),
                     .at = now,
                     .shows_at = shows_at,
                     .by = "gateway",
                     .progress = {}});
  by_code_.emplace(ledger_.back().code, ledger_.size() - 1);
  Dice fate(std::hash<std::string>{}(reference + ledger_.back().code));
  auto at = now;
  for (auto steps = fate.below(5); steps > 0; --steps) {
    at += fate.between(seconds(10), minutes(90));
    ledger_.back().progress.emplace_back(at, static_cast<Progress>(fate.below(3)));
  }
  ledger_.back().progress.emplace_back(at + fate.between(seconds(10), minutes(90)), Progress::resolved);
  world_.tell("{}: {} stands under {}, shows at {}", name_, reference, ledger_.back().code,
              world_.passed().count() + (shows_at - now).count());
}

void SimUpstream::stumble(Call call) {
  const auto soon = network();
  const auto act_in = [&](Milliseconds wait) {
    world_.after(wait, outside, [this, reference = call.reference, began = call.began] { act(reference, began); });
  };
  switch (world_.dice.pick({2, 2, 2, 2, 2, 1, 1, 1, 2, 1, 1})) {
    case 0:
      world_.counts.add(Happened::unreachable);
      return answer(call, soon, outcome::TryLater{"no route", {}, false});
    case 1:
      world_.counts.add(Happened::reset_before_acting);
      return answer(call, soon, outcome::Uncertain{"reset"});
    case 2:
      world_.counts.add(Happened::reset_after_acting);
      act_in(soon);
      return answer(call, soon, outcome::Uncertain{"reset"});
    case 3:
      world_.counts.add(Happened::answer_timed_out);
      act_in(soon);
      return answer(call, scenario_.call_deadline, outcome::Uncertain{"timeout"});
    case 4: {
      // The request lies in a proxy longer than the gateway waits.
      world_.counts.add(Happened::acted_late);
      const auto most = scenario_.latest - scenario_.lag;
      act_in(scenario_.call_deadline + (world_.dice.chance(0.3) ? most : world_.dice.between({}, most)));
      return answer(call, scenario_.call_deadline, outcome::Uncertain{"timeout"});
    }
    case 5:
      world_.counts.add(Happened::server_error);
      return answer(call, soon, outcome::Uncertain{"HTTP 500"});
    case 6:
      world_.counts.add(Happened::server_error);
      act_in(soon / 2);
      return answer(call, soon, outcome::Uncertain{"HTTP 502"});
    case 7:
      world_.counts.add(Happened::garbage);
      act_in(soon / 2);
      return answer(call, soon, outcome::Uncertain{"HTTP 200, text/html"});
    case 8: {
      world_.counts.add(Happened::rate_limited);
      const auto rest = world_.dice.chance(0.5) ? std::optional(world_.dice.between(seconds(1), minutes(10))) : std::nullopt;
      return answer(call, soon, outcome::TryLater{"HTTP 429", rest, true});
    }
    case 9:
      world_.counts.add(Happened::unclear);
      if (world_.dice.chance(0.3)) act_in(soon / 2);
      return answer(call, soon, outcome::Unclear{"HTTP 302"});
    default:
      // Twice only where the system knows what it has: no gateway could help elsewhere.
      if (scenario_.knows_references) {
        world_.counts.add(Happened::delivered_twice);
        act_in(soon / 2);
      }
      act_in(soon);
      return answer(call, soon, outcome::Uncertain{"reset"});
  }
}

void SimUpstream::look_up(std::shared_ptr<const Request> request, Handler<LookupOutcome> handler) {
  const auto took = network();
  const auto fail = [&](Happened what, LookupOutcome outcome) {
    world_.counts.add(what);
    reply(std::move(handler), took, std::move(outcome));
  };
  if (within(scenario_.outages)) return fail(Happened::lookup_failed, outcome::TryLater{"connection refused", {}, false});
  if (within(scenario_.wrong_keys)) return fail(Happened::lookup_failed, outcome::Misconfigured{"HTTP 401"});
  if (scenario_.lookup_is_garbage) return fail(Happened::lookup_unclear, outcome::Unclear{"the second page repeats the first"});
  if (trouble()) {
    switch (world_.dice.below(3)) {
      case 0:
        return fail(Happened::lookup_failed, outcome::TryLater{"timeout", {}, false});
      case 1:
        return fail(Happened::lookup_truncated, outcome::TryLater{"the list ends in the middle", {}, true});
      default:
        return fail(Happened::lookup_unclear, outcome::Unclear{"HTTP 400"});
    }
  }
  const auto owner = world_.gateway();
  world_.after(took / 2, outside, [this, reference = request->code.digits(), handler = std::move(handler), took, owner] {
    auto outcome = list(reference);
    if (owner != world_.gateway()) return;
    world_.tell("{}: lookup of {}: {}", name_, reference, std::holds_alternative<outcome::Found>(outcome) ? "found" : "absent");
    reply(handler, took - took / 2, std::move(outcome));
  });
}

LookupOutcome SimUpstream::list(const std::string& reference) {
  const auto [first, last] = by_reference_.equal_range(reference);
  for (auto entry = first; entry != last && !scenario_.lookup_is_blind; ++entry) {
    const auto& found = ledger_[entry->second];
    if (found.shows_at <= world_.now()) {
      world_.counts.add(Happened::lookup_found);
      return outcome::Found{found.code};
    }
  }
  world_.counts.add(first == last ? Happened::lookup_absent : Happened::lookup_lagged);
  return outcome::Absent{};
}

void SimUpstream::poll(std::string token, Handler<PollOutcome> handler) {
  const auto took = network();
  if (within(scenario_.outages) || trouble()) {
    if (world_.dice.chance(0.5)) return reply<PollOutcome>(std::move(handler), took, outcome::TryLater{"HTTP 503", {}, true});
    world_.counts.add(Happened::token_unclear);
    return reply<PollOutcome>(std::move(handler), took, outcome::Unclear{"an error in place of the id"});
  }
  const auto& entry = ledger_[by_token_.at(token)];
  if (entry.shows_at <= world_.now()) return reply<PollOutcome>(std::move(handler), took, outcome::Registered{entry.code});
  world_.counts.add(Happened::token_not_yet);
  reply<PollOutcome>(std::move(handler), took, outcome::NotYet{});
}

void SimUpstream::follow_up(const std::vector<std::string>& codes, const Handler<FollowUpOutcome>& handler) {
  const auto took = network();
  if (within(scenario_.outages) || within(scenario_.wrong_keys) || trouble()) {
    world_.counts.add(Happened::follow_up_failed);
    if (world_.dice.chance(0.5)) return reply<FollowUpOutcome>(handler, took, outcome::Unclear{"HTTP 200, text/html"});
    return reply<FollowUpOutcome>(handler, took, outcome::TryLater{"HTTP 503", {}, true});
  }
  std::vector<ProgressReport> reports;
  for (const auto& code : codes) {
    const auto* const entry = under(code);
    if (entry == nullptr || (world_.faults && world_.dice.chance(0.1))) continue;
    auto step = std::ranges::upper_bound(entry->progress, world_.now(), {}, &std::pair<Timestamp, Progress>::first);
    if (step == entry->progress.begin()) continue;
    --step;
    // A copy that lags behind tells what was, with its time.
    const bool stale = world_.faults && step != entry->progress.begin() && world_.dice.chance(0.2);
    if (stale) --step;
    world_.counts.add(stale ? Happened::follow_up_stale : Happened::follow_up);
    reports.push_back({.code = code, .progress = step->second, .words = std::string(to_string(step->second)), .at = step->first});
  }
  std::ranges::reverse(reports);
  reply<FollowUpOutcome>(handler, took, std::move(reports));
}

const SimUpstream::Entry* SimUpstream::under(const std::string& code) const {
  const auto found = by_code_.find(code);
  return found == by_code_.end() ? nullptr : &ledger_[found->second];
}

const SimUpstream::Entry* SimUpstream::find(const std::string& reference) const {
  const auto found = by_reference_.find(reference);
  return found == by_reference_.end() ? nullptr : &ledger_[found->second];
}

std::string SimUpstream::register_by_hand(const std::string& reference, const std::string& officer) {
  enter(reference, world_.now());
  ledger_.back().by = officer;
  ledger_.back().shows_at = world_.now();
  return ledger_.back().code;
}

}  // namespace salam::simulation
