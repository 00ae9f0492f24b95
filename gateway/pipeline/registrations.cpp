#include "gateway/pipeline/registrations.h"

#include <utility>
#include <variant>

#include "gateway/pipeline/outcome_name.h"

namespace salam::pipeline {
namespace {

// A lookup that has not yet found what is known to be there is tried again with a later registration, this much later.
constexpr Milliseconds proof_interval{60'000};

}  // namespace

Registrations::Registrations(Engine& engine, Upstream& system137, Upstream& service_desk, const Enclosures& enclosures)
    : engine_(engine), system137_(system137), service_desk_(service_desk), enclosures_(enclosures) {}

lifecycle::LookupPower Registrations::power(Lane lane) {
  const auto& traits = upstream(lane).traits();
  return {.possible = traits.has_lookup && traits.settle_after.has_value(),
          .proved = proof(lane).found,
          .believable_after = traits.settle_after.value_or(Milliseconds{0}) + traits.call_deadline};
}

void Registrations::run(const Task& task) {
  auto begin = [this, when = engine_.moment(), lookup = power(task.lane), lane = task.lane](const Record& record) -> Result<Change> {
    if (lane_of(record.request.registration.system) != lane) return Error{"overtaken", "it goes elsewhere now"};
    return lifecycle::begin_call(record, lookup, engine_.policy(), when);
  };
  engine_.begin(task, std::move(begin), [this, task](store::UpdateOutcome outcome) {
    if (!outcome) {
      if (outcome.error().code == "look_up") return look_up(task);
      if (outcome.error().code == "poll") return poll(task);
      return engine_.close(task, {});
    }
    if (outcome->record.request.registration.state == RegistrationState::calling) {
      return submit(task, std::move(outcome->record.request));
    }
    engine_.close(task, outcome->tasks);
  });
}

void Registrations::submit(const Task& task, Request request) {
  const auto shared = std::make_shared<const Request>(std::move(request));
  enclosures_.gather(
      *shared, {.action = "register", .last = shared->handling.attachments_told, .most_bytes = upstream(task.lane).traits().takes_files},
      [this, task, shared](Enclosed enclosed) { call(task, shared, std::move(enclosed)); });
}

void Registrations::call(const Task& task, const std::shared_ptr<const Request>& request, Enclosed enclosed) {
  auto note = std::move(enclosed.note);
  upstream(task.lane).submit(with(request, std::move(enclosed)),
                             [this, task, request, note = std::move(note), at = engine_.world().clock.now()](Reply<SubmitOutcome> reply) {
                               const bool succeeded = std::holds_alternative<outcome::Registered>(reply.outcome);
                               reply.excerpt = joined(note, reply.excerpt);
                               engine_.commit(task, judge(task, at, std::move(reply)));
                               if (succeeded) prove_lookup(task.lane, [&request] { return *request; });
                             });
}

void Registrations::look_up(const Task& task) {
  const auto record = engine_.world().store.find(task.request);
  if (!record) return engine_.close(task, {});
  prove_lookup(task.lane);
  upstream(task.lane).look_up(std::make_shared<const Request>(record->request),
                              [this, task, at = engine_.world().clock.now()](Reply<LookupOutcome> reply) {
                                engine_.commit(task, judge(task, at, std::move(reply)));
                              });
}

void Registrations::poll(const Task& task) {
  const auto record = engine_.world().store.find(task.request);
  if (!record) return engine_.close(task, {});
  upstream(task.lane).poll(record->request.registration.token, [this, task, at = engine_.world().clock.now()](Reply<PollOutcome> reply) {
    engine_.commit(task, judge(task, at, std::move(reply)));
  });
}

void Registrations::prove_lookup(Lane lane, const std::function<std::optional<Request>()>& registered) {
  auto& known = proof(lane);
  const auto at = engine_.world().clock.steady();
  if (known.found || !power(lane).possible) return;
  if (known.asked_at && at < *known.asked_at + proof_interval) return;
  auto request = registered();
  if (!request) return;
  known.asked_at = at;
  upstream(lane).look_up(std::make_shared<const Request>(*std::move(request)), [this, lane](const Reply<LookupOutcome>& reply) {
    engine_.metrics().called(lane, "prove_lookup", outcome_name(reply.outcome), reply.took);
    if (std::holds_alternative<outcome::Found>(reply.outcome)) proof(lane).found = true;
  });
}

void Registrations::prove_lookup(Lane lane) {
  prove_lookup(lane, [this, lane]() -> std::optional<Request> {
    auto newest = engine_.world().store.newest_registered(lane == Lane::system137 ? System::system137 : System::service_desk);
    if (!newest) return {};
    return std::move(newest->request);
  });
}

Verdict Registrations::judge(const Task& task, Timestamp at, Reply<SubmitOutcome> reply) {
  const auto when = engine_.moment(task.lane, "register", at, reply.took, outcome_name(reply.outcome), reply.excerpt);
  const auto& policy = engine_.policy();
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

Verdict Registrations::judge(const Task& task, Timestamp at, Reply<LookupOutcome> reply) {
  const auto when = engine_.moment(task.lane, "look_up", at, reply.took, outcome_name(reply.outcome), reply.excerpt);
  const auto& policy = engine_.policy();
  const auto failed = [&](const std::string& why, std::optional<Milliseconds> after, Health health) -> Verdict {
    return {[&policy, when, why, after](const Record& r) { return lifecycle::lookup_failed(r, why, after, policy, when); }, health, after,
            why};
  };
  return std::visit(
      Overloaded{
          [&](outcome::Found& got) -> Verdict {
            proof(task.lane).found = true;
            return {[&policy, when, code = got.code](const Record& r) { return lifecycle::lookup_found(r, code, policy, when); }};
          },
          [&](outcome::Absent&) -> Verdict {
            const auto lookup = power(task.lane);
            // Where the wall clock was set forward, it says that enough time has passed; only the steady clock knows.
            const auto asked_at = engine_.time().set_forward_within(lookup.believable_after) ? Timestamp{} : at;
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

Verdict Registrations::judge(const Task& task, Timestamp at, Reply<PollOutcome> reply) {
  const auto when = engine_.moment(task.lane, "poll", at, reply.took, outcome_name(reply.outcome), reply.excerpt);
  const auto& policy = engine_.policy();
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
          [&](outcome::Unclear& got) -> Verdict {
            return {[&policy, when, why = got.why](const Record& r) { return lifecycle::poll_unclear(r, why, policy, when); },
                    Health::ok,
                    {},
                    got.why};
          },
          [&](outcome::Misconfigured& got) { return again(got.why, {}, Health::misconfigured); },
      },
      reply.outcome);
}

void Registrations::poison(const Task& task) {
  const auto when = engine_.moment();
  engine_.world().store.update(
      task.request,
      [this, when](const Record& record) {
        return lifecycle::poisonous(record, "refused as misconfigured while other requests pass", engine_.policy(), when);
      },
      [](const store::UpdateOutcome&) {});
}

}  // namespace salam::pipeline
