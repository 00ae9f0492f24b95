#include "gateway/pipeline/driver.h"

#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>

#include "gateway/domain/text.h"

namespace salam::pipeline {
namespace {

// How long the pipeline trusts a computed wait.
constexpr Milliseconds longest_sleep{60'000};
constexpr Milliseconds put_off_by{1'000};
// A lookup that has not yet found what is known to be there is tried again with a later registration, this much later.
constexpr Milliseconds proof_interval{60'000};
constexpr std::size_t detail_limit = 300;

template <class... Fs>
struct Overloaded : Fs... {
  using Fs::operator()...;
};
template <class... Fs>
Overloaded(Fs...) -> Overloaded<Fs...>;

std::string_view target_of(Lane lane) {
  switch (lane) {
    case Lane::system137:
      return "137";
    case Lane::service_desk:
      return "service_desk";
    case Lane::sms:
    case Lane::sms_status:
      return "sms";
    case Lane::clock:
      break;
  }
  return "";
}

std::string_view outcome_name(const auto& outcome) {
  return std::visit(
      Overloaded{[](const outcome::Registered&) { return "registered"; }, [](const outcome::Pending&) { return "pending"; },
                 [](const outcome::ByHand&) { return "by_hand"; }, [](const outcome::Refused&) { return "refused"; },
                 [](const outcome::TryLater&) { return "try_later"; }, [](const outcome::Uncertain&) { return "uncertain"; },
                 [](const outcome::Unclear&) { return "unclear"; }, [](const outcome::Misconfigured&) { return "misconfigured"; },
                 [](const outcome::Found&) { return "found"; }, [](const outcome::Absent&) { return "absent"; },
                 [](const outcome::NotYet&) { return "not_yet"; }, [](const outcome::Sent&) { return "sent"; },
                 [](const outcome::Rejected&) { return "rejected"; }, [](const std::vector<DeliveryStatus>&) { return "answered"; }},
      outcome);
}

Health health_of(const outcome::TryLater& later) { return later.reachable && later.after ? Health::ok : Health::failed; }

const Message* find_message(const Record& record, std::int64_t id) {
  const auto found = std::ranges::find(record.messages, id, &Message::id);
  return found == record.messages.end() ? nullptr : &*found;
}

}  // namespace

Driver::Driver(Settings settings, World world, prometheus::Registry& metrics)
    : settings_(std::move(settings)), world_(world), time_(world_.clock), scheduler_(settings_.lanes), metrics_(metrics) {}

void Driver::start() { advance(); }

void Driver::added(std::vector<Task> tasks) {
  world_.executor.post([this, tasks = std::move(tasks)] {
    for (const auto& task : tasks) scheduler_.added(time_.reckoned(task));
    advance();
  });
}

void Driver::await_registration(RequestKey key, Milliseconds wait, std::function<void(std::optional<Record>)> handler) {
  world_.executor.post([this, key, wait, handler = std::move(handler)]() mutable {
    auto record = world_.store.find(key);
    const bool drained = draining_ && in_flight_ == 0;
    if (!record || record->request.registration.state == RegistrationState::registered || drained) {
      handler(std::move(record));
      return;
    }
    auto waiter = std::make_shared<Waiter>(std::move(handler));
    waiters_.emplace(key, waiter);
    world_.executor.call_after(wait, [this, key, waiter] {
      const auto [first, last] = waiters_.equal_range(key);
      const auto found = std::find_if(first, last, [&](const auto& entry) { return entry.second == waiter; });
      if (found == last) return;
      waiters_.erase(found);
      (*waiter)(world_.store.find(key));
    });
  });
}

void Driver::drain(std::function<void()> drained) {
  draining_ = true;
  drained_ = std::move(drained);
  if (in_flight_ == 0) end_drain();
}

void Driver::end_drain() {
  for (const auto& [key, waiter] : std::exchange(waiters_, {})) (*waiter)(world_.store.find(key));
  drained_();
}

LaneStatus Driver::status(Lane lane) const {
  const auto& state = lane_states_[static_cast<std::size_t>(lane)];
  return {.view = scheduler_.view(lane),
          .last_error = state.last_error,
          .last_error_at = state.last_error_at,
          .healthy = state.healthy,
          .since = state.since,
          .lookup_proved = state.lookup_proved};
}

lifecycle::LookupPower Driver::power(Lane lane) {
  const auto& traits = upstream(lane).traits();
  return {.possible = traits.has_lookup && traits.settle_after.has_value(),
          .proved = state(lane).lookup_proved,
          .believable_after = traits.settle_after.value_or(Milliseconds{0}) + traits.call_deadline};
}

lifecycle::Moment Driver::moment(std::optional<Attempt> attempt) {
  return {.now = world_.clock.now(),
          .jitter = world_.random.fraction(),
          .random_bits = world_.random.bits(),
          .attempt = std::move(attempt),
          .restored_at = world_.store.restored_at()};
}

lifecycle::Moment Driver::moment(Lane lane, std::string_view action, Timestamp at, Milliseconds took, std::string_view outcome,
                                 const std::string& detail) {
  metrics_.called(lane, action, outcome, took);
  return moment(Attempt{.target = std::string(target_of(lane)),
                        .action = std::string(action),
                        .at = at,
                        .took = took,
                        .outcome = std::string(outcome),
                        .detail = shortened(detail, detail_limit)});
}

// --- running ------------------------------------------------------------------------------------------------------

void Driver::advance() {
  if (draining_) return;
  bool loaded = true;
  while (loaded) {
    loaded = false;
    for (const auto& action : scheduler_.advance(time_.now())) {
      std::visit(Overloaded{[this](const Start& start) { run(start); },
                            [&](const Load& wanted) {
                              load(wanted);
                              loaded = true;
                            }},
                 action);
    }
  }
  for (std::size_t i = 0; i < lane_count; ++i) {
    const auto view = scheduler_.view(static_cast<Lane>(i));
    metrics_.lane(static_cast<Lane>(i), view);
  }
  arm(std::clamp(scheduler_.next_wake(time_.now()).value_or(longest_sleep), Milliseconds{1}, longest_sleep));
}

void Driver::arm(Milliseconds wait) {
  const auto at = world_.clock.steady() + wait;
  if (armed_ && *armed_ <= at) return;
  armed_ = at;
  world_.executor.call_after(wait, [this, at] {
    // One that an earlier timer overtook does nothing: were it to arm another, timers would multiply for as long as the gateway runs.
    if (armed_ != at) return;
    armed_.reset();
    advance();
  });
}

void Driver::load(const Load& wanted) {
  auto tasks = world_.store.tasks(wanted.lane, wanted.retries, scheduler_.known(wanted.lane), static_cast<int>(wanted.limit));
  for (auto& task : tasks) task = time_.stored(task);
  scheduler_.loaded(wanted, tasks);
}

void Driver::run(const Start& start) {
  in_flight_ += start.tasks.size();
  if (start.lane == Lane::sms_status) {
    ask_status(start.tasks);
    return;
  }
  for (const auto& task : start.tasks) {
    switch (start.lane) {
      case Lane::system137:
      case Lane::service_desk:
        begin_registration(task);
        break;
      case Lane::sms:
        send(task);
        break;
      case Lane::clock:
        holding(task);
        break;
      case Lane::sms_status:
        break;
    }
  }
}

void Driver::finish(const Task& task, Health health, std::optional<Milliseconds> pause) {
  in_flight_ -= 1;
  const bool fails_alone = scheduler_.finished(task, health, pause, world_.random.fraction(), time_.now());
  if (fails_alone && task.message == 0) poison(task);  // A text message is refused for the account's sake, never for its own.
  if (draining_ && in_flight_ == 0) end_drain();
}

void Driver::put_off(Task task) {
  finish(task, Health::none);
  task.due = world_.clock.now() + put_off_by;
  scheduler_.added(time_.reckoned(task));
  advance();
}

void Driver::note(Lane lane, const Verdict& verdict) {
  auto& lane_state = state(lane);
  const auto at = world_.clock.now();
  const bool healthy = verdict.health == Health::ok && !verdict.pause;
  if (verdict.health != Health::none && lane_state.healthy != healthy) {
    lane_state.healthy = healthy;
    lane_state.since = at;
    if (healthy) {
      spdlog::info("{} answers", to_string(lane));
    } else {
      spdlog::warn("{} fails: {}", to_string(lane), verdict.error);
    }
  }
  if (verdict.error.empty()) return;
  lane_state.last_error = verdict.error;
  lane_state.last_error_at = at;
}

void Driver::commit(const Task& task, Verdict verdict) {
  auto shared = std::make_shared<Verdict>(std::move(verdict));
  world_.store.update(task.request, shared->transition, [this, task, shared](store::UpdateOutcome outcome) {
    world_.executor.post([this, task, shared, outcome = std::move(outcome)] { committed(task, *shared, outcome); });
  });
}

void Driver::committed(const Task& task, const Verdict& verdict, const store::UpdateOutcome& outcome) {
  if (!outcome && (outcome.error().code == "overloaded" || outcome.error().code == "storage_full")) {
    // The other side has acted already, so what it said is kept here until it can be written.
    world_.executor.call_after(put_off_by, [this, task, verdict] { commit(task, verdict); });
    return;
  }
  note(task.lane, verdict);
  finish(task, verdict.health, verdict.pause);
  if (outcome) {
    for (const auto& next : outcome->tasks) scheduler_.added(time_.reckoned(next));
    if (outcome->record.request.registration.state == RegistrationState::registered) registered(outcome->record);
  }
  advance();
}

void Driver::registered(const Record& record) {
  const auto [first, last] = waiters_.equal_range(record.request.key);
  std::vector<std::shared_ptr<Waiter>> waiting;
  for (auto entry = first; entry != last; ++entry) waiting.push_back(entry->second);
  waiters_.erase(first, last);
  for (const auto& waiter : waiting) (*waiter)(record);
}

void Driver::poison(const Task& task) {
  const auto when = moment();
  world_.store.update(
      task.request,
      [this, when](const Record& record) {
        return lifecycle::poisonous(record, "refused as misconfigured while other requests pass", settings_.policy, when);
      },
      [](const store::UpdateOutcome&) {});
}

// --- registration -------------------------------------------------------------------------------------------------

void Driver::begin_registration(const Task& task) {
  const auto when = moment();
  const auto lookup = power(task.lane);
  auto begin = [this, when, lookup, lane = task.lane](const Record& record) -> Result<Change> {
    if (lane_of(record.request.registration.system) != lane) return Error{"overtaken", "it goes elsewhere now"};
    return lifecycle::begin_call(record, lookup, settings_.policy, when);
  };
  world_.store.update(task.request, std::move(begin), [this, task](store::UpdateOutcome outcome) {
    world_.executor.post([this, task, outcome = std::move(outcome)]() mutable {
      if (!outcome) {
        const auto& code = outcome.error().code;
        if (code == "look_up") return look_up(task);
        if (code == "poll") return poll(task);
        if (code == "overloaded" || code == "storage_full") return put_off(task);
        finish(task, Health::none);
        return advance();
      }
      if (outcome->record.request.registration.state == RegistrationState::calling) {
        return submit(task, std::move(outcome->record.request));
      }
      finish(task, Health::none);
      for (const auto& next : outcome->tasks) scheduler_.added(time_.reckoned(next));
      advance();
    });
  });
}

void Driver::submit(const Task& task, Request request) {
  const auto shared = std::make_shared<const Request>(std::move(request));
  upstream(task.lane).submit(shared, [this, task, shared, at = world_.clock.now()](Reply<SubmitOutcome> reply) {
    const bool succeeded = std::holds_alternative<outcome::Registered>(reply.outcome);
    commit(task, judge(task, at, std::move(reply)));
    if (succeeded) prove_lookup(task.lane, [&shared] { return *shared; });
  });
}

void Driver::look_up(const Task& task) {
  const auto record = world_.store.find(task.request);
  if (!record) return finish(task, Health::none);
  prove_lookup(task.lane);
  upstream(task.lane).look_up(
      std::make_shared<const Request>(record->request),
      [this, task, at = world_.clock.now()](Reply<LookupOutcome> reply) { commit(task, judge(task, at, std::move(reply))); });
}

void Driver::poll(const Task& task) {
  const auto record = world_.store.find(task.request);
  if (!record) return finish(task, Health::none);
  upstream(task.lane).poll(record->request.registration.token, [this, task, at = world_.clock.now()](Reply<PollOutcome> reply) {
    commit(task, judge(task, at, std::move(reply)));
  });
}

void Driver::prove_lookup(Lane lane, const std::function<std::optional<Request>()>& registered) {
  auto& lane_state = state(lane);
  const auto at = world_.clock.steady();
  if (lane_state.lookup_proved || !power(lane).possible) return;
  if (lane_state.proof_asked_at && at < *lane_state.proof_asked_at + proof_interval) return;
  auto request = registered();
  if (!request) return;
  lane_state.proof_asked_at = at;
  upstream(lane).look_up(std::make_shared<const Request>(*std::move(request)), [this, lane](const Reply<LookupOutcome>& reply) {
    metrics_.called(lane, "prove_lookup", outcome_name(reply.outcome), reply.took);
    if (std::holds_alternative<outcome::Found>(reply.outcome)) state(lane).lookup_proved = true;
  });
}

void Driver::prove_lookup(Lane lane) {
  prove_lookup(lane, [this, lane]() -> std::optional<Request> {
    auto newest = world_.store.newest_registered(lane == Lane::system137 ? System::system137 : System::service_desk);
    if (!newest) return {};
    return std::move(newest->request);
  });
}

Driver::Verdict Driver::judge(const Task& task, Timestamp at, Reply<SubmitOutcome> reply) {
  const auto when = moment(task.lane, "register", at, reply.took, outcome_name(reply.outcome), reply.excerpt);
  const auto& policy = settings_.policy;
  return std::visit(
      Overloaded{
          [&](outcome::Registered& got) -> Verdict {
            return {[&policy, when, code = got.code](const Record& r) { return lifecycle::call_registered(r, code, policy, when); }};
          },
          [&](outcome::Pending& got) -> Verdict {
            return {[&policy, when, token = got.token](const Record& r) { return lifecycle::call_pending(r, token, policy, when); }};
          },
          [&](outcome::ByHand&) -> Verdict {
            return {[&policy, when](const Record& r) { return lifecycle::call_by_hand(r, policy, when); }};
          },
          [&](outcome::Refused& got) -> Verdict {
            return {[&policy, when, why = got.why](const Record& r) { return lifecycle::call_refused(r, why, policy, when); }};
          },
          [&](outcome::TryLater& got) -> Verdict {
            return {[&policy, when, got](const Record& r) { return lifecycle::call_later(r, got.why, got.after, policy, when); },
                    health_of(got), got.after, got.why};
          },
          [&](outcome::Uncertain& got) -> Verdict {
            return {[&policy, when, why = got.why, lookup = power(task.lane)](const Record& r) {
                      return lifecycle::call_uncertain(r, why, lookup, policy, when);
                    },
                    Health::failed,
                    {},
                    got.why};
          },
          [&](outcome::Unclear& got) -> Verdict {
            return {[&policy, when, why = got.why](const Record& r) { return lifecycle::call_unclear(r, why, policy, when); },
                    Health::ok,
                    {},
                    got.why};
          },
          [&](outcome::Misconfigured& got) -> Verdict {
            return {[&policy, when, why = got.why](const Record& r) { return lifecycle::call_later(r, why, {}, policy, when); },
                    Health::misconfigured,
                    {},
                    got.why};
          },
      },
      reply.outcome);
}

Driver::Verdict Driver::judge(const Task& task, Timestamp at, Reply<LookupOutcome> reply) {
  const auto when = moment(task.lane, "look_up", at, reply.took, outcome_name(reply.outcome), reply.excerpt);
  const auto& policy = settings_.policy;
  const auto failed = [&](const std::string& why, std::optional<Milliseconds> after, Health health) -> Verdict {
    return {[&policy, when, why, after](const Record& r) { return lifecycle::lookup_failed(r, why, after, policy, when); }, health, after,
            why};
  };
  return std::visit(
      Overloaded{
          [&](outcome::Found& got) -> Verdict {
            state(task.lane).lookup_proved = true;
            return {[&policy, when, code = got.code](const Record& r) { return lifecycle::lookup_found(r, code, policy, when); }};
          },
          [&](outcome::Absent&) -> Verdict {
            const auto lookup = power(task.lane);
            // Where the wall clock was set forward, it says that enough time has passed; only the steady clock knows.
            const auto asked_at = time_.set_forward_within(lookup.believable_after) ? Timestamp{} : at;
            return {
                [&policy, when, asked_at, lookup](const Record& r) { return lifecycle::lookup_absent(r, asked_at, lookup, policy, when); }};
          },
          [&](outcome::TryLater& got) { return failed(got.why, got.after, health_of(got)); },
          [&](outcome::Unclear& got) -> Verdict {
            return {[&policy, when, why = got.why](const Record& r) { return lifecycle::lookup_unclear(r, why, policy, when); },
                    Health::ok,
                    {},
                    got.why};
          },
          [&](outcome::Misconfigured& got) { return failed(got.why, {}, Health::misconfigured); },
      },
      reply.outcome);
}

Driver::Verdict Driver::judge(const Task& task, Timestamp at, Reply<PollOutcome> reply) {
  const auto when = moment(task.lane, "poll", at, reply.took, outcome_name(reply.outcome), reply.excerpt);
  const auto& policy = settings_.policy;
  const auto again = [&](const std::string& why, std::optional<Milliseconds> after, Health health) -> Verdict {
    return {[&policy, when, after](const Record& r) { return lifecycle::poll_again(r, after, policy, when); }, health, after, why};
  };
  return std::visit(
      Overloaded{
          [&](outcome::Registered& got) -> Verdict {
            return {[&policy, when, code = got.code](const Record& r) { return lifecycle::poll_registered(r, code, policy, when); }};
          },
          [&](outcome::NotYet&) { return again("", {}, Health::ok); },
          [&](outcome::TryLater& got) { return again(got.why, got.after, health_of(got)); },
          [&](outcome::Unclear& got) { return again(got.why, {}, Health::ok); },
          [&](outcome::Misconfigured& got) { return again(got.why, {}, Health::misconfigured); },
      },
      reply.outcome);
}

void Driver::holding(const Task& task) {
  commit(task, {[this, when = moment()](const Record& record) { return lifecycle::holding_due(record, settings_.policy, when); },
                Health::none,
                {},
                {}});
}

// --- messages -----------------------------------------------------------------------------------------------------

void Driver::send(const Task& task) {
  if (world_.sms.traits().deduplicates) {
    // The message's id was committed with the message, and sending it twice sends it once: no intent is needed.
    const auto message = world_.store.message(task.request, task.message);
    if (!message || (message->state != MessageState::queued && message->state != MessageState::sending)) {
      return finish(task, Health::none);
    }
    return send(task, *message);
  }
  auto begin = [this, id = task.message, when = moment()](const Record& record) {
    return lifecycle::message_sending(record, id, false, settings_.policy, when);
  };
  world_.store.update(task.request, std::move(begin), [this, task](store::UpdateOutcome outcome) {
    world_.executor.post([this, task, outcome = std::move(outcome)] {
      if (!outcome && (outcome.error().code == "overloaded" || outcome.error().code == "storage_full")) return put_off(task);
      const auto* message = outcome ? find_message(outcome->record, task.message) : nullptr;
      if (message != nullptr && message->state == MessageState::sending) return send(task, *message);
      finish(task, Health::none);
      advance();
    });
  });
}

void Driver::send(const Task& task, const Message& message) {
  world_.sms.send(message,
                  [this, task, at = world_.clock.now()](Reply<SendOutcome> reply) { commit(task, judge(task, at, std::move(reply))); });
}

Driver::Verdict Driver::judge(const Task& task, Timestamp at, Reply<SendOutcome> reply) {
  const auto when = moment(task.lane, "send", at, reply.took, outcome_name(reply.outcome), reply.excerpt);
  const auto& policy = settings_.policy;
  const auto id = task.message;
  const auto later = [&](const std::string& why, std::optional<Milliseconds> after, Health health) -> Verdict {
    return {[&policy, when, id, why, after](const Record& r) { return lifecycle::message_later(r, id, why, after, policy, when); }, health,
            after, why};
  };
  const auto failed = [&](const std::string& why, Health health) -> Verdict {
    return {[&policy, when, id, why](const Record& r) { return lifecycle::message_failed(r, id, why, policy, when); }, health, {}, why};
  };
  return std::visit(Overloaded{
                        [&](outcome::Sent& got) -> Verdict {
                          return {[&policy, when, id, provider_id = got.provider_id](const Record& r) {
                            return lifecycle::message_sent(r, id, provider_id, policy, when);
                          }};
                        },
                        [&](outcome::Rejected& got) { return failed(got.why, Health::ok); },
                        [&](outcome::TryLater& got) { return later(got.why, got.after, health_of(got)); },
                        [&](outcome::Uncertain& got) {
                          return world_.sms.traits().deduplicates ? later(got.why, {}, Health::failed) : failed(got.why, Health::failed);
                        },
                        [&](outcome::Misconfigured& got) { return later(got.why, {}, Health::misconfigured); },
                    },
                    reply.outcome);
}

void Driver::ask_status(const std::vector<Task>& tasks) {
  std::vector<std::string> ids;
  std::vector<std::pair<Task, std::string>> asked;
  for (const auto& task : tasks) {
    const auto message = world_.store.message(task.request, task.message);
    if (!message || message->state != MessageState::sent) {
      finish(task, Health::none);
      continue;
    }
    ids.push_back(message->provider_id);
    asked.emplace_back(task, message->provider_id);
  }
  if (asked.empty()) return;
  world_.sms.status(std::move(ids), [this, asked = std::move(asked)](const Reply<StatusOutcome>& reply) {
    metrics_.called(Lane::sms_status, "status", outcome_name(reply.outcome), reply.took);
    const auto& policy = settings_.policy;
    std::unordered_map<std::string_view, const DeliveryStatus*> known;
    Verdict verdict;
    if (const auto* statuses = std::get_if<std::vector<DeliveryStatus>>(&reply.outcome)) {
      for (const auto& status : *statuses) known.emplace(status.provider_id, &status);
    } else if (const auto* later = std::get_if<outcome::TryLater>(&reply.outcome)) {
      verdict = {{}, health_of(*later), later->after, later->why};
    } else {
      verdict = {{}, Health::misconfigured, {}, std::get<outcome::Misconfigured>(reply.outcome).why};
    }
    for (const auto& [task, provider_id] : asked) {
      const auto found = known.find(provider_id);
      const auto delivery = found == known.end() ? Delivery::unknown : found->second->delivery;
      auto one = verdict;
      const auto when = moment();
      const auto id = task.message;
      if (delivery == Delivery::delivered) {
        one.transition = [when, id](const Record& r) { return lifecycle::message_delivered(r, id, when); };
      } else if (delivery == Delivery::failed) {
        one.transition = [&policy, when, id, why = found->second->reason](const Record& r) {
          return lifecycle::message_failed(r, id, why, policy, when);
        };
      } else {
        one.transition = [&policy, when, id](const Record& r) { return lifecycle::message_on_the_way(r, id, policy, when); };
      }
      commit(task, std::move(one));
    }
  });
}

}  // namespace salam::pipeline
