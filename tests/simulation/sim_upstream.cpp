#include "tests/simulation/sim_upstream.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "gateway/domain/amendments.h"

namespace salam::simulation {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr minutes time_to_commit{10};
constexpr double crashes_per_call = 0.005;

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
              .follow_up_batch = 20,
              .amends = scenario_.amends && !scenario_.by_hand,
              .amendment_sets_values = scenario_.amendment_sets_values,
              .has_amendment_lookup = scenario_.has_amendment_lookup,
              .amendment_takes_media = scenario_.amendment_takes_media} {}

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

template <class Outcome>
void SimUpstream::answer(const Call<Outcome>& call, Milliseconds wait, Outcome outcome) {
  reply(call.handler, std::min(wait, scenario_.call_deadline), std::move(outcome));
}

void SimUpstream::submit(std::shared_ptr<const Request> request, Handler<SubmitOutcome> handler) {
  const auto began = world_.now();
  world_.tell("{}: submit {}", name_, request->code.digits());
  if (scenario_.by_hand) {
    world_.counts.add(Happened::given_by_hand);
    return reply<SubmitOutcome>(std::move(handler), milliseconds(0), outcome::ByHand{});
  }
  carry_out<SubmitOutcome>({.act = [this, request, began] { return act(*request, began); },
                            .repeatable = scenario_.knows_references,
                            .late = scenario_.latest - scenario_.lag,
                            .began = began,
                            .handler = std::move(handler)});
}

void SimUpstream::amend(std::shared_ptr<const Request> request, const Handler<AmendOutcome>& handler) {
  const auto began = world_.now();
  world_.tell("{}: amendment {} of {}", name_, request->handling.amendment.number, request->code.digits());
  auto watched = handler;
  if (request->handling.amendment.under_way.test(static_cast<std::size_t>(Field::attachments))) {
    ++entry(request->registration.code).doubts;
    const bool last = request->handling.amendment.attempts + 1 >= lifecycle::most_calls_for_attachments;
    const bool told_again = scenario_.amendment_sets_values && !last;
    watched = [this, code = request->registration.code, told_again, owner = world_.gateway(), handler](const Reply<AmendOutcome>& reply) {
      const bool in_doubt = std::holds_alternative<outcome::Uncertain>(reply.outcome) && !told_again;
      if (!in_doubt && !std::holds_alternative<outcome::Unclear>(reply.outcome)) {
        // A gateway that ends before it has written the answer down has not heard it.
        world_.after(time_to_commit, outside, [this, code, owner] {
          if (owner == world_.gateway()) --entry(code).doubts;
        });
      }
      handler(reply);
    };
  }
  // Who promises nothing of when it acts could not be kept in order by any gateway.
  carry_out<AmendOutcome>({.act = [this, request, began] { return act_on(*request, began); },
                           .repeatable = scenario_.amendment_sets_values,
                           .late = scenario_.settle_after ? scenario_.latest - scenario_.lag : milliseconds(0),
                           .began = began,
                           .handler = std::move(watched)});
}

template <class Outcome>
void SimUpstream::carry_out(Call<Outcome> call) {
  if (within(scenario_.outages)) {
    world_.counts.add(Happened::unreachable);
    return answer<Outcome>(call, network(), outcome::TryLater{"connection refused", {}, false});
  }
  if (within(scenario_.wrong_keys)) {
    world_.counts.add(Happened::misconfigured);
    return answer<Outcome>(call, network(), outcome::Misconfigured{"HTTP 401"});
  }
  if (trouble()) return stumble(std::move(call));
  // The answer takes its way back too; the gateway that asked may be gone by then.
  const auto there = network();
  const auto owner = world_.gateway();
  world_.after(there, outside, [this, call = std::move(call), there, owner] {
    auto outcome = call.act();
    if (owner != world_.gateway()) return;
    if (world_.faults && world_.dice.chance(crashes_per_call)) world_.kill_after(milliseconds(0));
    const auto back = std::min(network(), scenario_.call_deadline - there);
    reply(call.handler, back, std::move(outcome));
  });
}

