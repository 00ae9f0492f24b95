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
  const Claim claim{item.record.request.key, item.reason};
  switch (item.reason) {
    case AttentionReason::no_contact:
    case AttentionReason::undelivered:
      settlement.action = SettleAction::handed_over;
      return decide(item.record.request, item.reason, settlement);
    case AttentionReason::declined:
      settlement.action = SettleAction::dealt_with;
      return decide(item.record.request, item.reason, settlement);
    case AttentionReason::amend:
      return look_into_amendment(claim, std::move(settlement));
    case AttentionReason::uncertain:
    case AttentionReason::refused:
    case AttentionReason::unclear:
    case AttentionReason::poison:
    case AttentionReason::by_hand:
      return look_into_registration(claim, std::move(settlement));
    case AttentionReason::review:
      return review(item, officer);
    case AttentionReason::overdue:
      return answer_at_last(claim, officer);
  }
}

std::optional<Request> Officers::fresh(const Claim& claim) {
  auto* gateway = gateway_();
  auto record = gateway == nullptr ? std::nullopt : gateway->store().find(claim.first);
  if (record && record->request.attention.contains(claim.second)) {
    for (const auto& attachment : gateway->store().attachments(claim.first)) record->request.media_urls.push_back(attachment.url.reveal());
    return std::move(record->request);
  }
  claimed_.erase(claim);
  return {};
}

void Officers::look_into_registration(const Claim& claim, lifecycle::Settlement settlement) {
  const auto request = fresh(claim);
  if (!request) return;
  const auto reference = request->code.digits();
  // What the form says now may not be what was entered a while ago.
  if (request->registration.state == RegistrationState::by_hand) settlement.version = request->version;
  for (const auto system : {System::system137, System::service_desk}) {
    const auto* entry = upstream(system).find(reference);
    if (entry == nullptr) continue;
    if (settlement.version) upstream(system).complete_by_hand(*request);
    settlement.action = SettleAction::registered;
    settlement.system = system;
    settlement.code = entry->code;
    return decide(*request, claim.second, settlement);
  }
  const auto system = request->registration.system;
  const auto& rules = upstream(system).scenario();
  // A call may still be on its way: the officer knows how long that can be.
  const auto called = request->registration.intent_at.value_or(request->received_at);
  if (world_.now() < called + rules.call_deadline + rules.latest + seconds(30)) {
    claimed_.erase(claim);
    return;
  }
  const bool can_be_sent =
      claim.second == AttentionReason::uncertain || (claim.second == AttentionReason::unclear && world_.dice.chance(0.7));
  if (can_be_sent) {
    settlement.action = SettleAction::send_again;
    settlement.version = request->version;
  } else {
    settlement.action = SettleAction::registered;
    settlement.system = system;
    settlement.code = upstream(system).register_by_hand(*request, settlement.by);
    if (world_.dice.chance(0.3)) withdraw_meanwhile(request->key);
    // Some bring the day's codes together.
    return decide(*request, claim.second, settlement, world_.dice.between(seconds(30), minutes(30)));
  }
  decide(*request, claim.second, settlement);
}

void Officers::look_into_amendment(const Claim& claim, lifecycle::Settlement settlement) {
  const auto request = fresh(claim);
  if (!request) return;
  auto& system = upstream(request->registration.system);
  const auto& rules = system.scenario();
  const auto called = request->handling.amendment.intent_at;
  if (called && world_.now() < *called + rules.call_deadline + rules.latest + seconds(30)) {
    claimed_.erase(claim);
    return;
  }
  settlement.version = request->version;
  settlement.action = SettleAction::dealt_with;
  if (!system.knows_amendment(*request)) {
    if (rules.amends && !rules.by_hand && world_.dice.chance(0.3)) {
      settlement.action = SettleAction::send_again;
    } else {
      system.amend_by_hand(*request, settlement.by);
      world_.counts.add(Happened::amendment_entered_by_hand);
    }
  }
  decide(*request, claim.second, settlement);
}

lifecycle::ReviewVerdict Officers::verdict(const Request& request) {
  const auto decision = static_cast<ReviewDecision>(world_.dice.pick({4, 3, 2, 2}));
  lifecycle::ReviewVerdict verdict{.decision = decision};
  if (decision == ReviewDecision::to_137 && world_.dice.chance(0.7)) verdict.category = "asphalt";
  if (decision == ReviewDecision::answered) {
    verdict.answer.channel = static_cast<AnswerChannel>(world_.dice.below(3));
    verdict.answer.text = Sensitive<std::string>("what the officer answers");
  }
  if (decision != ReviewDecision::twin) return verdict;
  for (const auto& other : gateway_()->store().list({}, 0, 50)) {
    if (other.request.key == request.key || other.request.handling.closure) continue;
    verdict.twin = other.request.id.to_string();
    return verdict;
  }
  verdict.decision = ReviewDecision::to_desk;
  return verdict;
}

