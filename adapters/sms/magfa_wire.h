#pragma once

#include <span>
#include <string>
#include <string_view>

#include "adapters/sms/reply.h"

/// Magfa's HTTP v2 contract without its transport (https://messaging.magfa.com/ui/?public/wiki/api/http_v2).
namespace salam::sms::magfa {

/// The JSON of `POST /send` for one recipient, with the message's id as `uid`.
std::string send_body(const Message& message, std::string_view sender);
/// `/statuses/{mid,mid}`.
std::string status_path(std::span<const std::string> provider_ids);
/// `/mid/{uid}`.
std::string lookup_path(const Message& message);

/// What the reply to `/send` means: both its statuses must be 0, and recipient and uid those that were meant. Everything unreadable is
/// uncertain, and so is a status that the contract does not list. An advertising line outside its hours is tried again when they begin.
Reply<SendOutcome> read_send(const HttpReply& reply, const Message& meant, Timestamp now);

/// What the reply to `/statuses` means: those that were asked for; ids that it leaves out are left out. A status that the contract does not
/// list counts as on the way. Everything unreadable is to be tried later.
Reply<StatusOutcome> read_status(const HttpReply& reply, std::span<const std::string> asked);

/// What the reply to `/mid` means. Magfa says −1 of a uid that it does not know. Everything unreadable is to be tried later.
Reply<SmsLookupOutcome> read_lookup(const HttpReply& reply);

}  // namespace salam::sms::magfa