SubmitOutcome SimUpstream::act(const Request& request, Timestamp began) {
  const auto reference = request.code.digits();
  if (poisonous(reference)) {
    world_.counts.add(Happened::poisonous);
    return outcome::Misconfigured{"HTTP 403"};
  }
  if (always(scenario_.refuses, reference + request.content.category)) {
    world_.counts.add(Happened::refused);
    return outcome::Refused{"not ours"};
  }
  if (const auto* known = find(reference); known != nullptr && scenario_.knows_references) {
    world_.counts.add(Happened::known_reference);
    return outcome::Registered{known->code};
  }
  enter(request, began);
  const auto& entry = ledger_.back();
  if (!world_.dice.chance(scenario_.tokens)) return outcome::Registered{entry.code};
  world_.counts.add(Happened::token_given);
  auto token = "t" + std::to_string(ledger_.size());
  by_token_.emplace(token, ledger_.size() - 1);
  return outcome::Pending{std::move(token)};
}

AmendOutcome SimUpstream::act_on(const Request& request, Timestamp began) {
  const auto reference = request.code.digits();
  const auto& [state, number, changed, under_way, attachments, intent_at, attempts, reason] = request.handling.amendment;
  if (poisonous(reference)) {
    world_.counts.add(Happened::poisonous);
    return outcome::Misconfigured{"HTTP 403"};
  }
  if (always(scenario_.refuses, reference + " amended")) {
    world_.counts.add(Happened::amendment_refused);
    return outcome::Refused{"it is closed there"};
  }
  auto& told = entry(request.registration.code);
  const bool known = knows_amendment(request);
  if (known) world_.counts.add(Happened::amended_again);
  const auto unit = request.handling.assignment ? request.handling.assignment->unit : "";
  const auto lag = world_.dice.between({}, scenario_.lag);
  told.amendments.push_back({.number = number,
                             .fields = under_way,
                             .category = request.content.category,
                             .unit = unit,
                             .media = request.media_urls,
                             .at = world_.now(),
                             .shows_at = std::min(world_.now() + lag, latest(began)),
                             .by = "gateway"});
  const auto carries = [&fields = under_way](Field field) { return fields.test(static_cast<std::size_t>(field)); };
  if (carries(Field::category)) told.category = request.content.category;
  if (carries(Field::unit)) told.unit = unit;
  if (carries(Field::answer)) told.answered = request.handling.answer.has_value();
  if (carries(Field::withdrawn)) told.withdrawn = request.handling.closure.has_value();
  world_.counts.add(Happened::amended);
  if (carries(Field::attachments)) world_.counts.add(Happened::photographs_told);
  world_.tell("{}: {} amended by {} ({}): {} {}", name_, reference, number, under_way.to_string(), request.content.category, unit);
  return outcome::Amended{};
}

void SimUpstream::enter(const Request& request, Timestamp began) {
  const auto reference = request.code.digits();
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
                     .progress = {},
                     .category = request.content.category,
                     .unit = {},
                     .media = request.media_urls,
                     .amendments = {}});
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

template <class Outcome>
void SimUpstream::stumble(Call<Outcome> call) {
  const auto soon = network();
  const auto act_in = [&](Milliseconds wait) { world_.after(wait, outside, [act = call.act] { act(); }); };
  const auto answer = [this, &call](Milliseconds wait, Outcome outcome) { this->answer(call, wait, std::move(outcome)); };
  switch (world_.dice.pick({2, 2, 2, 2, 2, 1, 1, 1, 2, 1, 1})) {
    case 0:
      world_.counts.add(Happened::unreachable);
      return answer(soon, outcome::TryLater{"no route", {}, false});
    case 1:
      world_.counts.add(Happened::reset_before_acting);
      return answer(soon, outcome::Uncertain{"reset"});
    case 2:
      world_.counts.add(Happened::reset_after_acting);
      act_in(soon);
      return answer(soon, outcome::Uncertain{"reset"});
    case 3:
      world_.counts.add(Happened::answer_timed_out);
      act_in(soon);
      return answer(scenario_.call_deadline, outcome::Uncertain{"timeout"});
    case 4: {
      // The request lies in a proxy longer than the gateway waits.
      world_.counts.add(Happened::acted_late);
      act_in(scenario_.call_deadline + (world_.dice.chance(0.3) ? call.late : world_.dice.between({}, call.late)));
      return answer(scenario_.call_deadline, outcome::Uncertain{"timeout"});
    }
    case 5:
      world_.counts.add(Happened::server_error);
      return answer(soon, outcome::Uncertain{"HTTP 500"});
    case 6:
      world_.counts.add(Happened::server_error);
      act_in(soon / 2);
      return answer(soon, outcome::Uncertain{"HTTP 502"});
    case 7:
      world_.counts.add(Happened::garbage);
      act_in(soon / 2);
      return answer(soon, outcome::Uncertain{"HTTP 200, text/html"});
    case 8: {
      world_.counts.add(Happened::rate_limited);
      const auto rest = world_.dice.chance(0.5) ? std::optional(world_.dice.between(seconds(1), minutes(10))) : std::nullopt;
      return answer(soon, outcome::TryLater{"HTTP 429", rest, true});
    }
    case 9:
      world_.counts.add(Happened::unclear);
      if (world_.dice.chance(0.3)) act_in(soon / 2);
      return answer(soon, outcome::Unclear{"HTTP 302"});
    default:
      // Twice only where the system knows what it has: no gateway could help elsewhere.
      if (call.repeatable) {
        world_.counts.add(Happened::delivered_twice);
        act_in(soon / 2);
      }
      act_in(soon);
      return answer(soon, outcome::Uncertain{"reset"});
  }
}

