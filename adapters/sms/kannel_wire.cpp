#include "adapters/sms/kannel_wire.h"

#include <algorithm>
#include <vector>

#include <spdlog/fmt/fmt.h>

namespace salam::sms::kannel {
namespace {

/// 1 delivered, 2 failed, 4 queued by the operator, 8 taken by it, 16 rejected by it.
constexpr auto every_report = "31";

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) text.remove_suffix(1);
  return text;
}

bool holds(std::string_view text, std::string_view words) { return text.find(words) != std::string_view::npos; }

/// `0: Accepted for delivery`, `3: Queued for later delivery` (no link now, kept), `Sent.` where its configuration has it answer at once.
bool is_taken(std::string_view body) {
  return body == "0: Accepted for delivery" || body == "3: Queued for later delivery" || body == "Sent.";
}

/// Against a bad `from` or `coding`, which are ours to mend.
bool is_about_the_receiver(std::string_view body) {
  return holds(body, "receiver number") || holds(body, "denied by white- and/or black-lists");
}

std::string described(const HttpReply& reply) {
  auto words = operators_words(trimmed(reply.body));
  return words.empty() || holds(words, "<") ? unreadable(reply, "Kannel") : fmt::format("Kannel {}: {}", reply.status, words);
}

SendOutcome send_outcome(const HttpReply& reply, const Message& meant) {
  const auto body = trimmed(reply.body);
  if (reply.status == 202 && is_taken(body)) return outcome::Sent{std::to_string(meant.id)};
  if (reply.status == 400 && is_about_the_receiver(body)) return outcome::Rejected{described(reply)};
  if (reply.status == 400 && body.ends_with(", rejected")) return outcome::Misconfigured{described(reply)};
  return by_status_alone(reply, described(reply));
}

std::optional<Delivery> delivery_of(std::string_view status) {
  if (status == "1") return Delivery::delivered;
  if (status == "2" || status == "16") return Delivery::failed;
  if (status == "4" || status == "8") return Delivery::on_the_way;
  return std::nullopt;
}

/// The operator's words; a receipt ends in the beginning of the message's own text.
std::string reason_of(std::string_view status, std::string_view answer) {
  const auto receipt = answer.substr(0, std::min(answer.find("text:"), answer.find("Text:")));
  return fmt::format("Kannel {} {}", status, operators_words(receipt));
}

}  // namespace

std::string send_query(const Message& message, const KannelSettings& settings) {
  std::vector<std::pair<std::string, std::string>> fields{
      {"username", settings.username},
      {"password", settings.password.reveal()},
      {"to", message.mobile.reveal()},
      {"text", message.text.reveal()},
      {"charset", "UTF-8"},
      {"coding", "2"},
      {"dlr-mask", every_report},
      {"dlr-url", fmt::format("{}?id={}&status=%d&answer=%A", settings.report_url.reveal(), message.id)},
  };
  if (!settings.sender.empty()) fields.emplace_back("from", settings.sender);
  if (!settings.smsc.empty()) fields.emplace_back("smsc", settings.smsc);
  return "?" + http_client::form_encoded(fields);
}

Reply<SendOutcome> read_send(const HttpReply& reply, const Message& meant) { return {send_outcome(reply, meant), {}, described(reply)}; }

std::optional<DeliveryStatus> read_report(std::span<const std::pair<std::string, std::string>> parameters) {
  const auto value_of = [&](std::string_view name) -> std::optional<std::string_view> {
    std::optional<std::string_view> found;
    for (const auto& [key, value] : parameters) {
      if (key != name) continue;
      if (found) return std::nullopt;
      found = value;
    }
    return found;
  };
  const auto status = value_of("status");
  auto id = whole_number(value_of("id").value_or(""));
  const auto delivery = delivery_of(status.value_or(""));
  if (id.empty() || !delivery) return std::nullopt;
  auto reason = *delivery == Delivery::failed ? reason_of(*status, value_of("answer").value_or("")) : std::string();
  return DeliveryStatus{std::move(id), *delivery, std::move(reason)};
}

}  // namespace salam::sms::kannel
