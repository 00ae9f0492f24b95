#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "gateway/ports/sms_provider.h"

/// Kavenegar's REST contract without its transport (https://kavenegar.com/rest.html).
namespace salam::sms::kavenegar {

struct HttpReply {
  int status = 0;
  std::string_view body;  ///< Not trusted.
  std::optional<Milliseconds> retry_after;
};

/// The form of `sms/send` for one receptor, with the message's id as `localid`.
std::string send_form(const Message& message, std::string_view sender);
/// The form of `sms/status`.
std::string status_form(std::span<const std::string> provider_ids);

/// What the reply to `sms/send` means. It is sent only where the one entry carries the receptor and the text that were meant: a `localid`
/// that Kavenegar knows brings back an older message and sends nothing, now or later, so such a message is rejected. Everything
/// unreadable is uncertain.
Reply<SendOutcome> read_send(const HttpReply& reply, const Message& meant);

/// What the reply to `sms/status` means: the entries that were asked for; ids that it leaves out are left out. A status that the contract
/// does not list counts as on the way. Everything unreadable is to be tried later.
Reply<StatusOutcome> read_status(const HttpReply& reply, std::span<const std::string> asked);

}  // namespace salam::sms::kavenegar
