#include "gateway/pipeline/messages.h"

#include <algorithm>
#include <map>
#include <utility>
#include <variant>

#include "gateway/pipeline/overloaded.h"

namespace salam::pipeline {
namespace {

std::string_view outcome_name(const auto& outcome) {
  return std::visit(
      Overloaded{[](const outcome::Sent&) { return "sent"; }, [](const outcome::Rejected&) { return "rejected"; },
                 [](const outcome::TryLater&) { return "try_later"; }, [](const outcome::Uncertain&) { return "uncertain"; },
                 [](const outcome::Misconfigured&) { return "misconfigured"; }, [](const outcome::Absent&) { return "absent"; },
                 [](const std::vector<DeliveryStatus>&) { return "answered"; }},
      outcome);
}

}  // namespace

Messages::Messages(Engine& engine, std::vector<SmsLine> lines, const LaneSettings& lane)
    : engine_(engine), lines_(std::move(lines)), choice_(lines_.size(), lane.breaker_failures, lane.breaker_wait) {
  for (const auto& line : lines_) statuses_.push_back({.name = line.name, .in_trouble = false, .last_error = {}, .last_error_at = {}});
}

std::optional<std::size_t> Messages::line_of(const Message& message) const {
  if (message.provider.empty()) return 0;
  const auto found = std::ranges::find(lines_, message.provider, &SmsLine::name);
  return found == lines_.end() ? std::nullopt : std::optional(static_cast<std::size_t>(found - lines_.begin()));
}

std::vector<SmsLineStatus> Messages::status() const {
  auto statuses = statuses_;
  for (std::size_t line = 0; line < statuses.size(); ++line) statuses[line].in_trouble = choice_.in_trouble(line);
  return statuses;
}

// --- sending ------------------------------------------------------------------------------------------------------

void Messages::send(const Task& task) {
  const auto message = engine_.world().store.message(task.request, task.message);
  if (!message) return engine_.finish(task, Health::none);
  switch (message->state) {
    case MessageState::queued:
      return start(task, *message);
    case MessageState::sending:
      return engine_.commit(task, {.transition =
                                       [id = task.message, &policy = engine_.policy(), when = engine_.moment()](const Record& r) {
                                         return lifecycle::message_uncertain(r, id, "the gateway ended while it was sent", Milliseconds{0},
                                                                             policy, when);
                                       },
                                   .health = Health::none});
    case MessageState::uncertain:
      return resolve(task, *message);
    default:
      engine_.finish(task, Health::none);
  }
}

void Messages::start(const Task& task, const Message& message) {
  const auto when = engine_.moment();
  const auto& policy = engine_.policy();
  const auto id = task.message;
  if (!message.urgent && policy.quiet_hours.left(when.now) > Milliseconds{0}) {
    return engine_.commit(task,
                          {.transition = [id, &policy, when](const Record& r) { return lifecycle::message_held(r, id, policy, when); },
                           .health = Health::none});
  }
  const auto line = choice_.choose(engine_.world().clock.steady());
  if (!needs_intent()) return call(task, message, line);
  auto begin = [id, &policy, when, provider = lines_[line].name](const Record& r) {
    return lifecycle::message_sending(r, id, provider, policy, when);
  };
  engine_.begin(task, std::move(begin), [this, task, message, line](const store::UpdateOutcome& outcome) {
    if (outcome) return call(task, message, line);
    engine_.close(task, {});
  });
}

void Messages::call(const Task& task, const Message& message, std::size_t line) {
  lines_[line].provider.send(message, [this, task, line, at = engine_.world().clock.now()](Reply<SendOutcome> reply) {
    engine_.commit(task, judge(task, line, at, std::move(reply)));
  });
}

void Messages::came_back(std::size_t line, Health health, const std::string& error) {
  choice_.came_back(line, health, engine_.world().clock.steady());
  if (error.empty()) return;
  statuses_[line].last_error = error;
  statuses_[line].last_error_at = engine_.world().clock.now();
}

Verdict Messages::sent(const Task& task, std::size_t line, const lifecycle::Moment& when, const std::string& provider_id) const {
  const auto& policy = engine_.policy();
  const auto& [name, provider] = lines_[line];
  const auto first_poll = provider.traits().has_status ? policy.delivery_first_poll : policy.delivery_gives_up;
  return {[&policy, when, first_poll, provider_id, name = name, id = task.message](const Record& r) {
    return lifecycle::message_sent(r, id, name, provider_id, first_poll, policy, when);
  }};
}

Verdict Messages::troubled(const Task& task, std::size_t line, const lifecycle::Moment& when, const std::string& why,
                           std::optional<Milliseconds> after, Health health) {
  came_back(line, health, why);
  const auto& policy = engine_.policy();
  const auto id = task.message;
  if (health != Health::ok && choice_.in_trouble(line) && choice_.any_fit()) {
    return {[&policy, when, id, why](const Record& r) {
              auto change = lifecycle::message_to_another(r, id, why, policy, when);
              return change ? std::move(change) : lifecycle::message_later(r, id, why, {}, policy, when);
            },
            Health::none,
            {},
            {}};
  }
  return {[&policy, when, id, why, after](const Record& r) { return lifecycle::message_later(r, id, why, after, policy, when); }, health,
          after, why};
}

Verdict Messages::judge(const Task& task, std::size_t line, Timestamp at, Reply<SendOutcome> reply) {
  const auto when = engine_.moment(task.lane, "send", at, reply.took, outcome_name(reply.outcome), reply.excerpt);
  const auto& policy = engine_.policy();
  const auto id = task.message;
  const auto& traits = lines_[line].provider.traits();
  return std::visit(
      Overloaded{
          [&](outcome::Sent& got) -> Verdict {
            came_back(line, Health::ok, {});
            return sent(task, line, when, got.provider_id);
          },
          [&](outcome::Rejected& got) -> Verdict {
            came_back(line, Health::ok, got.why);
            return {[&policy, when, id, why = got.why](const Record& r) { return lifecycle::message_failed(r, id, why, policy, when); },
                    Health::ok,
                    {},
                    got.why};
          },
          [&](outcome::TryLater& got) { return troubled(task, line, when, got.why, got.after, health_of(got)); },
          [&](outcome::Uncertain& got) -> Verdict {
            came_back(line, Health::failed, got.why);
            const auto look_after = traits.deduplicates || traits.has_lookup ? policy.backoff.wait(1, when.jitter) : traits.uncertain_for;
            return {[&policy, when, id, why = got.why, look_after](const Record& r) {
                      return lifecycle::message_uncertain(r, id, why, look_after, policy, when);
                    },
                    choice_.any_fit() && lines_.size() > 1 ? Health::none : Health::failed,
                    {},
                    got.why};
          },
          [&](outcome::Misconfigured& got) { return troubled(task, line, when, got.why, {}, Health::misconfigured); },
      },
      reply.outcome);
}

// --- what may have been sent --------------------------------------------------------------------------------------

void Messages::resolve(const Task& task, const Message& message) {
  const auto when = engine_.moment();
  const auto& policy = engine_.policy();
  const auto age = when.now - message.uncertain_at.value_or(when.now);
  if (const auto line = line_of(message)) {
    const auto& traits = lines_[*line].provider.traits();
    if (traits.deduplicates && age < traits.deduplicates_for) return call(task, message, *line);
    if (traits.has_lookup && age < traits.uncertain_for) return look_up(task, message, *line);
    if (const auto left = traits.uncertain_for - age; !traits.deduplicates && left > Milliseconds{0}) {
      return engine_.commit(task, {.transition = [&policy, when, left, id = task.message](
                                                     const Record& r) { return lifecycle::message_later(r, id, "", left, policy, when); },
                                   .health = Health::none});
    }
  }
  if (!message.sent_twice) engine_.metrics().sent_once_more();
  engine_.commit(task, {.transition = [&policy, when,
                                       id = task.message](const Record& r) { return lifecycle::message_once_more(r, id, policy, when); },
                        .health = Health::none});
}

void Messages::look_up(const Task& task, const Message& message, std::size_t line) {
  lines_[line].provider.look_up(message, [this, task, line, at = engine_.world().clock.now()](Reply<SmsLookupOutcome> reply) {
    engine_.commit(task, judge(task, line, at, std::move(reply)));
  });
}

Verdict Messages::judge(const Task& task, std::size_t line, Timestamp at, Reply<SmsLookupOutcome> reply) {
  const auto when = engine_.moment(task.lane, "look_up", at, reply.took, outcome_name(reply.outcome), reply.excerpt);
  const auto& policy = engine_.policy();
  const auto id = task.message;
  const auto again = [&](const std::string& why, std::optional<Milliseconds> after, Health health) -> Verdict {
    return {[&policy, when, id, why, after](const Record& r) { return lifecycle::message_later(r, id, why, after, policy, when); }, health,
            after, why};
  };
  return std::visit(Overloaded{
                        [&](outcome::Sent& got) { return sent(task, line, when, got.provider_id); },
                        [&](outcome::Absent&) -> Verdict {
                          return {[&policy, when, id, at, believable_after = lines_[line].provider.traits().absent_after](const Record& r) {
                            return lifecycle::message_absent(r, id, at, believable_after, policy, when);
                          }};
                        },
                        [&](outcome::TryLater& got) { return again(got.why, got.after, health_of(got)); },
                        [&](outcome::Misconfigured& got) { return again(got.why, {}, Health::misconfigured); },
                    },
                    reply.outcome);
}

// --- delivery -----------------------------------------------------------------------------------------------------

void Messages::ask_status(const std::vector<Task>& tasks) {
  std::map<std::size_t, std::vector<Asked>> by_line;
  for (const auto& task : tasks) {
    const auto message = engine_.world().store.message(task.request, task.message);
    if (!message || message->state != MessageState::sent) {
      engine_.finish(task, Health::none);
      continue;
    }
    if (const auto line = line_of(*message); line && lines_[*line].provider.traits().has_status) {
      by_line[*line].push_back({task, message->provider_id});
    } else {
      engine_.commit(task, {.transition = [&policy = engine_.policy(), when = engine_.moment(), id = task.message](
                                              const Record& r) { return lifecycle::message_on_the_way(r, id, false, policy, when); },
                            .health = Health::none});
    }
  }
  for (auto& [line, asked] : by_line) ask_status(line, std::move(asked));
}

void Messages::ask_status(std::size_t line, std::vector<Asked> asked) {
  std::vector<std::string> ids;
  ids.reserve(asked.size());
  for (const auto& one : asked) ids.push_back(one.provider_id);
  lines_[line].provider.status(std::move(ids), [this, asked = std::move(asked)](const Reply<StatusOutcome>& reply) {
    engine_.metrics().called(Lane::sms_status, "status", outcome_name(reply.outcome), reply.took);
    Statuses known;
    if (const auto* const statuses = std::get_if<std::vector<DeliveryStatus>>(&reply.outcome)) {
      for (const auto& status : *statuses) known.emplace(status.provider_id, &status);
    }
    for (const auto& one : asked) {
      auto verdict = judge(one, known);
      if (const auto* const later = std::get_if<outcome::TryLater>(&reply.outcome)) {
        verdict.health = health_of(*later);
        verdict.pause = later->after;
        verdict.error = later->why;
      } else if (const auto* const misconfigured = std::get_if<outcome::Misconfigured>(&reply.outcome)) {
        verdict.health = Health::misconfigured;
        verdict.error = misconfigured->why;
      }
      if (lines_.size() > 1 && !verdict.error.empty()) verdict.health = Health::none, verdict.pause.reset();
      engine_.commit(one.task, std::move(verdict));
    }
  });
}

Verdict Messages::judge(const Asked& asked, const Statuses& statuses) {
  const auto& policy = engine_.policy();
  const auto when = engine_.moment();
  const auto id = asked.task.message;
  const auto found = statuses.find(asked.provider_id);
  const auto delivery = found == statuses.end() ? Delivery::unknown : found->second->delivery;
  if (delivery == Delivery::delivered) {
    return {[&policy, when, id](const Record& r) { return lifecycle::message_delivered(r, id, policy, when); }};
  }
  if (delivery == Delivery::failed) {
    return {
        [&policy, when, id, why = found->second->reason](const Record& r) { return lifecycle::message_failed(r, id, why, policy, when); }};
  }
  return {[&policy, when, id](const Record& r) { return lifecycle::message_on_the_way(r, id, true, policy, when); }};
}

}  // namespace salam::pipeline
