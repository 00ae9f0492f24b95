#include "adapters/sms/mapped_wire.h"

#include <algorithm>
#include <utility>

#include <spdlog/fmt/fmt.h>

#include "gateway/domain/text.h"

namespace salam::sms::mapped {
namespace {

using upstream::Placeholder;
using upstream::ReplyBody;
using upstream::ReplyPart;

/// What stands for the token is put in when the call is sent.
std::string account_value(Placeholder placeholder, const Account& account) {
  if (placeholder == Placeholder::token) return std::string(upstream::token_mark);
  return placeholder == Placeholder::sender ? account.sender : upstream::secret_of(placeholder, account.credentials);
}

std::string message_value(Placeholder placeholder, const Message& message, const Account& account) {
  switch (placeholder) {
    case Placeholder::text:
      return message.text.reveal();
    case Placeholder::code:
      return message.code;
    case Placeholder::message_id:
      return std::to_string(message.id);
    case Placeholder::mobile:
      return message.mobile.reveal();
    case Placeholder::mobile_local:
      return local_form(message.mobile.reveal());
    case Placeholder::mobile_international:
      return international_form(message.mobile.reveal());
    default:
      return account_value(placeholder, account);
  }
}

const upstream::Call& call_for(const Mapping& mapping, MessageKind kind) {
  const auto found = mapping.templates.find(kind);
  return found == mapping.templates.end() ? *mapping.send : found->second;
}

ReplyBody body_of(const Mapping& mapping, const HttpReply& reply) {
  return ReplyBody::read({reply.status, {}, std::string(reply.body)}, mapping.reply_format);
}

/// Without the message's text, which a reply may repeat.
std::string described(const HttpReply& reply, std::string words, const Message* about) {
  if (about != nullptr && words.find(about->text.reveal()) != std::string::npos) words.clear();
  words = operators_words(words);
  return words.empty() ? unreadable(reply, "the panel") : fmt::format("HTTP {}: {}", reply.status, words);
}

/// What the mapping's error texts say, wherever they stand.
std::string words_of(const Mapping& mapping, const ReplyPart& reply) {
  for (const auto* const rules : {&mapping.rejected, &mapping.later, &mapping.misconfigured}) {
    for (const auto& rule : *rules) {
      auto words = upstream::words_at(reply, rule.why);
      if (!words.empty()) return words;
    }
  }
  return {};
}

SendOutcome send_outcome(const Mapping& mapping, const HttpReply& reply, const ReplyPart& whole, const std::string& said) {
  const auto holds = [&](const std::vector<upstream::AnswerRule>& rules) {
    return upstream::first_that_holds(rules, reply.status, whole) != nullptr;
  };
  if (upstream::holds(mapping.success, reply.status, whole)) {
    if (auto id = upstream::code_at(whole, mapping.success.code)) return outcome::Sent{std::move(*id)};
    return outcome::Uncertain{said + ": no id that can be relied on"};
  }
  if (holds(mapping.rejected)) return outcome::Rejected{said};
  if (holds(mapping.later)) return later(reply, said);
  if (holds(mapping.misconfigured)) return outcome::Misconfigured{said};
  return by_status_alone(reply, said);
}

/// Nothing where the item does not tell.
std::optional<DeliveryStatus> read_item(const StatusQuery& query, const ReplyPart& item, std::string id) {
  const auto values = item.values_at(query.status);
  if (values.size() != 1 || values.front().kind == upstream::ReplyValue::Kind::null ||
      values.front().kind == upstream::ReplyValue::Kind::list_or_object) {
    return std::nullopt;
  }
  const auto known = query.words.find(matching_form(values.front().text));
  const auto delivery = known == query.words.end() ? Delivery::on_the_way : known->second;
  std::string reason;
  if (delivery == Delivery::failed) {
    reason = operators_words(fmt::format("{} {}", values.front().text, upstream::words_at(item, query.reason)));
  }
  return DeliveryStatus{std::move(id), delivery, std::move(reason)};
}

std::vector<DeliveryStatus> read_items(const StatusQuery& query, const std::vector<ReplyPart>& items, std::span<const std::string> asked) {
  std::vector<DeliveryStatus> statuses;
  for (const auto& item : items) {
    auto id = upstream::code_at(item, query.id);
    if (!id || std::ranges::find(asked, *id) == asked.end()) continue;
    if (auto status = read_item(query, item, std::move(*id))) statuses.push_back(std::move(*status));
  }
  return statuses;
}

StatusOutcome status_outcome(const Mapping& mapping, const HttpReply& reply, const ReplyPart& whole, std::span<const std::string> asked,
                             const std::string& said) {
  const auto& query = mapping.status;
  if (upstream::first_that_holds(mapping.misconfigured, reply.status, whole) != nullptr) return outcome::Misconfigured{said};
  if (std::ranges::find(query.statuses, reply.status) == query.statuses.end()) {
    return answer_by_status_alone<StatusOutcome>(reply, said);
  }
  if (!query.items.empty()) {
    const auto items = whole.items_at(query.items);
    if (!items) return later(reply, said + ": no list where status.items points");
    return read_items(query, *items, asked);
  }
  auto one = read_item(query, whole, asked.front());
  if (!one) return later(reply, said + ": nothing where status.status points");
  return std::vector{std::move(*one)};
}

}  // namespace

bool Mapping::uses(Placeholder placeholder) const {
  return (send && send->uses(placeholder)) || (login && login->call.uses(placeholder)) || status.call.uses(placeholder) ||
         std::ranges::any_of(templates, [&](const auto& each) { return each.second.uses(placeholder); });
}

bool can_send(const Mapping& mapping, MessageKind kind) { return mapping.send || mapping.templates.contains(kind); }

http_client::Request send_request(const Mapping& mapping, const Account& account, const Message& message) {
  return upstream::message_of(call_for(mapping, message.kind), mapping.reply_format,
                              [&](Placeholder placeholder) { return message_value(placeholder, message, account); });
}

http_client::Request status_request(const Mapping& mapping, const Account& account, std::span<const std::string> provider_ids) {
  return upstream::message_of(mapping.status.call, mapping.reply_format, [&](Placeholder placeholder) {
    return placeholder == Placeholder::ids ? fmt::format("{}", fmt::join(provider_ids, ",")) : account_value(placeholder, account);
  });
}

Reply<SendOutcome> read_send(const Mapping& mapping, const HttpReply& reply, const Message& meant) {
  const auto body = body_of(mapping, reply);
  const auto said = described(reply, words_of(mapping, body.whole()), &meant);
  return {send_outcome(mapping, reply, body.whole(), said), {}, said};
}

Reply<StatusOutcome> read_status(const Mapping& mapping, const HttpReply& reply, std::span<const std::string> asked) {
  const auto body = body_of(mapping, reply);
  const auto said = described(reply, words_of(mapping, body.whole()), nullptr);
  return {status_outcome(mapping, reply, body.whole(), asked, said), {}, said};
}

}  // namespace salam::sms::mapped
