#pragma once

#include <span>
#include <string>
#include <string_view>

#include "adapters/sms/reply.h"

/// Kavenegar's REST contract without its transport (https://kavenegar.com/rest.html).
namespace salam::sms::kavenegar {

/// The form of `sms/send` for one receptor, with the message's id as `localid`.
std::string send_form(const Message& message, std::string_view sender);
/// The form of `verify/lookup`: an approved template with the message's code as its token.
std::string lookup_form(const Message& message, std::string_view template_name);
/// The form of `sms/status`.
std::string status_form(std::span<const std::string> provider_ids);

/// What the reply to `sms/send` means. It is sent only where the one entry carries the receptor and the text that were meant: a `localid`
/// that Kavenegar knows brings back an older message and sends nothing, now or later, so such a message is rejected. Everything
/// unreadable is uncertain.
Reply<SendOutcome> read_send(const HttpReply& reply, const Message& meant);

/// What the reply to `verify/lookup` means. Its text is the template's, so only the receptor is compared; nothing deduplicates.
Reply<SendOutcome> read_lookup(const HttpReply& reply, const Message& meant);

/// What the reply to `sms/status` means: the entries that were asked for; ids that it leaves out are left out. A status that the contract
/// does not list counts as on the way. Everything unreadable is to be tried later.
Reply<StatusOutcome> read_status(const HttpReply& reply, std::span<const std::string> asked);

}  // namespace salam::sms::kavenegar
