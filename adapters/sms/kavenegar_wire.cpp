#include "adapters/sms/kavenegar_wire.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <spdlog/fmt/fmt.h>

#include "adapters/http_client/client.h"
#include "gateway/domain/text.h"
#include "gateway/json/parse.h"

namespace salam::sms::kavenegar {
namespace {

enum class Verdict { ok, later, permanent, account, unlisted };

/// Of `return.status`.
Verdict verdict_of(int status) {
  switch (status) {
    case 200:
      return Verdict::ok;
    case 409:
    case 451:
      return Verdict::later;
    case 411:
    case 413:
    case 417:
    case 422:
    case 431:  // verify/lookup: a token that may not stand there, such as one with a blank.
      return Verdict::permanent;
    case 401:
    case 403:
    case 404:
    case 405:
    case 407:
    case 412:
    case 418:
    case 424:
    case 426:
    case 427:
    case 429:
    case 501:
      return Verdict::account;
    default:
      return Verdict::unlisted;
  }
}

/// Of a message's `status`; nothing for one that the contract does not list.
std::optional<Delivery> delivery_of(int status) {
  switch (status) {
    case 1:
    case 2:
    case 4:
    case 5:
      return Delivery::on_the_way;
    case 10:
      return Delivery::delivered;
    case 6:
    case 11:
    case 13:
    case 14:
      return Delivery::failed;
    case 100:
      return Delivery::unknown;
    default:
      return std::nullopt;
  }
}

std::string message_id_at(const json::Value& entry) { return whole_number(json::member(entry, "messageid")); }

struct Envelope {
  json::Document document;
  int status = 0;
  std::string why;  ///< `return.status` and `return.message`.
};

std::optional<Envelope> read_envelope(const HttpReply& reply) {
  auto document = json::parse(reply.body);
  if (!document) {
    return std::nullopt;
  }
  const auto* outer = json::member(*document, "return");
  const auto status = outer == nullptr ? std::nullopt : number_at(*outer, "status");
  if (!status || (reply.status != 200 && reply.status != *status)) {
    return std::nullopt;
  }
  auto why = fmt::format("Kavenegar {}: {}", *status, words_at(*outer, "message"));
  return Envelope{std::move(document).value(), *status, std::move(why)};
}

/// The array of entries, or null.
const json::Value* entries_of(const Envelope& envelope) {
  const auto* entries = json::member(envelope.document, "entries");
  return entries != nullptr && entries->IsArray() ? entries : nullptr;
}

std::string unreadable(const HttpReply& reply) { return sms::unreadable(reply, "Kavenegar"); }

/// Where only the HTTP status speaks, as with a proxy's page: never for good.
template <class Outcome>
std::optional<Outcome> without_envelope(const HttpReply& reply) {
  if (reply.status == 429 || reply.status == 503 || verdict_of(reply.status) == Verdict::later) {
    return later(reply, unreadable(reply));
  }
  const bool redirected = reply.status >= 300 && reply.status < 400;
  if (redirected || verdict_of(reply.status) == Verdict::account) {
    return outcome::Misconfigured{unreadable(reply)};
  }
  return std::nullopt;
}

bool is_client_error(int status) { return status >= 400 && status < 500; }

/// Why the entry is not that of the message that was meant, if so.
using Mismatch = std::optional<SendOutcome> (*)(const json::Value& entry, std::string_view receptor, const Message& meant);

bool is_to(std::string_view receptor, const Message& meant) { return parse_mobile(receptor) == parse_mobile(meant.mobile.reveal()); }

SendOutcome incomplete() { return outcome::Uncertain{"Kavenegar's entry lacks what tells whether the message is sent"}; }

std::optional<SendOutcome> other_text(const json::Value& entry, std::string_view receptor, const Message& meant) {
  const auto* text = json::member(entry, "message");
  if (text == nullptr || !text->IsString()) {
    return incomplete();
  }
  if (!is_to(receptor, meant) || normalise(json::view_of(*text)) != normalise(meant.text.reveal())) {
    return outcome::Rejected{"Kavenegar knows this localid from another message and did not send this one"};
  }
  return std::nullopt;
}

std::optional<SendOutcome> other_receptor(const json::Value& /*entry*/, std::string_view receptor, const Message& meant) {
  if (is_to(receptor, meant)) {
    return std::nullopt;
  }
  return outcome::Uncertain{"Kavenegar's entry is for another receptor"};
}

SendOutcome read_entry(const json::Value& entry, const Message& meant, Mismatch mismatch) {
  const auto receptor = json::string_at(entry, "receptor");
  const auto id = message_id_at(entry);
  const auto status = number_at(entry, "status");
  const auto delivery = status ? delivery_of(*status) : std::nullopt;
  if (!receptor || id.empty() || !delivery || *delivery == Delivery::unknown) {
    return incomplete();
  }
  if (auto other = mismatch(entry, *receptor, meant)) {
    return std::move(*other);
  }
  if (*delivery == Delivery::failed) {
    return outcome::Rejected{
        fmt::format("Kavenegar took it and gave it up, message status {}: {}", *status, words_at(entry, "statustext"))};
  }
  return outcome::Sent{id};
}

SendOutcome read_sent(const Envelope& envelope, const Message& meant, Mismatch mismatch) {
  const auto* entries = entries_of(envelope);
  if (entries == nullptr || entries->Size() != 1) {
    return outcome::Uncertain{"Kavenegar's reply does not hold exactly one entry"};
  }
  return read_entry((*entries)[0], meant, mismatch);
}

SendOutcome send_outcome(const HttpReply& reply, const Envelope& envelope, const Message& meant, Mismatch mismatch) {
  switch (verdict_of(envelope.status)) {
    case Verdict::ok:
      return read_sent(envelope, meant, mismatch);
    case Verdict::later:
      return later(reply, envelope.why);
    case Verdict::permanent:
      return outcome::Rejected{envelope.why};
    case Verdict::account:
      return outcome::Misconfigured{envelope.why};
    case Verdict::unlisted:
      break;
  }
  if (is_client_error(envelope.status)) {
    return outcome::Misconfigured{envelope.why};
  }
  return outcome::Uncertain{envelope.why};
}

Reply<SendOutcome> read_either(const HttpReply& reply, const Message& meant, Mismatch mismatch) {
  if (const auto envelope = read_envelope(reply)) {
    return {send_outcome(reply, *envelope, meant, mismatch), {}, envelope->why};
  }
  return {without_envelope<SendOutcome>(reply).value_or(outcome::Uncertain{unreadable(reply)}), {}, unreadable(reply)};
}

std::vector<DeliveryStatus> read_statuses(const json::Value& entries, std::span<const std::string> asked) {
  std::vector<DeliveryStatus> statuses;
  for (const auto& entry : entries.GetArray()) {
    auto id = message_id_at(entry);
    const auto status = number_at(entry, "status");
    if (!status || std::ranges::find(asked, id) == asked.end()) {
      continue;
    }
    const auto delivery = delivery_of(*status).value_or(Delivery::on_the_way);
    auto reason = delivery == Delivery::failed ? fmt::format("{} {}", *status, words_at(entry, "statustext")) : std::string();
    statuses.push_back({std::move(id), delivery, std::move(reason)});
  }
  return statuses;
}

StatusOutcome status_outcome(const HttpReply& reply, const Envelope& envelope, std::span<const std::string> asked) {
  const auto verdict = verdict_of(envelope.status);
  if (verdict == Verdict::account) {
    return outcome::Misconfigured{envelope.why};
  }
  const auto* entries = entries_of(envelope);
  if (verdict != Verdict::ok || entries == nullptr) {
    return later(reply, envelope.why);
  }
  return read_statuses(*entries, asked);
}

}  // namespace

std::string send_form(const Message& message, std::string_view sender) {
  std::vector<std::pair<std::string, std::string>> fields{
      {"receptor", local_form(message.mobile.reveal())}, {"message", message.text.reveal()}, {"localid", std::to_string(message.id)}};
  if (!sender.empty()) {
    fields.emplace_back("sender", sender);
  }
  return http_client::form_encoded(fields);
}

std::string lookup_form(const Message& message, std::string_view template_name) {
  return http_client::form_encoded(
      {{"receptor", local_form(message.mobile.reveal())}, {"template", std::string(template_name)}, {"token", message.code}});
}

std::string status_form(std::span<const std::string> provider_ids) {
  return http_client::form_encoded({{"messageid", fmt::format("{}", fmt::join(provider_ids, ","))}});
}

Reply<SendOutcome> read_send(const HttpReply& reply, const Message& meant) { return read_either(reply, meant, other_text); }

Reply<SendOutcome> read_lookup(const HttpReply& reply, const Message& meant) { return read_either(reply, meant, other_receptor); }

Reply<StatusOutcome> read_status(const HttpReply& reply, std::span<const std::string> asked) {
  if (const auto envelope = read_envelope(reply)) {
    return {status_outcome(reply, *envelope, asked), {}, envelope->why};
  }
  return {without_envelope<StatusOutcome>(reply).value_or(later(reply, unreadable(reply))), {}, unreadable(reply)};
}

}  // namespace salam::sms::kavenegar
