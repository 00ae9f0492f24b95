#include "tests/simulation/sim_sms.h"

#include <algorithm>
#include <utility>

namespace salam::simulation {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

}  // namespace

SimSms::SimSms(std::string name, SmsScenario scenario, World& world)
    : name_(std::move(name)),
      scenario_(std::move(scenario)),
      world_(world),
      traits_{.deduplicates = scenario_.deduplicates,
              .deduplicates_for = hours(12),
              .has_lookup = scenario_.has_lookup,
              .absent_after = minutes(1),
              .uncertain_for = scenario_.has_lookup ? hours(24) : minutes(10),
              .status_batch = 100} {}

bool SimSms::within(const Windows& windows) const {
  return world_.faults && std::ranges::any_of(windows, [&](const auto& window) {
           return world_.passed() >= window.first && world_.passed() < window.second;
         });
}

template <class Outcome>
void SimSms::reply(Handler<Outcome> handler, Milliseconds took, Outcome outcome) {
  world_.after(took, world_.gateway(), [handler = std::move(handler), took, outcome = std::move(outcome)] {
    handler({.outcome = outcome, .took = took, .excerpt = {}});
  });
}

std::string SimSms::accept(const Text& text) {
  if (const auto known = by_localid_.find(text.localid); known != by_localid_.end() && scenario_.deduplicates) {
    world_.counts.add(Happened::text_repeated);
    return std::to_string(known->second);
  }
  by_localid_.emplace(text.localid, ledger_.size());
  ledger_.push_back(text);
  auto& kept = ledger_.back();
  kept.accepted_at = world_.now();
  kept.decided_at = world_.now() + world_.dice.delay(seconds(20), hours(3));
  const double fate = world_.dice.fraction();
  kept.fate = fate < 0.93 ? Delivery::delivered : fate < 0.98 ? Delivery::failed : Delivery::unknown;
  world_.counts.add(kept.fate == Delivery::delivered ? Happened::text_delivered
                    : kept.fate == Delivery::failed  ? Happened::text_undelivered
                                                     : Happened::text_never_reported);
  world_.tell("{} sms: {} to {} with code {}", name_, kept.localid, kept.receiver, kept.code);
  return std::to_string(ledger_.size() - 1);
}

void SimSms::send(const Message& message, Handler<SendOutcome> handler) {
  const auto took = world_.dice.delay(milliseconds(100), seconds(5));
  const auto fail = [&](Happened what, SendOutcome outcome) {
    world_.counts.add(what);
    reply(std::move(handler), took, std::move(outcome));
  };
  world_.tell("{} sms: asked to send {}", name_, message.id);
  Text text{.localid = message.id, .receiver = message.mobile.reveal(), .code = message.code, .accepted_at = {}, .decided_at = {}};
  if (within(scenario_.outages)) return fail(Happened::text_unreachable, outcome::TryLater{"connection refused", {}, false});
  if (within(scenario_.without_credit)) return fail(Happened::text_out_of_credit, outcome::Misconfigured{"418 credit"});
  if (trouble()) {
    switch (world_.dice.below(4)) {
      case 0:
        return fail(Happened::text_unreachable, outcome::TryLater{"409 busy", world_.dice.between(seconds(1), minutes(2)), true});
      case 1:
        return fail(Happened::text_rejected, outcome::Rejected{"411 receptor"});
      case 2:
        return fail(Happened::text_answer_lost, outcome::Uncertain{"reset"});
      default:
        world_.after(took / 2, outside, [this, text] { accept(text); });
        return fail(Happened::text_answer_lost, outcome::Uncertain{"timeout"});
    }
  }
  const auto owner = world_.gateway();
  world_.after(took / 2, outside, [this, text = std::move(text), handler = std::move(handler), took, owner] {
    auto id = accept(text);
    if (owner == world_.gateway()) reply<SendOutcome>(handler, took - took / 2, outcome::Sent{std::move(id)});
  });
}

void SimSms::look_up(const Message& message, const Handler<SmsLookupOutcome>& handler) {
  const auto took = world_.dice.delay(milliseconds(100), seconds(5));
  if (within(scenario_.outages) || trouble()) {
    return reply<SmsLookupOutcome>(handler, took, outcome::TryLater{"timeout", {}, false});
  }
  const auto known = by_localid_.find(message.id);
  world_.tell("{} sms: lookup of {}: {}", name_, message.id, known == by_localid_.end() ? "absent" : "found");
  if (known == by_localid_.end()) return reply<SmsLookupOutcome>(handler, took, outcome::Absent{});
  reply<SmsLookupOutcome>(handler, took, outcome::Sent{std::to_string(known->second)});
}

DeliveryStatus SimSms::status_of(const std::string& provider_id) const {
  const auto& text = ledger_.at(std::stoul(provider_id));
  const bool decided = world_.now() >= text.decided_at && text.fate != Delivery::unknown;
  return {.provider_id = provider_id, .delivery = decided ? text.fate : Delivery::on_the_way, .reason = "11 undelivered"};
}

void SimSms::status(std::vector<std::string> provider_ids, Handler<StatusOutcome> handler) {
  const auto took = world_.dice.delay(milliseconds(100), seconds(5));
  if (within(scenario_.outages) || within(scenario_.without_credit) || trouble()) {
    world_.counts.add(Happened::status_failed);
    if (within(scenario_.without_credit)) return reply<StatusOutcome>(std::move(handler), took, outcome::Misconfigured{"418 credit"});
    return reply<StatusOutcome>(std::move(handler), took, outcome::TryLater{"timeout", {}, false});
  }
  std::vector<DeliveryStatus> statuses;
  for (const auto& id : provider_ids) {
    if (!world_.faults || !world_.dice.chance(0.02)) statuses.push_back(status_of(id));
  }
  std::ranges::reverse(statuses);
  reply<StatusOutcome>(std::move(handler), took, std::move(statuses));
}

}  // namespace salam::simulation
