#include "tests/simulation/officers.h"

#include <utility>

namespace salam::simulation {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

}  // namespace

void Officers::start() { work(); }

void Officers::work() {
  world_.after(world_.dice.between(minutes(5), minutes(60)), outside, [this] { work(); });
  auto* gateway = gateway_();
  if (gateway == nullptr) return;
  watch_the_relay();
  if (scenario_.officers == 0) return;
  for (auto& item : gateway->store().attention({}, {}, 0, 50)) {
    if (!claimed_.emplace(item.record.request.key, item.reason).second) continue;
    const auto officer = "officer " + std::to_string(1 + world_.dice.below(scenario_.officers));
    world_.after(world_.dice.between(seconds(10), minutes(30)), outside,
                 [this, item = std::move(item), officer] { look_into(item, officer); });
  }
}

void Officers::watch_the_relay() {
  auto* gateway = gateway_();
  const auto refused = gateway->relay().status().refused_position;
  if (!refused) return;
  const bool skip = world_.dice.chance(0.3);
  if (skip) {
    const auto events = gateway->store().outbox(*refused - 1, 1);
    skipped_.emplace(events.front().aggregate, events.front().sequence);
  } else {
    log_.take_all();
  }
  if (gateway->decide(*refused, skip)) world_.counts.add(skip ? Happened::event_skipped : Happened::event_released);
}

void Officers::look_into(const store::AttentionItem& item, const std::string& officer) {
  lifecycle::Settlement settlement{.by = officer};
  switch (item.reason) {
    case AttentionReason::no_contact:
    case AttentionReason::undelivered:
      settlement.action = SettleAction::handed_over;
      return decide(item, std::move(settlement));
    case AttentionReason::declined:
    case AttentionReason::amend:
      settlement.action = SettleAction::dealt_with;
      return decide(item, std::move(settlement));
    case AttentionReason::uncertain:
    case AttentionReason::refused:
    case AttentionReason::unclear:
    case AttentionReason::poison:
    case AttentionReason::by_hand:
      return look_into_registration(item, std::move(settlement));
    case AttentionReason::overdue:
    case AttentionReason::review:
      return;
  }
}

void Officers::look_into_registration(const store::AttentionItem& item, lifecycle::Settlement settlement) {
  const auto& request = item.record.request;
  const auto reference = request.code.digits();
  for (const auto system : {System::system137, System::service_desk}) {
    if (const auto* entry = upstream(system).find(reference)) {
      settlement.action = SettleAction::registered;
      settlement.system = system;
      settlement.code = entry->code;
      return decide(item, std::move(settlement));
    }
  }
  const auto system = request.registration.system;
  const auto& rules = upstream(system).scenario();
  // A call may still be on its way: the officer knows how long that can be.
  const auto called = request.registration.intent_at.value_or(request.received_at);
  if (world_.now() < called + rules.call_deadline + rules.latest + seconds(30)) {
    claimed_.erase({request.key, item.reason});
    return;
  }
  const bool can_be_sent =
      item.reason == AttentionReason::uncertain || (item.reason == AttentionReason::unclear && world_.dice.chance(0.7));
  if (can_be_sent) {
    settlement.action = SettleAction::send_again;
    settlement.version = request.version;
  } else if (item.reason != AttentionReason::uncertain) {
    settlement.action = SettleAction::registered;
    settlement.system = system;
    settlement.code = upstream(system).register_by_hand(reference, settlement.by);
  }
  decide(item, std::move(settlement));
}

void Officers::decide(const store::AttentionItem& item, lifecycle::Settlement settlement) {
  auto letter = std::make_shared<Letter>(Letter{.claim = {item.record.request.key, item.reason},
                                                .reference = item.record.request.code.digits(),
                                                .settlement = std::move(settlement),
                                                .key = "letter " + std::to_string(++letters_)});
  world_.after(world_.dice.delay(seconds(30), minutes(20)), outside, [this, letter] { send(letter); });
}

void Officers::send(const std::shared_ptr<Letter>& letter) {
  if (letter->answered) return;
  world_.after(seconds(20), outside, [this, letter] { send(letter); });
  auto* gateway = gateway_();
  if (gateway == nullptr) return;
  gateway->settle(letter->claim.first, letter->settlement, letter->key, [this, letter](const Result<void>& answer) {
    world_.after(world_.dice.delay(Milliseconds(50), seconds(30)), outside, [this, letter, answer] { receive(letter, answer); });
  });
}

void Officers::receive(const std::shared_ptr<Letter>& letter, const Result<void>& answer) {
  if (letter->answered) return;
  const auto& settlement = letter->settlement;
  if (!answer && (answer.error().code == "overloaded" || answer.error().code == "storage_full")) return;
  letter->answered = true;
  claimed_.erase(letter->claim);
  world_.tell("{}: {} {} {}: {}", settlement.by, to_string(settlement.action), letter->reference, settlement.code,
              answer ? "done" : answer.error().code);
  ledger_.push_back({letter->reference, settlement.action, settlement.by, settlement.code, answer.ok()});
  if (!answer) return world_.counts.add(Happened::settle_came_too_late);
  world_.counts.add(settlement.action == SettleAction::registered   ? Happened::settled_registered
                    : settlement.action == SettleAction::send_again ? Happened::settled_send_again
                                                                    : Happened::settled_handed_over);
}

}  // namespace salam::simulation
