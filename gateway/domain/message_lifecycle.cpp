#include <algorithm>
#include <utility>

#include "gateway/domain/draft.h"
#include "gateway/domain/lifecycle.h"

namespace salam::lifecycle {
namespace {

bool unsent(const Message& message) { return message.state == MessageState::queued || message.state == MessageState::sending; }

/// Nothing is left that the citizen was not told, once this one is delivered: an answer is no code, and a code no answer; an invitation is
/// neither.
bool completes(const Message& delivered, const Draft& draft, const Record& record) {
  if (!draft.told() || delivered.kind == MessageKind::invitation) return false;
  return delivered.kind == MessageKind::answer || std::ranges::none_of(record.messages, [&](const Message& other) {
           return other.kind == MessageKind::answer && other.state == MessageState::failed && reaches_the_citizen(other, record.request);
         });
}

}  // namespace

Result<Change> invite(const Record& record, const std::string& text, const Policy& policy, const Moment& moment) {
  if (!record.request.content.citizen.mobile) return Error{"no_mobile", "no usable mobile number is known"};
  Draft draft(record, policy, moment);
  draft.write_invitation(text);
  return draft.take();
}

Result<Change> message_sending(const Record& record, std::int64_t id, std::string_view provider, const Policy& policy,
                               const Moment& moment) {
  const auto* message = find_message(record, id);
  if (message == nullptr || message->state != MessageState::queued) return overtaken();
  Draft draft(record, policy, moment);
  auto changed = *message;
  changed.state = MessageState::sending;
  changed.provider = provider;
  draft.message(std::move(changed));
  return draft.take();
}

Result<Change> message_to_another(const Record& record, std::int64_t id, std::string_view why, const Policy& policy, const Moment& moment) {
  const auto* message = find_message(record, id);
  if (message == nullptr || !unsent(*message)) return overtaken();
  Draft draft(record, policy, moment);
  draft.queue_message(*message, why, Milliseconds{0});
  return draft.take();
}

Result<Change> message_later(const Record& record, std::int64_t id, std::string_view why, std::optional<Milliseconds> after,
                             const Policy& policy, const Moment& moment) {
  const auto* message = find_message(record, id);
  if (message == nullptr || (!unsent(*message) && message->state != MessageState::uncertain)) return overtaken();
  Draft draft(record, policy, moment);
  auto changed = *message;
  changed.attempts += 1;
  const auto wait = std::max(policy.backoff.wait(changed.attempts, moment.jitter), after.value_or(Milliseconds{0}));
  if (changed.state == MessageState::uncertain) {
    draft.message_task(id, Lane::sms, wait, true);
    draft.message(std::move(changed));
  } else {
    draft.queue_message(std::move(changed), why, wait);
  }
  return draft.take();
}

Result<Change> message_held(const Record& record, std::int64_t id, const Policy& policy, const Moment& moment) {
  const auto* message = find_message(record, id);
  if (message == nullptr || message->state != MessageState::queued) return overtaken();
  Draft draft(record, policy, moment);
  draft.tasks_only();
  draft.message_task(id, Lane::sms, policy.quiet_hours.left(moment.now));
  return draft.take();
}

Result<Change> message_sent(const Record& record, std::int64_t id, std::string_view provider, std::string_view provider_id,
                            Milliseconds delivery_first_poll, const Policy& policy, const Moment& moment) {
  const auto* message = find_message(record, id);
  if (message == nullptr || (!unsent(*message) && message->state != MessageState::uncertain)) return overtaken();
  Draft draft(record, policy, moment);
  auto changed = *message;
  changed.state = MessageState::sent;
  changed.provider = provider;
  changed.provider_id = provider_id;
  changed.sent_at = moment.now;
  changed.attempts = 0;
  changed.reason.clear();
  draft.message_task(id, Lane::sms_status, delivery_first_poll);
  draft.event(EventType::message_sent, {{"message_kind", std::string(to_string(changed.kind))}, {"code", changed.code}});
  draft.message(std::move(changed));
  return draft.take();
}

Result<Change> message_failed(const Record& record, std::int64_t id, std::string_view why, const Policy& policy, const Moment& moment) {
  const auto* message = find_message(record, id);
  if (message == nullptr || message->state == MessageState::delivered || message->state == MessageState::failed) return overtaken();
  Draft draft(record, policy, moment);
  draft.fail_message(*message, why);
  return draft.take();
}

Result<Change> message_delivered(const Record& record, std::int64_t id, const Policy& policy, const Moment& moment) {
  const auto* message = find_message(record, id);
  if (message == nullptr || message->state == MessageState::delivered) return overtaken();
  Draft draft(record, policy, moment);
  auto changed = *message;
  changed.state = MessageState::delivered;
  changed.reason.clear();
  draft.no_message_task(id);
  draft.event(EventType::message_delivered, {{"message_kind", std::string(to_string(changed.kind))}, {"code", changed.code}});
  if (reaches_the_citizen(changed, record.request)) {
    if (!changed.code.empty()) draft.tell(ToldBy::sms, changed.code);
    if (completes(changed, draft, record)) draft.settle(contact_reasons, the_gateway, "delivered");
  }
  draft.message(std::move(changed));
  return draft.take();
}

Result<Change> message_on_the_way(const Record& record, std::int64_t id, bool polled, const Policy& policy, const Moment& moment) {
  const auto* message = find_message(record, id);
  if (message == nullptr || message->state != MessageState::sent) return overtaken();
  const auto age = moment.now - message->sent_at.value_or(message->created_at);
  if (age > policy.delivery_gives_up) return message_failed(record, id, "no delivery report", policy, moment);
  Draft draft(record, policy, moment);
  draft.tasks_only();
  const auto poll = std::clamp(age, policy.delivery_first_poll, policy.delivery_poll_cap);
  draft.message_task(id, Lane::sms_status, polled ? poll : policy.delivery_gives_up - age + Milliseconds{1}, true);
  return draft.take();
}

Result<Change> message_reported(const Record& record, std::int64_t id, std::string_view provider, const DeliveryReport& report,
                                const Policy& policy, const Moment& moment) {
  const auto* message = find_message(record, id);
  if (message == nullptr) return overtaken();
  switch (report.delivery) {
    case Delivery::delivered:
      return message_delivered(record, id, policy, moment);
    case Delivery::failed:
      return message_failed(record, id, report.reason, policy, moment);
    case Delivery::on_the_way:
      if (message->state != MessageState::uncertain) break;
      return message_sent(record, id, provider, report.provider_id, policy.delivery_gives_up, policy, moment);
    case Delivery::unknown:
      break;
  }
  return Error{"unchanged", "nothing new is said"};
}

Result<Change> message_news(const Record& record, std::int64_t id, const Moment& moment) {
  const auto* message = find_message(record, id);
  if (message == nullptr || message->state != MessageState::sent) return Error{"unchanged", "nothing is awaited of it"};
  static const Policy unused;
  Draft draft(record, unused, moment);
  draft.tasks_only();
  draft.message_task(id, Lane::sms_status, Milliseconds{0});
  return draft.take();
}

Result<Change> message_uncertain(const Record& record, std::int64_t id, std::string_view why, Milliseconds look_after, const Policy& policy,
                                 const Moment& moment) {
  const auto* message = find_message(record, id);
  if (message == nullptr) return overtaken();
  if (message->state == MessageState::uncertain) return message_later(record, id, why, {}, policy, moment);
  if (!unsent(*message)) return overtaken();
  Draft draft(record, policy, moment);
  auto changed = *message;
  if (!reaches_the_citizen(changed, record.request)) {
    draft.drop_message(std::move(changed));
    return draft.take();
  }
  changed.state = MessageState::uncertain;
  changed.uncertain_at = moment.now;
  changed.reason = why;
  draft.message_task(id, Lane::sms, look_after, true);
  draft.message(std::move(changed));
  return draft.take();
}

Result<Change> message_absent(const Record& record, std::int64_t id, Timestamp asked_at, Milliseconds believable_after,
                              const Policy& policy, const Moment& moment) {
  const auto* message = find_message(record, id);
  if (message == nullptr || message->state != MessageState::uncertain) return overtaken();
  const auto believable_at = message->uncertain_at.value_or(asked_at) + believable_after;
  Draft draft(record, policy, moment);
  if (asked_at < believable_at) {
    draft.message_task(id, Lane::sms, believable_at - asked_at, true);
  } else {
    draft.queue_message(*message, "its provider does not know it", Milliseconds{0});
  }
  return draft.take();
}

Result<Change> message_once_more(const Record& record, std::int64_t id, const Policy& policy, const Moment& moment) {
  const auto* message = find_message(record, id);
  if (message == nullptr || message->state != MessageState::uncertain) return overtaken();
  if (message->sent_twice) return message_failed(record, id, "sent twice, and both times it may or may not have arrived", policy, moment);
  Draft draft(record, policy, moment);
  auto changed = *message;
  changed.sent_twice = true;
  draft.queue_message(std::move(changed), "it may have been sent: sent once more", Milliseconds{0});
  return draft.take();
}

}  // namespace salam::lifecycle