void Officers::review(const store::AttentionItem& item, const std::string& officer) {
  const Claim claim{item.record.request.key, item.reason};
  const auto request = fresh(claim);
  if (!request) return;
  // Now and then two take up the same.
  const std::vector<std::string> both{officer, "another officer"};
  const std::size_t many = world_.dice.chance(0.2) ? 2 : 1;
  for (std::size_t one = 0; one < many; ++one) {
    const Review decided{request->code.digits(), {}, both[one]};
    const lifecycle::Decider decider{.by = both[one],
                                     .version = world_.dice.chance(0.5) ? std::optional(item.record.request.version) : std::nullopt};
    letters_.post(world_.dice.delay(seconds(30), minutes(20)),
                  {.request = request->key,
                   .decision = [verdict = verdict(*request), decider](
                                   const Record& record, const auto& policy,
                                   const auto& moment) { return lifecycle::review(record, verdict, decider, policy, moment); },
                   .key = letters_.new_key(),
                   .answered =
                       [this, claim, decided](const Result<void>& answer) {
                         claimed_.erase(claim);
                         world_.tell("{}: review of {}: {}", decided.by, decided.reference, answer ? "done" : answer.error().code);
                         world_.counts.add(answer ? Happened::reviewed : Happened::review_lost);
                         if (answer) reviews_.push_back(decided);
                       }});
  }
}

void Officers::answer_at_last(const Claim& claim, const std::string& officer) {
  const auto request = fresh(claim);
  if (!request) return;
  // What nobody reviewed yet is reviewed.
  if (request->registration.state == RegistrationState::in_review) {
    claimed_.erase(claim);
    return;
  }
  letters_.post(world_.dice.delay(seconds(30), minutes(20)),
                {.request = request->key,
                 .decision = [decider = lifecycle::Decider{.by = officer}](
                                 const Record& record, const auto& policy,
                                 const auto& moment) { return lifecycle::answer(record, {}, decider, policy, moment); },
                 .key = letters_.new_key(),
                 .answered = [this, claim](const Result<void>&) { claimed_.erase(claim); }});
}

void Officers::decide(const Request& seen, AttentionReason reason, const lifecycle::Settlement& settlement) {
  decide(seen, reason, settlement, world_.dice.delay(seconds(30), minutes(20)));
}

void Officers::decide(const Request& seen, AttentionReason reason, const lifecycle::Settlement& settlement, Milliseconds wait) {
  letters_.post(wait,
                {.request = seen.key,
                 .decision = [settlement](const Record& record, const auto& policy,
                                          const auto& moment) { return lifecycle::settle(record, settlement, policy, moment); },
                 .key = letters_.new_key(),
                 .answered = [this, seen, reason, settlement](const Result<void>& answer) { decided(seen, reason, settlement, answer); }});
}

void Officers::decided(const Request& seen, AttentionReason reason, const lifecycle::Settlement& settlement, const Result<void>& answer) {
  const auto reference = seen.code.digits();
  world_.tell("{}: {} {} {}: {}", settlement.by, to_string(settlement.action), reference, settlement.code,
              answer ? "done" : answer.error().code);
  ledger_.push_back({reference, settlement.action, settlement.by, settlement.code, answer.ok()});
  claimed_.erase({seen.key, reason});
  if (!answer) {
    world_.counts.add(Happened::settle_came_too_late);
    if (settlement.action == SettleAction::registered) take_back(seen.key, settlement.code);
    return;
  }
  const bool again = settlement.action == SettleAction::send_again;
  world_.counts.add(again && reason == AttentionReason::amend       ? Happened::amendment_sent_again
                    : settlement.action == SettleAction::registered ? Happened::settled_registered
                    : again                                         ? Happened::settled_send_again
                                                                    : Happened::settled_handed_over);
}

void Officers::withdraw_meanwhile(RequestKey request) {
  letters_.post(world_.dice.between({}, minutes(20)),
                {.request = request,
                 .decision = [decider = lifecycle::Decider{.by = "another officer"}](
                                 const Record& record, const auto& policy,
                                 const auto& moment) { return lifecycle::withdraw(record, decider, policy, moment); },
                 .key = letters_.new_key(),
                 .answered = [](const Result<void>&) {}});
}

void Officers::take_back(RequestKey request, const std::string& code) {
  auto* gateway = gateway_();
  if (gateway == nullptr) {
    world_.after(minutes(1), outside, [this, request, code] { take_back(request, code); });
    return;
  }
  // Or it is withdrawn before the page is looked at again.
  const auto state = gateway->store().find(request)->request.registration.state;
  if (state == RegistrationState::by_hand || state == RegistrationState::held) {
    world_.after(minutes(30), outside, [this, request, code] { take_back(request, code); });
  } else if (state == RegistrationState::closed) {
    for (auto* system : {&system137_, &service_desk_}) {
      if (const auto* entry = system->under(code); entry != nullptr && !entry->taken_back) system->take_back(code);
    }
  }
}

}  // namespace salam::simulation
