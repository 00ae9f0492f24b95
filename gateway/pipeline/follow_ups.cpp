#include "gateway/pipeline/follow_ups.h"

#include <unordered_map>
#include <utility>
#include <variant>

#include "gateway/pipeline/overloaded.h"

namespace salam::pipeline {
namespace {

std::string_view outcome_name(const FollowUpOutcome& outcome) {
  return std::visit(
      Overloaded{[](const std::vector<ProgressReport>&) { return "answered"; }, [](const outcome::TryLater&) { return "try_later"; },
                 [](const outcome::Unclear&) { return "unclear"; }, [](const outcome::Misconfigured&) { return "misconfigured"; }},
      outcome);
}

/// What the answer says of the system itself.
Verdict verdict_of(const FollowUpOutcome& outcome) {
  return std::visit(
      Overloaded{[](const std::vector<ProgressReport>&) { return Verdict{}; },
                 [](const outcome::TryLater& got) { return Verdict{.health = health_of(got), .pause = got.after, .error = got.why}; },
                 [](const outcome::Unclear& got) { return Verdict{.health = Health::ok, .error = got.why}; },
                 [](const outcome::Misconfigured& got) { return Verdict{.health = Health::misconfigured, .error = got.why}; }},
      outcome);
}

}  // namespace

void FollowUps::ask(Lane lane, const std::vector<Task>& tasks) {
  std::vector<Asked> asked;
  std::vector<std::string> codes;
  for (const auto& task : tasks) {
    const auto record = engine_.world().store.find(task.request);
    if (!record || record->request.registration.state != RegistrationState::registered ||
        status_lane_of(record->request.registration.system) != lane) {
      engine_.finish(task, Health::none);
      continue;
    }
    codes.push_back(record->request.registration.code);
    asked.push_back({task, codes.back()});
  }
  if (asked.empty()) return;
  auto& upstream = lane == Lane::status137 ? system137_ : service_desk_;
  upstream.follow_up(codes, [this, asked = std::move(asked)](const Reply<FollowUpOutcome>& reply) { came_back(asked, reply); });
}

void FollowUps::came_back(const std::vector<Asked>& asked, const Reply<FollowUpOutcome>& reply) {
  engine_.metrics().called(asked.front().task.lane, "follow_up", outcome_name(reply.outcome), reply.took);
  std::unordered_map<std::string_view, const ProgressReport*> reports;
  if (const auto* const said = std::get_if<std::vector<ProgressReport>>(&reply.outcome)) {
    for (const auto& report : *said) reports[report.code] = &report;
  }
  const auto common = verdict_of(reply.outcome);
  for (const auto& one : asked) {
    const auto found = reports.find(one.code);
    auto verdict = common;
    verdict.transition = [&policy = engine_.policy(), when = engine_.moment(),
                          report = found == reports.end() ? std::nullopt : std::optional(*found->second)](const Record& record) {
      return lifecycle::followed_up(record, report, policy, when);
    };
    engine_.commit(one.task, std::move(verdict));
  }
}

}  // namespace salam::pipeline
