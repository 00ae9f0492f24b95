#include "gateway/pipeline/amendments.h"

#include <memory>
#include <utility>

#include "gateway/pipeline/outcome_name.h"

namespace salam::pipeline {
namespace {

bool carries_attachments(const Request& request) {
  return request.handling.amendment.under_way.test(static_cast<std::size_t>(Field::attachments));
}

}  // namespace

Amendments::Amendments(Engine& engine, Upstream& system137, Upstream& service_desk, const Enclosures& enclosures)
    : engine_(engine), system137_(system137), service_desk_(service_desk), enclosures_(enclosures) {}

lifecycle::AmendmentPower Amendments::power(Lane lane) {
  const auto& traits = upstream(lane).traits();
  const auto for_files = traits.amendment_takes_files > 0 ? files_deadline : Milliseconds{0};
  return {.possible = traits.amends,
          .sets_values = traits.amendment_sets_values,
          .lookup = traits.has_amendment_lookup && traits.settle_after,
          .proved = proved(lane),
          .attachments = traits.amendment_takes_media,
          .believable_after = traits.settle_after.value_or(Milliseconds{0}) + traits.call_deadline + for_files};
}

void Amendments::run(const Task& task) {
  auto begin = [this, when = engine_.moment(), power = power(task.lane), lane = task.lane](const Record& record) -> Result<Change> {
    if (lane_of(record.request.registration.system) != lane) return Error{"overtaken", "it stands elsewhere"};
    return lifecycle::begin_amendment(record, power, engine_.policy(), when);
  };
  engine_.begin(task, std::move(begin), [this, task](store::UpdateOutcome outcome) {
    if (!outcome) return outcome.error().code == "look_up" ? look_up(task) : engine_.close(task, {});
    if (outcome->record.request.handling.amendment.state == AmendmentState::calling) {
      return call(task, std::move(outcome->record.request));
    }
    engine_.close(task, outcome->tasks);
  });
}

void Amendments::call(const Task& task, Request request) {
  const auto shared = std::make_shared<const Request>(std::move(request));
  const auto& handling = shared->handling;
  enclosures_.gather(*shared,
                     {.action = "amend",
                      .first = handling.attachments_told,
                      .last = carries_attachments(*shared) ? handling.amendment.attachments : 0,
                      .most_bytes = upstream(task.lane).traits().amendment_takes_files,
                      .alone = true},
                     [this, task, shared](Enclosed enclosed) { send(task, shared, std::move(enclosed)); });
}

void Amendments::send(const Task& task, const std::shared_ptr<const Request>& request, Enclosed enclosed) {
  auto note = std::move(enclosed.note);
  if (carries_attachments(*request) && enclosed.urls.empty() && enclosed.files.empty()) return leave_out(task, *request, note);
  upstream(task.lane).amend(with(request, std::move(enclosed)),
                            [this, task, request, note = std::move(note), at = engine_.world().clock.now()](Reply<AmendOutcome> reply) {
                              const bool made = std::holds_alternative<outcome::Amended>(reply.outcome);
                              reply.excerpt = joined(note, reply.excerpt);
                              engine_.commit(task, judge(task, at, std::move(reply)));
                              if (made) prove_lookup(task.lane, request);
                            });
}

void Amendments::leave_out(const Task& task, const Request& request, const std::string& note) {
  const auto when = engine_.moment(Attempt{.target = std::string(to_string(request.registration.system)),
                                           .action = "amend",
                                           .at = engine_.world().clock.now(),
                                           .outcome = "left_out",
                                           .detail = joined(note, "no attachment can be handed on")});
  engine_.commit(task, {.transition = [this, when](const Record& r) { return lifecycle::amendment_left_out(r, engine_.policy(), when); },
                        .health = Health::none});
}

void Amendments::prove_lookup(Lane lane, const std::shared_ptr<const Request>& amended) {
  if (proved(lane) || !power(lane).lookup) return;
  upstream(lane).look_up_amendment(amended, [this, lane](const Reply<LookupOutcome>& reply) {
    engine_.metrics().called(lane, "prove_lookup", outcome_name(reply.outcome), reply.took);
    if (std::holds_alternative<outcome::Found>(reply.outcome)) proved(lane) = true;
  });
}

void Amendments::look_up(const Task& task) {
  auto record = engine_.world().store.find(task.request);
  if (!record) return engine_.close(task, {});
  upstream(task.lane).look_up_amendment(std::make_shared<const Request>(std::move(record->request)),
                                        [this, task, at = engine_.world().clock.now()](Reply<LookupOutcome> reply) {
                                          engine_.commit(task, judge(task, at, std::move(reply)));
                                        });
}

Verdict Amendments::judge(const Task& task, Timestamp at, Reply<AmendOutcome> reply) {
  const auto when = engine_.moment(task.lane, "amend", at, reply.took, outcome_name(reply.outcome), reply.excerpt);
  const auto& policy = engine_.policy();
  const auto held = [&](const std::string& why) -> Verdict {
    return {[&policy, when, why](const Record& r) { return lifecycle::amendment_held(r, why, policy, when); }};
  };
  const auto later = [&](const std::string& why, std::optional<Milliseconds> after, Health health) -> Verdict {
    return {[&policy, when, why, after](const Record& r) { return lifecycle::amendment_later(r, why, after, policy, when); }, health, after,
            why};
  };
  return std::visit(Overloaded{
                        [&](outcome::Amended&) -> Verdict {
                          return {[&policy, when](const Record& r) { return lifecycle::amendment_done(r, policy, when); }};
                        },
                        [&](outcome::ByHand&) { return held("its system can only be told by hand"); },
                        [&](outcome::Refused& got) { return held(got.why); },
                        [&](outcome::Unclear& got) { return held(got.why); },
                        [&](outcome::TryLater& got) { return later(got.why, got.after, health_of(got)); },
                        [&](outcome::Uncertain& got) -> Verdict {
                          return {[&policy, when, why = got.why, power = power(task.lane)](const Record& r) {
                                    return lifecycle::amendment_uncertain(r, why, power, policy, when);
                                  },
                                  Health::failed,
                                  {},
                                  got.why};
                        },
                        [&](outcome::Misconfigured& got) { return later(got.why, {}, Health::misconfigured); },
                    },
                    reply.outcome);
}

Verdict Amendments::judge(const Task& task, Timestamp at, Reply<LookupOutcome> reply) {
  const auto when = engine_.moment(task.lane, "look_up_amendment", at, reply.took, outcome_name(reply.outcome), reply.excerpt);
  const auto& policy = engine_.policy();
  const auto failed = [&](const std::string& why, std::optional<Milliseconds> after, Health health) -> Verdict {
    return {[&policy, when, why, after](const Record& r) { return lifecycle::amendment_lookup_failed(r, why, after, policy, when); },
            health, after, why};
  };
  return std::visit(Overloaded{
                        [&](outcome::Found&) -> Verdict {
                          proved(task.lane) = true;
                          return {[&policy, when](const Record& r) { return lifecycle::amendment_found(r, policy, when); }};
                        },
                        [&](outcome::Absent&) -> Verdict {
                          const auto allowed = power(task.lane);
                          // Where the wall clock was set forward, it says that enough time has passed; only the steady clock knows.
                          const auto asked_at = engine_.time().set_forward_within(allowed.believable_after) ? Timestamp{} : at;
                          return {[&policy, when, asked_at, allowed](const Record& r) {
                            return lifecycle::amendment_absent(r, asked_at, allowed, policy, when);
                          }};
                        },
                        [&](outcome::TryLater& got) { return failed(got.why, got.after, health_of(got)); },
                        [&](outcome::Unclear& got) -> Verdict {
                          return {
                              [&policy, when, why = got.why](const Record& r) { return lifecycle::amendment_held(r, why, policy, when); },
                              Health::ok,
                              {},
                              got.why};
                        },
                        [&](outcome::Misconfigured& got) { return failed(got.why, {}, Health::misconfigured); },
                    },
                    reply.outcome);
}

void Amendments::poison(const Task& task) {
  const auto when = engine_.moment();
  engine_.world().store.update(
      task.request,
      [this, when](const Record& record) {
        return lifecycle::amendment_held(record, "refused as misconfigured while others pass", engine_.policy(), when);
      },
      [](const store::UpdateOutcome&) {});
}

}  // namespace salam::pipeline
