#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "adapters/sms/reply.h"
#include "adapters/upstream/mapped_http.h"
#include "gateway/domain/sensitive.h"

/// An SMS panel whose HTTP interface is described by a mapping, without its transport.
namespace salam::sms::mapped {

/// How the panel is asked what became of its messages.
struct StatusQuery {
  upstream::Call call;  ///< `{{ids}}`
  std::size_t batch = 1;
  std::vector<int> statuses{200};
  upstream::ReplyPath items;              ///< To the list of messages; empty: the whole reply is about one.
  upstream::ReplyPath id;                 ///< In an item; empty where there is no list.
  upstream::ReplyPath status;             ///< In an item: one of the words.
  upstream::ReplyPath reason;             ///< In an item: why it failed; may be empty.
  std::map<std::string, Delivery> words;  ///< In their matching form; any other is on the way.
};

struct Mapping {
  upstream::ReplyFormat reply_format = upstream::ReplyFormat::json;
  std::optional<upstream::Login> login;
  std::optional<upstream::Call> send;               ///< With the text as it is.
  std::map<MessageKind, upstream::Call> templates;  ///< By an approved template; takes the place of `send` for that kind.
  upstream::AnswerRule success;                     ///< Its code is the panel's id of the message.
  std::vector<upstream::AnswerRule> rejected;       ///< The message, for good.
  std::vector<upstream::AnswerRule> later;
  std::vector<upstream::AnswerRule> misconfigured;  ///< The account or the mapping.
  StatusQuery status;
  std::optional<Milliseconds> deduplicates_for;  ///< The panel does not send the same `{{message_id}}` again for so long.
  std::optional<Milliseconds> uncertain_for;     ///< A send still uncertain so long after it is sent once more.

  /// In any of its calls.
  [[nodiscard]] bool uses(upstream::Placeholder placeholder) const;
};

struct Account {
  upstream::Credentials credentials;
  std::string sender;
};

/// Whether it has a call for such a message.
bool can_send(const Mapping& mapping, MessageKind kind);
/// `can_send` holds.
http_client::Request send_request(const Mapping& mapping, const Account& account, const Message& message);
http_client::Request status_request(const Mapping& mapping, const Account& account, std::span<const std::string> provider_ids);

/// What the reply to a send means: the first rule that holds, success before the others; where none does, what its HTTP status alone tells.
Reply<SendOutcome> read_send(const Mapping& mapping, const HttpReply& reply, const Message& meant);
/// What the reply to a status query means: the messages that were asked for; ids that it leaves out are left out. Everything unreadable is
/// to be tried later.
Reply<StatusOutcome> read_status(const Mapping& mapping, const HttpReply& reply, std::span<const std::string> asked);

}  // namespace salam::sms::mapped