void SimUpstream::look_up(std::shared_ptr<const Request> request, Handler<LookupOutcome> handler) {
  look([this, reference = request->code.digits()] { return list(reference); }, std::move(handler));
}

void SimUpstream::look_up_amendment(std::shared_ptr<const Request> request, const Handler<LookupOutcome>& handler) {
  look([this, request] { return list_amendment(*request); }, handler);
}

void SimUpstream::look(std::function<LookupOutcome()> list, Handler<LookupOutcome> handler) {
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
  world_.after(took / 2, outside, [this, list = std::move(list), handler = std::move(handler), took, owner] {
    auto outcome = list();
    if (owner != world_.gateway()) return;
    world_.tell("{}: lookup: {}", name_, std::holds_alternative<outcome::Found>(outcome) ? "found" : "absent");
    reply(handler, took - took / 2, std::move(outcome));
  });
}

LookupOutcome SimUpstream::list_amendment(const Request& request) {
  const auto* const known = under(request.registration.code);
  const auto number = request.handling.amendment.number;
  const auto found = std::ranges::find(known->amendments, number, &Amendment::number);
  if (found != known->amendments.end() && found->shows_at <= world_.now() && !scenario_.lookup_is_blind) {
    world_.counts.add(Happened::amendment_found);
    return outcome::Found{};
  }
  world_.counts.add(Happened::amendment_absent);
  return outcome::Absent{};
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

std::string SimUpstream::register_by_hand(const Request& seen, const std::string& officer) {
  enter(seen, world_.now());
  ledger_.back().by = officer;
  ledger_.back().shows_at = world_.now();
  return ledger_.back().code;
}

void SimUpstream::amend_by_hand(const Request& seen, const std::string& officer) {
  auto& page = entry(seen.registration.code);
  const auto& handling = seen.handling;
  complete_by_hand(seen);
  page.unit = handling.assignment ? handling.assignment->unit : "";
  page.answered = handling.answer.has_value();
  page.withdrawn = handling.closure.has_value();
  page.amendments.push_back({.number = handling.amendment.number,
                             .fields = handling.amendment.fields,
                             .category = page.category,
                             .unit = page.unit,
                             .media = seen.media_urls,
                             .at = world_.now(),
                             .shows_at = world_.now(),
                             .by = officer});
  world_.tell("{}: {} amended by {} as {}", name_, seen.code.digits(), officer, handling.amendment.number);
}

void SimUpstream::complete_by_hand(const Request& seen) {
  const auto [first, last] = by_reference_.equal_range(seen.code.digits());
  for (auto page = first; page != last; ++page) ledger_[page->second].category = seen.content.category;
}

void SimUpstream::take_back(const std::string& code) {
  entry(code).taken_back = true;
  world_.counts.add(Happened::taken_back);
  world_.tell("{}: {} is taken back", name_, code);
}

bool SimUpstream::knows_amendment(const Request& request) const {
  const auto* const known = under(request.registration.code);
  return known != nullptr &&
         std::ranges::find(known->amendments, request.handling.amendment.number, &Amendment::number) != known->amendments.end();
}

}  // namespace salam::simulation
