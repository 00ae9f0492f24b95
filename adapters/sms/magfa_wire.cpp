#include "adapters/sms/magfa_wire.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include <spdlog/fmt/fmt.h>

#include "gateway/domain/text.h"
#include "gateway/json/writer.h"

namespace salam::sms::magfa {
namespace {

enum class Verdict { ok, later, hours, permanent, account, unlisted };

/// Of a request's or a message's `status`.
Verdict verdict_of(int status) {
  if (status >= 101 && status <= 110) return Verdict::account;
  switch (status) {
    case 0:
      return Verdict::ok;
    case 15:
    case 23:
      return Verdict::later;
    case 8:
      return Verdict::hours;
    case 1:
    case 2:
    case 3:
    case 4:
    case 6:
    case 13:
    case 20:
    case 27:
    case 28:
    case 30:
    case 33:
    case 34:
      return Verdict::permanent;
    case 14:
    case 16:
    case 17:
    case 18:
    case 19:
    case 22:
    case 24:
    case 25:
    case 29:
    case 31:
      return Verdict::account;
    default:
      return Verdict::unlisted;
  }
}

/// What operators read of a status that citizens or the account's owner can mend.
std::string_view name_of(int status) {
  switch (status) {
    case 1:
      return "the recipient is no number";
    case 8:
      return "an advertising line outside its hours";
    case 14:
      return "credit";
    case 18:
      return "user, password or domain";
    case 27:
    case 33:
      return "the receiver has opted out";
    default:
      return "see Magfa's list of errors";
  }
}

std::string described(int status) { return status == 0 ? "Magfa 0" : fmt::format("Magfa {}: {}", status, name_of(status)); }

/// Nothing for one that the contract does not list.
std::optional<Delivery> delivery_of(int status) {
  switch (status) {
    case -1:
      return Delivery::unknown;
    case 0:
    case 8:
      return Delivery::on_the_way;
    case 1:
      return Delivery::delivered;
    case 2:
    case 16:
      return Delivery::failed;
    default:
      return std::nullopt;
  }
}

/// Until 07:00 in Tehran, when advertising lines may send again; a quarter of an hour where it is their time already and Magfa's clock
/// differs from ours.
Milliseconds until_hours(Timestamp now) {
  using std::chrono::days;
  using std::chrono::hours;
  using std::chrono::minutes;
  constexpr minutes tehran{3 * 60 + 30};
  const auto local = now + tehran;
  const auto today = std::chrono::floor<days>(local);
  const auto of_day = local - today;
  if (of_day >= hours(7) && of_day < hours(22)) return minutes(15);
  const auto next = today + hours(7) + (of_day < hours(7) ? days(0) : days(1));
  return next - local;
}

std::string unreadable(const HttpReply& reply) { return sms::unreadable(reply, "Magfa"); }

struct Envelope {
  json::Document document;
  int status = 0;
};

/// Statuses of the contract come with HTTP 200; under another, as from a proxy, they are not believed.
std::optional<Envelope> read_envelope(const HttpReply& reply) {
  if (reply.status != 200) return std::nullopt;
  auto document = json::parse(reply.body);
  const auto status = document ? number_at(*document, "status") : std::nullopt;
  if (!status) return std::nullopt;
  return Envelope{std::move(document).value(), *status};
}

/// The array of that name, or null.
const json::Value* list_of(const Envelope& envelope, std::string_view name) {
  const auto* const list = json::member(envelope.document, name);
  return list != nullptr && list->IsArray() ? list : nullptr;
}

/// What a status other than 0 means to a send.
SendOutcome refused(const HttpReply& reply, int status, Timestamp now) {
  switch (verdict_of(status)) {
    case Verdict::later:
      return later(reply, described(status));
    case Verdict::hours:
      return outcome::TryLater{described(status), until_hours(now), true};
    case Verdict::permanent:
      return outcome::Rejected{described(status)};
    case Verdict::account:
      return outcome::Misconfigured{described(status)};
    case Verdict::ok:
    case Verdict::unlisted:
      break;
  }
  return outcome::Uncertain{fmt::format("Magfa {}, which its contract does not list", status)};
}

bool is_the_one_meant(const json::Value& entry, const Message& meant) {
  const auto recipient = json::string_at(entry, "recipient");
  const auto uid = json::string_at(entry, "userId");
  return (!recipient || parse_mobile(*recipient) == parse_mobile(meant.mobile.reveal())) && (!uid || *uid == std::to_string(meant.id));
}

SendOutcome read_entry(const HttpReply& reply, const json::Value& entry, const Message& meant, Timestamp now) {
  const auto status = number_at(entry, "status");
  if (!status) return outcome::Uncertain{"Magfa's entry lacks what tells whether the message is sent"};
  if (!is_the_one_meant(entry, meant)) return outcome::Uncertain{"Magfa's entry is of another message"};
  if (*status != 0) return refused(reply, *status, now);
  auto id = whole_number(json::member(entry, "id"));
  if (id.empty()) return outcome::Uncertain{"Magfa's entry carries no id that can be relied on"};
  return outcome::Sent{std::move(id)};
}

SendOutcome send_outcome(const HttpReply& reply, const Envelope& envelope, const Message& meant, Timestamp now) {
  if (envelope.status != 0) return refused(reply, envelope.status, now);
  const auto* const entries = list_of(envelope, "messages");
  if (entries == nullptr || entries->Size() != 1) return outcome::Uncertain{"Magfa's reply does not hold exactly one message"};
  return read_entry(reply, (*entries)[0], meant, now);
}

std::vector<DeliveryStatus> read_reports(const json::Value& reports, std::span<const std::string> asked) {
  std::vector<DeliveryStatus> statuses;
  for (const auto& report : reports.GetArray()) {
    auto id = whole_number(json::member(report, "mid"));
    const auto status = number_at(report, "status");
    if (!status || std::ranges::find(asked, id) == asked.end()) continue;
    const auto delivery = delivery_of(*status).value_or(Delivery::on_the_way);
    auto reason = delivery == Delivery::failed
                      ? fmt::format("Magfa {}: {}", *status, *status == 2 ? "not on the handset" : "did not reach the operator")
                      : std::string();
    statuses.push_back({std::move(id), delivery, std::move(reason)});
  }
  return statuses;
}

/// What an envelope other than a readable success means to a question.
template <class Outcome>
Outcome unanswered(const HttpReply& reply, const Envelope& envelope) {
  if (verdict_of(envelope.status) == Verdict::account) return outcome::Misconfigured{described(envelope.status)};
  return later(reply, described(envelope.status));
}

SmsLookupOutcome lookup_outcome(const HttpReply& reply, const Envelope& envelope) {
  if (envelope.status != 0) return unanswered<SmsLookupOutcome>(reply, envelope);
  if (number_at(envelope.document, "mid") == -1) return outcome::Absent{};
  auto id = whole_number(json::member(envelope.document, "mid"));
  if (id.empty()) return later(reply, "Magfa's reply carries no id that can be relied on");
  return outcome::Sent{std::move(id)};
}

}  // namespace

std::string send_body(const Message& message, std::string_view sender) {
  constexpr std::int64_t encoding_by_content = 0;
  json::Writer body;
  body.begin_object().key("senders").begin_array().string(sender).end_array();
  body.key("recipients").begin_array().string(international_form(message.mobile.reveal())).end_array();
  body.key("messages").begin_array().string(message.text.reveal()).end_array();
  body.key("encodings").begin_array().integer(encoding_by_content).end_array();
  body.key("uids").begin_array().integer(message.id).end_array();
  return body.end_object().take();
}

std::string status_path(std::span<const std::string> provider_ids) { return fmt::format("/statuses/{}", fmt::join(provider_ids, ",")); }

std::string lookup_path(const Message& message) { return fmt::format("/mid/{}", message.id); }

Reply<SendOutcome> read_send(const HttpReply& reply, const Message& meant, Timestamp now) {
  if (const auto envelope = read_envelope(reply)) {
    return {send_outcome(reply, *envelope, meant, now), {}, described(envelope->status)};
  }
  return {by_status_alone(reply, unreadable(reply)), {}, unreadable(reply)};
}

Reply<StatusOutcome> read_status(const HttpReply& reply, std::span<const std::string> asked) {
  const auto envelope = read_envelope(reply);
  if (!envelope) return {answer_by_status_alone<StatusOutcome>(reply, unreadable(reply)), {}, unreadable(reply)};
  const auto* const reports = list_of(*envelope, "dlrs");
  if (envelope->status != 0 || reports == nullptr) {
    return {unanswered<StatusOutcome>(reply, *envelope), {}, described(envelope->status)};
  }
  return {read_reports(*reports, asked), {}, described(envelope->status)};
}

Reply<SmsLookupOutcome> read_lookup(const HttpReply& reply) {
  if (const auto envelope = read_envelope(reply)) return {lookup_outcome(reply, *envelope), {}, described(envelope->status)};
  return {answer_by_status_alone<SmsLookupOutcome>(reply, unreadable(reply)), {}, unreadable(reply)};
}

}  // namespace salam::sms::magfa
